//! Accounts and roles.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at};
use domain::base::permission::Role;
use magnet_scheme::client::{Person, Response};
use magnet_scheme::service::people::passwords::PasswordCost;
use serde_json::{Value, json};

fn account(email: &str, roles: &[&str]) -> Value {
    json!({ "email": email, "name": "Sample person", "roles": roles })
}

fn makes(app: &App, account: &Value) -> Response {
    app.administrator().post("/users", None, account).unwrap()
}

/// The account of a person as it is now.
fn account_of(app: &App, person: &Person) -> Value {
    let all = app.administrator().sees("/users");
    all["data"].as_array().unwrap().iter().find(|user| user["email"] == person.email.as_str()).unwrap().clone()
}

fn changes(app: &App, user: &Value, roles: &[&str], disabled: bool) -> Response {
    let change = json!({ "name": user["name"], "roles": roles, "organisation_id": user["organisation_id"], "disabled": disabled });
    app.administrator().put(&at("users", user), user["version"].as_i64().unwrap(), &change).unwrap()
}

#[apply(on_both!)]
fn only_an_administrator_manages_accounts(app: App) {
    let subject = account_of(&app, &app.verifier());
    let other: Vec<&Role> = Role::ALL.iter().filter(|role| **role != Role::Administrator).collect();
    assert_eq!(other.len(), Role::ALL.len() - 1);
    let company = app.organisation("lodestone")["id"].clone();
    for role in other {
        let own = Some(&company).filter(|_| *role == Role::Signatory);
        let person = app.person(&format!("some-{role}"), &[role.as_str()], own);
        assert_eq!(person.get("/me").unwrap().ok()["roles"], json!([role]));
        let (content, before) = (app.content(), app.audit_length());
        person.post("/users", None, &account("x@sample.example", &["auditor"])).unwrap().refused(403, "not_permitted");
        let change = json!({ "name": "Me", "roles": ["administrator"], "organisation_id": null, "disabled": false });
        person.put(&at("users", &subject), 1, &change).unwrap().refused(403, "not_permitted");
        person.get("/users").unwrap().refused(403, "not_permitted");
        person.get(&at("users", &subject)).unwrap().refused(403, "not_permitted");
        assert_eq!(
            app.audit_behind(before),
            ["create_user refused not_permitted", "change_user refused not_permitted"],
            "{role}"
        );
        assert_eq!(app.content(), content, "{role}");
    }
}

#[apply(on_both!)]
fn no_password_is_hashed_for_somebody_who_may_not_create_accounts(mut app: App) {
    let verifier = app.verifier();
    verifier.sees("/me");
    let (email, password) = (verifier.email.clone(), verifier.password.clone());
    // At this cost, hashing fails.
    app.hashes_at(PasswordCost { memory_kib: 0, passes: 0 });
    let verifier = Person::new(&app.client, email, password);
    let sends = |person: &Person| person.post("/users", None, &account("x@sample.example", &["auditor"])).unwrap();
    sends(&app.administrator()).refused(500, "internal");
    let before = app.audit_length();
    sends(&verifier).refused(403, "not_permitted");
    assert_eq!(app.audit_behind(before), ["sign_in done", "create_user refused not_permitted"]);
}

#[apply(on_both!)]
fn roles_that_conflict_are_refused(app: App) {
    let conflict = |a: &str, b: &str| {
        let maker = |role: &str| matches!(role, "preparer" | "signatory");
        let alone = |role: &str| matches!(role, "administrator" | "auditor");
        alone(a) || alone(b) || maker(a) != maker(b)
    };
    let verifier = account_of(&app, &app.verifier());
    let (mut refused, mut allowed) = (0, 0);
    for (index, a) in Role::ALL.iter().enumerate() {
        for b in &Role::ALL[index + 1..] {
            let pair = [a.as_str(), b.as_str()];
            if conflict(pair[0], pair[1]) {
                refused += 1;
                let content = app.content();
                makes(&app, &account("pair@sample.example", &pair)).refused(409, "roles_conflict");
                changes(&app, &verifier, &pair, false).refused(409, "roles_conflict");
                assert_eq!(app.content(), content);
            } else {
                allowed += 1;
            }
        }
    }
    assert_eq!((refused, allowed), (29, 16));
    makes(&app, &account("makers@sample.example", &["preparer", "signatory"])).ok();
    makes(&app, &account("offices@sample.example", &["section_officer", "disbursing_officer"])).ok();
    makes(&app, &account("none@sample.example", &[])).refused(422, "invalid_fields");
    makes(&app, &account("unknown@sample.example", &["minister"])).refused(400, "malformed_json");
    changes(&app, &verifier, &[], false).refused(422, "invalid_fields");
}

