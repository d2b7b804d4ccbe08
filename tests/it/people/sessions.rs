//! Sign-in, tokens, refresh, and sign-out.

use crate::harness::app::App;
use crate::harness::people::Answered;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn signs_in(app: &App, email: &str, password: &str) -> Response {
    app.anybody("POST", "/api/v1/sessions", Some(&json!({ "email": email, "password": password })))
}

fn refreshes(app: &App, token: &Value) -> Response {
    app.anybody("POST", "/api/v1/sessions/refresh", Some(&json!({ "refresh_token": token })))
}

fn me(app: &App, token: &str) -> Response {
    let bearer = format!("Bearer {token}");
    app.client.send("GET", "/api/v1/me", &[("Authorization", &bearer)], None).unwrap()
}

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

/// A session of a person, as the service returned it.
fn session_of(app: &App, person: &Person) -> Value {
    signs_in(app, &person.email, &person.password).ok()
}

/// A problem without the parts that differ between any two.
fn without_request_id(answer: &Response) -> Value {
    let mut problem = answer.json();
    assert!(problem["request_id"].is_string());
    problem["request_id"] = Value::Null;
    problem
}

#[apply(on_both!)]
fn who_signs_in_gets_tokens_that_say_who_they_are(app: App) {
    let verifier = app.verifier();
    let before = app.audit_length();
    let tokens = session_of(&app, &verifier);
    assert_eq!(app.audit_behind(before), ["sign_in done"]);
    assert_eq!((tokens["token_type"].as_str(), tokens["expires_in_seconds"].as_i64()), (Some("Bearer"), Some(900)));
    let account = me(&app, access(&tokens)).ok();
    assert_eq!((&account["id"], &account["email"]), (&tokens["user_id"], &json!(verifier.email)));
    assert_eq!(account["roles"], json!(["verifier"]));
    assert!(account.get("password_hash").is_none() && account.get("password").is_none());
    // With capitals and spaces it is the same address.
    signs_in(&app, &format!("  {} ", verifier.email.to_uppercase()), &verifier.password).ok();
    // Only digests of refresh tokens are stored.
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert!(app.rows("refresh_tokens").iter().all(|row| !row.contains(refresh)));
}

#[apply(on_both!)]
fn wrong_password_unknown_address_and_disabled_account_get_one_answer(app: App) {
    let verifier = app.verifier();
    let gone = app.person("gone", &["verifier"], None);
    let account = session_of(&app, &gone);
    let path = format!("/users/{}", account["user_id"].as_str().unwrap());
    let change = json!({ "name": "Gone", "roles": ["verifier"], "organisation_id": null, "disabled": true });
    app.administrator().put(&path, 1, &change).unwrap().ok();

    let wrong = signs_in(&app, &verifier.email, "not the password");
    let unknown = signs_in(&app, "nobody@sample.example", "not the password");
    let disabled = signs_in(&app, &gone.email, &gone.password);
    let no_address = signs_in(&app, "\u{0}", "not the password");
    let names = |answer: &Response| answer.headers.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>();
    for answer in [&unknown, &disabled, &no_address] {
        assert_eq!(without_request_id(answer), without_request_id(&wrong));
        assert_eq!(names(answer), names(&wrong));
    }
    wrong.refused(401, "sign_in_failed");
    me(&app, access(&account)).refused(401, "unauthenticated");
}

#[apply(on_both!)]
fn five_wrong_passwords_make_the_account_rest_a_quarter_of_an_hour(app: App) {
    let verifier = app.verifier();
    let open = session_of(&app, &verifier);
    for _ in 0..5 {
        signs_in(&app, &verifier.email, "not the password").refused(401, "sign_in_failed");
    }
    signs_in(&app, &verifier.email, &verifier.password).refused(401, "sign_in_failed");
    app.wait_seconds(15 * 60 - 10);
    signs_in(&app, &verifier.email, &verifier.password).refused(401, "sign_in_failed");
    // Somebody else's guesses do not end an open session.
    refreshes(&app, &open["refresh_token"]).ok();
    app.wait_seconds(10);
    session_of(&app, &verifier);
    // The count restarts.
    for _ in 0..4 {
        signs_in(&app, &verifier.email, "not the password").refused(401, "sign_in_failed");
    }
    session_of(&app, &verifier);
}

#[apply(on_both!)]
fn wrong_passwords_count_only_in_a_row(app: App) {
    let verifier = app.verifier();
    for _ in 0..3 {
        for _ in 0..4 {
            signs_in(&app, &verifier.email, "not the password").refused(401, "sign_in_failed");
        }
        session_of(&app, &verifier);
    }
}

#[apply(on_both!)]
fn parallel_guesses_make_the_account_rest_too(app: App) {
    let verifier = app.verifier();
    let before = app.audit_length();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| signs_in(&app, &verifier.email, "not the password").refused(401, "sign_in_failed"));
        }
    });
    signs_in(&app, &verifier.email, &verifier.password).refused(401, "sign_in_failed");
    let counted = app.audit_behind(before).len();
    assert!((5..=8).contains(&counted), "{counted} guesses were counted");
}

