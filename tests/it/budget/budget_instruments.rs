//! Budget instruments: each by two people, each exact to the paisa, each within its year.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs, at, says, stages};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

pub const CAPITAL: &str = "capital_subsidy";
pub const SALES: &str = "sales_linked_incentive";

/// A form; `more` adds or replaces members, and `null` removes one.
fn form(kind: &str, more: &Value) -> Value {
    let mut form = json!({
        "kind": kind, "scheme_code": SCHEME, "component": CAPITAL, "financial_year": "2026-27", "amount_paise": CRORE,
        "reference": "Sample order", "dated_on": "2026-04-01",
    });
    for (name, value) in more.as_object().unwrap() {
        match value {
            Value::Null => drop(form.as_object_mut().unwrap().remove(name)),
            _ => form[name] = value.clone(),
        }
    }
    form
}

fn proposes(person: &Person, kind: &str, more: &Value) -> Response {
    person.post("/budget-instruments", None, &form(kind, more)).unwrap()
}

/// The answer to the second person, who approves a proposal of the first.
pub fn orders(app: &App, kind: &str, more: &Value) -> Response {
    let proposed = proposes(&app.scheme_administrator(), kind, more).ok();
    app.other_scheme_administrator().approves(&proposed)
}

/// The particulars of a valid re-appropriation.
fn sound() -> Value {
    json!({ "new_service": false, "expenditure_sanctioned": true, "work_not_approved": false, "contingency_advance": false })
}

fn moving(from: &str, to: &str, paise: i64) -> Value {
    json!({ "component": from, "to_component": to, "source": "savings", "amount_paise": paise, "declaration": sound() })
}

fn year(app: &App, component: &str, year: &str) -> Value {
    app.budget("financial_year", component, Some(year))
}

fn paise(row: &Value, stage: &str) -> i64 {
    row[format!("{stage}_paise")].as_i64().unwrap()
}

#[apply(on_both!)]
fn a_revision_states_the_years_new_total(app: App) {
    app.sanctioned_15_crore();
    let raised = orders(&app, "revision", &json!({ "amount_paise": 60 * CRORE }));
    let available = "appropriation:ndfeb-2025-proposal:capital_subsidy:2026-27:available";
    assert_eq!(raised.balances()[available], 45 * CRORE);
    assert_eq!(raised.ok()["posted_paise"], 20 * CRORE);
    let same = orders(&app, "revision", &json!({ "amount_paise": 60 * CRORE }));
    assert!(same.balances().is_empty(), "no difference, no journal");
    assert_eq!(same.ok()["posted_paise"], 0);

    let before = app.budget_table();
    let refused = orders(&app, "revision", &json!({ "amount_paise": 15 * CRORE - 1 })).refused(409, "budget_exceeded");
    says(&refused, &format!("account {available} needs ₹45,00,00,000.01 and has ₹45,00,00,000.00: short by ₹0.01"));
    assert_eq!(app.budget_table(), before);
    let cut = orders(&app, "revision", &json!({ "amount_paise": 15 * CRORE })).ok();
    assert_eq!(cut["posted_paise"], -45 * CRORE);
    assert_eq!(stages(&year(&app, CAPITAL, "2026-27")), [15 * CRORE, 0, 0, 0, 15 * CRORE, 0]);
    says(
        &orders(&app, "revision", &json!({ "amount_paise": 130 * CRORE + 1 })).refused(409, "outlay_exceeded"),
        "₹1,15,00,00,000.00 is left to provide",
    );
    orders(&app, "revision", &json!({ "amount_paise": 130 * CRORE })).ok();
    // A year without any provision may be re-estimated as well, down to nothing.
    orders(&app, "revision", &json!({ "component": SALES, "amount_paise": 5 * CRORE })).ok();
    orders(&app, "revision", &json!({ "component": SALES, "amount_paise": 0 })).ok();
    assert_eq!(stages(&year(&app, SALES, "2026-27")), [0; 6]);
    app.must_verify();
}

#[apply(on_both!)]
fn a_supplementary_grant_is_bounded_by_the_outlay(app: App) {
    app.provided(CAPITAL, "2026-27", 100 * CRORE);
    let refused =
        orders(&app, "supplementary", &json!({ "amount_paise": 30 * CRORE + 1 })).refused(409, "outlay_exceeded");
    says(&refused, "₹30,00,00,000.00 is left to provide");
    let granted = orders(&app, "supplementary", &json!({ "amount_paise": 30 * CRORE })).ok();
    assert_eq!(granted["number"], "NDFEB/2026-27/BUD/0003");
    assert_eq!(stages(&year(&app, CAPITAL, "2026-27")), [130 * CRORE, 130 * CRORE, 0, 0, 0, 0]);
    app.must_verify();
}

