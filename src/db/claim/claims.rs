//! Claims and their lines.

use crate::db::claim::claim_dialogues;
use crate::db::claim::claim_dialogues::Dialogue;
use crate::db::engine::column::{Column, row};
use crate::db::engine::error::DbError;
use crate::db::engine::notes::written;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::{claim_lines, claims, organisations};
use crate::db::engine::sets;
use crate::db::engine::sets::set_row;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::sql_types::BigInt;
use domain::base::calendar::{FinancialYear, Timestamp};
use domain::base::evidence::EvidenceIds;
use domain::base::id::{AwardId, ClaimId, MilestoneId, OrganisationId, UserId};
use domain::base::money::Paise;
use domain::base::noting::Reasons;
use domain::base::queries::QueryRounds;
use domain::claim::claim::{Claim, ClaimLine, ClaimLineRecord, ClaimStatus, LineDecision};
use domain::claim::counted_lines::CountedLine;
use domain::claim::invoice_identity::Document;
use domain::claim::statement::Statement;
use domain::scheme::fact::StatedFacts;
use domain::scheme::mass_balance::MassBalance;
use domain::scheme::scheme::Component;
use std::collections::BTreeMap;

row! {
    ClaimRow in claims for Claim {
        id: ClaimId, number: Option<String>, award_id: AwardId, organisation_id: OrganisationId, scheme_code: String,
        scheme_version: i64, component: Component, milestone_id: Option<MilestoneId>, period_from: Option<NaiveDate>,
        period_to: Option<NaiveDate>, performance_year: FinancialYear, amount_claimed_paise: Paise,
        evidence: EvidenceIds, status: ClaimStatus, prepared_by: UserId, submitted_by: Option<UserId>,
        submitted_at: Option<Timestamp>, verified_by: Option<UserId>, verified_at: Option<Timestamp>,
        eligible_kg: i64, entitlement_paise: Paise, deferred_paise: Paise, statement: Option<Statement>,
        created_at: Timestamp, version: i64, withheld_paise: Paise, certificate_due_on: Option<NaiveDate>,
        certified_at: Option<Timestamp>, facts: StatedFacts, mass_balance: Option<MassBalance>, held_kg: i64,
        supplements: Option<ClaimId>,
    } and {
        queries: QueryRounds, returned_times: i64, rejected_for: Option<Reasons>, replaces: Option<ClaimId>,
        first_submitted_at: Option<Timestamp>,
    }
}

impl ClaimRow {
    fn with(self, said: Dialogue) -> Result<Claim, DbError> {
        let Dialogue { queries, returned_times, rejected_for, replaces, first_submitted_at } = said;
        let mut claim = self.record(queries, returned_times, rejected_for, replaces, first_submitted_at)?;
        // It is stored where it is another time than the only submission.
        if returned_times == 0 {
            claim.first_submitted_at = claim.first_submitted_at.or(claim.submitted_at);
        }
        Ok(claim)
    }
}

/// The claims of these rows, with what was said about them.
fn whole(tx: &mut ReadTx<'_>, rows: Vec<ClaimRow>) -> Result<Vec<Claim>, DbError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut said = claim_dialogues::of_claims(tx, &ids)?;
    let complete = |row: ClaimRow| {
        let own = said.remove(&row.id).unwrap_or_default();
        row.with(own)
    };
    rows.into_iter().map(complete).collect()
}

pub fn insert(tx: &mut WriteTx<'_>, claim: &Claim) -> Result<(), DbError> {
    row_statement::insert(tx, &ClaimRow::of(claim))?;
    claim_dialogues::store(tx, claim)
}

pub fn find(tx: &mut ReadTx<'_>, id: ClaimId) -> Result<Option<Claim>, DbError> {
    let id = id.to_string();
    let row: Option<ClaimRow> = tx.cached(
        || format!("claims {id}"),
        |select| {
            let query = claims::table.find(id.clone()).select(ClaimRow::as_select());
            Ok(select.get_result(query).optional()?)
        },
    )?;
    let Some(row) = row else { return Ok(None) };
    tx.saw(&row);
    let said = claim_dialogues::of_claim(tx, &id)?;
    row.with(said).map(Some)
}

