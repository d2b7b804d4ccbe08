//! What happened in a recovery, oldest first: the steps of officers, the reply of the company, and the money that came
//! in, was set off or was given up.

use crate::service::recovery::recovery_file::WholeRecovery;
use domain::base::calendar::Timestamp;
use domain::base::permission::Step;
use domain::base::step::TrancheStep;
use domain::recovery::notice_withdrawal::NoticeWithdrawal;
use domain::recovery::recovery::NoticeReply;
use domain::recovery::recovery_credit::{CreditKind, RecoveryCredit};

/// Something that happened in a recovery.
pub enum Past<'f> {
    Step(&'f TrancheStep),
    Reply(&'f NoticeReply),
    Credit(&'f RecoveryCredit),
    Withdrawal(&'f NoticeWithdrawal),
}

impl Past<'_> {
    fn at(&self) -> Timestamp {
        match self {
            Past::Step(step) => step.taken_at,
            Past::Reply(reply) => reply.replied_at,
            Past::Credit(credit) => credit.recorded_at,
            Past::Withdrawal(withdrawal) => withdrawal.withdrawn_at,
        }
    }
}

/// What happened, oldest first. An officer's step is recorded once, however many receipts they record; each receipt
/// stands here by itself, and the step of its officer does not stand beside it.
pub fn past(file: &WholeRecovery) -> Vec<Past<'_>> {
    let receipts = [CreditKind::Receipt, CreditKind::Guarantee];
    let is_credit = |step: &&TrancheStep| {
        let same = |credit: &RecoveryCredit| receipts.contains(&credit.kind) && credit.recorded_by == step.taken_by;
        step.step == Step::Collect && file.credits.iter().any(same)
    };
    let mut steps = file.recovery.steps.0.iter().filter(|step| !is_credit(step)).map(Past::Step);
    let (notice, reply) = (steps.next(), file.recovery.reply.as_ref().map(Past::Reply));
    // At the same instant the reply comes after the notice, and money after what it is paid on.
    let credits = file.credits.iter().map(Past::Credit);
    let withdrawal = file.recovery.withdrawal();
    // A second officer who withdrew has the step of the notice; the withdrawal stands for it.
    let is_withdrawal = |one: &Past<'_>| {
        let same = |step: &TrancheStep| withdrawal.is_some_and(|it| it.withdrawn_at == step.taken_at);
        matches!(one, Past::Step(step) if same(step))
    };
    let steps = steps.filter(|one| !is_withdrawal(one));
    let withdrawal = withdrawal.map(Past::Withdrawal);
    let mut past: Vec<Past<'_>> =
        notice.into_iter().chain(reply).chain(steps).chain(withdrawal).chain(credits).collect();
    past.sort_by_key(Past::at);
    past
}
