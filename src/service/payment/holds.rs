//! Holds that expire: money reserved or sanctioned for a tranche that did not move in time is released
//! automatically, once. The service looks for due holds at its start, every minute, and when a sandbox clock is
//! moved; an act after the due time is refused even before the hold was released.

use crate::db::award::awards;
use crate::db::payment::tranches;
use crate::service::Service;
use crate::service::payment::tranches::return_to_claim;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Call, Caller, Command, Done, Work};
use domain::base::id::TrancheId;
use domain::base::permission::Permission;
use domain::budget::posting;
use serde_json::json;
use std::sync::Arc;

/// The service itself releases a hold that is due.
struct ExpireHold {
    id: TrancheId,
}

impl Command for ExpireHold {
    const NAME: &'static str = "expire_hold";
    const PERMISSION: Permission = Permission::ExpireHold;
    const REFUSALS: &'static [&'static str] = &["budget_exceeded", "amount_too_large"];
    const MOVES_MONEY: bool = true;
    /// Whether it was still due.
    type Answer = bool;

    fn subject(&self) -> String {
        format!("tranche:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<bool>, Error> {
        let subject = self.subject();
        let mut tranche = tranches::find(work.tx, self.id)?.or_not_found("tranche")?;
        let Some(was) = tranche.expire(work.today()) else {
            return Ok(Done { answer: false, subject, details: json!({ "due": false }) });
        };
        tranches::update(work.tx, &mut tranche)?;
        let back = return_to_claim(work, &tranche)?;
        let purse = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?.purse(tranche.component);
        let mut journal = tranche.give_back(was, &purse);
        journal.movements.extend(posting::end_withholding(&purse, back.no_longer_withheld));
        work.post(&journal)?;
        let details = json!({
            "was": was, "held_until": tranche.held_until, "amount_paise": tranche.amount_paise,
            "deferred_paise": back.deferred,
        });
        Ok(Done { answer: true, subject, details })
    }
}

impl Service {
    /// Releases every hold that is due and returns how many were found; none while money is stopped.
    pub async fn expire_holds(self: &Arc<Self>) -> Result<usize, Error> {
        if self.money.check().is_err() {
            return Ok(0);
        }
        let today = self.clock.now().date_in_india();
        let due = self.read_openly(move |tx| Ok(tranches::due_holds(tx, today)?)).await?;
        for id in &due {
            let call = Call::unkeyed(Caller::Operator);
            self.execute(call, ExpireHold { id: *id }, |ended| ended.to_string()).await?;
        }
        Ok(due.len())
    }
}
