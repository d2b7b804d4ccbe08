//! The year that pays: before an instruction leaves, the money is held in the year in which it will be paid. Otherwise
//! money could leave that no appropriation has room for, and its payment could not be recorded.

use crate::db::award::awards;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Work;
use domain::base::calendar::FinancialYear;
use domain::budget::ledger::{Journal, JournalKind, Movement};
use domain::budget::posting;
use domain::payment::tranche::Tranche;

/// Holds the money of a sanctioned or advised tranche in a year, and returns what is to be posted for it. The caller
/// stores the tranche.
pub fn hold_in(work: &mut Work<'_, '_>, tranche: &mut Tranche, year: FinancialYear) -> Result<Vec<Movement>, Error> {
    if tranche.held_in == year {
        return Ok(Vec::new());
    }
    let award = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?;
    let movements = posting::hold_in_year(&award.purse(tranche.component), tranche.held_in, year, tranche.amount_paise);
    tranche.held_in = year;
    Ok(movements)
}

/// Posts what changes its year; refused with `budget_exceeded` where the year has no room.
pub fn post(work: &mut Work<'_, '_>, reference: &str, movements: Vec<Movement>) -> Result<(), Error> {
    if movements.is_empty() {
        return Ok(());
    }
    work.post(&Journal { kind: JournalKind::SanctionMoved, reference: reference.to_owned(), movements })
}
