//! PostgreSQL is another program, often on another machine: how long it is waited for, whether it still answers, and
//! whether its standbys have what it committed.

pub(in crate::db) mod address;
pub(in crate::db) mod line;
pub mod pulse;
pub mod sessions;
pub mod standbys;

use crate::db::engine::remote::pulse::Pulse;
use crate::db::engine::remote::standbys::Standbys;

/// What is known of a server that is another program.
pub struct Remote {
    pub pulse: Pulse,
    pub standbys: Standbys,
}
