//! Disbursements as pages show them: part of a list with its totals, one with the numbers of the records around it,
//! what was paid before it, and what its payment moved in the ledger.

use crate::db::engine::connection::per_engine;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::{RunQueryDsl as _, *};
use crate::db::engine::rows::DisbursementRow;
use crate::db::engine::schema::{awards, claims, disbursements, organisations, payments, tranches};
use crate::db::engine::transaction::ReadTx;
use diesel::QueryableByName;
use diesel::dsl::sql;
use diesel::sql_types::{BigInt, Bool, Text};
use domain::base::id::{AwardId, DisbursementId, OrganisationId, PaymentId};
use domain::base::money::Paise;
use domain::base::record_reference::RecordReference;
use domain::payment::disbursement::{Disbursement, DisbursementStatus};

/// The part of all disbursements that a list shows: those of one status, those under one award, or all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub status: Option<DisbursementStatus>,
    pub award: Option<AwardId>,
}

/// How many there are, and what they come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub count: i64,
    /// Gross: all that was paid, whether it stayed or not.
    pub paid: Paise,
    /// Returned: what the bank took back of it.
    pub came_back: Paise,
    /// Kept: what of that paid recoveries, so that it is not owed to the payees again.
    pub kept: Paise,
    /// What was set off against recoveries, of what stayed.
    pub set_off: Paise,
}

impl Totals {
    /// What stayed with the beneficiaries: everywhere this alone is called paid.
    pub fn stayed(&self) -> Paise {
        self.paid.minus_floored(self.came_back)
    }

    /// Net: what the bank paid and did not take back.
    pub fn net(&self) -> Paise {
        self.stayed().minus_floored(self.set_off)
    }
}

/// A disbursement with the numbers of the records around it.
pub struct NamedDisbursement {
    pub disbursement: Disbursement,
    pub tranche: String,
    /// A claim in progress may have no number yet.
    pub claim: Option<String>,
    pub payment: String,
    pub award: String,
}

/// What a payment did to one account: the amount of its entry, positive for a debit.
#[derive(QueryableByName)]
pub struct Posted {
    #[diesel(sql_type = Text)]
    pub account: String,
    #[diesel(sql_type = BigInt)]
    pub amount_paise: i64,
}

macro_rules! part {
    ($query:expr, $part:expr) => {{
        let mut query = $query;
        if let Some(status) = $part.status {
            query = query.filter(disbursements::status.eq(status.as_str()));
        }
        if let Some(award) = $part.award {
            query = query.filter(disbursements::award_id.eq(award.to_string()));
        }
        query
    }};
}

/// The totals of a list. Count and sum of all are read from one index, and from a second what is rare: money that
/// came back and set-offs. So the list of one status needs no look at every row either.
pub fn totals(tx: &mut ReadTx<'_>, part: Part) -> Result<Totals, DbError> {
    let all_of = Part { status: None, ..part };
    let sums = || sql::<(BigInt, BigInt)>("COUNT(*), CAST(COALESCE(SUM(amount_paise), 0) AS BIGINT)");
    let all = part!(disbursements::table.select(sums()).into_boxed(), all_of);
    let (count, paid): (i64, i64) = all.get_result(tx.conn()?)?;
    // Word by word the condition of the index `disbursements_unusual`.
    let unusual = sql::<Bool>("(status = 'failed_after_success' OR set_off_paise > 0)");
    let of_unusual = sql::<(BigInt, BigInt, BigInt, BigInt)>(
        "COUNT(CASE WHEN status = 'failed_after_success' THEN 1 END), \
         CAST(COALESCE(SUM(CASE WHEN status = 'failed_after_success' THEN amount_paise END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN status = 'succeeded' THEN set_off_paise END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(kept_paise), 0) AS BIGINT)",
    );
    let unusual = part!(disbursements::table.filter(unusual).select(of_unusual).into_boxed(), all_of);
    let (back, came_back, set_off, kept): (i64, i64, i64, i64) = unusual.get_result(tx.conn()?)?;
    let (count, paid, came_back, set_off, kept) = match part.status {
        None => (count, paid, came_back, set_off, kept),
        Some(DisbursementStatus::Succeeded) => (count - back, paid - came_back, 0, set_off, 0),
        Some(DisbursementStatus::FailedAfterSuccess) => (back, came_back, came_back, 0, kept),
    };
    let (paid, came_back, kept, set_off) = (Paise(paid), Paise(came_back), Paise(kept), Paise(set_off));
    Ok(Totals { count, paid, came_back, kept, set_off })
}

