//! A person accepts that entries of the log are lost: an older backup was put back. Every number that the lost entries
//! may have used is passed over, so that none is given out twice. Where only the last moment before the end may be
//! lost, as after a crash between the mark and the commit, the numbers are passed over without a person.

use crate::db::engine::counters;
use crate::db::log::burned_numbers;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::runner::{Call, Caller, Command, Done, Work};
use domain::base::digest::hex;
use domain::base::permission::Permission;
use domain::log::high_water_mark::{BurnedNumbers, HighWaterMark};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The command whose entry says that what is lost is accepted.
pub(in crate::service) const ACCEPT_LOSS: &str = "accept_loss";

/// The subject of that entry.
pub(in crate::service) const LOG: &str = "log";

/// A loss that a start was told to accept.
pub(in crate::service) struct AcceptLoss {
    pub mark: HighWaterMark,
    pub reason: String,
    /// The number of entries that the database has.
    pub entries: i64,
    /// The number of checkpoints that the database has.
    pub checkpoints: i64,
    /// Whether entries are lost, and not only checkpoints.
    pub burns: bool,
}

/// Numbers that may have been given out by a commit which the database does not have: the last number of each series.
pub(in crate::service) struct BurnNumbers {
    pub limits: BTreeMap<String, i64>,
    /// The number of entries that the database has.
    pub entries: i64,
}

/// Passes over the numbers of each series up to its limit. Returns them for the entry.
fn burn(work: &mut Work<'_, '_>, limits: BTreeMap<String, i64>) -> Result<Vec<Value>, Error> {
    let mut numbers = Vec::new();
    for (series, limit) in limits {
        if let Some(last) = counters::pass_over(work.tx, &series, limit)? {
            let (first_number, last_number) = (last + 1, limit);
            numbers.push(json!({ "series": &series, "from": first_number, "to": last_number }));
            let burned = BurnedNumbers { series, first_number, last_number, burned_at: work.now };
            burned_numbers::insert(work.tx, &burned)?;
        }
    }
    Ok(numbers)
}

impl Command for AcceptLoss {
    const NAME: &'static str = ACCEPT_LOSS;
    /// That of the operator at the machine, who started the service so.
    const PERMISSION: Permission = Permission::GuardMoney;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        LOG.to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        let subject = self.subject();
        let numbers = burn(work, if self.burns { self.mark.limits } else { BTreeMap::new() })?;
        let details = json!({
            "reason": self.reason, "entries": self.entries, "checkpoints": self.checkpoints,
            "mark": { "entries": self.mark.checkpoint.size, "root": hex(&self.mark.checkpoint.root) },
            "numbers": numbers,
        });
        Ok(Done { answer: (), subject, details })
    }
}

impl Command for BurnNumbers {
    const NAME: &'static str = "burn_numbers";
    const PERMISSION: Permission = Permission::GuardMoney;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        LOG.to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        let subject = self.subject();
        let numbers = burn(work, self.limits)?;
        Ok(Done { answer: (), subject, details: json!({ "entries": self.entries, "numbers": numbers }) })
    }
}

impl Service {
    /// Passes over numbers that a lost commit may have given out.
    pub(in crate::service) async fn burn_numbers(self: &Arc<Self>, unsure: Option<BurnNumbers>) -> Result<(), Error> {
        if let Some(unsure) = unsure {
            tracing::warn!(series = ?unsure.limits, "numbers may have been given out by a commit that is not there");
            self.execute(Call::unkeyed(Caller::Operator), unsure, |()| String::new()).await?;
        }
        Ok(())
    }

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
