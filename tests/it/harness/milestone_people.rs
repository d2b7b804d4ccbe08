//! The acts of people about milestones that are late or reached in part, as verbs; and services whose
//! scheme has more rules about them than the sample.

use crate::harness::app::{App, Engine};
use crate::harness::people::{Answered, Verbs, at};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

const SCHEME_TEXT: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml");

/// The first and the last day.
pub type DaySpan<'a> = (&'a str, &'a str);

fn span(days: DaySpan<'_>) -> Value {
    json!({ "from": days.0, "to": days.1 })
}

pub trait MilestoneVerbs {
    fn asks_excuse(&self, milestone: &Value, ground: &str, days: DaySpan<'_>) -> Response;
    fn examines(&self, excuse: &Value, days: Option<DaySpan<'_>>) -> Response;
    fn excuses(&self, excuse: &Value, days: Option<DaySpan<'_>>, dated_on: &str) -> Response;
    fn sees_as_on(&self, path: &str, day: &str) -> Value;
}

impl MilestoneVerbs for Person {
    fn asks_excuse(&self, milestone: &Value, ground: &str, days: DaySpan<'_>) -> Response {
        let form = json!({ "ground": ground, "text": "as the papers show", "days": span(days), "evidence": [self.attaches("ground")] });
        self.does(&format!("{}/excuses", at("milestones", milestone)), milestone, form)
    }
    fn examines(&self, excuse: &Value, days: Option<DaySpan<'_>>) -> Response {
        let outcome = if days.is_some() { "recommended" } else { "not_recommended" };
        let form = json!({ "outcome": outcome, "days": days.map(span), "note": "seen" });
        self.does(&format!("{}/examination", at("excuses", excuse)), excuse, form)
    }
    fn excuses(&self, excuse: &Value, days: Option<DaySpan<'_>>, dated_on: &str) -> Response {
        let outcome = if days.is_some() { "granted" } else { "refused" };
        let form = json!({
            "outcome": outcome, "days": days.map(span), "reference": "Order 7", "dated_on": dated_on, "reasons": "as found",
        });
        self.does(&format!("{}/decision", at("excuses", excuse)), excuse, form)
    }
    fn sees_as_on(&self, path: &str, day: &str) -> Value {
        self.sees(&format!("{path}?as_on={day}"))
    }
}

impl App {
    /// A service with the changed sample scheme as the only one.
    pub fn with_scheme(engine: Engine, change: impl Fn(&str) -> String) -> App {
        App::with_only(engine, change(&SCHEME_TEXT.replacen("version = 2", "version = 1", 1)))
    }

    /// An award with a performance security of Rs 50 crore, as in the published case: 750 MTPA at
    /// Rs 1,160 a kilogram, of whose ceilings of Rs 500 crore the scheme takes a tenth.
    pub fn awarded_with_fifty_crore(engine: Engine) -> (App, Value) {
        let app = App::with_scheme(engine, |text| {
            text.replacen(
                "[performance_security]\nbasis_points = 200",
                "[performance_security]\nbasis_points = 1000",
                1,
            )
        });
        let award = app.told("award with fifty crore", |app| {
            app.window_is_open();
            let preparer = app.preparer();
            let mut form = app.good_form(&preparer, 750);
            form["incentive_asked_paise_per_kg"] = json!(116_000);
            let draft = preparer.drafts(&form).ok();
            let submitted = app.signatory().submits(&draft).ok();
            let eligible = app.verifier().scrutinises(&submitted, true).ok();
            app.competent_authority().awards(&eligible, 750).ok()
        });
        (app, award)
    }

    /// An excuse that is requested and examined: the agency recommends all requested days.
    pub fn examined(&self, milestone: &Value, ground: &str, days: DaySpan<'_>) -> Value {
        let asked = self.signatory().asks_excuse(milestone, ground, days).ok();
        self.verifier().examines(&asked, Some(days)).ok()
    }

    /// Excused days, by an order dated on a day.
    pub fn excused(&self, milestone: &Value, ground: &str, days: DaySpan<'_>, dated_on: &str) -> Value {
        let examined = self.examined(milestone, ground, days);
        self.competent_authority().excuses(&examined, Some(days), dated_on).ok()
    }
}

/// The days accrued, and the paise accrued, noticed, demanded, recovered, set off, waived and due.
pub fn damages(record: &Value) -> [i64; 8] {
    let parts = ["accrued_days", "accrued", "noticed", "demanded", "recovered", "set_off", "waived", "due"];
    parts.map(|part| {
        let name = if part == "accrued_days" { part.to_owned() } else { format!("{part}_paise") };
        record["damages"][&name].as_i64().unwrap_or_else(|| panic!("no {name} in {record}"))
    })
}
