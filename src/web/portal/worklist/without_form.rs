//! How an act is done for which no page has a form yet. Every page whose record waits for such an act says it at the
//! same place, and so does the inbox where a matter has no page.

use crate::service::running::operation::Effect;
use crate::web::portal::page::{Link, Page};
use crate::web::portal::route_table;
use crate::web::routes::operations;

/// Acts that a page does in part, by the form that does it: the page itself says what is left to the interface.
pub const IN_PARTS: [(&str, &str); 1] = [("change_claim", "upload_claim_lines")];

/// Acts that need nobody: the service runs the controls by itself, on their schedule.
pub const BY_ITSELF: [&str; 1] = ["run_controls"];

/// That no page has a form for an act, and the operation of the interface for programs that does it.
pub struct WithoutForm {
    pub says: String,
    /// The operation by its name; its address is that of its description.
    pub operation: Link,
}

/// How an act is done through the interface; `None` if a page has a form for it, or it is done outside this service.
pub fn of(page: &Page, act: &'static str) -> Option<WithoutForm> {
    if BY_ITSELF.contains(&act)
        || route_table::has_form(act)
        || IN_PARTS.iter().any(|(whole, part)| *whole == act && route_table::has_form(part))
    {
        return None;
    }
    let address = described_at(act)?;
    let says = page.t1("act-without-form", "act", page.word("act", act));
    Some(WithoutForm { says, operation: Link { text: act.to_owned(), address, here: false } })
}

/// Where the reference of the interface describes an operation; `None` if there is no such operation.
pub fn described_at(operation: &str) -> Option<String> {
    let known = operations();
    known.0.get(operation).filter(|declared| declared.effect != Effect::Reads)?;
    let tag = known.tag_of(operation).replace(' ', "%20");
    Some(format!("/docs/#/{tag}/{operation}"))
}
