//! How much there is in the note sheet of a record and in its letters: the pages of records in several rooms say it.

use crate::db::correspondence::counts;
use crate::db::engine::transaction::ReadTx;
use crate::service::running::error::Error;
use domain::correspondence::about::{About, AboutKind, SheetCounts};
use domain::people::user::Actor;

/// What there is about a record that exists for this person, in one statement.
pub(in crate::service) fn counts(tx: &mut ReadTx<'_>, actor: &Actor, about: About) -> Result<SheetCounts, Error> {
    let counted = counts::of(tx, about)?;
    let notes = (!actor.roles.is_manufacturer()).then_some(counted.notes);
    // A budget instrument concerns no company.
    let letters = (about.kind != AboutKind::BudgetInstrument).then_some(counted.letters);
    Ok(SheetCounts { notes, letters })
}
