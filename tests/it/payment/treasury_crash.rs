//! A service that is killed while it processes a treasury return: the same file continues where it
//! stopped, and every answer in it moves money once.

use crate::harness::app::App;
use crate::harness::contest::NOW;
use crate::harness::dice::Dice;
use crate::harness::fake_treasury;
use crate::harness::fake_treasury::Mood;
use crate::harness::people::Answered;
use crate::harness::treasury_people::{EACH, TODAY, TreasuryVerbs, results};
use std::time::Duration;

#[apply(on_both!)]
fn a_service_killed_during_an_upload_pays_once(app: App) {
    let mut app = App::sandbox_on_disk(app.engine);
    let payments = app.advised_payments(6);
    let advice = app.advice_file(&payments, "csv");
    let file = fake_treasury::answers(Mood::FailsSome, &advice, "SCROLL-1", TODAY);
    let mut process = app.hand_over(NOW);
    let officer = process.session_of(&app.disbursing_officer());
    let mut dice = Dice(uuid::Uuid::new_v4().as_u64_pair().0);
    for round in 0..8 {
        let headers = [("Content-Type", "text/csv"), ("Idempotency-Key", "the-key")];
        let uploads = || {
            // The service may be dead and give no answer.
            let _ = officer.send("POST", "/treasury-returns", &headers, Some(&file));
        };
        let point = ["before_commit", "", "after_commit", ""][round % 4];
        if point.is_empty() {
            std::thread::scope(|scope| {
                let upload = scope.spawn(uploads);
                std::thread::sleep(Duration::from_micros(dice.roll(40_000)));
                process.kill();
                upload.join().unwrap();
            });
        } else {
            std::fs::write(process.fault_file(), point).unwrap();
            uploads();
            assert!(process.ends(), "the fault point {point} was never reached");
            std::fs::remove_file(process.fault_file()).unwrap();
        }
        process.restart();
        app.must_verify();
    }
    let officer = process.session_of(&app.disbursing_officer());
    let uploaded = officer.uploads_return_under("the-key", "text/csv", &file).ok();
    assert!(results(&uploaded).iter().all(|result| ["applied", "already_recorded"].contains(result)), "{uploaded}");
    let ends = ["succeeded", "failed"];
    assert_eq!(app.statuses(&payments), [ends, ends, ends].concat());
    // A failed payment is owed again until its hold, which has long expired by then, is ended at some restart.
    let (disbursed, sanctioned) = app.disbursed_and_sanctioned();
    assert_eq!(disbursed, 3 * EACH);
    assert!((0..=3).any(|held| sanctioned == held * EACH), "{sanctioned}");
    assert_eq!(app.rows("disbursements").len(), 3);
    app.must_verify();
}
