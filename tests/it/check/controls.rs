//! Standing controls: each turns red by its own fault and by no other's, integrity controls stop money,
//! runs are stored and reported, and a control that cannot run never counts as green.

pub mod plants;

use crate::harness::app::{App, Engine};
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says};
use crate::harness::treasury_people::TreasuryVerbs;
use crate::payment::reconciliation::{ReconciliationVerbs, scroll};
use crate::portal::browser::Browser;
use domain::check::control::{ControlCode, ControlKind};
use magnet_scheme::db::engine::notes::proven_tables::{INDEXED, LOOKED_UP, of_notes};
use plants::{Plant, plants};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SALES: &str = "sales_linked_incentive";

/// A service with records of every kind that the controls check.
pub fn story(engine: Engine) -> App {
    let app = App::staged(engine, &[("capital_subsidy", 7_500)]);
    let sanctioned = app.sanctioned_15_crore();
    let advised = app.disbursing_officer().advises(&sanctioned).ok();
    app.disbursing_officer().makes_advice(&[&advised]).ok();
    app.disbursing_officer().confirms(&advised, "SBINR52026050100000001", "2026-05-01").ok();
    app.provided(SALES, "2026-27", 100 * CRORE);
    let award = app.auditor().sees("/awards")["data"][0].clone();
    app.reached("lodestone", &award, "commissioning", "2026-05-01");
    app.set_clock("2026-09-01T06:30:00Z");
    let sold = |from, to| Sales::at_the_rate(from, to, 1_000);
    let paid = app.tranche_for_sales("lodestone", &award, sold("2026-05-01", "2026-05-31"));
    let paid = app.paid(&paid, "SBINR52026090100000002", "2026-09-01");
    app.demanded(&paid["disbursement"], 1_000_000);
    let advised = app.tranche_for_sales("lodestone", &award, sold("2026-06-01", "2026-06-30"));
    app.disbursing_officer().advises(&app.sanctioned(&advised)).ok();
    let sanctioned = app.tranche_for_sales("lodestone", &award, sold("2026-07-01", "2026-07-31"));
    app.sanctioned(&sanctioned);
    app.tranche_for_sales("lodestone", &award, sold("2026-08-01", "2026-08-31"));
    app.person("spare", &["verifier"], None).sees("/me");
    let stray = "OTHER/1,Success,SBINR52026083100000009,2026-08-31,100,".to_owned();
    app.finance_officer().uploads_scroll("text/csv", &scroll("S-1", &[stray]), "").ok();
    app
}

impl App {
    /// A run of the controls, requested by the auditor.
    pub fn asks_controls(&self) -> Value {
        self.auditor().post("/controls/runs", None, &json!({})).unwrap().ok()
    }

    /// The controls that are red now.
    pub fn red_controls(&self) -> Vec<String> {
        red(&self.asks_controls())
    }
}

/// The red controls of a run.
fn red(run: &Value) -> Vec<String> {
    let results = run["results"].as_array().unwrap().iter();
    results.filter(|one| one["status"] == "red").map(|one| one["control"].as_str().unwrap().to_owned()).collect()
}

fn result<'r>(run: &'r Value, control: &str) -> &'r Value {
    run["results"].as_array().unwrap().iter().find(|one| one["control"] == control).unwrap()
}

/// The controls that compare records with the log, and their tables.
const LOGGED: [(&str, &[&str]); 2] = [("people_and_payees_as_logged", &LOOKED_UP), ("records_as_logged", &INDEXED)];

/// Whether statements write one of these tables; people and companies have a control of their own.
fn touches(statements: &str, tables: &[&str]) -> bool {
    let wanted = |table: &str| tables.contains(&table) && (tables == LOOKED_UP || !LOOKED_UP.contains(&table));
    statements.split(';').any(|statement| {
        let words: Vec<&str> = statement.split_whitespace().collect();
        match words.as_slice() {
            // Columns that the digest of a row leaves out are added up by another control.
            ["UPDATE", table, "SET", column, ..] => {
                wanted(table) && of_notes(table).unwrap().1.iter().all(|(left_out, _)| left_out != column)
            }
            ["INSERT", "INTO", table, ..] | ["DELETE", "FROM", table, ..] => wanted(table),
            _ => false,
        }
    })
}

