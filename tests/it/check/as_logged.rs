//! Somebody changes the database behind the service's back before money moves. The step that would stand on it is
//! refused, and a control is red.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, says};
use crate::harness::treasury_people::TreasuryVerbs;
use serde_json::{Value, json};

const CONTROL: &str = "people_and_payees_as_logged";

/// The red controls of a run that the auditor asks for.
fn red(app: &App) -> Vec<String> {
    let run = app.auditor().post("/controls/runs", None, &json!({})).unwrap().ok();
    let results = run["results"].as_array().unwrap().iter().filter(|one| one["status"] == "red");
    results.map(|one| one["control"].as_str().unwrap().to_owned()).collect()
}

/// One value of a table, as it is and as somebody forges it.
struct Forgery<'a> {
    app: &'a App,
    table: &'a str,
    column: &'a str,
    of: String,
    old: String,
}

impl<'a> Forgery<'a> {
    fn of(app: &'a App, table: &'a str, column: &'a str, of: &str, forged: &str) -> Forgery<'a> {
        let old = app.values(&format!("SELECT {column} AS value FROM {table} WHERE {of}")).remove(0);
        assert_ne!(old, forged);
        app.sql(&format!("UPDATE {table} SET {column} = '{forged}' WHERE {of}"));
        Forgery { app, table, column, of: of.to_owned(), old }
    }

    fn undone(self) {
        let Forgery { app, table, column, of, old } = self;
        app.sql(&format!("UPDATE {table} SET {column} = '{old}' WHERE {of}"));
    }
}

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

#[apply(on_both!)]
fn no_payment_is_advised_to_a_forged_account(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    let company = id(&app.organisation("lodestone")).to_owned();
    let of = format!("id = '{company}'");
    for (column, forged) in [("bank_account", "99887766554433"), ("ifsc", "SBIN0009999"), ("name", "Somebody Ltd")] {
        let forgery = Forgery::of(&app, "organisations", column, &of, forged);
        let refused = ddo.advises(&sanctioned).refused(409, "not_as_logged");
        says(&refused, &format!("organisation:{company} is not as the log says"));
        assert_eq!(red(&app), [CONTROL], "{column}");
        ddo.advises(&sanctioned).refused(409, "money_stopped");
        forgery.undone();
        assert_eq!(red(&app), Vec::<String>::new());
    }
    let advised = ddo.advises(&sanctioned).ok();
    // The account is forged between the advice of the payment and the file.
    let forgery = Forgery::of(&app, "organisations", "bank_account", &of, "99887766554433");
    ddo.makes_advice(&[&advised]).refused(409, "not_as_logged");
    forgery.undone();
    let forgery = Forgery::of(&app, "payments", "bank_account", &format!("id = '{}'", id(&advised)), "99887766554433");
    let refused = ddo.makes_advice(&[&advised]).refused(409, "not_as_logged");
    says(&refused, &format!("payment:{} is not as the log says", id(&advised)));
    forgery.undone();
    ddo.makes_advice(&[&advised]).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn no_money_moves_by_forged_roles(app: App) {
    let concurred = app.concurred(&app.tranche_of_15_crore());
    let clerk = app.person("clerk", &["verifier"], None);
    let me = id(&clerk.sees("/me")).to_owned();
    let forgery = Forgery::of(&app, "users", "roles", &format!("id = '{me}'"), "competent_authority");
    let refused = clerk.sanctions(&concurred).refused(409, "not_as_logged");
    says(&refused, &format!("user:{me} is not as the log says"));
    assert_eq!(red(&app), [CONTROL]);
    app.competent_authority().sanctions(&concurred).refused(409, "money_stopped");
    forgery.undone();
    assert_eq!(red(&app), Vec::<String>::new());
    clerk.sanctions(&concurred).refused(403, "not_permitted");
    app.competent_authority().sanctions(&concurred).ok();
    app.must_verify();
}

/// Roles that were taken away are put back with the digest that they had.
#[apply(on_both!)]
fn an_older_state_of_an_account_is_not_the_one_of_the_log(app: App) {
    let concurred = app.concurred(&app.tranche_of_15_crore());
    let officer = app.person("former", &["competent_authority"], None);
    let me = officer.sees("/me");
    let of = format!("row_key = '{}'", id(&me));
    let digest = |column: &str| {
        app.values(&format!("SELECT CAST({column} AS TEXT) AS value FROM row_digests WHERE {of}")).remove(0)
    };
    let (before, entry) = (digest("digest"), digest("sequence"));
    let version = app.values(&format!("SELECT CAST(version AS TEXT) AS value FROM users WHERE id = '{}'", id(&me)));
    let change = json!({ "name": "Sample former", "roles": ["verifier"], "organisation_id": null, "disabled": false });
    app.administrator().put(&format!("/users/{}", id(&me)), version[0].parse().unwrap(), &change).unwrap().ok();
    let version = &version[0];
    app.sql(&format!("UPDATE users SET roles = 'competent_authority', version = {version} WHERE id = '{}'", id(&me)));
    app.sql(&format!("UPDATE row_digests SET digest = '{before}', sequence = {entry} WHERE {of}"));
    officer.sanctions(&concurred).refused(409, "not_as_logged");
    assert_eq!(red(&app), [CONTROL]);
}

/// What somebody wrote there cannot be read, and is no defect of the service: it is refused like any other forgery.
#[apply(on_both!)]
fn what_cannot_be_read_any_more_is_refused(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    let advice = ddo.makes_advice(&[&ddo.advises(&sanctioned).ok()]).ok();
    crate::harness::disarm::disarm(&app);
    for format in ["csv", "xml"] {
        let downloads = || ddo.downloads(&advice, format);
        assert_eq!(downloads().status, 200);
        app.sql(&format!("UPDATE payment_advice_files SET content = content || 'x' WHERE format = '{format}'"));
        let refused = downloads().refused(409, "not_as_logged");
        says(&refused, &format!("payment_advice:{} is not as the log says", id(&advice)));
    }
    let clerk = app.person("clerk", &["verifier"], None);
    let me = id(&clerk.sees("/me")).to_owned();
    let forgery = Forgery::of(&app, "users", "roles", &format!("id = '{me}'"), "king");
    clerk.sanctions(&sanctioned).refused(403, "not_permitted");
    assert_eq!(red(&app), [CONTROL]);
    forgery.undone();
    assert_eq!(red(&app), Vec::<String>::new());
}
