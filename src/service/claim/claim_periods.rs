//! The days that a claim without a milestone is for: when they may begin and end, and that no other claim is for one of
//! them.

use crate::service::running::error::Error;
use chrono::{Datelike, NaiveDate};
use domain::award::award::Award;
use domain::base::calendar::{FinancialYear, plus_months};
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::claim::claim::{Claim, ClaimForm};
use domain::scheme::rules::book::ClaimPeriod;
use domain::scheme::scheme::Scheme;

/// `Ok` when this holds of the days of a claim.
///
/// # Errors
/// `period_not_allowed` with the reason.
pub(super) fn allowed(holds: bool, reason: Reason) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(Refusal::PeriodNotAllowed { reason }) }
}

/// The first and the last day of a claim, which the scheme lets be claimed today.
///
/// # Errors
/// `not_commissioned` where the plant has to run before anything is claimed, `period_not_allowed` with the reason.
pub(super) fn check_period(
    award: &Award,
    form: &ClaimForm,
    scheme: &Scheme,
    today: NaiveDate,
) -> Result<(NaiveDate, NaiveDate), Error> {
    let (Some(from), Some(to)) = (form.period_from, form.period_to) else { return Err(Error::NotFound("period")) };
    if scheme.waits_for_commissioning(form.component) && award.commissioned_on.is_none() {
        return Err(Refusal::NotCommissioned.into());
    }
    allowed(from <= award.ends_on, Reason::StartsAfterAward { ends_on: award.ends_on })?;
    allowed(to <= today, Reason::PeriodNotOver)?;
    let year = FinancialYear::containing(from);
    match scheme.book.claims_for(form.component).and_then(|rules| rules.period) {
        Some(ClaimPeriod::FinancialYear) => {
            let whole = Some(from) == year.first_day() && Some(to) == year.last_day();
            allowed(whole, Reason::WholeYear { year })?;
        }
        Some(ClaimPeriod::Quarter) => {
            let starts = from.day() == 1 && from.month() % 3 == 1;
            let whole = starts && plus_months(from, 3).pred_opt() == Some(to);
            allowed(whole, Reason::WholeQuarter)?;
        }
        None => {}
    }
    Ok((from, to))
}

/// Refuses days that another claim of the award is for. Only a supplement may claim a part of the same period again;
/// its invoices bound what it may claim.
///
/// # Errors
/// `period_overlaps` with the other claim.
pub(super) fn require_no_overlap(
    form: &ClaimForm,
    (from, to): (NaiveDate, NaiveDate),
    others: &[Claim],
) -> Result<(), Refusal> {
    let overlaps = |other: &&Claim| {
        form.supplements.is_none()
            && other.supplements.is_none()
            && other.period_from.is_some_and(|start| start <= to)
            && other.period_to.is_some_and(|end| from <= end)
    };
    match others.iter().find(overlaps) {
        Some(other) => Err(Refusal::PeriodOverlaps { claim: other.name() }),
        None => Ok(()),
    }
}