/// Stores the claim as the next version. Fails if another version was stored in between (optimistic locking).
pub fn update(tx: &mut WriteTx<'_>, claim: &mut Claim) -> Result<(), DbError> {
    let (read, id) = (claim.version, claim.id.to_string());
    claim.version += 1;
    let seen = ("version", sets::Value::Number(read));
    if !row_statement::update(tx, &ClaimRow::of(claim), &id, seen)? {
        return Err(DbError::Conflict("claims".to_owned()));
    }
    claim_dialogues::store(tx, claim)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = claim_lines)]
struct LineRow {
    claim_id: String,
    line: i64,
    invoice_number: String,
    invoice_date: String,
    party: String,
    quantity_kg: i64,
    amount_paise: i64,
    accepted: Option<i64>,
    reason: Option<String>,
    facts: String,
    counted_kg: Option<i64>,
    counted_amount_paise: Option<i64>,
    excluded: Option<String>,
    invoice_key: String,
    supplier_gstin: Option<String>,
    buyer_gstin: Option<String>,
    irn: Option<String>,
    document_key: Option<String>,
    name_key: Option<String>,
    number_key: Option<String>,
    joined_key: Option<String>,
    document_type: Option<String>,
    corrects_number: Option<String>,
    corrects_date: Option<String>,
}

set_row!(LineRow in claim_lines {
    claim_id, line, invoice_number, invoice_date, party, quantity_kg, amount_paise, accepted, reason, facts, counted_kg,
    counted_amount_paise, excluded, invoice_key, supplier_gstin, buyer_gstin, irn, document_key, name_key, number_key,
    joined_key, document_type, corrects_number, corrects_date,
});

impl LineRow {
    fn of(claim: ClaimId, component: Component, own_gstin: &str, record: &ClaimLineRecord) -> Self {
        let keys = Document::of(component, &record.stated, own_gstin).keys();
        LineRow {
            claim_id: claim.to_string(),
            line: record.line,
            invoice_number: record.stated.invoice_number.clone(),
            invoice_date: record.stated.invoice_date.to_string(),
            party: record.stated.party.clone(),
            quantity_kg: record.stated.quantity_kg,
            amount_paise: record.stated.amount_paise.0,
            accepted: record.decision.as_ref().map(|decision| decision.accepted.raw()),
            reason: record.decision.as_ref().map(|decision| decision.reason.clone()),
            facts: json(&record.stated.facts),
            counted_kg: record.counted.as_ref().map(|counted| counted.counted_kg),
            counted_amount_paise: record.counted.as_ref().map(|counted| counted.counted_amount_paise.0),
            excluded: record.counted.as_ref().map(|counted| json(&counted.excluded)),
            // The key of an earlier program.
            invoice_key: String::new(),
            supplier_gstin: record.stated.supplier_gstin.clone(),
            buyer_gstin: record.stated.buyer_gstin.clone(),
            irn: record.stated.irn.clone(),
            document_key: Some(keys.document),
            name_key: Some(keys.name),
            number_key: Some(keys.number),
            joined_key: Some(keys.joined),
            document_type: Some(record.stated.document_type.to_string()).filter(|_| record.stated.is_note()),
            corrects_number: record.stated.corrects_number.clone(),
            corrects_date: record.stated.corrects_date.map(|day| day.to_string()),
        }
    }

