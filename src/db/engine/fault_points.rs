//! Places at which a test ends this process, to see what is left of it. A test writes the place's
//! name into the file that `MAGNET_SCHEME_FAULT_FILE` names, and the next batch that comes by dies
//! there. They are compiled into builds with debug assertions alone; in a release they are nothing.
//! (A cargo feature would say the same at the price of compiling everything a second time.)

/// A place in the life of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultPoint {
    /// A command of the batch has run, others may follow.
    InBatch,
    /// Everything has been written, nothing is committed.
    BeforeCommit,
    /// Everything is committed, nobody has been answered.
    AfterCommit,
}

/// Ends the process here if a test asked for it.
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
        // No unwinding, no destructors, no answers: as if it had been killed.
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(debug_assertions))]
pub fn reach(_: FaultPoint) {}
