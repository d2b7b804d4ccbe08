//! The body of a request, remembered in a debug build: there, every fault must point to a place of the body that was
//! sent. A form within another body is checked by rules that do not know that, so this keeps all tests watching.

use crate::web::edge::problem::Problem;
use actix_web::dev::ServiceResponse;
use actix_web::{HttpMessage, HttpRequest};
use serde_json::Value;

struct SentBody(Value);

/// Remembers the body in a debug build.
pub fn remember(request: &HttpRequest, body: &[u8]) {
    let tree = serde_json::from_slice(body).ok().filter(|_| cfg!(debug_assertions));
    if let Some(tree) = tree {
        request.extensions_mut().insert(SentBody(tree));
    }
}

/// The first pointer of an answer that leads nowhere in the body.
pub fn astray(answer: &ServiceResponse) -> Option<String> {
    let extensions = answer.request().extensions();
    let SentBody(body) = extensions.get()?;
    // A step without fields of its own is refused by what its record says.
    if body.as_object().is_none_or(|members| members.is_empty()) {
        return None;
    }
    let problem = answer.response().error()?.as_error::<Problem>()?;
    let pointers = problem.errors.iter().map(|error| error.pointer.as_str());
    pointers.filter(|pointer| !leads(body, pointer)).map(str::to_owned).next()
}

/// Whether a pointer is that of a member or an element, be it there or missing, of something that is there.
fn leads(body: &Value, pointer: &str) -> bool {
    let Some((around, _)) = pointer.rsplit_once('/') else { return true };
    body.pointer(around).is_some_and(|place| place.is_object() || place.is_array())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pointer_leads_to_a_place_of_the_body_or_beside_one() {
        let body = json!({ "award_id": "x", "form": { "lines": [{ "party": "" }], "milestone_id": null } });
        for good in ["", "?limit", "/award_id", "/form", "/form/lines/0/party", "/form/lines/1", "/form/period_to"] {
            assert!(leads(&body, good), "{good}");
        }
        for astray in ["/lines/0/party", "/form/lines/0/facts/0/code", "/form/milestone_id/x"] {
            assert!(!leads(&body, astray), "{astray}");
        }
    }
}
