//! Two makers whose claims compete for the last of one year's money, as used by the tests of races, crashes and load.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs};
use serde_json::{Value, json};

pub const SALES: &str = "sales_linked_incentive";

pub const MAKERS: [&str; 2] = ["lodestone", "ferrite"];

/// The amount of every claim: ten kilograms at the rate.
pub const UNIT: i64 = 1_600_000;

/// Later than the clock of any machine that runs this: a sandbox's time is never behind the machine's.
pub const NOW: &str = "2033-09-01T06:30:00Z";

pub const TODAY: &str = "2033-09-01";

pub const YEAR: &str = "2033-34";

/// Two awards that compete for one year's appropriation.
pub struct Field {
    awards: [Value; 2],
    evidence: [Value; 2],
}

impl Field {
    /// Room for this many units of the sales incentive in the year.
    pub fn prepare(app: &App, units: i64) -> Field {
        app.window_is_open();
        app.provided(SALES, YEAR, units * UNIT);
        let awards = MAKERS.map(|maker| app.commissioned(maker, 600));
        app.set_clock(NOW);
        let evidence = MAKERS.map(|maker| app.preparer_of(maker).attaches("sales"));
        Field { awards, evidence }
    }

    /// The n-th claim's form, on a day of its own, and its award, of one maker or the other.
    pub fn form(&self, n: usize) -> (Value, Value) {
        let (maker, day) = (n % 2, n / 2);
        let day = format!("2026-{:02}-{:02}", 6 + day / 28, 1 + day % 28);
        let mut form = json!({
            "component": SALES, "period_from": day, "period_to": day, "amount_claimed_paise": UNIT,
            "lines": [{ "invoice_number": format!("S/{n}"), "invoice_date": day, "party": "Sample Motors",
                "quantity_kg": 10, "amount_paise": 5_000_000 }],
        });
        form["evidence"] = json!([self.evidence[maker]]);
        (self.awards[maker].clone(), form)
    }

    /// The n-th claim, submitted.
    pub fn claim(&self, app: &App, n: usize) -> Value {
        let (award, form) = self.form(n);
        let draft = app.preparer_of(MAKERS[n % 2]).claims(&award, &form).ok();
        app.signatory_of(MAKERS[n % 2]).submits_claim(&draft).ok()
    }

    /// The n-th claim as a sanctioned tranche.
    pub fn sanctioned(&self, app: &App, n: usize) -> Value {
        app.sanctioned(&app.verifier().verifies(&self.claim(app, n)).ok()["tranche"])
    }
}
