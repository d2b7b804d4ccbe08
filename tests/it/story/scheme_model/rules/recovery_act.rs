//! What people attempt with a recovery.

/// An attempted act on a recovery.
#[derive(Clone, Copy, Debug)]
pub enum RecoveryAct {
    Reply,
    /// The full amount confirms the notice, and nothing drops it.
    Order(i64),
    Demand,
    /// Money that was received some days ago.
    Receive {
        paise: i64,
        days_ago: i64,
    },
    SetOff(i64),
    /// A relief that is proposed and granted: principal, interest, and whether it is a waiver.
    Relieve {
        principal: i64,
        interest: i64,
        waiver: bool,
    },
}
