//! A clock that is wrong: at a start it stops the start until a person accepts it, while the service runs it is not
//! followed, and nothing lapses on it. Recorded time never goes back, whichever process records.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs};
use domain::base::calendar::Timestamp;
use magnet_scheme::client::Person;
use serde_json::json;

const DAY: i64 = 86_400;

/// A service with the usual bound, which tests do not have.
fn is_usual(app: &mut App) {
    app.config.clock.ahead_days_most = 45;
    app.serve(false);
}

fn shows(app: &App) -> Timestamp {
    app.anybody("GET", "/api/v1/clock", None).ok()["now"].as_str().unwrap().parse().unwrap()
}

/// The clocks of the two processes are a few acts apart.
#[track_caller]
fn shows_about(app: &App, instant: &str) {
    let apart = shows(app).seconds() - instant.parse::<Timestamp>().unwrap().seconds();
    assert!((-30..30).contains(&apart), "{apart} seconds from {instant}");
}

#[apply(on_both!)]
fn a_clock_far_from_the_log_stops_the_start_until_a_person_accepts_it(mut app: App) {
    app.sanctioned_15_crore();
    is_usual(&mut app);
    app.stop();
    let (content, length) = (app.content(), app.audit_length());
    for seconds in [400 * DAY, 46 * DAY, -90, -400 * DAY] {
        app.wait_seconds(seconds);
        let why = app.start_problem(false).unwrap();
        assert!(why.contains("newest entry of the log") && why.contains("--accept-clock"), "{seconds}: {why}");
        assert_eq!((app.content(), app.audit_length()), (content.clone(), length), "{seconds}: nothing lapsed");
        app.wait_seconds(-seconds);
    }
    // A service that was off for a month starts, and so does one whose clock was put right by half a minute.
    for seconds in [-30, 0, 31 * DAY, 44 * DAY] {
        app.wait_seconds(seconds);
        assert_eq!(app.start_problem(false), None, "{seconds}");
        app.wait_seconds(-seconds);
    }
    app.wait_seconds(400 * DAY);
    let length = app.audit_length();
    app.accepts_clock = true;
    assert_eq!(app.start_problem(false), None);
    assert_eq!(app.audit_behind(length)[0], "accept_clock done");
    // What was accepted is on record: the next start needs nobody.
    app.accepts_clock = false;
    app.serve(false);
    app.must_verify();
}

#[apply(on_both!)]
fn a_running_service_does_not_follow_a_clock_that_jumps(mut app: App) {
    let tranche = app.sanctioned_15_crore();
    is_usual(&mut app);
    let (authority, before) = (app.competent_authority(), shows(&app));
    authority.sees("/me");
    for seconds in [400 * DAY, -400 * DAY] {
        let length = app.audit_length();
        app.wait_seconds(seconds);
        let passed = shows(&app).seconds() - before.seconds();
        assert!((0..60).contains(&passed), "{seconds}: {passed}");
        assert!(app.anybody("GET", "/health/ready", None).text().contains("clock of this machine jumped"));
        app.scheme_administrator().proposes("capital_subsidy", "2026-27", 1).ok();
        let recorded = format!("SELECT recorded_at AS value FROM audit_log WHERE sequence > {length}");
        for at in app.values(&recorded) {
            let passed = at.parse::<Timestamp>().unwrap().seconds() - before.seconds();
            assert!((0..60).contains(&passed), "{seconds}: {at}");
        }
        app.wait_seconds(-seconds);
        assert!(!app.anybody("GET", "/health/ready", None).text().contains("clock"));
    }
    assert_eq!(authority.sees(&format!("/tranches/{}", tranche["id"].as_str().unwrap()))["status"], "sanctioned");
    app.must_verify();
}

#[apply(on_both!)]
fn recorded_time_never_goes_back(app: App) {
    let administrator = app.scheme_administrator();
    administrator.proposes("capital_subsidy", "2026-27", 1).ok();
    for seconds in [-20, -20, 5, 100] {
        app.wait_seconds(seconds);
        administrator.proposes("capital_subsidy", "2026-27", 1).ok();
    }
    in_order(&app);
    app.must_verify();
}

/// The clock of a test moves by itself: where all acts had the same time, a wrong order of steps passed unseen.
#[apply(on_both!)]
fn no_two_acts_of_a_test_have_the_same_time(app: App) {
    app.sanctioned_15_crore();
    let of_tranche = "SELECT recorded_at AS value FROM audit_log WHERE subject LIKE 'tranche:%' ORDER BY sequence";
    let times = app.values(of_tranche);
    assert!(times.len() >= 3 && times.is_sorted_by(|one, next| one < next), "{times:?}");
}

#[track_caller]
fn in_order(app: &App) {
    let recorded = app.values("SELECT recorded_at AS value FROM audit_log ORDER BY sequence");
    assert!(recorded.is_sorted(), "{recorded:?}");
}

#[apply(on_both!)]
fn the_second_process_of_a_sandbox_follows_its_clock(app: App) {
    let one = App::sandbox(app.engine);
    let administrator = one.administrator();
    administrator.sees("/me");
    let other = App::sandbox_with(app.engine, |config| *config = one.config.clone());
    let there = administrator.moved_to(&other.client);
    there.sees("/me");
    let moves = |person: &Person, to: &str| person.post("/clock", None, &json!({ "now": to })).unwrap();
    moves(&administrator, "2027-03-31T18:30:00Z").ok();
    shows_about(&other, "2027-03-31T18:30:00Z");
    // An act there is recorded at that time too, and its clock does not go back either.
    moves(&administrator, "2028-01-01T00:00:00Z").ok();
    moves(&there, "2027-06-01T00:00:00Z").refused(409, "clock_backwards");
    moves(&there, "2029-01-01T00:00:00Z").ok();
    shows_about(&one, "2029-01-01T00:00:00Z");
    in_order(&one);
    one.must_verify();
}
