//! Withdrawing a show-cause notice: the office that issued it takes it back, with reasons, as long as nobody decided on
//! it. What it asked is claimed no more; a new notice may follow.

use crate::base::calendar::Timestamp;
use crate::base::id::UserId;
use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::recovery::recovery::{Recovery, RecoveryStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// That an office withdrew its notice, with its reasons, which the beneficiary reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticeWithdrawal {
    pub reason: String,
    pub withdrawn_by: UserId,
    pub withdrawn_at: Timestamp,
}

impl Recovery {
    /// That the office withdrew the notice, and why.
    pub fn withdrawal(&self) -> Option<&NoticeWithdrawal> {
        self.notice.as_ref().and_then(|notice| notice.withdrawal.as_ref())
    }

    /// Withdraws the notice, as long as nobody decided on it. Returns the amount that is no longer claimed.
    pub fn withdraw_notice(&mut self, withdrawal: NoticeWithdrawal) -> Result<Paise, Refusal> {
        let open = [RecoveryStatus::Noticed, RecoveryStatus::Replied].contains(&self.status);
        let Some(notice) = self.notice.as_mut().filter(|_| open) else {
            return Err(self.wrong_state("noticed or replied"));
        };
        notice.withdrawal = Some(withdrawal);
        self.status = RecoveryStatus::Dropped;
        Ok(std::mem::take(&mut self.amount_paise))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::tranche::tests::person;
    use crate::recovery::recovery::tests::{now, recovery};
    use crate::recovery::recovery::{NoticeReply, OrderOutcome};

    #[test]
    fn a_notice_is_withdrawn_until_somebody_decides_on_it() {
        let today = now().date_in_india();
        let withdrawal = || NoticeWithdrawal { reason: "r".into(), withdrawn_by: person(1), withdrawn_at: now() };
        let reply = NoticeReply { text: "t".into(), evidence: vec![], replied_by: person(9), replied_at: now() };
        let noticed = recovery();
        let mut replied = noticed.clone();
        replied.answer(reply.clone()).unwrap();
        for file in [&noticed, &replied] {
            let mut file = file.clone();
            assert_eq!(file.withdraw_notice(withdrawal()), Ok(Paise(100)));
            assert_eq!((file.status, file.amount_paise), (RecoveryStatus::Dropped, Paise::ZERO));
            assert!(file.notice.as_ref().unwrap().withdrawal.is_some());
            assert_eq!(file.withdraw_notice(withdrawal()).unwrap_err().code(), "wrong_state");
            let refused = file.answer(reply.clone()).unwrap_err();
            assert!(matches!(refused, Refusal::WrongState { is: "withdrawn", .. }), "{refused}");
        }
        replied.decide(OrderOutcome::Confirmed, None, "r", today).unwrap();
        assert_eq!(replied.withdraw_notice(withdrawal()).unwrap_err().code(), "wrong_state");
    }
}
