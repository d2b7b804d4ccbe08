//! What each kind of correction is about, and what it does when a second person approves it.

use crate::db::award::awards;
use crate::db::claim::claims;
use crate::db::milestone::milestones;
use crate::db::payment::{disbursements, payment_failures, payments, tranches};
use crate::db::people::organisations;
use crate::db::recovery::recoveries;
use crate::db::worklist::numbers;
use crate::service::award::award_debts;
use crate::service::award::award_ends::{endable, release};
use crate::service::budget::expenditure_limits;
use crate::service::payment::tranche_returns::send_to_verification;
use crate::service::payment::tranches::return_to_claim;
use crate::service::recovery::used_utrs::{Way, require_unused};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Work;
use domain::base::calendar::FinancialYear;
use domain::base::id::{AwardId, ClaimId, MilestoneId, OrganisationId, PaymentId, TrancheId};
use domain::base::money::Paise;
use domain::base::number::{Number, NumberEnd};
use domain::base::permission::Step;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::base::utr::normalise_utr;
use domain::budget::posting;
use domain::claim::claim::ClaimStatus;
use domain::correction::correction::{Correction, CorrectionForm, CorrectionKind, PaymentChange};
use domain::milestone::milestone::MilestoneStatus;
use domain::milestone::reopening::RoundReopening;
use domain::payment::payment::{Payment, PaymentStatus};
use domain::payment::tranche::{Tranche, TrancheStatus};
use std::collections::BTreeSet;
use uuid::Uuid;

/// SQLite joins at most 500 statements into one.
const NUMBERS_AT_ONCE: usize = 100;

/// The record that a proposal is about.
pub struct Target {
    pub organisation_id: OrganisationId,
    pub about: String,
    pub change: Option<PaymentChange>,
}

/// The id of the record that a person names by its number: a company by the number of one of its awards, a milestone by
/// that of its award and its code.
pub fn find(work: &mut Work<'_, '_>, kind: CorrectionKind, typed: &str) -> Result<Option<Uuid>, Error> {
    let typed = typed.trim();
    let whole = NumberEnd::parse(typed).is_some();
    let (name, code) = typed.split_once(' ').filter(|_| !whole).unwrap_or((typed, ""));
    let id = match (Uuid::parse_str(name), Number::parse(name)) {
        (Ok(id), _) => id,
        (_, Some(number)) => {
            let found = numbers::ids(work.tx, std::slice::from_ref(&number))?;
            let Some(id) = found.get(&number.text).and_then(|id| Uuid::parse_str(id).ok()) else { return Ok(None) };
            id
        }
        _ => match short_number(work, name)? {
            Some(id) => id,
            None => return Ok(None),
        },
    };
    let award = |work: &mut Work<'_, '_>| awards::find(work.tx, AwardId(id));
    Ok(match kind {
        CorrectionKind::HoldPayee | CorrectionKind::ReleasePayee => {
            Some(award(work)?.map_or(id, |award| award.organisation_id.0))
        }
        CorrectionKind::ReopenMilestone => match award(work)? {
            Some(award) => {
                let all = milestones::list(work.tx, Some(award.id), None)?;
                all.into_iter().find(|one| one.code == code.trim()).map(|one| one.id.0)
            }
            None => Some(id),
        },
        _ => Some(id),
    })
}

/// The id of the only record whose number ends like this: `PAY/0005`, as the search takes it. Every number that it can
/// be is looked up, so that nothing is searched while the one writer waits.
fn short_number(work: &mut Work<'_, '_>, typed: &str) -> Result<Option<Uuid>, Error> {
    let Some(end) = NumberEnd::parse(typed) else { return Ok(None) };
    let schemes = &work.schemes.0;
    let prefixes: BTreeSet<&str> = schemes.iter().map(|loaded| loaded.scheme.number_prefix.as_str()).collect();
    let prefixes: Vec<&str> = prefixes.into_iter().collect();
    let Some(begins_on) = schemes.iter().map(|loaded| loaded.scheme.effective_from).min() else { return Ok(None) };
    let years = (FinancialYear::containing(begins_on), work.now.financial_year());
    let mut found = Vec::new();
    for some in end.numbers(&prefixes, years).chunks(NUMBERS_AT_ONCE) {
        found.extend(numbers::ids(work.tx, some)?.into_values());
    }
    match found.as_slice() {
        [one] => Ok(Uuid::parse_str(one).ok()),
        _ => Ok(None),
    }
}

