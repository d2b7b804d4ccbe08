//! A round of bids for the notified scheme: two companies bid on the one day of a window, the agency finds both
//! eligible, and at the end of the story a run over them waits for the finance officer.

use crate::demo::DemoError;
use crate::demo::dates::Dates;
use crate::demo::people::People;
use crate::demo::story::{plan, say, scrutinise, text};
use serde_json::json;

/// The scheme that allots its capacity among bids.
const SCHEME: &str = "repm-2025-notified";

/// Two companies bid, for the least capacity and at two rates, and are found eligible.
pub(super) fn bid(people: &People, dates: &Dates) -> Result<(), DemoError> {
    let day = dates.on(2, "03-10");
    let window = json!({ "opens_on": day, "closes_on": day, "reference": "Sample invitation of bids 1" });
    people.first_scheme_administrator.posts(&format!("/schemes/{SCHEME}/windows"), None, &window)?;
    for (company, asked_paise) in [(&people.lodestone, 160_000), (&people.coercive, 170_000)] {
        let form = plan(company, 600, asked_paise, &[dates.year(2), dates.year(3)])?;
        let draft = company.preparer.posts("/applications", None, &json!({ "scheme_code": SCHEME, "form": form }))?;
        let path = format!("/applications/{}/submission", text(&draft, "id")?);
        let submitted = company.signatory.posts(&path, draft["version"].as_i64(), &json!({}))?;
        scrutinise(people, &submitted, &["lead_equity"])?;
    }
    say("Both companies bid for capacity of the notified scheme, and the agency found both eligible.");
    Ok(())
}

/// Two officers open the bids, and the section officer drafts the run over them.
pub(super) fn leave_run(people: &People) -> Result<(), DemoError> {
    let asked = people.section_officer.posts(&format!("/schemes/{SCHEME}/bid-openings"), None, &json!({}))?;
    let path = format!("/bid-openings/{}/opening", text(&asked, "id")?);
    people.finance_officer.posts(&path, asked["version"].as_i64(), &json!({}))?;
    say("Two officers opened the sealed bids.");
    let run = people.section_officer.posts("/allocations", None, &json!({ "scheme_code": SCHEME }))?;
    say(&format!("Allocation {} of capacity waits for its concurrence.", text(&run, "number")?));
    Ok(())
}
