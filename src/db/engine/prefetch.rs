//! The keys that commands will look up, so that their rows are read once for a whole batch (prefetch).

use crate::db::engine::error::DbError;
use crate::db::engine::transaction::WriteTx;
use domain::base::id::{PaymentId, SessionId, UserId};

/// The keys that a command will look up.
#[derive(Clone, Debug, Default)]
pub struct Prefetch {
    pub sessions: Vec<SessionId>,
    pub keys: Vec<(UserId, String)>,
    pub payments: Vec<PaymentId>,
    /// UTRs in their normalised form.
    pub utrs: Vec<String>,
}

impl Prefetch {
    pub fn add(&mut self, other: Prefetch) {
        self.sessions.extend(other.sessions);
        self.keys.extend(other.keys);
        self.payments.extend(other.payments);
        self.utrs.extend(other.utrs);
    }
}

/// Reads the rows that the commands of a transaction will look up into its read-through cache.
pub type Prefetcher = fn(&mut WriteTx<'_>, Prefetch) -> Result<(), DbError>;

/// Prefetches nothing: each command looks up its own rows.
pub fn nothing(_: &mut WriteTx<'_>, _: Prefetch) -> Result<(), DbError> {
    Ok(())
}