/// Finds the record and refuses a proposal that could not take effect as it stands.
pub fn target(work: &mut Work<'_, '_>, form: &CorrectionForm) -> Result<Target, Error> {
    let id = form.subject_id;
    let plain = |organisation_id, about| Target { organisation_id, about, change: None };
    Ok(match form.kind {
        CorrectionKind::CancelSanction => {
            let tranche = cancellable(work, id)?;
            plain(tranche.organisation_id, tranche.number)
        }
        CorrectionKind::HoldAward | CorrectionKind::ReleaseAward => {
            let award = awards::find(work.tx, AwardId(id))?.or_not_found("award")?;
            plain(award.organisation_id, award.number)
        }
        CorrectionKind::EndAward => {
            let award = endable(work, AwardId(id))?;
            plain(award.organisation_id, award.number)
        }
        CorrectionKind::NothingDue => {
            let award = award_debts::closable(work, AwardId(id))?;
            plain(award.organisation_id, award.number)
        }
        CorrectionKind::HoldPayee | CorrectionKind::ReleasePayee => {
            let company = organisations::find(work.tx, OrganisationId(id))?.or_not_found("organisation")?;
            plain(company.id, company.name)
        }
        CorrectionKind::ReopenMilestone => {
            let milestone = milestones::find(work.tx, MilestoneId(id))?.or_not_found("milestone")?;
            if milestone.status != MilestoneStatus::Verified {
                let is = milestone.status.as_str();
                return Err(Refusal::WrongState { noun: "milestone", is, needs: "verified" }.into());
            }
            let award = awards::find(work.tx, milestone.award_id)?.or_not_found("award")?;
            plain(milestone.organisation_id, format!("{} {}", award.number, milestone.code))
        }
        CorrectionKind::ReopenClaim => {
            let claim = claims::find(work.tx, ClaimId(id))?.or_not_found("claim")?;
            claim.require(ClaimStatus::Verified, "verified")?;
            open_tranche(work, claim.id)?;
            plain(claim.organisation_id, claim.name())
        }
        CorrectionKind::CorrectPayment => {
            let payment = payments::find(work.tx, PaymentId(id))?.or_not_found("payment")?;
            let change = change_of(work, &payment, form)?;
            Target { organisation_id: payment.organisation_id, about: payment.number, change: Some(change) }
        }
    })
}

/// Does what was approved. A hold and a release need nothing more than their record.
pub fn take_effect(work: &mut Work<'_, '_>, correction: &Correction) -> Result<(), Error> {
    let id = correction.subject_id;
    match correction.kind {
        CorrectionKind::CancelSanction => cancel(work, correction),
        CorrectionKind::ReopenMilestone => {
            let mut milestone = milestones::find(work.tx, MilestoneId(id))?.or_not_found("milestone")?;
            milestone.reopen(RoundReopening {
                reason: correction.reason.clone(),
                proposed_by: correction.proposed_by,
                decided_by: work.actor.user_id,
                reopened_at: work.now,
            })?;
            Ok(milestones::update(work.tx, &mut milestone)?)
        }
        CorrectionKind::ReopenClaim => {
            let tranche = open_tranche(work, ClaimId(id))?;
            send_to_verification(work, tranche, correction.reason.clone())?;
            Ok(())
        }
        CorrectionKind::CorrectPayment => correct(work, correction),
        CorrectionKind::EndAward => {
            let award = endable(work, AwardId(id))?;
            release(work, &award)
        }
        // What was opened since the proposal is in the way again; else the record of the decision is all.
        CorrectionKind::NothingDue => award_debts::closable(work, AwardId(id)).map(drop),
        CorrectionKind::HoldAward
        | CorrectionKind::ReleaseAward
        | CorrectionKind::HoldPayee
        | CorrectionKind::ReleasePayee => Ok(()),
    }
}

/// The tranche of a sanction on which no payment was ever advised.
fn cancellable(work: &mut Work<'_, '_>, id: Uuid) -> Result<Tranche, Error> {
    let tranche = tranches::find(work.tx, TrancheId(id))?.or_not_found("tranche")?;
    if tranche.steps.0.iter().any(|taken| taken.step == Step::Pay) {
        return Err(Refusal::PaymentAdvised { tranche: tranche.number }.into());
    }
    tranche.require(TrancheStatus::Sanctioned, "sanctioned")?;
    Ok(tranche)
}

/// The sanction ends, and its money goes back.
fn cancel(work: &mut Work<'_, '_>, correction: &Correction) -> Result<(), Error> {
    let mut tranche = cancellable(work, correction.subject_id)?;
    let was = tranche.withdraw(&correction.reason, work.actor.user_id, work.now)?;
    tranches::update(work.tx, &mut tranche)?;
    let award = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?;
    let purse = award.purse(tranche.component);
    let back = return_to_claim(work, &tranche)?;
    let mut journal = tranche.give_back(was, &purse);
    journal.movements.extend(posting::end_withholding(&purse, back.no_longer_withheld));
    work.post(&journal)
}