#[apply(on_both!)]
fn an_access_token_ends_after_its_minutes(app: App) {
    let tokens = session_of(&app, &app.verifier());
    app.wait_seconds(15 * 60 - 1);
    me(&app, access(&tokens)).ok();
    // Clocks may differ by five seconds.
    app.wait_seconds(1 + 5);
    let answer = me(&app, access(&tokens));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    answer.refused(401, "unauthenticated");
}

/// Header and claims of a token.
fn parts(token: &str) -> (Header, Value) {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    (jsonwebtoken::decode_header(token).unwrap(), serde_json::from_slice(&payload).unwrap())
}

#[apply(on_both!)]
fn a_token_that_is_not_ours_for_this_service_now_opens_nothing(app: App) {
    let good = access(&session_of(&app, &app.verifier())).to_owned();
    let (header, claims) = parts(&good);
    let key = std::fs::read(app.config.data.folder.join("signing-key.p8")).unwrap();
    let ours = EncodingKey::from_ed_der(&key);
    let sign = |header: &Header, claims: &Value, key: &EncodingKey| jsonwebtoken::encode(header, claims, key).unwrap();
    // The test's signing itself works: the same content under our key is accepted.
    me(&app, &sign(&header, &claims, &ours)).ok();

    let with = |field: &str, value: Value| {
        let mut changed = claims.clone();
        changed[field] = value;
        changed
    };
    let now = app.now().seconds();
    let mut refused: Vec<(String, String)> = Vec::new();
    for (field, value) in [
        ("iss", json!("somebody else")),
        ("iss", Value::Null),
        ("aud", json!("another-api")),
        ("aud", json!([])),
        ("nbf", json!(now + 60)),
        ("iat", json!(now + 60)),
        ("exp", json!(now - 60)),
        ("exp", json!("never")),
        ("sub", json!("not an id")),
        ("sub", json!(uuid::Uuid::nil())),
        ("sid", json!(uuid::Uuid::now_v7())),
    ] {
        refused.push((format!("{field} = {value}"), sign(&header, &with(field, value), &ours)));
    }
    for field in ["iss", "aud", "nbf", "iat", "exp", "sub", "sid"] {
        let mut less = claims.clone();
        less.as_object_mut().unwrap().remove(field);
        refused.push((format!("no {field}"), sign(&header, &less, &ours)));
    }
    for header in [
        Header { kid: None, ..header.clone() },
        Header { crit: Some(vec!["exp".to_owned()]), ..header.clone() },
        Header { kid: Some("0123456789abcdef".to_owned()), ..header.clone() },
        Header { typ: None, ..header.clone() },
        Header { typ: Some("JWT".to_owned()), ..header.clone() },
    ] {
        refused.push((format!("{header:?}"), sign(&header, &claims, &ours)));
    }
    let pair = Ed25519KeyPair::generate().unwrap();
    let other = EncodingKey::from_ed_der(pair.to_pkcs8().unwrap().as_ref());
    refused.push(("another key".to_owned(), sign(&header, &claims, &other)));
    let public = Ed25519KeyPair::from_pkcs8(&key).unwrap().public_key().as_ref().to_vec();
    let shared = Header { alg: Algorithm::HS256, ..header.clone() };
    refused.push(("HS256 with the public key".to_owned(), sign(&shared, &claims, &EncodingKey::from_secret(&public))));
    let bare = json!({ "alg": "none", "typ": "at+jwt", "kid": header.kid });
    let pieces: Vec<&str> = good.split('.').collect();
    let none = URL_SAFE_NO_PAD.encode(bare.to_string());
    refused.push(("alg none".to_owned(), format!("{none}.{}.", pieces[1])));
    refused.push(("alg none with our signature".to_owned(), format!("{none}.{}.{}", pieces[1], pieces[2])));
    refused.push(("no signature".to_owned(), format!("{}.{}.", pieces[0], pieces[1])));
    let swapped = URL_SAFE_NO_PAD.encode(with("exp", json!(now + 1_000_000)).to_string());
    refused.push(("another payload".to_owned(), format!("{}.{swapped}.{}", pieces[0], pieces[2])));
    for (what, token) in refused {
        let answer = me(&app, &token);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("unauthenticated")), "{what}");
    }
}

