//! What an officer relies on before a step on a tranche, as far as the service knows it: the cover of the guarantees,
//! the milestone that was claimed for, whether money moves, the account of the payee, what the payee owes, and what was
//! advised to it before. Nothing of it decides anything: each step checks for itself what it requires.

use crate::db::award::securities;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::payments;
use crate::db::payment::tranche_names::TrancheNames;
use crate::db::recovery::recoveries;
use crate::service::Service;
use crate::service::running::error::Error;
use chrono::NaiveDate;
use domain::award::security::{Security, cover};
use domain::base::money::Paise;
use domain::budget::budget::MoneyStop;
use domain::payment::payment::{Payment, PaymentStatus};
use domain::payment::tranche::{Tranche, TrancheStatus};
use domain::people::organisation::mask;
use domain::people::user::Actor;
use domain::recovery::recovery::Recovery;

pub use crate::db::payment::tranche_names::MilestoneBrief;

/// So many earlier payments are shown at a sanction (Civil Accounts Manual, paragraph 2.3.8).
const EARLIER_MOST: i64 = 10;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrancheChecks {
    /// What guarantees the award requires, and what those that count today cover.
    pub required: Paise,
    pub cover: Paise,
    /// The last day on which all guarantees that count today still count; `None` if none counts.
    pub covered_until: Option<NaiveDate>,
    /// The milestone that was claimed for; sales are claimed for none.
    pub milestone: Option<MilestoneBrief>,
    /// Why no money moves.
    pub stop: Option<MoneyStop>,
    /// The account of the payee, masked, and its bank.
    pub account: String,
    pub ifsc: String,
    /// The day on which one of the earlier payments last reached this very account.
    pub reached_on: Option<NaiveDate>,
    /// What is demanded of the payee with an order to set it off, as last posted: number and amount.
    pub to_set_off: Vec<(String, Paise)>,
    /// The newest payments to the same payee but those of this tranche, the newest first.
    pub earlier: Vec<Payment>,
}

/// Whether a step on the money may still follow. Afterwards what holds today says nothing about the steps.
fn is_open(status: TrancheStatus) -> bool {
    match status {
        TrancheStatus::Verified | TrancheStatus::Returned | TrancheStatus::Recommended => true,
        TrancheStatus::Concurred | TrancheStatus::Sanctioned => true,
        TrancheStatus::Advised | TrancheStatus::Disbursed | TrancheStatus::Rejected | TrancheStatus::Expired => false,
    }
}

/// The last day on which all guarantees that count today still count.
fn covered_until(lodged: &[Security], today: NaiveDate) -> Option<NaiveDate> {
    lodged.iter().filter(|one| one.why_not(today).is_none()).map(|one| one.expires_on).min()
}

/// When one of these payments last reached an account.
fn reached_on(earlier: &[Payment], account: &str, ifsc: &str) -> Option<NaiveDate> {
    let same = |one: &&Payment| one.bank_account == account && one.ifsc == ifsc;
    let reached = earlier.iter().filter(same).filter(|one| one.status == PaymentStatus::Succeeded);
    reached.filter_map(|one| one.paid_on).max()
}

/// The number of a recovery, and what is due as last posted.
fn due_of(recovery: Recovery) -> Result<(String, Paise), Error> {
    let due = recovery.dues().due.total()?;
    Ok((recovery.number, due))
}

/// The checks of a tranche, for whoever is no company, while a step on its money may still follow.
pub(super) fn checks(
    service: &Service,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    tranche: &Tranche,
    of: &TrancheNames,
) -> Result<Option<TrancheChecks>, Error> {
    if actor.roles.is_manufacturer() || !is_open(tranche.status) {
        return Ok(None);
    }
    let today = service.clock.now().date_in_india();
    let lodged = securities::of_award(tx, tranche.award_id)?;
    let earlier = payments::others_of(tx, tranche.organisation_id, tranche.id, EARLIER_MOST)?;
    let owed = recoveries::to_set_off(tx, tranche.organisation_id)?;
    Ok(Some(TrancheChecks {
        required: of.security_required_paise,
        cover: cover(&lodged, today),
        covered_until: covered_until(&lodged, today),
        milestone: of.milestone.clone(),
        stop: service.money_stop(),
        account: mask(&of.bank_account),
        ifsc: of.ifsc.clone(),
        reached_on: reached_on(&earlier, &of.bank_account, &of.ifsc),
        to_set_off: owed.into_iter().map(due_of).collect::<Result<_, Error>>()?,
        earlier,
    }))
}
