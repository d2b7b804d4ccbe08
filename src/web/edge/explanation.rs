//! The explanation of a problem code, in the language of its reader: what the code means and what to do. The texts
//! are in `src/web/texts/<language>/explanations.ftl`, one for each code, under the key `explain-<code>`.

use crate::web::edge::language::Language;
use crate::web::edge::problem::{EDGE_CODES, PAGE_CODES, Problem, refusal_status};
use actix_web::HttpMessage;
use actix_web::http::header::{ACCEPT, Accept, Header};
use domain::base::refusal::Refusal;

/// What is said about one code, whatever the case in which it was met.
pub struct Explanation {
    pub code: String,
    pub status: u16,
    /// Whether a rule refuses with this code; all such problems have one title.
    pub is_of_a_rule: bool,
    /// The title of a problem with this code.
    pub title: String,
    /// What the code means, and what to do.
    pub text: String,
}

impl Explanation {
    /// The explanation of a code; 404 for a code that no problem has.
    pub fn of(code: &str, language: Language) -> Result<Explanation, Problem> {
        let edge = EDGE_CODES.iter().chain(PAGE_CODES).find(|(known, _, _)| *known == code);
        let (status, title) = match edge {
            Some((_, status, _)) => (*status, format!("title-{code}")),
            None if Refusal::CODES.contains(&code) => (refusal_status(code), "title-refused".to_owned()),
            None => return Err(Problem::edge("not_found", "there is no such problem code")),
        };
        let said = |key: &str| language.fixed(key, "").unwrap_or_default();
        let (title, text) = (said(&title), said(&format!("explain-{code}")));
        Ok(Explanation { code: code.to_owned(), status, is_of_a_rule: edge.is_none(), title, text })
    }

    /// The code with its HTTP status.
    pub fn heading(&self) -> String {
        format!("{} (HTTP {})", self.code, self.status)
    }
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n\n{}\n\n{}\n", self.heading(), self.title, self.text)
    }
}

/// Whether a request is a browser's, which prefers a page to a text. A header that cannot be read prefers nothing.
pub fn prefers_a_page(request: &impl HttpMessage) -> bool {
    let asked = request.headers().contains_key(ACCEPT);
    asked && Accept::parse(request).is_ok_and(|accepted| accepted.preference().essence_str() == "text/html")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_a_browser_gets_a_page() {
        for (header, page) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("text/plain;q=0.5, text/html", true),
            ("*/*", false),
            ("text/plain", false),
            ("application/problem+json, text/html;q=0.5", false),
            ("", false),
            ("no type", false),
        ] {
            let request = TestRequest::default().insert_header((ACCEPT, header)).to_http_request();
            assert_eq!(prefers_a_page(&request), page, "{header}");
        }
        assert!(!prefers_a_page(&TestRequest::default().to_http_request()));
    }
}
