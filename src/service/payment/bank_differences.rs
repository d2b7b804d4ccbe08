//! The queue of differences between the bank's scrolls and our records (reconciliation). One person proposes
//! how a difference is settled, another settles it or returns the proposal. Neither of them may have paid the
//! money, and no payment changes.

use crate::db::engine::transaction::ReadTx;
use crate::db::payment::{bank_differences, payments};
use crate::service::Service;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use chrono::NaiveDate;
use domain::base::id::{BankDifferenceId, UserId};
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::log::audit::digest_of;
use domain::payment::bank_difference::{
    BankDifference, DifferenceAge, DifferenceProposal, DifferenceSettlement, DifferenceStatus, ReconciliationRules,
};
use domain::payment::bank_scroll::ScrollFinding;
use serde_json::json;
use std::sync::Arc;

/// Loads the difference at the version that the person saw, with the people who paid the money in question.
fn seen(
    work: &mut Work<'_, '_>,
    id: BankDifferenceId,
    seen_version: i64,
) -> Result<(BankDifference, Vec<UserId>), Error> {
    let difference = bank_differences::find(work.tx, id)?.or_not_found("difference")?;
    check_version(seen_version, difference.version)?;
    let payment = match difference.payment_id {
        Some(id) => payments::find(work.tx, id)?,
        None => None,
    };
    let payers = payment.map(|one| [Some(one.advised_by), one.settled_by]).unwrap_or_default();
    Ok((difference, payers.into_iter().flatten().collect()))
}

fn subject(id: BankDifferenceId) -> String {
    format!("bank_difference:{id}")
}

fn done(difference: BankDifference) -> Done<BankDifference> {
    let details = json!({
        "kind": difference.kind, "payment_id": difference.payment_id, "status": difference.status,
        "resolution": difference.resolution, "reference": difference.reference, "digest": digest_of(&difference),
    });
    Done { subject: subject(difference.id), details, answer: difference }
}

/// One person proposes how a difference is settled.
pub struct ProposeDifferenceSettlement {
    pub id: BankDifferenceId,
    pub seen_version: i64,
    pub form: DifferenceProposal,
}

impl Command for ProposeDifferenceSettlement {
    const NAME: &'static str = "propose_difference_settlement";
    const PERMISSION: Permission = Permission::ProposeDifferenceSettlement;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "same_person"];
    type Answer = BankDifference;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<BankDifference>, Error> {
        self.form.check()?;
        let (mut difference, payers) = seen(work, self.id, self.seen_version)?;
        difference.propose(self.form, &payers, work.actor.user_id, work.now)?;
        bank_differences::update(work.tx, &mut difference)?;
        Ok(done(difference))
    }
}

/// Another person settles it or returns the proposal.
pub struct SettleDifference {
    pub id: BankDifferenceId,
    pub seen_version: i64,
    pub form: DifferenceSettlement,
}

impl Command for SettleDifference {
    const NAME: &'static str = "settle_difference";
    const PERMISSION: Permission = Permission::SettleDifference;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "same_person"];
    const ENDS_A_FILE: bool = true;
    type Answer = BankDifference;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<BankDifference>, Error> {
        self.form.check()?;
        let (mut difference, payers) = seen(work, self.id, self.seen_version)?;
        difference.settle(self.form, &payers, work.actor.user_id, work.now)?;
        bank_differences::update(work.tx, &mut difference)?;
        Ok(done(difference))
    }
}

/// The filter for a list of differences.
#[derive(Clone, Copy, Debug, Default)]
pub struct DifferenceFilter {
    pub status: Option<DifferenceStatus>,
    pub kind: Option<ScrollFinding>,
    pub age: Option<DifferenceAge>,
    pub after: Option<BankDifferenceId>,
}

/// A difference with its age; a settled one has none.
pub struct AgedDifference {
    pub difference: BankDifference,
    pub age: Option<(u64, DifferenceAge)>,
}

/// The totals of all unsettled differences of one age.
pub struct AgeTotal {
    pub age: DifferenceAge,
    pub count: i64,
    pub amount: Paise,
}

/// One page, whether more rows follow, and the whole queue by age.
pub struct DifferencePage {
    pub rows: Vec<AgedDifference>,
    pub more: bool,
    pub ageing: Vec<AgeTotal>,
}

pub(super) fn aged(difference: BankDifference, rules: &ReconciliationRules, today: NaiveDate) -> AgedDifference {
    let days = u64::try_from(today.signed_duration_since(difference.dated_on).num_days()).unwrap_or(0);
    let age = difference.is_unsettled().then(|| (days, rules.age(days)));
    AgedDifference { difference, age }
}

pub(super) fn ageing(
    tx: &mut ReadTx<'_>,
    rules: &ReconciliationRules,
    today: NaiveDate,
) -> Result<Vec<AgeTotal>, Error> {
    let mut totals = Vec::new();
    for age in DifferenceAge::ALL {
        let (from, to) = rules.days_of(*age, today);
        let (count, amount) = bank_differences::aged(tx, from, to)?;
        totals.push(AgeTotal { age: *age, count, amount });
    }
    Ok(totals)
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadTreasury;

impl Service {
    /// A page of the queue in the order in which the differences were found.
    pub async fn list_bank_differences(
        self: &Arc<Self>,
        caller: Caller,
        filter: DifferenceFilter,
        limit: usize,
    ) -> Result<DifferencePage, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let (rules, today) = (&service.finance.reconciliation, service.clock.now().date_in_india());
            let DifferenceFilter { status, kind, age, after } = filter;
            let selection =
                bank_differences::Selection { status, kind, aged: age.map(|age| rules.days_of(age, today)), after };
            require_known(after, |id| bank_differences::find(tx, id))?;
            let mut found = bank_differences::page(tx, selection, limit as i64 + 1)?;
            let more = found.len() > limit;
            found.truncate(limit);
            let rows = found.into_iter().map(|one| aged(one, rules, today)).collect();
            Ok(DifferencePage { rows, more, ageing: ageing(tx, rules, today)? })
        })
        .await
    }

    pub async fn bank_difference(
        self: &Arc<Self>,
        caller: Caller,
        id: BankDifferenceId,
    ) -> Result<AgedDifference, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let found = bank_differences::find(tx, id)?.or_not_found("difference")?;
            Ok(aged(found, &service.finance.reconciliation, service.clock.now().date_in_india()))
        })
        .await
    }
}