/// The disbursements of one page of a list, the newest first.
pub fn page(tx: &mut ReadTx<'_>, part: Part, offset: i64, limit: i64) -> Result<Vec<Disbursement>, DbError> {
    let query = disbursements::table
        .order(disbursements::id.desc())
        .select((DisbursementRow::as_select(), disbursements::kept_paise))
        .into_boxed();
    part!(query, part).offset(offset).limit(limit).load(tx.conn()?)?.into_iter().map(DisbursementRow::whole).collect()
}

/// The disbursement that somebody names, with the numbers around it, in one statement.
pub fn named(tx: &mut ReadTx<'_>, of: &RecordReference<DisbursementId>) -> Result<Option<NamedDisbursement>, DbError> {
    let query = disbursements::table
        .inner_join(tranches::table.on(tranches::id.eq(disbursements::tranche_id)))
        .inner_join(claims::table.on(claims::id.eq(disbursements::claim_id)))
        .inner_join(payments::table.on(payments::id.eq(disbursements::payment_id)))
        .inner_join(awards::table.on(awards::id.eq(disbursements::award_id)))
        .select((
            DisbursementRow::as_select(),
            disbursements::kept_paise,
            tranches::number,
            claims::number,
            payments::number,
            awards::number,
        ))
        .into_boxed();
    let query = match of {
        RecordReference::Id(id) => query.filter(disbursements::id.eq(id.to_string())),
        RecordReference::Number(number) => query.filter(disbursements::number.eq(number.clone())),
    };
    type Row = (DisbursementRow, i64, String, Option<String>, String, String);
    let found: Option<Row> = query.get_result(tx.conn()?).optional()?;
    let named = |(row, kept, tranche, claim, payment, award): Row| {
        Ok(NamedDisbursement { disbursement: DisbursementRow::whole((row, kept))?, tranche, claim, payment, award })
    };
    found.map(named).transpose()
}

/// The name of an organisation, and the number of the disbursement that a payment to it made, if it arrived.
pub fn payee_and_number(
    tx: &mut ReadTx<'_>,
    payee: OrganisationId,
    payment: PaymentId,
) -> Result<Option<(String, Option<String>)>, DbError> {
    let made = disbursements::table.filter(disbursements::payment_id.eq(payment.to_string()));
    let query = organisations::table
        .filter(organisations::id.eq(payee.to_string()))
        .select((organisations::name, made.select(disbursements::number).single_value()));
    Ok(query.first(tx.conn()?).optional()?)
}

/// What stayed with the beneficiary of the same component of the same award before this disbursement.
pub fn paid_before(tx: &mut ReadTx<'_>, of: &Disbursement) -> Result<Paise, DbError> {
    // The column of the organisation has an index.
    let sum: i64 = disbursements::table
        .filter(disbursements::organisation_id.eq(of.organisation_id.to_string()))
        .filter(disbursements::award_id.eq(of.award_id.to_string()))
        .filter(disbursements::component.eq(of.component.as_str()))
        .filter(disbursements::status.eq(DisbursementStatus::Succeeded.as_str()))
        .filter(disbursements::id.lt(of.id.to_string()))
        .select(sql::<BigInt>("CAST(COALESCE(SUM(amount_paise), 0) AS BIGINT)"))
        .get_result(tx.conn()?)?;
    Ok(Paise(sum))
}

/// What a payment moved in the ledger when it was recorded as paid.
pub fn posted(tx: &mut ReadTx<'_>, payment: PaymentId) -> Result<Vec<Posted>, DbError> {
    // An id has digits and hyphens.
    let text = format!(
        "SELECT accounts.code AS account, entries.amount_paise FROM audit_log \
         JOIN journals ON journals.audit_sequence = audit_log.sequence AND journals.kind = 'payment_disbursed' \
         JOIN entries ON entries.journal_id = journals.id JOIN accounts ON accounts.id = entries.account_id \
         WHERE audit_log.subject = 'payment:{payment}' ORDER BY journals.audit_sequence, entries.line"
    );
    Ok(per_engine!(tx.conn()?, |conn| diesel::RunQueryDsl::load(diesel::sql_query(text), conn)?))
}
