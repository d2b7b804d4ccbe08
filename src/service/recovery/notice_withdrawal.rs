//! An office withdraws its show-cause notice, as long as nobody decided on it: what it asked is claimed no more.

use crate::service::recovery::less_asked::claim_less;
use crate::service::recovery::recoveries::{begin, done};
use crate::service::running::error::Error;
use crate::service::running::runner::{Command, Done, Work};
use domain::award::application::check_note;
use domain::base::id::RecoveryId;
use domain::base::permission::{Permission, Step};
use domain::recovery::notice_withdrawal::NoticeWithdrawal;
use domain::recovery::recovery::Recovery;

/// The section officer withdraws a notice. The permission is that of issuing one: who may ask may take it back.
pub struct WithdrawShowCause {
    pub id: RecoveryId,
    pub seen_version: i64,
    /// Why, for the beneficiary.
    pub reason: String,
}

impl Command for WithdrawShowCause {
    const NAME: &'static str = "withdraw_show_cause";
    const PERMISSION: Permission = Permission::IssueShowCause;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "certificate_needs_recovery", "amount_too_large"];
    const ENDS_A_FILE: bool = true;
    type Answer = Recovery;

    fn subject(&self) -> String {
        format!("recovery:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Recovery>, Error> {
        check_note("/reason", &self.reason)?;
        // It is the step of the notice: whoever took another one on this money does not take it.
        let mut recovery = begin(work, self.id, self.seen_version, Step::ShowCause, "notice withdrawn")?;
        let (withdrawn_by, withdrawn_at) = (work.actor.user_id, work.now);
        let freed = recovery.withdraw_notice(NoticeWithdrawal { reason: self.reason, withdrawn_by, withdrawn_at })?;
        claim_less(work, &mut recovery, freed)?;
        Ok(done(recovery))
    }
}
