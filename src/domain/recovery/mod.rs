//! Rules about money that has to come back: demands, instalments, interest, set-offs, relief, bank returns.

pub mod bank_return;
pub mod damages;
pub mod damages_limit;
pub mod instalments;
pub mod interest;
pub mod milestone_standing;
pub mod notice_withdrawal;
pub mod posting_recovery;
pub mod recovery;
pub mod recovery_change;
pub mod recovery_credit;
pub mod recovery_history;
pub mod recovery_relief;
pub mod recovery_resettlement;
pub mod recovery_start;
pub mod set_off;
pub mod taken_back;