#[apply(on_both!)]
fn an_organisation_is_for_its_own_people_and_must_exist(app: App) {
    let organisation = app.organisation("lodestone")["id"].clone();
    let with = |roles: &[&str], organisation: Value| {
        let mut account = account("member@sample.example", roles);
        account["organisation_id"] = organisation;
        makes(&app, &account)
    };
    for (roles, organisation) in [(["verifier"], organisation.clone()), (["signatory"], json!(uuid::Uuid::now_v7()))] {
        let problem = with(&roles, organisation).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/organisation_id");
    }
    // Whoever only signs can do nothing without a company; a preparer registers it.
    let alone = with(&["signatory"], Value::Null).refused(422, "invalid_fields");
    assert_eq!(alone["errors"][0]["code"], "signatory_company");
    assert_eq!(with(&["signatory"], organisation.clone()).ok()["organisation_id"], organisation);
}

#[apply(on_both!)]
fn a_lost_role_is_lost_with_the_next_request(app: App) {
    let tranche = app.tranche_of_15_crore();
    let officer = app.section_officer();
    officer.sees("/budget");
    let user = account_of(&app, &officer);
    let moved = changes(&app, &user, &["finance_officer"], false).ok();
    let before = app.audit_length();
    let content = app.content();
    officer.recommends(&tranche).refused(403, "not_permitted");
    assert_eq!(app.audit_behind(before), ["recommend_tranche refused not_permitted"]);
    assert_eq!(app.content(), content);
    // The same session has the new role at once, and the old one again when it is restored.
    officer.concurs(&tranche).refused(409, "wrong_state");
    changes(&app, &moved, &["section_officer"], false).ok();
    officer.recommends(&tranche).ok();
}

#[apply(on_both!)]
fn a_disabled_account_is_nobody_at_once(app: App) {
    let verifier = app.verifier();
    let token = format!("Bearer {}", verifier.token().unwrap());
    let ask = |method: &str, path: &str| {
        let headers =
            [("Authorization", token.as_str()), ("Idempotency-Key", "k"), ("Content-Type", "application/json")];
        app.client
            .send(method, &format!("/api/v1{path}"), &headers, (method == "POST").then_some(b"{}".as_slice()))
            .unwrap()
    };
    ask("GET", "/me").ok();
    let user = account_of(&app, &verifier);
    let disabled = changes(&app, &user, &["verifier"], true).ok();
    assert!(disabled["disabled_at"].is_string());
    let before = app.audit_length();
    for (method, path) in [("GET", "/me"), ("GET", "/claims"), ("DELETE", "/sessions/current")] {
        ask(method, path).refused(401, "unauthenticated");
    }
    let claim = format!("/claims/{}/tranches", uuid::Uuid::now_v7());
    let headers = [("Authorization", token.as_str()), ("Idempotency-Key", "k"), ("If-Match", "\"1\"")];
    let answer = app.client.send("POST", &format!("/api/v1{claim}"), &headers, None).unwrap();
    answer.refused(401, "unauthenticated");
    assert_eq!(app.audit_length(), before);
    // After the account is enabled again, the old sessions remain ended.
    changes(&app, &disabled, &["verifier"], false).ok();
    ask("GET", "/me").refused(401, "unauthenticated");
    assert_eq!(verifier.sign_in().unwrap().status, 200);
}

