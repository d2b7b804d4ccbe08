//! A person accepts that entries of the log are lost: an older backup was put back. Every number that the lost entries
//! may have used is passed over, so that none is given out twice.

use crate::db::engine::counters;
use crate::db::log::burned_numbers;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::runner::{Call, Caller, Command, Done, Work};
use domain::base::digest::hex;
use domain::base::permission::Permission;
use domain::log::high_water_mark::{BurnedNumbers, HighWaterMark};
use serde_json::json;
use std::sync::Arc;

/// A loss that a start was told to accept.
pub(in crate::service) struct AcceptLoss {
    pub mark: HighWaterMark,
    pub reason: String,
    /// The number of entries that the database has.
    pub entries: i64,
}

impl Command for AcceptLoss {
    const NAME: &'static str = "accept_loss";
    /// That of the operator at the machine, who started the service so.
    const PERMISSION: Permission = Permission::GuardMoney;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        "log".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        let subject = self.subject();
        let mut numbers = Vec::new();
        for (series, limit) in self.mark.limits {
            if let Some(last) = counters::pass_over(work.tx, &series, limit)? {
                let (first_number, last_number) = (last + 1, limit);
                numbers.push(json!({ "series": &series, "from": first_number, "to": last_number }));
                let burned = BurnedNumbers { series, first_number, last_number, burned_at: work.now };
                burned_numbers::insert(work.tx, &burned)?;
            }
        }
        let details = json!({
            "reason": self.reason, "entries": self.entries,
            "mark": { "entries": self.mark.checkpoint.size, "root": hex(&self.mark.checkpoint.root) },
            "numbers": numbers,
        });
        Ok(Done { answer: (), subject, details })
    }
}

impl Service {
    /// Records that a person accepted a loss.
    pub(in crate::service) async fn note_loss(self: &Arc<Self>, accepted: Option<AcceptLoss>) -> Result<(), Error> {
        if let Some(accepted) = accepted {
            let (entries, mark) = (accepted.entries, accepted.mark.checkpoint.size);
            tracing::warn!(entries, mark, "the loss of entries of the log was accepted");
            self.execute(Call::unkeyed(Caller::Operator), accepted, |()| String::new()).await?;
        }
        Ok(())
    }
}