#[apply(on_sqlite!)]
fn only_a_bearer_token_is_taken(app: App) {
    let tokens = session_of(&app, &app.verifier());
    let token = access(&tokens);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    for value in [
        format!("Basic {token}"),
        token.to_owned(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Bearer {refresh}"),
    ] {
        let answer = app.client.send("GET", "/api/v1/me", &[("Authorization", &value)], None).unwrap();
        answer.refused(401, "unauthenticated");
    }
    app.anybody("GET", &format!("/api/v1/me?access_token={token}"), None).refused(401, "unauthenticated");
}

#[apply(on_both!)]
fn a_refresh_token_is_good_once_and_its_second_use_ends_the_session(app: App) {
    let other_session = session_of(&app, &app.verifier());
    let first = session_of(&app, &app.verifier());
    app.wait_seconds(60);
    let second = refreshes(&app, &first["refresh_token"]).ok();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(second["user_id"], first["user_id"]);
    me(&app, access(&second)).ok();
    // A thief uses the spent token: the newer tokens of the session are revoked too, and nothing else.
    refreshes(&app, &first["refresh_token"]).refused(401, "session_ended");
    me(&app, access(&second)).refused(401, "unauthenticated");
    me(&app, access(&first)).refused(401, "unauthenticated");
    refreshes(&app, &second["refresh_token"]).refused(401, "session_ended");
    me(&app, access(&other_session)).ok();
    refreshes(&app, &json!("never given")).refused(401, "session_ended");
    refreshes(&app, &json!("")).refused(401, "session_ended");
}

#[apply(on_both!)]
fn a_token_and_its_session_belong_to_one_person(app: App) {
    let theirs = session_of(&app, &app.verifier());
    let own = session_of(&app, &app.auditor());
    let key = std::fs::read(app.config.data.folder.join("signing-key.p8")).unwrap();
    let (header, mut claims) = parts(access(&own));
    claims["sid"] = parts(access(&theirs)).1["sid"].clone();
    let mixed = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(&key)).unwrap();
    me(&app, &mixed).refused(401, "unauthenticated");
}

#[apply(on_both!)]
fn signing_out_ends_the_access_token_at_once(app: App) {
    let (stays, goes) = (session_of(&app, &app.verifier()), session_of(&app, &app.verifier()));
    let bearer = format!("Bearer {}", access(&goes));
    let sign_out =
        || app.client.send("DELETE", "/api/v1/sessions/current", &[("Authorization", &bearer)], None).unwrap();
    let before = app.audit_length();
    let answer = sign_out();
    assert_eq!((answer.status, answer.bytes.len()), (204, 0));
    assert_eq!(app.audit_behind(before), ["end_session done"]);
    me(&app, access(&goes)).refused(401, "unauthenticated");
    refreshes(&app, &goes["refresh_token"]).refused(401, "session_ended");
    sign_out().refused(401, "unauthenticated");
    me(&app, access(&stays)).ok();
}

#[apply(on_both!)]
fn a_session_ends_after_its_days_however_often_it_is_refreshed(app: App) {
    let mut tokens = session_of(&app, &app.verifier());
    for _ in 0..13 {
        app.wait_seconds(86_400);
        tokens = refreshes(&app, &tokens["refresh_token"]).ok();
    }
    app.wait_seconds(86_400 - 60);
    tokens = refreshes(&app, &tokens["refresh_token"]).ok();
    me(&app, access(&tokens)).ok();
    app.wait_seconds(60);
    me(&app, access(&tokens)).refused(401, "unauthenticated");
    refreshes(&app, &tokens["refresh_token"]).refused(401, "session_ended");
}

fn changes_password(app: &App, tokens: &Value, current: &str, new: &str) -> Response {
    let bearer = format!("Bearer {}", access(tokens));
    let key = uuid::Uuid::now_v7().to_string();
    let headers =
        [("Authorization", bearer.as_str()), ("Idempotency-Key", key.as_str()), ("Content-Type", "application/json")];
    let body = json!({ "current_password": current, "new_password": new }).to_string();
    app.client.send("POST", "/api/v1/me/password", &headers, Some(body.as_bytes())).unwrap()
}

#[apply(on_both!)]
fn a_new_password_ends_every_session(app: App) {
    let verifier = app.verifier();
    let (here, elsewhere) = (session_of(&app, &verifier), session_of(&app, &verifier));
    changes_password(&app, &here, "not the password", "correct horse battery").refused(401, "sign_in_failed");
    changes_password(&app, &here, &verifier.password, "short").refused(422, "invalid_fields");
    me(&app, access(&here)).ok();
    changes_password(&app, &here, &verifier.password, "correct horse battery").ok();
    for tokens in [&here, &elsewhere] {
        me(&app, access(tokens)).refused(401, "unauthenticated");
        refreshes(&app, &tokens["refresh_token"]).refused(401, "session_ended");
    }
    signs_in(&app, &verifier.email, &verifier.password).refused(401, "sign_in_failed");
    signs_in(&app, &verifier.email, "correct horse battery").ok();
}

#[apply(on_both!)]
fn guessing_the_current_password_from_inside_a_session_makes_the_account_rest(app: App) {
    let verifier = app.verifier();
    let stolen = session_of(&app, &verifier);
    for _ in 0..5 {
        changes_password(&app, &stolen, "not the password", "correct horse battery").refused(401, "sign_in_failed");
    }
    changes_password(&app, &stolen, &verifier.password, "correct horse battery").refused(401, "sign_in_failed");
    app.wait_seconds(15 * 60);
    let again = session_of(&app, &verifier);
    changes_password(&app, &again, &verifier.password, "correct horse battery").ok();
}
