//! Finds an invoice that is in several claims, by the key of `domain/claim/invoice_identity.rs`.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{claim_lines, claims};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use domain::base::id::ClaimId;
use domain::claim::claim::Claim;
use domain::claim::invoice_identity::{key_of, plain_party};
use domain::scheme::scheme::Component;

/// An invoice of a claim that is also in another claim.
pub struct ClaimedInvoice {
    /// The invoice number as this claim writes it.
    pub invoice: String,
    /// The number of the other claim.
    pub claim: String,
}

#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = Text)]
    invoice: String,
    #[diesel(sql_type = Text)]
    party: String,
    #[diesel(sql_type = Text)]
    dated: String,
    #[diesel(sql_type = Text)]
    other_claim: String,
    #[diesel(sql_type = Text)]
    other_organisation: String,
    #[diesel(sql_type = Text)]
    other_party: String,
    #[diesel(sql_type = Text)]
    other_dated: String,
}

/// Returns the first invoice on a line of a claim that is also on a line of another submitted, returned or
/// verified claim of its organisation or of one of the same group. Rejected lines do not count. For a supplementary
/// claim, claims of the same award and period do not count. This is one query over the index of keys.
pub fn claimed_elsewhere(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<Option<ClaimedInvoice>, DbError> {
    // SQLite numbers the parameters in the order of their positions.
    let pairs: Vec<Pair> = sql_query(
        "SELECT mine.invoice_number AS invoice, mine.party AS party, mine.invoice_date AS dated, \
         COALESCE(claims.number, claims.id) AS other_claim, claims.organisation_id AS other_organisation, \
         other.party AS other_party, other.invoice_date AS other_dated \
         FROM claim_lines AS mine \
         JOIN claim_lines AS other ON other.invoice_key = mine.invoice_key AND other.claim_id <> mine.claim_id \
         JOIN claims ON claims.id = other.claim_id \
         JOIN claims AS own ON own.id = mine.claim_id \
         JOIN organisations AS theirs ON theirs.id = claims.organisation_id \
         JOIN organisations AS ours ON ours.id = $1 \
         WHERE mine.claim_id = $2 AND claims.status IN ('submitted', 'returned', 'verified') \
         AND (own.supplements IS NULL OR own.award_id <> claims.award_id \
         OR own.period_from <> claims.period_from OR own.period_to <> claims.period_to) \
         AND COALESCE(mine.accepted, 1) = 1 AND COALESCE(other.accepted, 1) = 1 \
         AND (theirs.id = ours.id OR theirs.company_group = ours.company_group) \
         ORDER BY mine.line, claims.id",
    )
    .bind::<Text, _>(claim.organisation_id.to_string())
    .bind::<Text, _>(claim.id.to_string())
    .load(tx.conn()?)?;
    let own = claim.organisation_id.to_string();
    // Each company numbers its own sales: an invoice of another company is the same sale if day and buyer are
    // the same.
    let same = |pair: &Pair| {
        claim.component != Component::SalesLinkedIncentive
            || pair.other_organisation == own
            || (pair.dated == pair.other_dated && plain_party(&pair.party) == plain_party(&pair.other_party))
    };
    Ok(pairs.into_iter().find(same).map(|pair| ClaimedInvoice { invoice: pair.invoice, claim: pair.other_claim }))
}

/// A line with the values of its key, and its stored key.
type Keyed = (String, i64, String, String, String, String, String);

fn stated(row: &Keyed) -> Result<String, DbError> {
    let (_, _, component, number, date, party, _) = row;
    let corrupt = |column, why| DbError::Corrupt { table: "claim_lines", column, why };
    let component: Component = component.parse().map_err(|why| corrupt("component", why))?;
    let invoice_date = date.parse().map_err(|why: chrono::ParseError| corrupt("invoice_date", why.to_string()))?;
    Ok(key_of(component, number, invoice_date, party))
}

macro_rules! keyed {
    ($filter:expr) => {
        claim_lines::table
            .inner_join(claims::table.on(claims::id.eq(claim_lines::claim_id)))
            .filter($filter)
            .order((claim_lines::claim_id, claim_lines::line))
            .select((
                claim_lines::claim_id,
                claim_lines::line,
                claims::component,
                claim_lines::invoice_number,
                claim_lines::invoice_date,
                claim_lines::party,
                claim_lines::invoice_key,
            ))
    };
}

/// Stores the keys of lines that an earlier version of the program wrote without, at most `limit`. Returns how
/// many.
pub fn fill_keys(tx: &mut WriteTx<'_>, limit: i64) -> Result<usize, DbError> {
    let rows: Vec<Keyed> = keyed!(claim_lines::invoice_key.eq("")).limit(limit).load(tx.conn()?)?;
    for row in &rows {
        diesel::update(claim_lines::table.find((&row.0, row.1)))
            .set(claim_lines::invoice_key.eq(stated(row)?))
            .execute(tx.conn()?)?;
    }
    Ok(rows.len())
}

/// Returns the first line of a claim whose stored key is not the key of its invoice.
pub fn wrong_key(tx: &mut ReadTx<'_>, claim: ClaimId) -> Result<Option<i64>, DbError> {
    let rows: Vec<Keyed> = keyed!(claim_lines::claim_id.eq(claim.to_string())).load(tx.conn()?)?;
    for row in &rows {
        if stated(row)? != row.6 {
            return Ok(Some(row.1));
        }
    }
    Ok(None)
}
