//! The description as it is served: as it is and compressed, and what it says of the methods of each path.

use crate::web::edge::conditional::is_known;
use crate::web::edge::gzip::{compressed, takes_gzip};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use domain::base::digest::hex;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The description, and the methods of each path.
pub struct Description {
    pub text: String,
    /// The text as gzip, and its tag: both are made once.
    gzip: Option<Vec<u8>>,
    tag: String,
    paths: Vec<(Vec<String>, Vec<String>)>,
}

impl Description {
    /// The description and the methods of each path, part by part.
    pub(super) fn new(document: &Value, paths: Vec<(Vec<String>, Vec<String>)>) -> Description {
        let text = document.to_string();
        let digest = hex(&Sha256::digest(text.as_bytes()));
        let tag = digest.get(..32).unwrap_or(&digest).to_owned();
        Description { gzip: compressed(text.as_bytes()), tag, text, paths }
    }

    /// The description with a line for each thing that it says, so that a difference shows what differs.
    pub fn by_line(&self) -> String {
        let tree: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let mut text = String::new();
        write_by_line(&tree, 0, &mut text);
        text
    }

    /// The answer to a request for it.
    pub(in crate::web) fn answer(&'static self, request: &HttpRequest) -> HttpResponse {
        let gzip = self.gzip.as_ref().filter(|_| takes_gzip(request));
        let tag = if gzip.is_some() { format!("\"{}-gzip\"", self.tag) } else { format!("\"{}\"", self.tag) };
        let known = is_known(request.headers(), &tag);
        let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        answer
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .insert_header((header::VARY, "Accept-Encoding"))
            .insert_header((header::ETAG, tag));
        match gzip {
            _ if known => answer.finish(),
            Some(gzip) => answer
                .content_type("application/json")
                .insert_header((header::CONTENT_ENCODING, "gzip"))
                .body(gzip.clone()),
            None => answer.content_type("application/json").body(self.text.as_str()),
        }
    }

    /// The methods of a path; none for an unknown path.
    pub fn methods_of(&self, path: &str) -> Vec<String> {
        let asked: Vec<&str> = path.split('/').collect();
        // An id is never empty: a slash at the end of a list names no record of it.
        let fits = |(want, part): (&String, &&str)| want.starts_with('{') && !part.is_empty() || want == part;
        let matches = |pattern: &[String]| pattern.len() == asked.len() && pattern.iter().zip(&asked).all(fits);
        let found = self.paths.iter().filter(|(pattern, _)| matches(pattern)).flat_map(|(_, methods)| methods.clone());
        found.collect()
    }
}

/// What is longer than this is written over several lines.
const LINE_BYTES_MOST: usize = 120;

fn write_by_line(value: &Value, depth: usize, text: &mut String) {
    let whole = value.to_string();
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, one)| (format!("{}: ", Value::from(&**name)), one)).collect()
        }
        Value::Array(values) => values.iter().map(|one| (String::new(), one)).collect(),
        _ => Vec::new(),
    };
    if parts.is_empty() || whole.len() + depth <= LINE_BYTES_MOST {
        text.push_str(&whole);
        return;
    }
    let (open, close) = if value.is_object() { ('{', '}') } else { ('[', ']') };
    text.push(open);
    for (index, (name, one)) in parts.into_iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.extend(std::iter::repeat_n(' ', depth + 1));
        text.push_str(&name);
        write_by_line(one, depth + 1, text);
    }
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', depth));
    text.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_fits_a_line_stands_on_one() {
        let tree = json!({ "long": ["x".repeat(100), { "a": 1 }], "short": { "b": [1, 2], "c": null } });
        let mut text = String::new();
        write_by_line(&tree, 0, &mut text);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), tree);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            (lines.len(), lines[0], lines[1]),
            (4, "{", &*format!(" \"long\": [\"{}\",{{\"a\":1}}],", "x".repeat(100)))
        );
        assert_eq!(lines[2], " \"short\": {\"b\":[1,2],\"c\":null}");
    }
}
