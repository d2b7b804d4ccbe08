//! Addresses outside the languages of the pages that somebody opens in a browser: one that is a page without its
//! language leads to it, and any other is told so by a page in the language that the browser asks for.

use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::page::Page;
use crate::web::portal::problem_page;
use crate::web::portal::route_table::is_page;
use crate::web::portal::texts::Language;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse};

/// The first parts of addresses that are for programs, whoever opens them.
const FOR_PROGRAMS: &[&str] = &["api", "health", "log", "problems"];

/// Whether a browser asks, for something that is not the interface.
pub fn asks_for_a_page(request: &HttpRequest) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = request.path().split('/').nth(1).unwrap_or_default();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    reads && accepts.contains("text/html") && !FOR_PROGRAMS.contains(&first)
}

/// Leads to the page, or says that there is none.
pub async fn answer(request: &HttpRequest, problem: Problem) -> Reply {
    let language = Language::of(request);
    if let Some(address) = page_at(request.path(), language) {
        let query = Some(request.query_string()).filter(|query| !query.is_empty());
        let to = query.map_or(address.clone(), |query| format!("{address}?{query}"));
        let mut found = HttpResponse::Found();
        return Ok(found
            .insert_header((header::LOCATION, to))
            .insert_header((header::VARY, "Accept-Language"))
            .finish());
    }
    let page = Page { language, path: "/".to_owned(), shown_at: "/".to_owned(), ..Page::of(request.clone()).await? };
    problem_page::of_nothing(&page, &problem)
}

/// The page that an address outside the languages means: that after another spelling of a language, or the page of
/// this name in the language of the browser.
fn page_at(path: &str, language: Language) -> Option<String> {
    let rest = path.strip_prefix('/')?;
    let (first, inner) = rest.split_once('/').unwrap_or((rest, ""));
    let (language, inner) = match first.to_ascii_lowercase().parse() {
        Ok(spelled) => (spelled, format!("/{inner}")),
        Err(_) => (language, path.to_owned()),
    };
    // Two slashes at the start would lead to another host.
    let plain = inner.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && !inner.starts_with("//");
    (plain && is_page(&inner)).then(|| format!("/{language}{inner}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_its_language_is_that_of_the_page() {
        let led = |path: &str| page_at(path, Language::Hindi);
        assert_eq!(led("/n/NDFEB/2028-29/TRN/0001").as_deref(), Some("/hi/n/NDFEB/2028-29/TRN/0001"));
        assert_eq!(led("/inbox").as_deref(), Some("/hi/inbox"));
        assert_eq!(led("/EN/inbox").as_deref(), Some("/en/inbox"));
        assert_eq!(led("/Hi").as_deref(), Some("/hi/"));
        for none in ["/fr/inbox", "//x/", "//sample.example/inbox", "/EN//sample.example", "/nothing", "/x\\y"] {
            assert_eq!(led(none), None, "{none}");
        }
    }
}
