//! Separation of duties: a person who took part in providing a budget takes no step on a rupee of it.

use crate::db::budget::budget_instruments;
use crate::service::running::error::Error;
use crate::service::running::runner::Work;
use domain::base::calendar::FinancialYear;
use domain::base::permission::Step;
use domain::base::refusal::Refusal;
use domain::base::step::TrancheStep;
use domain::payment::tranche::Tranche;
use domain::scheme::scheme::Component;

/// Refuses a person who changed a year's budget any step on the money of that year.
pub fn check_not_provider(
    work: &mut Work<'_, '_>,
    scheme_code: &str,
    component: Component,
    year: FinancialYear,
    now: Step,
) -> Result<(), Error> {
    if budget_instruments::has_part(work.tx, work.actor.user_id, scheme_code, component, year)? {
        return Err(Refusal::SamePerson { earlier: Step::Provide.into(), now: now.into() }.into());
    }
    Ok(())
}

/// Refuses money that moves into a year when somebody took part in its budget who took a step on this money before, be
/// it fallen or not: the steps are held against the provision that pays.
pub fn check_steps_not_provided(
    work: &mut Work<'_, '_>,
    steps: &[TrancheStep],
    scheme_code: &str,
    component: Component,
    year: FinancialYear,
) -> Result<(), Error> {
    for taken in steps {
        if budget_instruments::has_part(work.tx, taken.taken_by, scheme_code, component, year)? {
            return Err(Refusal::StepByProvider { step: taken.step.into(), year }.into());
        }
    }
    Ok(())
}

/// The same for a tranche that moves into a year (or stays in it): this person may have provided neither the
/// budget of the year that holds it nor that of the year it moves into.
pub fn check_not_provider_of(
    work: &mut Work<'_, '_>,
    tranche: &Tranche,
    into: FinancialYear,
    now: Step,
) -> Result<(), Error> {
    check_not_provider(work, &tranche.scheme_code, tranche.component, tranche.held_in, now)?;
    if tranche.held_in == into {
        return Ok(());
    }
    check_not_provider(work, &tranche.scheme_code, tranche.component, into, now)
}