    fn record(self) -> Result<ClaimLineRecord, DbError> {
        let corrupt = |column| move |why| DbError::Corrupt { table: "claim_lines", column, why };
        let invoice_date = Column::from_raw(self.invoice_date).map_err(corrupt("invoice_date"))?;
        let corrects_date = self.corrects_date.map(Column::from_raw).transpose().map_err(corrupt("corrects_date"))?;
        let document_type =
            self.document_type.map(|text| text.parse()).transpose().map_err(corrupt("document_type"))?;
        let facts = read_json(&self.facts).map_err(corrupt("facts"))?;
        let counted = match (self.counted_kg, self.counted_amount_paise, &self.excluded) {
            (Some(counted_kg), Some(amount), Some(excluded)) => Some(CountedLine {
                line: self.line,
                counted_kg,
                counted_amount_paise: Paise(amount),
                excluded: read_json(excluded).map_err(corrupt("excluded"))?,
            }),
            _ => None,
        };
        let decision = self.accepted.map(|accepted| LineDecision {
            line: self.line,
            accepted: accepted != 0,
            reason: self.reason.unwrap_or_default(),
        });
        let stated = ClaimLine {
            invoice_number: self.invoice_number,
            invoice_date,
            party: self.party,
            supplier_gstin: self.supplier_gstin,
            buyer_gstin: self.buyer_gstin,
            irn: self.irn,
            document_type: document_type.unwrap_or_default(),
            corrects_number: self.corrects_number,
            corrects_date,
            quantity_kg: self.quantity_kg,
            amount_paise: Paise(self.amount_paise),
            facts,
        };
        Ok(ClaimLineRecord { line: self.line, stated, decision, counted })
    }
}

/// Returns a list of text and numbers as JSON, which such a list always has.
fn json<T: serde::Serialize>(list: &[T]) -> String {
    serde_json::to_string(list).unwrap_or_default()
}

fn read_json<T: serde::de::DeserializeOwned>(raw: &str) -> Result<Vec<T>, String> {
    serde_json::from_str(raw).map_err(|error| error.to_string())
}

/// Replaces the stored lines of a claim.
pub fn replace_lines(tx: &mut WriteTx<'_>, claim: &Claim, lines: &[ClaimLineRecord]) -> Result<(), DbError> {
    let id = claim.id.to_string();
    let of_claim = claim_lines::table.filter(claim_lines::claim_id.eq(&id));
    let before: Vec<LineRow> = of_claim.select(LineRow::as_select()).load(tx.conn()?)?;
    diesel::delete(of_claim).execute(tx.conn()?)?;
    before.iter().for_each(|row| written::deleted(tx, written::note(row)));
    let own = own_gstin(tx, claim.organisation_id)?;
    let rows: Vec<LineRow> = lines.iter().map(|line| LineRow::of(claim.id, claim.component, &own, line)).collect();
    sets::insert(tx, &rows)
}

/// The GSTIN with which a company is registered here: it issues the invoices of the company's sales.
pub fn own_gstin(tx: &mut ReadTx<'_>, of: OrganisationId) -> Result<String, DbError> {
    let own = organisations::table.find(of.to_string()).select(organisations::gstin);
    Ok(own.get_result(tx.conn()?)?)
}

