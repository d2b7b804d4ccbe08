//! Lines of other claims that could state an invoice of a claim, by the keys of `domain/claim/likeness.rs`, and the
//! marks that were put on lines because of them.

use crate::db::engine::error::DbError;
use crate::db::engine::notes::written;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::line_likenesses;
use crate::db::engine::sets;
use crate::db::engine::sets::set_row;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, sql_query};
use domain::base::calendar::Timestamp;
use domain::base::id::ClaimId;
use domain::base::money::Paise;
use domain::claim::claim::Claim;
use domain::claim::invoice_identity::DocumentType;
use domain::claim::likeness::{Between, Mark};
use domain::scheme::scheme::Component;

/// A line of another live claim.
pub struct OtherLine {
    pub claim_id: ClaimId,
    /// The number of the claim.
    pub claim: String,
    pub line: i64,
    pub between: Between,
    pub component: Component,
    pub kind: DocumentType,
    pub number: String,
    pub dated: String,
    pub party: String,
    pub supplier_gstin: Option<String>,
    pub own_gstin: String,
    pub amount: Paise,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    claim_id: String,
    #[diesel(sql_type = Text)]
    claim: String,
    #[diesel(sql_type = BigInt)]
    line: i64,
    #[diesel(sql_type = Text)]
    relation: String,
    #[diesel(sql_type = Text)]
    component: String,
    #[diesel(sql_type = Nullable<Text>)]
    kind: Option<String>,
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = Text)]
    dated: String,
    #[diesel(sql_type = Text)]
    party: String,
    #[diesel(sql_type = Nullable<Text>)]
    supplier_gstin: Option<String>,
    #[diesel(sql_type = Text)]
    own_gstin: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

impl Row {
    fn line(self) -> Result<OtherLine, DbError> {
        let corrupt = |why: String| DbError::Corrupt { table: "claims", column: "id", why };
        Ok(OtherLine {
            claim_id: self.claim_id.parse().map_err(|_| corrupt(self.claim_id.clone()))?,
            claim: self.claim,
            line: self.line,
            between: match self.relation.as_str() {
                "company" => Between::OneCompany,
                "group" => Between::OneGroup,
                _ => Between::Strangers,
            },
            component: self.component.parse().map_err(corrupt)?,
            kind: self.kind.map(|kind| kind.parse()).transpose().map_err(corrupt)?.unwrap_or_default(),
            number: self.number,
            dated: self.dated,
            party: self.party,
            supplier_gstin: self.supplier_gstin,
            own_gstin: self.own_gstin,
            amount: Paise(self.amount),
        })
    }
}

/// Lines of other live claims that a condition chooses. Strangers are compared by the identity of the document alone,
/// and their sales are none of the company's. The only parameter is the claim. Each line is found once, however many
/// lines of the claim it is like: equal lots of two claims would make a product of them.
fn chosen(condition: &str) -> String {
    let of_claim = |columns: &str| format!("(SELECT {columns} FROM claim_lines WHERE claim_id = $1)");
    let (documents, names) = (of_claim("document_key"), of_claim("NULLIF(name_key, '')"));
    format!(
        "SELECT other.claim_id AS claim_id, COALESCE(claims.number, claims.id) AS claim, other.line AS line, \
         CASE WHEN theirs.id = ours.id THEN 'company' WHEN theirs.company_group = ours.company_group THEN 'group' \
         ELSE 'strangers' END AS relation, claims.component AS component, other.document_type AS kind, \
         other.invoice_number AS number, other.invoice_date AS dated, other.party AS party, \
         other.supplier_gstin AS supplier_gstin, theirs.gstin AS own_gstin, other.amount_paise AS amount \
         FROM claim_lines AS other \
         JOIN claims ON claims.id = other.claim_id \
         JOIN claims AS own ON own.id = $1 \
         JOIN organisations AS theirs ON theirs.id = claims.organisation_id \
         JOIN organisations AS ours ON ours.id = own.organisation_id \
         WHERE {condition} AND other.claim_id <> own.id AND claims.status IN ('submitted', 'returned', 'verified') \
         AND claims.component = own.component \
         AND (own.supplements IS NULL OR own.award_id <> claims.award_id \
         OR own.period_from <> claims.period_from OR own.period_to <> claims.period_to) \
         AND COALESCE(other.accepted, 1) = 1 AND COALESCE(other.document_type, 'INV') <> 'CRN' \
         AND (theirs.id = ours.id OR theirs.company_group = ours.company_group \
         OR (own.component <> 'sales_linked_incentive' \
         AND (other.document_key IN {documents} OR other.name_key IN {names})))"
    )
}

/// The lines of other live claims with which those of a claim are compared, each once, in the order of claims.
pub fn candidates(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<Vec<OtherLine>, DbError> {
    let by_number = chosen("other.number_key IN (SELECT number_key FROM claim_lines WHERE claim_id = $1)");
    let by_joined = chosen("other.joined_key IN (SELECT joined_key FROM claim_lines WHERE claim_id = $1)");
    let by_amount = chosen(
        "(other.invoice_date, other.amount_paise) IN \
         (SELECT invoice_date, amount_paise FROM claim_lines WHERE claim_id = $1)",
    );
    let text = format!("{by_number} UNION {by_joined} UNION {by_amount} ORDER BY claim_id, line");
    let rows: Vec<Row> = sql_query(text).bind::<Text, _>(claim.id.to_string()).load(tx.conn()?)?;
    rows.into_iter().map(Row::line).collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = line_likenesses)]
struct MarkRow {
    claim_id: String,
    line: i64,
    position: i64,
    likeness: String,
    other_claim_id: Option<String>,
    other_line: Option<i64>,
    found_at: String,
}

set_row!(MarkRow in line_likenesses { claim_id, line, position, likeness, other_claim_id, other_line, found_at });

/// Stores the marks of the lines of a claim in place of those of before.
pub fn replace(tx: &mut WriteTx<'_>, claim: ClaimId, marks: &[Mark], at: Timestamp) -> Result<(), DbError> {
    let id = claim.to_string();
    let of_claim = line_likenesses::table.filter(line_likenesses::claim_id.eq(&id));
    let before: Vec<MarkRow> = of_claim.select(MarkRow::as_select()).load(tx.conn()?)?;
    if before.is_empty() && marks.is_empty() {
        return Ok(());
    }
    diesel::delete(of_claim).execute(tx.conn()?)?;
    before.iter().for_each(|row| written::deleted(tx, written::note(row)));
    let mut rows: Vec<MarkRow> = Vec::with_capacity(marks.len());
    for mark in marks {
        let position = match rows.last() {
            Some(row) if row.line == mark.line => row.position + 1,
            _ => 1,
        };
        rows.push(MarkRow {
            claim_id: id.clone(),
            line: mark.line,
            position,
            likeness: mark.likeness.to_string(),
            other_claim_id: mark.other.as_ref().map(|other| other.claim_id.to_string()),
            other_line: mark.other.as_ref().map(|other| other.line),
            found_at: at.to_string(),
        });
    }
    sets::insert(tx, &rows)
}
