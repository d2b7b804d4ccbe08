//! The writer's batches (group commit): a fault of one command does not affect the others, and nothing
//! is done by halves.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs};
use domain::base::id::JournalId;
use domain::base::money::Paise;
use domain::budget::budget_instrument::InstrumentKind;
use domain::budget::posting_budget::Year;
use domain::scheme::scheme::Component;
use magnet_scheme::db::budget::accounts;
use magnet_scheme::db::engine::counters;
use magnet_scheme::db::engine::error::DbError;
use magnet_scheme::db::engine::prefetch::Prefetch;
use magnet_scheme::db::engine::transaction::WriteTx;
use magnet_scheme::db::engine::writer::Writer;
use std::time::Duration;

type Work = Box<dyn FnOnce(&mut WriteTx<'_>) -> Result<(), DbError> + Send>;

#[apply(on_both!)]
fn a_command_that_panics_harms_itself_alone(app: App) {
    let writer = Writer::start(app.database_url(), 64, Duration::from_secs(30)).unwrap();
    let one = |n: i64| {
        let writer = writer.clone();
        async move {
            let work = move |tx: &mut WriteTx<'_>| {
                let number = counters::next_number(tx, "panics")?;
                assert!(n % 4 != 3, "a sample panic");
                if n % 4 == 2 { Err(DbError::Other("a sample failure".to_owned())) } else { Ok(number) }
            };
            writer.write(Prefetch::default(), work).await
        }
    };
    let outcomes = actix_web::rt::System::new().block_on(futures_util::future::join_all((0..32).map(one)));
    let numbers: Vec<i64> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok().copied()).collect();
    assert_eq!(numbers, (1..=16).collect::<Vec<_>>(), "the others, and no number is lost");
    for (n, outcome) in outcomes.iter().enumerate().filter(|(n, _)| n % 4 >= 2) {
        let why = outcome.as_ref().unwrap_err().to_string();
        assert!(why.contains(if n % 4 == 3 { "panicked" } else { "sample failure" }), "{why}");
    }
    assert_eq!(app.values("SELECT CAST(value AS TEXT) AS value FROM counters WHERE name = 'panics'"), ["16"]);
    app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_command_that_works_too_long_harms_itself_alone(app: App) {
    let writer = Writer::start(app.database_url(), 64, Duration::from_millis(200)).unwrap();
    let one = |n: i64| {
        let writer = writer.clone();
        async move {
            let work = move |tx: &mut WriteTx<'_>| {
                let number = counters::next_number(tx, "patience")?;
                if n == 2 {
                    // This loop never ends by itself.
                    loop {
                        accounts::balances(tx)?;
                    }
                }
                Ok(number)
            };
            writer.write::<i64>(Prefetch::default(), work).await
        }
    };
    let outcomes = actix_web::rt::System::new().block_on(futures_util::future::join_all((0..6).map(one)));
    assert!(matches!(outcomes[2], Err(DbError::TooSlow)), "{:?}", outcomes[2]);
    let numbers: Vec<i64> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok().copied()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5], "the others, and no number is lost");
    assert_eq!(app.values("SELECT CAST(value AS TEXT) AS value FROM counters WHERE name = 'patience'"), ["5"]);
    app.must_verify();
}

/// A journal with a number that is already used passes every rule, and the table refuses it when a later
/// command of the batch flushes the write buffer. Half of the batch must not count.
#[apply(on_both!)]
fn a_batch_that_cannot_be_written_leaves_nothing(app: App) {
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let taken: i64 = app.values("SELECT CAST(MAX(audit_sequence) AS TEXT) AS value FROM journals")[0].parse().unwrap();
    let before = app.content();
    let writer = Writer::start(app.database_url(), 64, Duration::from_secs(30)).unwrap();
    let (go, wait) = std::sync::mpsc::channel();
    let (holds, held) = tokio::sync::oneshot::channel();
    let one = |work: Work| {
        let writer = writer.clone();
        async move { writer.write(Prefetch::default(), work).await }
    };
    let doubled = move |tx: &mut WriteTx<'_>| {
        let year = "2026-27".parse().unwrap();
        let budget = Year { scheme_code: SCHEME, component: Component::CapitalSubsidy, year };
        let journal = budget.provide(InstrumentKind::Provision, Paise(CRORE), "doubled");
        let at = crate::harness::app::FIRST_INSTANT.parse().unwrap();
        let posted = accounts::post(tx, &journal, JournalId(uuid::Uuid::now_v7()), at, taken);
        posted.map(|_| ()).map_err(|error| DbError::Other(error.to_string()))
    };
    let numbered = |tx: &mut WriteTx<'_>| counters::next_number(tx, "lost").map(|_| ());
    let reads = |tx: &mut WriteTx<'_>| accounts::balances(tx).map(|_| ());
    // The first command occupies the writer, alone in its batch, until all others wait; those then form one batch.
    let first = one(Box::new(move |_| {
        let _ = holds.send(());
        wait.recv().map_err(DbError::other)
    }));
    let works: Vec<Work> = vec![Box::new(numbered), Box::new(doubled), Box::new(reads), Box::new(numbered)];
    let others = async {
        held.await.unwrap();
        let all = futures_util::future::join_all(works.into_iter().map(one));
        let gone = async { go.send(()).unwrap() };
        futures_util::future::join(all, gone).await.0
    };
    let (first, others) = actix_web::rt::System::new().block_on(futures_util::future::join(first, others));
    first.unwrap();
    for outcome in others {
        assert!(matches!(outcome, Err(DbError::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!(app.content(), before);
    app.must_verify();
    // One by one, only the faulty command fails.
    let alone: Vec<Work> = vec![Box::new(numbered), Box::new(doubled), Box::new(numbered)];
    let outcomes = actix_web::rt::System::new().block_on(futures_util::future::join_all(alone.into_iter().map(one)));
    assert!(
        outcomes[0].is_ok() && matches!(outcomes[1], Err(DbError::Conflict(_))) && outcomes[2].is_ok(),
        "{outcomes:?}"
    );
    assert_eq!(app.values("SELECT CAST(value AS TEXT) AS value FROM counters WHERE name = 'lost'"), ["2"]);
    app.must_verify();
}