pub fn lines(tx: &mut ReadTx<'_>, claim: ClaimId) -> Result<Vec<ClaimLineRecord>, DbError> {
    let rows: Vec<LineRow> = claim_lines::table
        .filter(claim_lines::claim_id.eq(claim.to_string()))
        .order(claim_lines::line)
        .select(LineRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(LineRow::record).collect()
}

/// The lines of these claims, by the id of the claim.
pub fn lines_of(tx: &mut ReadTx<'_>, claims: &[String]) -> Result<BTreeMap<String, Vec<ClaimLineRecord>>, DbError> {
    let rows: Vec<LineRow> = claim_lines::table
        .filter(claim_lines::claim_id.eq_any(claims))
        .order((claim_lines::claim_id, claim_lines::line))
        .select(LineRow::as_select())
        .load(tx.conn()?)?;
    let mut found: BTreeMap<String, Vec<ClaimLineRecord>> = BTreeMap::new();
    for row in rows {
        found.entry(row.claim_id.clone()).or_default().push(row.record()?);
    }
    Ok(found)
}

/// The claims with these ids, in any order.
pub fn of_ids(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<Claim>, DbError> {
    let rows = claims::table.filter(claims::id.eq_any(ids)).select(ClaimRow::as_select()).load(tx.conn()?)?;
    whole(tx, rows)
}

/// The part of all claims that a list shows: those of one status, and those of one organisation or, without its
/// drafts, of all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub status: Option<ClaimStatus>,
    pub only: Option<OrganisationId>,
}

macro_rules! part {
    ($query:expr, $part:expr) => {{
        let mut query = match $part.only {
            Some(id) => $query.filter(claims::organisation_id.eq(id.to_string())),
            None => $query.filter(claims::status.ne("draft")),
        };
        if let Some(status) = $part.status {
            query = query.filter(claims::status.eq(status.as_str()));
        }
        query
    }};
}

/// How many claims a list has. All without the drafts is a difference: an index counts either without looking at each.
pub fn count(tx: &mut ReadTx<'_>, part: Part) -> Result<i64, DbError> {
    if part.only.is_none() && part.status.is_none() {
        let all: i64 = claims::table.count().get_result(tx.conn()?)?;
        let drafts: i64 = claims::table.filter(claims::status.eq("draft")).count().get_result(tx.conn()?)?;
        return Ok(all - drafts);
    }
    Ok(part!(claims::table.count().into_boxed(), part).get_result(tx.conn()?)?)
}

/// The claims of one page of a list, the newest first.
pub fn page(tx: &mut ReadTx<'_>, part: Part, offset: i64, limit: i64) -> Result<Vec<Claim>, DbError> {
    let query = claims::table.order(claims::id.desc()).select(ClaimRow::as_select()).into_boxed();
    let rows = part!(query, part).offset(offset).limit(limit).load(tx.conn()?)?;
    whole(tx, rows)
}

/// The numbers of claims with these ids, each with its id; a draft has none.
pub fn numbers(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<(String, Option<String>)>, DbError> {
    let named = claims::table.filter(claims::id.eq_any(ids));
    Ok(named.select((claims::id, claims::number)).load(tx.conn()?)?)
}

/// Claims after an id, in the order of ids, including drafts, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Claim>, DbError> {
    let query = claims::table.filter(claims::id.gt(id)).order(claims::id).limit(limit);
    let rows = query.select(ClaimRow::as_select()).load(tx.conn()?)?;
    whole(tx, rows)
}

/// Submitted, returned and verified claims of an award for a component.
pub fn live(tx: &mut ReadTx<'_>, award: AwardId, component: Component) -> Result<Vec<Claim>, DbError> {
    let rows = claims::table
        .filter(claims::award_id.eq(award.to_string()))
        .filter(claims::component.eq(component.as_str()))
        .filter(claims::status.eq_any(["submitted", "returned", "verified"]))
        .order(claims::id)
        .select(ClaimRow::as_select())
        .load(tx.conn()?)?;
    whole(tx, rows)
}

/// Rejected claims of an award for a component, the newest first.
pub fn rejected(tx: &mut ReadTx<'_>, award: AwardId, component: Component) -> Result<Vec<Claim>, DbError> {
    let rows = claims::table
        .filter(claims::award_id.eq(award.to_string()))
        .filter(claims::component.eq(component.as_str()))
        .filter(claims::status.eq("rejected"))
        .order(claims::id.desc())
        .select(ClaimRow::as_select())
        .load(tx.conn()?)?;
    whole(tx, rows)
}

/// Submitted, returned and verified claims that state a mass balance, of all awards.
pub fn balanced(tx: &mut ReadTx<'_>) -> Result<Vec<Claim>, DbError> {
    let rows = claims::table
        .filter(claims::mass_balance.is_not_null())
        .filter(claims::status.eq_any(["submitted", "returned", "verified"]))
        .order(claims::id)
        .select(ClaimRow::as_select())
        .load(tx.conn()?)?;
    whole(tx, rows)
}

/// All claims of these awards, including drafts, for a calculation that shows no draft to anybody.
pub fn of_awards(tx: &mut ReadTx<'_>, awards: &[String]) -> Result<Vec<Claim>, DbError> {
    let query = claims::table.filter(claims::award_id.eq_any(awards)).order(claims::id);
    let rows = query.select(ClaimRow::as_select()).load(tx.conn()?)?;
    whole(tx, rows)
}

/// The amounts that verified claims withhold, by award and component.
pub fn withheld(tx: &mut ReadTx<'_>) -> Result<Vec<(String, String, i64)>, DbError> {
    Ok(claims::table
        .filter(claims::withheld_paise.gt(0))
        .group_by((claims::award_id, claims::component))
        .select((claims::award_id, claims::component, sql::<BigInt>("CAST(SUM(claims.withheld_paise) AS BIGINT)")))
        .load(tx.conn()?)?)
}
