//! Somebody changes the database behind the service's back before money moves. The step that would stand on it is
//! refused, and a control is red.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, says};
use crate::harness::treasury_people::TreasuryVerbs;
use magnet_scheme::client::Response;
use magnet_scheme::db::engine::error::DbError;
use magnet_scheme::db::engine::notes::proven_rows::TableReader;
use magnet_scheme::db::engine::read_pool::ReadPool;
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
        let old = app.values(&format!("SELECT CAST({column} AS TEXT) AS value FROM {table} WHERE {of}")).remove(0);
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

/// Whatever somebody changes of a record behind the service's back, the next act on it is refused, and so is a step of
/// money that only reads it.
#[apply(on_both!)]
fn no_act_stands_on_a_forged_record(app: App) {
    let (lodestone, magnetite) =
        (id(&app.organisation("lodestone")).to_owned(), id(&app.organisation("magnetite")).to_owned());
    let verified = app.tranche_of_15_crore();
    let of = |record: &Value| format!("id = '{}'", id(record));
    let refuses = |forgery: Forgery<'_>, noun: &str, record: &Value, answer: Response| {
        let refused = answer.refused(409, "not_as_logged");
        says(&refused, &format!("{noun}:{} is not as the log says", id(record)));
        assert!(red(&app).contains(&"records_as_logged".to_owned()), "{noun}");
        forgery.undone();
        assert_eq!(red(&app), Vec::<String>::new(), "{noun}");
    };
    let forges = |table, column, of: &str, forged: &str| Forgery::of(&app, table, column, of, forged);
    // The amount of a tranche before anybody concurs: the act is not one of money.
    let recommended = app.section_officer().recommends(&verified).ok();
    let forgery = forges("tranches", "amount_paise", &of(&recommended), "300000000000");
    refuses(forgery, "tranche", &recommended, app.finance_officer().concurs(&recommended));
    // Its status, so that a step would be left out.
    let forgery = forges("tranches", "status", &of(&recommended), "concurred");
    refuses(forgery, "tranche", &recommended, app.competent_authority().sanctions(&recommended));
    let concurred = app.finance_officer().concurs(&recommended).ok();
    let sanctioned = app.competent_authority().sanctions(&concurred).ok();
    // Who is paid, and the records that the advice only reads.
    let forgery = forges("tranches", "organisation_id", &of(&sanctioned), &magnetite);
    refuses(forgery, "tranche", &sanctioned, app.disbursing_officer().advises(&sanctioned));
    let award = app.auditor().sees(&format!("/awards/{}", sanctioned["award_id"].as_str().unwrap()));
    let forgery = forges("awards", "organisation_id", &of(&award), &magnetite);
    refuses(forgery, "award", &award, app.disbursing_officer().advises(&sanctioned));
    let security = app.values("SELECT id AS value FROM securities WHERE status = 'confirmed'").remove(0);
    let security = json!({ "id": security });
    let forgery = forges("securities", "amount_paise", &of(&security), "900000000000");
    refuses(forgery, "security", &security, app.disbursing_officer().advises(&sanctioned));
    // A payment on its way, so that it could be advised a second time.
    let advised = app.disbursing_officer().advises(&sanctioned).ok();
    let forgery = forges("payments", "bank_account", &of(&advised), "99887766554433");
    let confirmed = app.disbursing_officer().confirms(&advised, "SBINR52026050100000001", "2026-05-01");
    refuses(forgery, "payment", &advised, confirmed);
    let forgery = forges("payments", "status", &of(&advised), "failed");
    let tranche = forges("tranches", "status", &of(&sanctioned), "sanctioned");
    app.disbursing_officer()
        .advises(&app.auditor().sees(&format!("/tranches/{}", id(&sanctioned))))
        .refused(409, "not_as_logged");
    tranche.undone();
    forgery.undone();
    assert_eq!(lodestone, advised["organisation_id"].as_str().unwrap());
    assert_eq!(red(&app), Vec::<String>::new());
    app.must_verify();
}

/// A row and its place in the index, both forged, do not make what the log does not say.
#[apply(on_both!)]
fn the_index_of_digests_is_proven_by_the_log(app: App) {
    let mut app = app;
    let recommended = app.section_officer().recommends(&app.tranche_of_15_crore()).ok();
    let (mine, of) = (id(&recommended), format!("row_key = '{}'", id(&recommended)));
    let indexed = |app: &App| app.values(&format!("SELECT digest AS value FROM row_digests WHERE {of}")).remove(0);
    let (before, old) = (indexed(&app), recommended["amount_paise"].to_string());
    let forge = |app: &App, amount: &str| {
        app.sql(&format!("UPDATE tranches SET amount_paise = {amount} WHERE id = '{mine}'"));
    };
    forge(&app, "300000000000");
    // Somebody computes the digest of the forged row, and writes it into the index too.
    let forged = stored_digest(&app, "tranches", mine);
    app.sql(&format!("UPDATE row_digests SET digest = '{forged}' WHERE {of}"));
    // The process that wrote the row knows better, and one that starts asks the log.
    app.finance_officer().concurs(&recommended).refused(409, "not_as_logged");
    app.serve(false);
    app.finance_officer().concurs(&recommended).refused(409, "not_as_logged");
    forge(&app, &old);
    app.sql(&format!("UPDATE row_digests SET digest = '{before}' WHERE {of}"));
    app.finance_officer().concurs(&recommended).ok();
    // An index that was removed is made again from the log at the next start.
    let left = indexed(&app);
    app.sql("DELETE FROM row_digests WHERE table_name = 'tranches'");
    app.serve(false);
    assert_eq!(indexed(&app), left);
    assert_ne!(left, before, "the concurrence changed the row");
    app.must_verify();
}

/// The digest of a row as it is stored.
fn stored_digest(app: &App, table: &str, key: &str) -> String {
    let reads = ReadPool::open(&app.database_url(), 1).unwrap();
    let found = reads.read(|tx| {
        let reader = TableReader::all(tx)?.into_iter().find(|reader| reader.table == table).unwrap();
        Ok::<_, DbError>(reader.after(tx, &[], 1_000)?.into_iter().find(|row| row.key == key))
    });
    found.unwrap().unwrap().digest.text()
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
