//! The ground of all tests: a service for each test, its databases, and people whose verbs form the text
//! of the tests.

pub mod app;
pub mod beside;
pub mod contest;
pub mod described;
pub mod dice;
pub mod disarm;
pub mod durable;
pub mod fake_treasury;
pub mod html;
pub mod load;
pub mod longest;
pub mod milestone_people;
pub mod people;
pub mod postgres;
pub mod problem;
pub mod process;
pub mod program;
pub mod recovery_people;
pub mod rehearsing;
pub mod return_people;
pub mod runner;
pub mod scratch;
pub mod shown;
pub mod standby;
pub mod started;
pub mod stored;
pub mod template;
pub mod treasury_people;
pub mod watch;