#[apply(on_both!)]
fn every_control_turns_red_by_its_fault_alone(app: App) {
    let app = story(app.engine);
    crate::harness::disarm::disarm(&app);
    let green = app.asks_controls();
    assert_eq!(red(&green), Vec::<String>::new(), "{green}");
    let plants = plants(&app);
    let planted: Vec<&str> = plants.iter().map(|plant| plant.control).collect();
    let all: Vec<&str> = ControlCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(planted, all, "each control has its fault");
    let auditor = Browser::of(&app, &app.auditor(), "hi");
    for Plant { control, fault, undone } in &plants {
        plants::runs(&app, fault);
        let run = app.asks_controls();
        // Whatever is wrong with a record that acts change is also not as the log says.
        let beside =
            |code: &&&str| **code == *control || LOGGED.iter().any(|of| of.0 == **code && touches(fault, of.1));
        let expected: Vec<&str> = all.iter().filter(beside).copied().collect();
        assert_eq!(red(&run), expected, "{fault}");
        let shown = &result(&run, control)["counterexamples"][0];
        assert!(
            shown["subject"].as_str().unwrap().contains(':') && shown["found"].as_str().unwrap().len() > 10,
            "{shown}"
        );
        let kind = control.parse::<ControlCode>().unwrap().kind();
        // Whoever has to put it right reads what was found in their language; the ledger's own faults are English.
        let page = auditor.opens(&format!("/hi/controls/runs/{}", run["id"].as_str().unwrap())).with_status(200);
        let in_english = page.page.text().contains(shown["found"].as_str().unwrap());
        assert_eq!(in_english, kind == ControlKind::Integrity, "{shown}: {}", page.page.text());
        let stop = app.auditor().sees("/budget")["money_stop"].clone();
        let of_integrity = |code: &&&str| code.parse::<ControlCode>().unwrap().kind() == ControlKind::Integrity;
        let stopped = json!(expected.iter().find(of_integrity));
        assert_eq!(stop["control"], stopped, "{stop}");
        plants::runs(&app, undone);
    }
    assert_eq!(red(&app.asks_controls()), Vec::<String>::new());
    assert_eq!(app.auditor().sees("/budget")["money_stop"], Value::Null);
}

#[apply(on_both!)]
fn a_red_integrity_control_stops_money_until_all_are_green(app: App) {
    let mut app = story(app.engine);
    let counter = "UPDATE counters SET value = value + 1 WHERE name LIKE '%/DIS'";
    app.sql(counter);
    let breach = plants(&app).into_iter().find(|plant| plant.control == "invoice_once").unwrap();
    app.sql(&breach.fault);
    let propose = |app: &App| app.scheme_administrator().proposes(SALES, "2026-27", CRORE).ok();
    let proposed = propose(&app);
    app.other_scheme_administrator().approves(&proposed).ok();
    assert_eq!(red(&app.asks_controls()), ["disbursement_serials", "invoice_once"]);
    let proposed = propose(&app);
    let refused = app.other_scheme_administrator().approves(&proposed).refused(409, "money_stopped");
    says(&refused, "control disbursement_serials is red: counter:NDFEB/2026-27/DIS");
    assert_eq!(app.anybody("GET", "/health/ready", None).json()["status"], "warn");
    let stops = |app: &App| {
        app.values(
            "SELECT command AS value FROM audit_log WHERE command IN ('stop_money', 'free_money') ORDER BY sequence",
        )
    };
    // The stop outlives a restart, is logged once, and a further run of the controls does not lift it.
    app.serve(false);
    app.asks_controls();
    app.other_scheme_administrator().approves(&proposed).refused(409, "money_stopped");
    assert_eq!(stops(&app), ["stop_money"]);
    // Another red control takes its place; the breach of a rule stops nothing.
    app.sql("UPDATE counters SET value = value + 1 WHERE name LIKE '%/SAN'");
    app.sql("UPDATE counters SET value = value - 1 WHERE name LIKE '%/DIS'");
    app.serve(false);
    let refused = app.other_scheme_administrator().approves(&proposed).refused(409, "money_stopped");
    says(&refused, "control sanction_serials is red");
    app.sql("UPDATE counters SET value = value - 1 WHERE name LIKE '%/SAN'");
    app.serve(false);
    app.other_scheme_administrator().approves(&proposed).ok();
    assert_eq!(stops(&app), ["stop_money", "stop_money", "free_money"]);
    assert_eq!(red(&app.asks_controls()), ["invoice_once"]);
}

