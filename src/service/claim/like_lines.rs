//! Finds the lines of a claim that could state an invoice which another line states, in this claim or in another one.

use crate::db::claim::{claims, like_lines};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::claim::claim::{Claim, ClaimLineRecord};
use domain::claim::invoice_identity::Document;
use domain::claim::likeness::{Between, LikeLine, LinePlace, Mark, elsewhere, marks};
use std::collections::{BTreeMap, BTreeSet};

/// What the lines of a claim have in common with others.
pub struct Compared {
    pub marks: Vec<Mark>,
    /// The claims of the company or its group that have the invoice of a line, by its number.
    pub elsewhere: BTreeMap<i64, String>,
}

/// Compares the lines of a stored claim with one another and with those of other claims, as they are now. `own_gstin`
/// is that with which the claimant is registered here.
pub fn compared(
    tx: &mut ReadTx<'_>,
    claim: &Claim,
    own_gstin: &str,
    lines: &[ClaimLineRecord],
) -> Result<Compared, DbError> {
    let document = |line: &ClaimLineRecord| {
        LikeLine::of(&Document::of(claim.component, &line.stated, own_gstin), line.stated.amount_paise)
    };
    let lines: Vec<LikeLine> = lines.iter().map(document).collect();
    let others = like_lines::candidates(tx, claim)?;
    let others = others.iter().map(other_line).collect::<Result<Vec<_>, DbError>>()?;
    let place = LinePlace { claim_id: claim.id, claim: claim.name(), line: 0 };
    Ok(Compared { marks: marks(&place, &lines, &others), elsewhere: elsewhere(&lines, &others) })
}

fn other_line(other: &like_lines::OtherLine) -> Result<(LinePlace, Between, LikeLine), DbError> {
    let corrupt = |why: chrono::ParseError| DbError::Corrupt {
        table: "claim_lines",
        column: "invoice_date",
        why: why.to_string(),
    };
    let document = Document {
        component: other.component,
        kind: other.kind,
        number: &other.number,
        dated: other.dated.parse().map_err(corrupt)?,
        party: &other.party,
        supplier_gstin: other.supplier_gstin.as_deref(),
        own_gstin: &other.own_gstin,
    };
    let place = LinePlace { claim_id: other.claim_id, claim: other.claim.clone(), line: other.line };
    Ok((place, other.between, LikeLine::of(&document, other.amount)))
}

/// Stores the marks on the lines of a claim, for the auditor, and returns the lines that are marked.
pub fn mark(
    tx: &mut WriteTx<'_>,
    claim: &Claim,
    lines: &[ClaimLineRecord],
    at: Timestamp,
) -> Result<BTreeSet<i64>, DbError> {
    let own = claims::own_gstin(tx, claim.organisation_id)?;
    let found = compared(tx, claim, &own, lines)?.marks;
    like_lines::replace(tx, claim.id, &found, at)?;
    Ok(found.into_iter().map(|mark| mark.line).collect())
}
