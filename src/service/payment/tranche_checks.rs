//! What an officer relies on before a step on a tranche, as far as the service knows it: the cover of the guarantees,
//! the milestone that was claimed for, whether money moves, the account of the payee, what the payee owes, and what was
//! advised to it before. Nothing of it decides anything: each step checks for itself what it requires.

use crate::db::award::securities;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::payments;
use crate::db::payment::tranche_names::TrancheNames;
use crate::db::recovery::recoveries;
use crate::service::Service;
use crate::service::budget::expenditure_limits::{self, Weighed};
use crate::service::payment::payment_failures::{Doubtful, doubtful};
use crate::service::running::error::Error;
use crate::service::running::scheme_shelf::Schemes;
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
    /// What became of the newest payment to this very account of which that is known, one of this tranche or another.
    pub last_fate: Option<Payment>,
    /// What is doubtful of earlier payments of its claim; `None` before the sanction, when no payment follows yet.
    pub doubtful: Option<Doubtful>,
    /// What paying it today does to the limits on the last months of the year; `None` while none applies.
    pub limits: Option<Weighed>,
    /// What is demanded of the payee with an order to set it off, as last posted: number and amount.
    pub to_set_off: Vec<(String, Paise)>,
    /// The newest payments to the same payee but those of this tranche, the newest first.
    pub earlier: Vec<Payment>,
}

/// Whether a step on the money may follow next. Afterwards what holds today says nothing about the steps, and what went
/// back is verified again first, perhaps for another amount on another day.
fn is_open(status: TrancheStatus) -> bool {
    use TrancheStatus::{Advised, Disbursed, Expired, Rejected, Returned};
    match status {
        TrancheStatus::Verified | TrancheStatus::Recommended => true,
        TrancheStatus::Concurred | TrancheStatus::Sanctioned => true,
        Advised | Disbursed | Rejected | Expired | Returned => false,
    }
}

/// The last day on which all guarantees that count today still count.
fn covered_until(lodged: &[Security], today: NaiveDate) -> Option<NaiveDate> {
    lodged.iter().filter(|one| one.why_not(today).is_none()).map(|one| one.expires_on).min()
}

/// What an office must know of an account: that the last attempt of this very tranche failed, whatever reached the
/// account since; else the last fate of all payments to it.
fn telling_fate(own: &[Payment], earlier: &[Payment], account: &str, ifsc: &str) -> Option<Payment> {
    let failed = last_fate(own.iter(), account, ifsc).filter(|one| one.status != PaymentStatus::Succeeded);
    failed.or_else(|| last_fate(earlier.iter().chain(own), account, ifsc))
}

/// Of these payments to an account the one whose fate became known last; of those that a file told together, one that
/// did not arrive.
fn last_fate<'p>(payments: impl Iterator<Item = &'p Payment>, account: &str, ifsc: &str) -> Option<Payment> {
    let known = |one: &&Payment| match one.status {
        PaymentStatus::Succeeded | PaymentStatus::Failed | PaymentStatus::FailedAfterSuccess => true,
        PaymentStatus::Advised | PaymentStatus::Accepted | PaymentStatus::Unknown => false,
    };
    let same = payments.filter(|one| one.bank_account == account && one.ifsc == ifsc);
    let failed = |one: &Payment| one.status != PaymentStatus::Succeeded;
    same.filter(known).max_by_key(|one| (one.settled_at, failed(one), one.id)).cloned()
}

/// The number of a recovery, and what is due today, with the interest up to today.
fn due_of(schemes: &Schemes, recovery: Recovery, today: NaiveDate) -> Result<(String, Paise), Error> {
    let terms = schemes.in_force(&recovery.scheme_code, today)?.recovery_terms();
    let due = recovery.dues_on(&terms, today)?.0.due.total()?;
    Ok((recovery.number, due))
}

/// The checks of a tranche, for whoever is no company, while a step on its money may still follow; `weighs` says
/// whether the limits on the last months are among them.
pub(super) fn checks(
    service: &Service,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    (tranche, own): (&Tranche, &[Payment]),
    of: &TrancheNames,
    weighs: bool,
) -> Result<Option<TrancheChecks>, Error> {
    if actor.roles.is_manufacturer() || !is_open(tranche.status) {
        return Ok(None);
    }
    let today = service.clock.now().date_in_india();
    let lodged = securities::of_award(tx, tranche.award_id)?;
    let earlier = payments::others_of(tx, tranche.organisation_id, tranche.id, EARLIER_MOST)?;
    let doubtful = match tranche.status {
        TrancheStatus::Sanctioned => Some(doubtful(tx, tranche.id, actor.user_id)?),
        _ => None,
    };
    let schemes = service.schemes.known(tx)?;
    let owed = recoveries::to_set_off(tx, tranche.organisation_id)?;
    let (table, amount) = (&service.finance.limits, tranche.amount_paise);
    let weigh = |tx: &mut ReadTx<'_>| expenditure_limits::weighed(tx, table, &tranche.scheme_code, amount, today);
    let limits = if weighs { weigh(tx)? } else { None };
    Ok(Some(TrancheChecks {
        limits,
        required: of.security_required_paise,
        cover: cover(&lodged, today),
        covered_until: covered_until(&lodged, today),
        milestone: of.milestone.clone(),
        stop: service.money_stop(),
        account: mask(&of.bank_account),
        ifsc: of.ifsc.clone(),
        last_fate: telling_fate(own, &earlier, &of.bank_account, &of.ifsc),
        doubtful,
        to_set_off: owed.into_iter().map(|one| due_of(&schemes, one, today)).collect::<Result<_, Error>>()?,
        earlier,
    }))
}