#[apply(on_both!)]
fn runs_are_asked_by_those_who_may_and_kept(app: App) {
    app.sanctioned_15_crore();
    let before = app.audit_length();
    let authority = app.competent_authority();
    let run = authority.post("/controls/runs", None, &json!({})).unwrap().ok();
    assert_eq!((run["cause"].as_str(), run["log_sequence"].as_i64()), (Some("request"), Some(before)));
    assert_eq!(app.audit_behind(before), ["run_controls done"]);
    let details = app.values("SELECT details AS value FROM audit_log ORDER BY sequence DESC LIMIT 1");
    assert!(details[0].contains(run["digest"].as_str().unwrap()), "{details:?}");
    assert_eq!(app.auditor().sees(&format!("/controls/runs/{}", run["id"].as_str().unwrap())), run);
    assert_eq!(run["run_by"], authority.sees("/me")["id"]);

    let catalogue = app.auditor().sees("/controls")["data"].clone();
    let codes: Vec<&str> = catalogue.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ControlCode::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>());
    assert!(codes.len() >= 25);
    for one in catalogue.as_array().unwrap() {
        assert_eq!((one["newest"]["status"].as_str(), &one["run_at"]), (Some("green"), &run["run_at"]), "{one}");
    }
    let next = app.asks_controls();
    let listed = app.auditor().sees("/controls/runs")["data"].clone();
    assert_eq!(listed.as_array().unwrap().iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&next["id"], &run["id"]]);
    assert_eq!(app.auditor().sees("/controls/runs?limit=1")["data"].as_array().unwrap().len(), 1);
    app.auditor().get("/controls/runs?limit=0").unwrap().refused(400, "bad_parameter");
    app.auditor().get(&at("controls/runs", &json!({ "id": uuid::Uuid::now_v7() }))).unwrap().refused(404, "not_found");

    let before = app.audit_length();
    app.verifier().post("/controls/runs", None, &json!({})).unwrap().refused(403, "not_permitted");
    assert_eq!(app.audit_behind(before), ["run_controls refused not_permitted"]);
    app.verifier().get("/controls").unwrap().refused(403, "not_permitted");
    app.signatory().get("/controls/runs").unwrap().refused(403, "not_permitted");
    assert!(
        app.try_sql("UPDATE control_runs SET red = 0").is_err() && app.try_sql("DELETE FROM control_runs").is_err()
    );
    app.must_verify();
}

#[apply(on_both!)]
fn the_schedule_asks_when_it_is_due(mut app: App) {
    app.set_clock("2026-05-01T07:25:00Z");
    app.serve(false);
    let runs = |app: &App| app.values("SELECT cause || ' ' || run_at AS value FROM control_runs ORDER BY run_at");
    assert_eq!(runs(&app), Vec::<String>::new(), "the first comes a period behind the start");
    app.asks_controls();
    app.set_clock("2026-05-01T08:24:00Z");
    app.serve(false);
    assert_eq!(runs(&app).len(), 1);
    app.set_clock("2026-05-01T08:26:00Z");
    app.serve(false);
    assert_eq!(runs(&app)[1..], ["schedule 2026-05-01T08:26:00.000000Z"]);
    let run = app.auditor().sees("/controls/runs")["data"][0].clone();
    assert_eq!((run["cause"].as_str(), &run["run_by"], red(&run)), (Some("schedule"), &Value::Null, vec![]));
    app.must_verify();
}

#[apply(on_both!)]
fn what_cannot_be_asked_is_red_and_harms_no_other(app: App) {
    app.sanctioned_15_crore();
    app.sql("UPDATE claims SET evidence = '[' || evidence");
    let run = app.asks_controls();
    assert_eq!(red(&run), ["evidence_exists", "records_as_logged"]);
    let shown = &result(&run, "evidence_exists")["counterexamples"][0];
    assert_eq!(shown["subject"], "control:evidence_exists");
    assert_eq!(shown["found"], "what is stored cannot be read or added up");
}

/// One row of the table in `docs/CONTROLS.md`.
fn row(code: ControlCode) -> String {
    format!("| `{code}` | {} | {} | {} | {} |", code.kind(), code.title(), code.means(), code.source())
}

#[apply(plain!)]
fn the_document_lists_the_catalogue() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/CONTROLS.md");
    let text = std::fs::read_to_string(path).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    let said: Vec<String> = ControlCode::ALL.iter().map(|code| row(*code)).collect();
    assert!(rows == said, "docs/CONTROLS.md should have:\n{}", said.join("\n"));
    let titles: BTreeSet<&str> = ControlCode::ALL.iter().map(|code| code.title()).collect();
    assert_eq!(titles.len(), said.len());
}
