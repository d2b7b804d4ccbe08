//! The service and the database are killed at random instants under load. Afterwards everything that was
//! acknowledged exists exactly once, nothing is half done, and a request that was never answered is sent
//! again under its key and takes effect once. `CRASH_ROUNDS` sets the number of rounds (4).

use crate::engine::race;
use crate::harness::app::App;
use crate::harness::contest::{Field, NOW};
use crate::harness::dice::Dice;
use crate::harness::durable;
use crate::harness::load::{Worker, at_work, done_exactly_once, resolve, workers};
use crate::harness::process::Process;
use std::time::Duration;

/// One database is used for this many rounds; then the next one begins.
const ROUNDS_OF_ONE_DATABASE: usize = 25;

fn rounds() -> usize {
    std::env::var("CRASH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(4)
}

/// A service process with people at work on it, and the numbers of entries and keys before they began.
struct Scene {
    app: App,
    process: Process,
    workers: Vec<Worker>,
    entries_before: i64,
    keys_before: usize,
}

impl Scene {
    fn set(mut app: App) -> Scene {
        let field = Field::prepare(&app, 12);
        let process = app.hand_over(NOW);
        let workers = workers(&app, &field, &process);
        let (entries_before, keys_before) = (app.audit_length(), app.rows("idempotency_keys").len());
        Scene { app, process, workers, entries_before, keys_before }
    }

    /// Checks everything that must hold whenever the service has restarted; returns how many requests
    /// without an answer had been done all the same.
    fn holds(&mut self) -> usize {
        self.app.must_verify();
        let done = resolve(&mut self.workers);
        self.workers.iter().for_each(|worker| worker.replays(12));
        done_exactly_once(&self.app, &self.workers, self.entries_before, self.keys_before);
        assert_eq!(race::uneven(&self.app), "0/0");
        self.app.must_verify();
        done
    }
}

#[apply(on_both!)]
fn a_killed_service_loses_nothing_and_does_nothing_twice(app: App) {
    let mut dice = Dice(uuid::Uuid::new_v4().as_u64_pair().0);
    let mut left = rounds();
    while left > 0 {
        let mut scene = Scene::set(App::sandbox_on_disk(app.engine));
        for round in 0..left.min(ROUNDS_OF_ONE_DATABASE) {
            let after = Duration::from_micros(dice.roll(300_000));
            // In turns it is killed from outside at any instant, and ends itself before or after a
            // commit or within a batch.
            let point = ["", "before_commit", "", "after_commit", "", "in_batch"][round % 6];
            let (process, workers) = (&mut scene.process, &mut scene.workers);
            at_work(workers, false, || {
                std::thread::sleep(after);
                if point.is_empty() {
                    return process.kill();
                }
                std::fs::write(process.fault_file(), point).unwrap();
                assert!(process.ends(), "the fault point {point} was never reached");
                std::fs::remove_file(process.fault_file()).unwrap();
            });
            if dice.roll(3) == 0 {
                scene.process.stumble(Duration::from_micros(dice.roll(60_000)));
            }
            scene.process.restart();
            let done = scene.holds();
            assert!(point != "after_commit" || done > 0, "what was committed and not answered is there");
        }
        left = left.saturating_sub(ROUNDS_OF_ONE_DATABASE);
    }
}

/// One step of one person, during which the service ends at this point; returns whether the step had been done.
fn dies_at(app: App, point: &str) -> (Scene, usize) {
    let mut scene = Scene::set(App::sandbox_on_disk(app.engine));
    let before = scene.app.content();
    std::fs::write(scene.process.fault_file(), point).unwrap();
    scene.workers[0].begins_a_step();
    assert!(scene.process.ends());
    std::fs::remove_file(scene.process.fault_file()).unwrap();
    let unchanged = scene.app.content() == before;
    assert_eq!(unchanged, point != "after_commit");
    scene.process.restart();
    let done = scene.holds();
    for worker in &mut scene.workers {
        worker.takes_a_step();
    }
    scene.holds();
    (scene, done)
}

#[apply(on_both!)]
fn a_crash_before_the_commit_leaves_nothing(app: App) {
    for point in ["in_batch", "before_commit"] {
        let (_, done) = dies_at(App::start(app.engine), point);
        assert_eq!(done, 0, "{point}");
    }
}

#[apply(on_both!)]
fn a_crash_after_the_commit_leaves_everything_but_the_answer(app: App) {
    let (_, done) = dies_at(app, "after_commit");
    assert_eq!(done, 1, "the second sending is answered as the first would have been");
}

#[apply(on_postgres!)]
fn a_killed_database_loses_nothing_and_the_service_stays(_: App) {
    let server = durable::server();
    let mut dice = Dice(uuid::Uuid::new_v4().as_u64_pair().0);
    let mut left = rounds();
    while left > 0 {
        let mut scene = Scene::set(durable::sandbox(&server));
        for round in 0..left.min(ROUNDS_OF_ONE_DATABASE) {
            let after = Duration::from_micros(dice.roll(300_000));
            let both = round % 3 == 2;
            let (process, workers) = (&mut scene.process, &mut scene.workers);
            let id = process.id();
            at_work(workers, !both, || {
                std::thread::sleep(after);
                server.kill();
                if both {
                    process.kill();
                }
                server.serve_again();
                std::thread::sleep(Duration::from_millis(100));
            });
            if both {
                scene.process.restart();
            } else {
                assert!(scene.process.runs() && scene.process.id() == id, "the service outlives its database");
            }
            scene.holds();
        }
        left = left.saturating_sub(ROUNDS_OF_ONE_DATABASE);
    }
}
