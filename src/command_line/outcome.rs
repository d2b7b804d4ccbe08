//! How a command ended, as a number for whoever started it.

use std::fmt;
use std::process::ExitCode;

/// Said in `--help` and in the operator's guide.
pub const EXIT_CODES: &str = "Exit codes:\n  \
    0  good: done, and nothing was found wrong\n  \
    1  found wrong: the check was made, and something is wrong\n  \
    2  could not be asked: settings, arguments, database or service do not allow it; standard error says why";

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What was asked is done, and nothing is wrong.
    Good,
    /// A check was made to its end, and found something wrong.
    FoundWrong,
    /// The command could not do what was asked.
    NotAsked,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(match outcome {
            Outcome::Good => 0,
            Outcome::FoundWrong => 1,
            Outcome::NotAsked => 2,
        })
    }
}

/// Good, unless something was found.
impl Outcome {
    pub fn of(good: bool) -> Outcome {
        if good { Outcome::Good } else { Outcome::FoundWrong }
    }
}

/// Why a command could not do what was asked, in one text for a person.
pub struct Failure(String);

impl Failure {
    pub fn new(why: impl Into<String>) -> Failure {
        Failure(why.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure(error.to_string())
    }
}
