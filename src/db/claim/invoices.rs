//! Finds an invoice that is in several claims, by the keys of `domain/claim/invoice_identity.rs`.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{claim_lines, claims, organisations};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};
use domain::base::id::ClaimId;
use domain::claim::claim::Claim;
use domain::claim::invoice_identity::{Document, DocumentKeys, DocumentType};
use domain::scheme::scheme::Component;

/// An invoice of a claim that is also in another claim.
#[derive(QueryableByName)]
pub struct ClaimedInvoice {
    /// The line of this claim.
    #[diesel(sql_type = BigInt)]
    pub line: i64,
    /// The invoice number as this claim writes it.
    #[diesel(sql_type = Text)]
    pub invoice: String,
    /// The number of the other claim.
    #[diesel(sql_type = Text)]
    pub claim: String,
}

/// Lines of a claim with the lines of other claims that have one key. The first parameter is the organisation, the
/// second the claim.
fn with_one_key(same: &str) -> String {
    format!(
        "SELECT mine.line AS line, mine.invoice_number AS invoice, COALESCE(claims.number, claims.id) AS claim \
         FROM claim_lines AS mine \
         JOIN claim_lines AS other ON {same} AND other.claim_id <> mine.claim_id \
         JOIN claims ON claims.id = other.claim_id \
         JOIN claims AS own ON own.id = mine.claim_id \
         JOIN organisations AS theirs ON theirs.id = claims.organisation_id \
         JOIN organisations AS ours ON ours.id = $1 \
         WHERE mine.claim_id = $2 AND claims.status IN ('submitted', 'returned', 'verified') \
         AND (own.supplements IS NULL OR own.award_id <> claims.award_id \
         OR own.period_from <> claims.period_from OR own.period_to <> claims.period_to) \
         AND COALESCE(mine.accepted, 1) = 1 AND COALESCE(other.accepted, 1) = 1 \
         AND (theirs.id = ours.id OR theirs.company_group = ours.company_group)"
    )
}

const ONE_DOCUMENT: &str = "other.document_key = mine.document_key";
/// The name stands for the GSTIN where either of the lines has none.
const ONE_NAME: &str = "other.name_key = mine.name_key AND mine.name_key <> '' \
    AND (mine.supplier_gstin IS NULL OR other.supplier_gstin IS NULL)";

/// The invoices on lines of a claim that are also on a line of another submitted, returned or verified claim of its
/// organisation or of one of the same group, in the order of lines. Rejected lines do not count. For a supplementary
/// claim, claims of the same award and period do not count. Both queries go over the index of a key.
pub fn claimed_elsewhere(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<Vec<ClaimedInvoice>, DbError> {
    // SQLite numbers the parameters in the order of their positions.
    let text = format!("{} UNION {} ORDER BY line, claim", with_one_key(ONE_DOCUMENT), with_one_key(ONE_NAME));
    let found = sql_query(text)
        .bind::<Text, _>(claim.organisation_id.to_string())
        .bind::<Text, _>(claim.id.to_string())
        .load(tx.conn()?)?;
    Ok(found)
}

/// A line with the values of its keys, and its stored keys.
#[derive(Queryable)]
struct Keyed {
    claim_id: String,
    line: i64,
    component: String,
    number: String,
    dated: String,
    party: String,
    supplier_gstin: Option<String>,
    document_type: Option<String>,
    own_gstin: String,
    document_key: Option<String>,
    name_key: Option<String>,
    number_key: Option<String>,
    joined_key: Option<String>,
}

impl Keyed {
    /// The keys as they are computed.
    fn keys(&self) -> Result<DocumentKeys, DbError> {
        let corrupt = |column, why| DbError::Corrupt { table: "claim_lines", column, why };
        let component: Component = self.component.parse().map_err(|why| corrupt("component", why))?;
        let dated = self.dated.parse().map_err(|why: chrono::ParseError| corrupt("invoice_date", why.to_string()))?;
        let kind: Option<DocumentType> = self
            .document_type
            .as_ref()
            .map(|text| text.parse())
            .transpose()
            .map_err(|why| corrupt("document_type", why))?;
        let document = Document {
            component,
            kind: kind.unwrap_or_default(),
            number: &self.number,
            dated,
            party: &self.party,
            supplier_gstin: self.supplier_gstin.as_deref(),
            own_gstin: &self.own_gstin,
        };
        Ok(document.keys())
    }

    fn has(&self, keys: &DocumentKeys) -> bool {
        let stored = [&self.document_key, &self.name_key, &self.number_key, &self.joined_key].map(Option::as_deref);
        stored == [Some(keys.document.as_str()), Some(&keys.name), Some(&keys.number), Some(&keys.joined)]
    }
}

macro_rules! keyed {
    ($filter:expr) => {
        claim_lines::table
            .inner_join(claims::table.on(claims::id.eq(claim_lines::claim_id)))
            .inner_join(organisations::table.on(organisations::id.eq(claims::organisation_id)))
            .filter($filter)
            .order((claim_lines::claim_id, claim_lines::line))
            .select((
                claim_lines::claim_id,
                claim_lines::line,
                claims::component,
                claim_lines::invoice_number,
                claim_lines::invoice_date,
                claim_lines::party,
                claim_lines::supplier_gstin,
                claim_lines::document_type,
                organisations::gstin,
                claim_lines::document_key,
                claim_lines::name_key,
                claim_lines::number_key,
                claim_lines::joined_key,
            ))
    };
}

/// Stores the keys of lines that an earlier version of the program wrote without, at most `limit`. Returns how
/// many.
pub fn fill_keys(tx: &mut WriteTx<'_>, limit: i64) -> Result<usize, DbError> {
    let rows: Vec<Keyed> = keyed!(claim_lines::document_key.is_null().or(claim_lines::joined_key.is_null()))
        .limit(limit)
        .load(tx.conn()?)?;
    for row in &rows {
        let keys = row.keys()?;
        diesel::update(claim_lines::table.find((&row.claim_id, row.line)))
            .set((
                claim_lines::document_key.eq(keys.document),
                claim_lines::name_key.eq(keys.name),
                claim_lines::number_key.eq(keys.number),
                claim_lines::joined_key.eq(keys.joined),
            ))
            .execute(tx.conn()?)?;
    }
    Ok(rows.len())
}

/// Returns the first line of a claim whose stored keys are not those of its invoice.
pub fn wrong_key(tx: &mut ReadTx<'_>, claim: ClaimId) -> Result<Option<i64>, DbError> {
    let rows: Vec<Keyed> = keyed!(claim_lines::claim_id.eq(claim.to_string())).load(tx.conn()?)?;
    for row in &rows {
        if !row.has(&row.keys()?) {
            return Ok(Some(row.line));
        }
    }
    Ok(None)
}