#[apply(on_both!)]
fn a_surrender_is_never_more_than_the_saving(app: App) {
    app.sanctioned_15_crore();
    let more = json!({ "amount_paise": 25 * CRORE + 1 });
    let refused = orders(&app, "surrender", &more).refused(409, "budget_exceeded");
    says(&refused, "needs ₹25,00,00,000.01 and has ₹25,00,00,000.00: short by ₹0.01");
    orders(&app, "surrender", &json!({ "amount_paise": 25 * CRORE })).ok();
    let row = year(&app, CAPITAL, "2026-27");
    assert_eq!(stages(&row), [40 * CRORE, 0, 0, 0, 15 * CRORE, 0]);
    assert_eq!(paise(&row, "surrendered"), 25 * CRORE);
    orders(&app, "surrender", &json!({ "amount_paise": 1 })).refused(409, "budget_exceeded");
    // The surrendered money belongs to the outlay again: 130 less the 15 that are reserved.
    let next = |amount: i64| json!({ "financial_year": "2027-28", "amount_paise": amount });
    orders(&app, "provision", &next(115 * CRORE + 1)).refused(409, "outlay_exceeded");
    orders(&app, "provision", &next(115 * CRORE)).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn what_a_past_year_has_left_lapses_and_may_be_provided_again(app: App) {
    let tranche = app.tranche_of_15_crore();
    let lapse = json!({ "amount_paise": null });
    let early = proposes(&app.scheme_administrator(), "lapse", &lapse).refused(422, "invalid_fields");
    assert_eq!(early["errors"][0]["pointer"], "/financial_year");
    app.set_clock("2027-03-31T18:29:59Z");
    proposes(&app.scheme_administrator(), "lapse", &lapse).refused(422, "invalid_fields");

    app.set_clock("2027-03-31T18:30:00Z");
    let lapsed = orders(&app, "lapse", &lapse).ok();
    assert_eq!(lapsed["posted_paise"], 25 * CRORE);
    let row = year(&app, CAPITAL, "2026-27");
    assert_eq!((stages(&row), paise(&row, "lapsed")), ([40 * CRORE, 0, 0, 15 * CRORE, 0, 0], 25 * CRORE));
    let refused = orders(&app, "lapse", &lapse).refused(409, "nothing_to_lapse");
    says(&refused, "nothing of 2026-27 is left");

    // Nothing rolls over by itself: the new year has no budget until somebody provides one.
    let concurred = app.concurred(&tranche);
    app.competent_authority().sanctions(&concurred).refused(409, "budget_exceeded");
    app.provided(CAPITAL, "2027-28", 115 * CRORE);
    app.competent_authority().sanctions(&concurred).ok();
    // The reservation returned to the closed year, and lapses in its turn.
    assert_eq!(orders(&app, "lapse", &lapse).ok()["posted_paise"], 15 * CRORE);
    assert_eq!(paise(&year(&app, CAPITAL, "2026-27"), "lapsed"), 40 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn savings_become_another_components(app: App) {
    app.provided(CAPITAL, "2026-27", 40 * CRORE);
    app.provided(SALES, "2026-27", 10 * CRORE);
    let more = orders(&app, "re_appropriation", &moving(SALES, CAPITAL, 10 * CRORE + 1));
    says(&more.refused(409, "budget_exceeded"), "sales_linked_incentive:2026-27:available needs");
    let full = orders(&app, "re_appropriation", &moving(SALES, "administration", 15 * CRORE + 1));
    says(&full.refused(409, "outlay_exceeded"), "₹15,00,00,000.00 is left to provide");
    let moved = orders(&app, "re_appropriation", &moving(SALES, CAPITAL, 4 * CRORE));
    assert_eq!(moved.balances().len(), 4);
    assert_eq!(stages(&year(&app, CAPITAL, "2026-27"))[..2], [44 * CRORE, 44 * CRORE]);
    assert_eq!(stages(&year(&app, SALES, "2026-27"))[..2], [6 * CRORE, 6 * CRORE]);
    let component = app.budget("component", CAPITAL, None);
    assert_eq!(paise(&component, "provided"), 130 * CRORE, "the outlay is another matter");
    app.must_verify();
}

#[apply(on_both!)]
fn each_prohibition_forbids_and_names_its_clause(app: App) {
    for component in [CAPITAL, SALES, "administration"] {
        app.provided(component, "2026-27", 10 * CRORE);
    }
    let one = app.scheme_administrator();
    let forbidden = |more: &Value, number: u8| {
        let problem = proposes(&one, "re_appropriation", more).refused(409, "reappropriation_forbidden");
        says(&problem, &format!("Delegation of Financial Powers Rules 2024, rule 10({number}) forbids"));
    };
    for (fact, stated, number) in [
        ("new_service", true, 1),
        ("expenditure_sanctioned", false, 2),
        ("work_not_approved", true, 3),
        ("contingency_advance", true, 8),
    ] {
        let mut more = moving(SALES, CAPITAL, CRORE);
        more["declaration"][fact] = json!(stated);
        forbidden(&more, number);
    }
    // Proposed while it is allowed, it is refused after the giving head was augmented.
    let waiting = proposes(&one, "re_appropriation", &moving(CAPITAL, SALES, CRORE)).ok();
    orders(&app, "re_appropriation", &moving(SALES, CAPITAL, CRORE)).ok();
    says(&app.other_scheme_administrator().approves(&waiting).refused(409, "reappropriation_forbidden"), "rule 10(7)");
    forbidden(&moving(CAPITAL, "administration", CRORE), 7);
    orders(&app, "supplementary", &json!({ "component": "administration" })).ok();
    forbidden(&moving("administration", SALES, CRORE), 7);
    orders(&app, "re_appropriation", &moving(SALES, CAPITAL, CRORE)).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn heads_of_different_kinds_do_not_mix(app: App) {
    let table = include_str!("../../../config/finance/reappropriation.toml");
    for (from, to, number) in [
        ("vote = \"voted\"", "vote = \"charged\"", 4),
        ("grant = \"Ministry", "grant = \"Another Ministry", 5),
        ("section = \"revenue\"", "section = \"capital\"", 6),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let limits = include_str!("../../../config/finance/expenditure-limits.toml");
        std::fs::write(folder.path().join("expenditure-limits.toml"), limits).unwrap();
        std::fs::write(folder.path().join("reappropriation.toml"), table.replacen(from, to, 1)).unwrap();
        let app = App::start_with(app.engine, |config| config.finance.folder = folder.path().to_owned());
        app.provided(SALES, "2026-27", 10 * CRORE);
        let asked = proposes(&app.scheme_administrator(), "re_appropriation", &moving(SALES, CAPITAL, CRORE));
        says(&asked.refused(409, "reappropriation_forbidden"), &format!("rule 10({number})"));
        orders(&app, "re_appropriation", &moving(SALES, "administration", CRORE)).ok();
    }
}

#[apply(on_both!)]
fn an_outlay_is_changed_within_what_it_holds(app: App) {
    let to = |amount: i64| json!({ "financial_year": null, "amount_paise": amount });
    app.window_is_open();
    app.provided(CAPITAL, "2026-27", 40 * CRORE);
    app.awarded("lodestone", 900);
    let grown = orders(&app, "change_of_outlay", &to(150 * CRORE)).ok();
    assert_eq!((grown["posted_paise"].as_i64(), &grown["financial_year"]), (Some(20 * CRORE), &Value::Null));
    assert_eq!(stages(&app.budget("component", CAPITAL, None))[..3], [150 * CRORE, 72 * CRORE, 78 * CRORE]);
    app.provided(CAPITAL, "2027-28", 110 * CRORE);
    let refused = orders(&app, "change_of_outlay", &to(150 * CRORE - 1)).refused(409, "outlay_provided");
    says(&refused, "it can be cut by ₹0.00, ₹0.01 is asked");

    // With the years cut, the awarded amount is the limit.
    orders(&app, "revision", &json!({ "financial_year": "2027-28", "amount_paise": 0 })).ok();
    let refused = orders(&app, "change_of_outlay", &to(78 * CRORE - 1)).refused(409, "budget_exceeded");
    says(&refused, "account outlay:ndfeb-2025-proposal:capital_subsidy:available needs ₹72,00,00,000.01");
    let cut = orders(&app, "change_of_outlay", &to(78 * CRORE)).ok();
    assert_eq!(cut["posted_paise"], -72 * CRORE);
    assert_eq!(stages(&app.budget("component", CAPITAL, None))[..3], [78 * CRORE, 0, 78 * CRORE]);
    orders(&app, "provision", &json!({ "financial_year": "2027-28", "amount_paise": 38 * CRORE + 1 }))
        .refused(409, "outlay_exceeded");
    app.must_verify();
}

#[apply(on_both!)]
fn a_proposal_can_be_refused_or_withdrawn(app: App) {
    let (one, two) = (app.scheme_administrator(), app.other_scheme_administrator());
    let reason = json!({ "reason": "the demand was changed" });
    let step = |person: &Person, seen: &Value, what: &str| {
        person.does(&format!("{}/{what}", at("budget-instruments", seen)), seen, reason.clone())
    };
    let first = one.proposes(CAPITAL, "2026-27", CRORE).ok();
    step(&one, &first, "refusal").refused(409, "same_person");
    step(&two, &first, "withdrawal").refused(409, "not_the_proposer");
    let refused = step(&two, &first, "refusal").ok();
    assert_eq!((&refused["status"], &refused["reason"]), (&json!("refused"), &reason["reason"]));
    two.approves(&refused).refused(409, "wrong_state");
    let second = one.proposes(CAPITAL, "2026-27", CRORE).ok();
    let withdrawn = step(&one, &second, "withdrawal").ok();
    assert_eq!((&withdrawn["status"], &withdrawn["posted_paise"]), (&json!("withdrawn"), &Value::Null));
    step(&one, &withdrawn, "withdrawal").refused(409, "wrong_state");
    two.approves(&second).refused(412, "stale_version");
    assert!(app.budget_table().as_array().unwrap().iter().all(|row| row["financial_year"].is_null()));
    app.must_verify();
}

#[apply(on_both!)]
fn who_changed_a_budget_takes_no_step_on_its_money(app: App) {
    let both = app.person("both", &["scheme_administrator", "section_officer"], None);
    let tranche = app.tranche_of_15_crore();
    let cut = proposes(&both, "surrender", &json!({})).ok();
    app.other_scheme_administrator().approves(&cut).ok();
    both.recommends(&tranche).refused(409, "same_person");
    app.section_officer().recommends(&tranche).ok();

    let officer = app.person("officer", &["scheme_administrator", "finance_officer"], None);
    officer.concurs(&app.tranche(&tranche)).ok();
    for (kind, more) in [("revision", json!({})), ("change_of_outlay", json!({ "financial_year": null }))] {
        let problem = proposes(&officer, kind, &more).refused(409, "same_person");
        says(&problem, "somebody else must do 'propose_instrument'");
    }
    proposes(&officer, "revision", &json!({ "financial_year": "2027-28" })).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn an_instrument_counts_in_its_year_alone(app: App) {
    app.provided(CAPITAL, "2026-27", 10 * CRORE);
    app.provided(SALES, "2026-27", 10 * CRORE);
    let one = app.scheme_administrator();
    let waiting: Vec<Value> = [
        ("provision", json!({})),
        ("supplementary", json!({})),
        ("revision", json!({})),
        ("surrender", json!({})),
        ("re_appropriation", moving(SALES, CAPITAL, CRORE)),
    ]
    .iter()
    .map(|(kind, more)| proposes(&one, kind, more).ok())
    .collect();
    app.set_clock("2027-03-31T18:30:00Z");
    for proposed in &waiting {
        app.other_scheme_administrator().approves(proposed).refused(409, "date_not_allowed");
    }
    for kind in ["provision", "supplementary", "revision", "surrender"] {
        let problem = proposes(&one, kind, &json!({})).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/financial_year", "{kind}");
    }
    assert_eq!(stages(&year(&app, CAPITAL, "2026-27"))[..2], [10 * CRORE, 10 * CRORE]);
    app.must_verify();
}

#[apply(on_both!)]
fn an_instrument_could_not_be_otherwise(app: App) {
    let one = app.scheme_administrator();
    let wrong = [
        ("surrender", json!({ "amount_paise": 0 }), "/amount_paise"),
        ("surrender", json!({ "amount_paise": null }), "/amount_paise"),
        ("revision", json!({ "amount_paise": -1 }), "/amount_paise"),
        ("change_of_outlay", json!({}), "/financial_year"),
        ("provision", json!({ "financial_year": null }), "/financial_year"),
        ("provision", json!({ "to_component": SALES }), "/to_component"),
        ("provision", json!({ "source": "savings" }), "/source"),
        ("provision", json!({ "declaration": sound() }), "/declaration"),
        ("re_appropriation", json!({ "to_component": SALES, "source": "savings" }), "/declaration"),
        ("re_appropriation", json!({ "to_component": SALES, "declaration": sound() }), "/source"),
        ("re_appropriation", json!({ "source": "savings", "declaration": sound() }), "/to_component"),
        ("re_appropriation", moving(SALES, SALES, 1), "/to_component"),
    ];
    for (kind, more, pointer) in wrong {
        let problem = proposes(&one, kind, &more).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{kind} {more}");
    }
    let mut recovered = moving(SALES, CAPITAL, 1);
    recovered["source"] = json!("recovered");
    proposes(&one, "re_appropriation", &recovered).refused(422, "invalid_fields");
    let mut next = moving(SALES, CAPITAL, 1);
    next["financial_year"] = json!("2027-28");
    proposes(&one, "re_appropriation", &next).refused(422, "invalid_fields");
    let unread = [
        ("kind", json!("gift"), "/kind"),
        ("source", json!(null), "/source"),
        ("declaration", json!({}), "/declaration/new_service"),
    ];
    for (field, value, pointer) in unread {
        let mut form = form("re_appropriation", &moving(SALES, CAPITAL, 1));
        form[field] = value;
        let problem = one.post("/budget-instruments", None, &form).unwrap().refused(400, "malformed_json");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    let mut nobody = moving(CAPITAL, CAPITAL, 1);
    nobody["source"] = json!("recovered");
    app.provided(CAPITAL, "2026-27", CRORE);
    let refused = orders(&app, "re_appropriation", &nobody).refused(409, "budget_exceeded");
    says(&refused, "outlay:ndfeb-2025-proposal:capital_subsidy:recovered needs ₹0.01 and has ₹0.00");
    app.must_verify();
}

#[apply(on_both!)]
fn verify_knows_what_the_instruments_gave(app: App) {
    app.provided(CAPITAL, "2026-27", CRORE);
    app.must_verify();
    for (forged, found) in [
        ("UPDATE budget_instruments SET posted_paise = posted_paise + 1", "the budget instruments say 1000000001"),
        ("DELETE FROM budget_instruments", "the budget instruments say 0"),
    ] {
        app.sql(forged);
        let fault = app.verify().fault.unwrap();
        assert!(fault.contains("capital_subsidy:2026-27:authorised says") && fault.contains(found), "{fault}");
    }
}

/// Every migration of an engine, by name.
fn migrations(engine: &str) -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path.join("up.sql")).unwrap())
    };
    let mut all: Vec<(String, String)> = std::fs::read_dir(folder).unwrap().map(read).collect();
    all.sort();
    all
}

#[apply(plain!)]
fn a_provision_of_before_is_an_instrument_now() {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        value: String,
    }
    const BEFORE: &str = "INSERT INTO users VALUES ('u1', 'a', 'A', '', NULL, 'x', NULL, 1, 'x', 0, NULL);
        INSERT INTO users VALUES ('u2', 'b', 'B', '', NULL, 'x', NULL, 1, 'x', 0, NULL);
        INSERT INTO provisions VALUES ('p1', 's', 'administration', '2026-27', 500, 'r', '2026-04-01', 'approved', 'u1', 't1', 'u2', 't2', 2);
        INSERT INTO provisions VALUES ('p2', 's', 'administration', '2026-27', 700, 'r', '2026-04-01', 'proposed', 'u1', 't1', NULL, NULL, 1);";
    const AFTER: &str = "SELECT number || ' ' || kind || ' ' || status || ' ' || amount_paise || ' ' || COALESCE(posted_paise, -1) || ' ' || \
        COALESCE(decided_by, '-') AS value FROM budget_instruments ORDER BY id";
    fn through<C: SimpleConnection>(connection: &mut C, engine: &str) {
        for (name, text) in migrations(engine) {
            if name == "0004_budget_instruments" {
                connection.batch_execute(BEFORE).unwrap();
            }
            connection.batch_execute(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
    let expected = ["p1 provision approved 500 500 u2", "p2 provision proposed 700 -1 -"];
    let mut sqlite = SqliteConnection::establish(":memory:").unwrap();
    sqlite.batch_execute("PRAGMA foreign_keys = ON;").unwrap();
    through(&mut sqlite, "sqlite");
    let rows: Vec<Row> = sql_query(AFTER).load(&mut sqlite).unwrap();
    assert_eq!(rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>(), expected);
    if crate::harness::postgres::find().is_ok() {
        let mut server = PgConnection::establish(&crate::harness::postgres::new_database()).unwrap();
        through(&mut server, "postgres");
        let rows: Vec<Row> = sql_query(AFTER).load(&mut server).unwrap();
        assert_eq!(rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>(), expected);
    }
}
