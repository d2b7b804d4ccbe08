//! Runs the registered tests, more of them at once than there are processors, and prints the slowest ones.

use crate::harness::app::{App, Engine};
use crate::harness::longest::{LONG_SECONDS, LONGEST};
use crate::register::{Registered, Test};
use libtest_mimic::{Arguments, Conclusion, Trial};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// The number of slowest tests that are printed, unless `TESTS_SLOWEST` says another.
const SLOWEST: usize = 10;

/// A test spends about half of its time waiting for its service's writer, for commits and for other processes.
const TESTS_A_PROCESSOR: usize = 2;

static TOOK: Mutex<Vec<(Duration, String)>> = Mutex::new(Vec::new());

/// Runs the tests that the command line selects. A name begins with its engine and continues with the
/// path of its file, so that a filter is an engine, a folder, a file or a test: `sqlite::payments`.
pub fn run(mut arguments: Arguments, postgres: bool, browser: bool) -> Conclusion {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    arguments.test_threads.get_or_insert(processors * TESTS_A_PROCESSOR);
    let mut trials = trials(postgres, browser);
    if !arguments.list {
        begin_with_the_longest(&mut trials);
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    tell_slowest();
    conclusion
}

fn begin_with_the_longest(trials: &mut [Trial]) {
    let names: BTreeSet<&str> = trials.iter().map(Trial::name).collect();
    let unknown: Vec<_> = LONGEST.iter().filter(|name| !names.contains(*name)).collect();
    assert!(unknown.is_empty(), "harness/longest.rs names tests that do not exist: {unknown:?}");
    trials.sort_by_key(|trial| LONGEST.iter().position(|name| *name == trial.name()).unwrap_or(LONGEST.len()));
}

/// Every test, on each of its engines, by name.
fn trials(postgres: bool, browser: bool) -> Vec<Trial> {
    let mut trials: Vec<Trial> = inventory::iter::<Registered>
        .into_iter()
        .flat_map(|Registered { path, test }| {
            let path = path.trim_start_matches("it::");
            let on_sqlite = |test: fn(App)| timed(format!("sqlite::{path}"), move || test(App::start(Engine::Sqlite)));
            let on_postgres = |test: fn(App)| {
                timed(format!("postgres::{path}"), move || test(App::start(Engine::Postgres)))
                    .with_ignored_flag(!postgres)
            };
            match *test {
                Test::OnBoth(test) => vec![on_sqlite(test), on_postgres(test)],
                Test::OnSqlite(test) => vec![on_sqlite(test)],
                Test::OnPostgres(test) => vec![on_postgres(test)],
                Test::InBrowser(test) => vec![on_sqlite(test).with_ignored_flag(!browser)],
                Test::Plain(test) => vec![timed(path.to_owned(), test)],
            }
        })
        .collect();
    // The linker decides the order in which the tests are registered.
    trials.sort_by(|one, two| one.name().cmp(two.name()));
    trials
}

// The machine's clock only measures the duration of a test; no test depends on it.
#[allow(clippy::disallowed_methods)]
fn timed(name: String, test: impl FnOnce() + Send + 'static) -> Trial {
    let own = name.clone();
    Trial::test(name, move || {
        let begun = Instant::now();
        test();
        TOOK.lock().unwrap().push((begun.elapsed(), own));
        Ok(())
    })
}

fn tell_slowest() {
    let mut took = std::mem::take(&mut *TOOK.lock().unwrap());
    if took.len() > 1 {
        took.sort_by(|one, two| two.cmp(one));
        let wanted = std::env::var("TESTS_SLOWEST").ok().and_then(|number| number.parse().ok());
        eprintln!("slowest:");
        for (time, name) in took.iter().take(wanted.unwrap_or(SLOWEST)) {
            eprintln!("{:8.2} s  {name}", time.as_secs_f64());
        }
        let late = |(time, name): &&(Duration, String)| time.as_secs() >= LONG_SECONDS && !LONGEST.contains(&&**name);
        for (_, name) in took.iter().filter(late) {
            eprintln!("harness/longest.rs does not name {name}");
        }
    }
}
