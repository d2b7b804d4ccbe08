//! Fault injection: points at which a test ends this process, to examine the state that remains. A test writes
//! the name of a point into the file that `MAGNET_SCHEME_FAULT_FILE` names, and the next batch that reaches the
//! point ends the process there. The points exist only in builds with debug assertions; in a release they do
//! nothing. (A cargo feature would do the same, but everything would be compiled a second time.)

/// A point in the life of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultPoint {
    /// A command of the batch has run; others may follow.
    InBatch,
    /// Everything is written; nothing is committed.
    BeforeCommit,
    /// Everything is committed; no caller has an answer.
    AfterCommit,
}

/// Ends the process at this point if a test requested it.
#[cfg(debug_assertions)]
pub fn reach(point: FaultPoint) {
    use std::path::PathBuf;
    use std::sync::OnceLock;
    static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let file = FILE.get_or_init(|| std::env::var_os("MAGNET_SCHEME_FAULT_FILE").map(PathBuf::from));
    let Some(asked) = file.as_ref().and_then(|file| std::fs::read_to_string(file).ok()) else { return };
    let name = match point {
        FaultPoint::InBatch => "in_batch",
        FaultPoint::BeforeCommit => "before_commit",
        FaultPoint::AfterCommit => "after_commit",
    };
    if asked.trim() == name {
        // No unwinding, no destructors and no answers happen, as if the process had been killed.
        std::process::abort();
    }
}

/// Does nothing without debug assertions.
#[cfg(not(debug_assertions))]
pub fn reach(_: FaultPoint) {}
