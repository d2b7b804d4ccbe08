//! What a step of money stands on (the roles of the person who takes it, the account of the payee, the records that it
//! reads and changes) is held against the log when the step is taken, and not only by a later `verify`. A row that was
//! changed behind the service's back stops the step, and any other act that would change it. What the history of an
//! account says of its person stops a step too.

use crate::db::engine::notes::newest_digests::Place;
use crate::db::engine::notes::standing::Standing;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use crate::db::log::row_notes;
use crate::db::payment::payments;
use crate::db::people::{organisations, users};
use crate::service::running::error::Error;
use crate::service::running::runner::Work;
use domain::base::act::Act;
use domain::base::id::{OrganisationId, PaymentId, UserId};
use domain::base::refusal::Refusal;
use domain::log::row_note::{RowDigest, RowNotes};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The rows that were held against the log before, by `table key`, each with its digest and the entry that proves it.
/// As long as a row and its place in the index of digests stay the same, its entry is not read again.
#[derive(Default)]
pub(in crate::service) struct KnownRows(Mutex<HashMap<String, (RowDigest, i64)>>);

impl KnownRows {
    /// Whether a row is as the log says.
    fn holds(&self, tx: &mut ReadTx<'_>, table: &str, key: &str, standing: Standing) -> Result<bool, Error> {
        let Some((indexed, sequence)) = standing.logged else { return Ok(false) };
        if standing.digest.text() != indexed {
            return Ok(false);
        }
        let (place, proven) = (format!("{table} {key}"), (standing.digest, sequence));
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&place).copied();
        if known == Some(proven) {
            return Ok(true);
        }
        let holds = row_notes::holds(tx, table, key, standing.digest, sequence)?;
        if holds {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(place, proven);
        }
        Ok(holds)
    }
}

fn refusal(noun: &str, id: impl std::fmt::Display) -> Error {
    Refusal::NotAsLogged { subject: format!("{noun}:{id}") }.into()
}

/// Requires that the account of the acting person, with its roles, is as the log says.
pub(in crate::service) fn require_person(tx: &mut WriteTx<'_>, known: &KnownRows, id: UserId) -> Result<(), Error> {
    let standing = users::standing(tx, id)?.ok_or_else(|| refusal("user", id))?;
    if known.holds(tx, "users", &id.to_string(), standing)? { Ok(()) } else { Err(refusal("user", id)) }
}

/// Requires that this person never belonged to the company whose file it is: nobody takes an office's step on the file
/// of a company that they ever acted for, whatever their roles are now.
pub(in crate::service) fn require_stranger(
    work: &mut Work<'_, '_>,
    company: OrganisationId,
    now: impl Into<Act>,
) -> Result<(), Error> {
    if work.actor.roles.is_manufacturer() || work.actor.operator {
        return Ok(());
    }
    let own = users::companies_ever(work.tx, work.actor.user_id)?;
    if own.iter().any(|one| *one == company.to_string()) {
        return Err(Refusal::SamePerson { earlier: Act::WorkForCompany, now: now.into() }.into());
    }
    Ok(())
}

/// Requires that name, account and IFSC of a payee are as the log says.
pub(in crate::service) fn require_payee(work: &mut Work<'_, '_>, id: OrganisationId) -> Result<(), Error> {
    let standing = organisations::standing(work.tx, id)?.ok_or_else(|| refusal("organisation", id))?;
    let holds = work.known.holds(work.tx, "organisations", &id.to_string(), standing)?;
    if holds { Ok(()) } else { Err(refusal("organisation", id)) }
}

/// Requires that a payment, with its account, IFSC and amount, is as the last act on it left it.
pub(in crate::service) fn require_payment(work: &mut Work<'_, '_>, id: PaymentId) -> Result<(), Error> {
    let stored = payments::digest(work.tx, id)?;
    let logged = row_notes::newest(work.tx, ("payments", id.to_string()))?;
    if logged.is_some() && stored == logged { Ok(()) } else { Err(refusal("payment", id)) }
}

/// Requires that the records which an act changed were as the log says when it found them, and those which it only
/// read too, where it is a step of money. Otherwise a record that was changed behind the service's back would be as
/// the log says from this act on.
pub(in crate::service) fn require_rows(tx: &mut WriteTx<'_>, changed: Option<&RowNotes>) -> Result<(), Error> {
    let mut found: Vec<(Place, RowDigest)> = changed.map(|notes| row_notes::found(notes).collect()).unwrap_or_default();
    found.extend(tx.seen());
    for ((table, key), digest) in found {
        if row_notes::newest(tx, (table, key.clone()))? != Some(digest) {
            return Err(refusal(&noun(table), key));
        }
    }
    Ok(())
}

/// The noun of the records of a table: `tranche`, `security`.
pub(in crate::service) fn noun(table: &str) -> String {
    match table.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => table.trim_end_matches('s').to_owned(),
    }
}
