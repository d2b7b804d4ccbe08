//! What commands will look for, so that it can be read for a whole batch of them at once (prefetch).

use crate::db::engine::error::DbError;
use crate::db::engine::transaction::WriteTx;
use crate::domain::base::id::{PaymentId, SessionId, UserId};

/// What a command will look for.
#[derive(Clone, Debug, Default)]
pub struct Prefetch {
    pub sessions: Vec<SessionId>,
    pub keys: Vec<(UserId, String)>,
    pub payments: Vec<PaymentId>,
    /// Normalised.
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

/// Reads into the cache of a transaction what its commands will look for.
pub type Prefetcher = fn(&mut WriteTx<'_>, Prefetch) -> Result<(), DbError>;

/// Reads nothing beforehand: each command looks for its own.
pub fn nothing(_: &mut WriteTx<'_>, _: Prefetch) -> Result<(), DbError> {
    Ok(())
}