#[apply(on_both!)]
fn the_last_administrator_cannot_go(app: App) {
    let administrator = app.administrator();
    let user = account_of(&app, &administrator);
    let content = app.content();
    changes(&app, &user, &["administrator"], true).refused(409, "last_administrator");
    changes(&app, &user, &["verifier"], false).refused(409, "last_administrator");
    assert_eq!(app.content(), content);
    let second = makes(&app, &account("second@sample.example", &["administrator"])).ok();
    let gone = changes(&app, &second, &["administrator"], true).ok();
    // An administrator who cannot sign in does not count.
    changes(&app, &user, &["administrator"], true).refused(409, "last_administrator");
    changes(&app, &gone, &["administrator"], false).ok();
    changes(&app, &user, &["administrator"], true).ok();
    administrator.get("/me").unwrap_err();
}

#[apply(on_sqlite!)]
fn a_weak_password_is_refused_with_its_pointer(app: App) {
    let content = app.content();
    let long = "abcdefgh".repeat(26);
    for password in ["", "short", "elevenchars", "aaaaaaaaaaaaaaaa", "ababababababab", long.as_str()] {
        let mut weak = account("weak@sample.example", &["auditor"]);
        weak["password"] = json!(password);
        let problem = makes(&app, &weak).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/password", "{password}");
        assert!(password.is_empty() || !problem.to_string().contains(password), "{password}");
    }
    let verifier = app.verifier();
    let body = json!({ "current_password": verifier.password, "new_password": "ababababababab" });
    let problem = verifier.post("/me/password", None, &body).unwrap().refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/new_password");
    assert_eq!(
        app.content()["idempotency_keys"].len(),
        content["idempotency_keys"].len() + 1,
        "the verifier's account"
    );
}

#[apply(on_both!)]
fn a_random_password_is_shown_once_and_kept_nowhere(app: App) {
    let app = App::with_real_passwords(app.engine);
    let made = |key: &str| {
        let body = account("random@sample.example", &["auditor"]);
        app.administrator().post_with_key("/users", key, None, &body).unwrap()
    };
    let first = made("make-random");
    let password = first.json()["password"].as_str().unwrap().to_owned();
    assert!(password.len() >= 20, "{password}");
    let again = made("make-random");
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")));
    assert_eq!(again.json()["id"], first.json()["id"]);
    assert!(!again.text().contains(&password), "a replay shows it again");
    let person = Person::new(&app.client, "random@sample.example", password.clone());
    assert_eq!(person.sign_in().unwrap().status, 200);

    let mut chosen = account("chosen@sample.example", &["auditor"]);
    chosen["password"] = json!("correct horse battery");
    assert!(makes(&app, &chosen).ok().get("password").is_none());
    for table in app.tables() {
        for row in app.rows(&table) {
            assert!(!row.contains(&password) && !row.contains("correct horse battery"), "{table} keeps a password");
        }
    }
    let hashes = app.values("SELECT password_hash AS value FROM users");
    assert!(hashes.len() >= 3 && hashes.iter().all(|hash| hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")));
    let different: std::collections::BTreeSet<_> = hashes.iter().collect();
    assert_eq!(different.len(), hashes.len());
}

#[apply(on_both!)]
fn an_address_is_one_account_however_it_is_typed(app: App) {
    makes(&app, &account("asha@sample.example", &["auditor"])).ok();
    makes(&app, &account(" ASHA@Sample.Example ", &["verifier"])).refused(409, "already_exists");
    for wrong in ["", "asha", "a@b", "a b@c.d", "a@b.c\u{0}", "a\u{202E}@b.c"] {
        let problem = makes(&app, &account(wrong, &["auditor"])).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/email", "{wrong}");
    }
}

#[apply(on_both!)]
fn an_account_changes_on_the_version_that_was_seen(app: App) {
    let user = account_of(&app, &app.verifier());
    changes(&app, &user, &["verifier"], false).ok();
    changes(&app, &user, &["verifier"], true).refused(412, "stale_version");
    let shown = app.administrator().get(&at("users", &user)).unwrap();
    assert_eq!(shown.header("etag"), Some("\"2\""));
    assert_eq!(shown.ok()["disabled_at"], Value::Null);
}