/// The tranche of a claim that is still between the desks. A claim of which all is paid is put right by a recovery.
fn open_tranche(work: &mut Work<'_, '_>, claim: ClaimId) -> Result<Tranche, Error> {
    let all = tranches::list(work.tx, Some(claim), None)?;
    if let Some(paid) = all.iter().find(|one| one.steps.0.iter().any(|taken| taken.step == Step::Pay)) {
        return Err(Refusal::PaymentAdvised { tranche: paid.number.clone() }.into());
    }
    let open = all.into_iter().find(|one| one.is_held() && !one.awaits_verification());
    let none = Refusal::WrongState { noun: "claim", is: "without a tranche", needs: "verified" };
    Ok(open.ok_or(none)?)
}

/// What a payment says now and what it shall say: only what no bank scroll says otherwise, and nothing that would move
/// money into another year or change what a recovery counts from.
fn change_of(work: &mut Work<'_, '_>, payment: &Payment, form: &CorrectionForm) -> Result<PaymentChange, Error> {
    let wrong = || Refusal::WrongState { noun: "payment", is: payment.status.as_str(), needs: "succeeded" };
    let (Some(was_utr), Some(was_paid_on)) = (payment.utr.clone(), payment.paid_on) else { return Err(wrong().into()) };
    if payment.status != PaymentStatus::Succeeded {
        return Err(wrong().into());
    }
    let utr = form.utr.as_deref().map_or(Ok(was_utr.clone()), normalise_utr).unwrap_or_default();
    let change = PaymentChange { paid_on: form.paid_on.unwrap_or(was_paid_on), utr, was_utr, was_paid_on };
    check_change(work, payment, &change)?;
    Ok(change)
}

fn check_change(work: &mut Work<'_, '_>, payment: &Payment, change: &PaymentChange) -> Result<(), Error> {
    if change.utr == change.was_utr && change.paid_on == change.was_paid_on {
        return Err(Refusal::WrongState { noun: "payment", is: "recorded so", needs: "recorded otherwise" }.into());
    }
    if change.utr != change.was_utr {
        require_unused(work.tx, &change.utr, Way::Out)?;
    }
    if change.paid_on != change.was_paid_on {
        let year = FinancialYear::containing(change.was_paid_on);
        let day = change.paid_on;
        let ends = [year.first_day(), year.last_day()];
        if FinancialYear::containing(day) != year {
            let reason = match ends {
                [Some(earliest), _] if day < earliest => Reason::DayBefore { day, earliest },
                [_, Some(latest)] => Reason::DayAfter { day, latest },
                _ => Reason::DayAfter { day, latest: change.was_paid_on },
            };
            return Err(Refusal::DateNotAllowed { reason }.into());
        }
        domain::milestone::milestone::check_day(day, payment.advised_at.date_in_india(), work.today())?;
        if payment.set_off_paise > Paise::ZERO || recoveries::under_recovery(work.tx, payment.id)? > Paise::ZERO {
            return Err(Refusal::SetOffPending { payment: payment.number.clone() }.into());
        }
    }
    let told = payment_failures::successes_on_scrolls(work.tx, payment.id)?;
    let as_told = |(utr, day): &(String, String)| *utr == change.utr && *day == change.paid_on.to_string();
    if !told.is_empty() && !told.iter().any(as_told) {
        return Err(Refusal::BankContradicts { payment: payment.number.clone() }.into());
    }
    Ok(())
}

/// The payment and its disbursement get the right reference and day; the correction keeps what they were.
fn correct(work: &mut Work<'_, '_>, correction: &Correction) -> Result<(), Error> {
    let change = correction.change.clone().or_not_found("change")?;
    let mut payment = payments::find(work.tx, PaymentId(correction.subject_id))?.or_not_found("payment")?;
    let as_seen = payment.status == PaymentStatus::Succeeded
        && payment.utr.as_ref() == Some(&change.was_utr)
        && payment.paid_on == Some(change.was_paid_on);
    if !as_seen {
        let is = payment.status.as_str();
        return Err(Refusal::WrongState { noun: "payment", is, needs: "as it was when this was proposed" }.into());
    }
    check_change(work, &payment, &change)?;
    let tranche = tranches::find(work.tx, payment.tranche_id)?.or_not_found("tranche")?;
    payment.utr = Some(change.utr.clone());
    payment.paid_on = Some(change.paid_on);
    payments::update(work.tx, &mut payment)?;
    disbursements::correct(work.tx, payment.id, &change.utr, change.paid_on)?;
    expenditure_limits::count_paid(work, &tranche.scheme_code, change.was_paid_on, -tranche.amount_paise.0);
    expenditure_limits::count_paid(work, &tranche.scheme_code, change.paid_on, tranche.amount_paise.0);
    Ok(())
}
