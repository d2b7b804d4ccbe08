//! Disbursements: they are recorded, marked as returned by the bank, and read one by one. Lists of them are
//! selections (`db/desk/selections.rs`).

use crate::db::engine::column::{Column, read};
use crate::db::engine::error::DbError;
use crate::db::engine::notes::written;
use crate::db::engine::query::prelude::*;
use crate::db::engine::rows::DisbursementRow;
use crate::db::engine::schema::{disbursements, tranches};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::sql_types::BigInt;
use domain::base::id::{AwardId, ClaimId, DisbursementId, OrganisationId, PaymentId};
use domain::base::money::Paise;
use domain::payment::disbursement::{Disbursement, DisbursementStatus, Figures};

impl DisbursementRow {
    /// What came back of it and what the bank paid are not stored: they follow from the status.
    pub(super) fn whole((row, kept): (DisbursementRow, i64)) -> Result<Disbursement, DbError> {
        let status = read("disbursements", "status", row.status.clone())?;
        let figures = Figures::of(Paise(row.amount_paise), Paise(row.set_off_paise), Paise(kept), status);
        row.record(figures.returned_paise, figures.kept_paise, figures.net_paise)
    }
}

pub fn insert(tx: &mut WriteTx<'_>, disbursement: &Disbursement) -> Result<(), DbError> {
    let row = DisbursementRow::of(disbursement);
    written::written(tx, &row);
    tx.buffer().newest().disbursements.push(row);
    Ok(())
}

/// The disbursements of one claim with this status, in the order of their days of payment. The query also filters by
/// the organisation, because that column has an index.
pub fn of_claim(
    tx: &mut ReadTx<'_>,
    organisation: OrganisationId,
    claim: ClaimId,
    status: DisbursementStatus,
) -> Result<Vec<Disbursement>, DbError> {
    let rows = disbursements::table
        .filter(disbursements::organisation_id.eq(organisation.to_string()))
        .filter(disbursements::claim_id.eq(claim.to_string()))
        .filter(disbursements::status.eq(status.as_str()))
        .order((disbursements::paid_on, disbursements::id))
        .select((DisbursementRow::as_select(), disbursements::kept_paise))
        .load(tx.conn()?)?;
    rows.into_iter().map(DisbursementRow::whole).collect()
}

/// What was paid under an award of this organisation and no recovery asks back.
pub fn not_asked_back(tx: &mut ReadTx<'_>, organisation: OrganisationId, award: AwardId) -> Result<Paise, DbError> {
    let rest = "CAST(COALESCE(SUM(disbursements.amount_paise - disbursements.under_recovery_paise), 0) AS BIGINT)";
    let left: i64 = disbursements::table
        .filter(disbursements::organisation_id.eq(organisation.to_string()))
        .filter(disbursements::award_id.eq(award.to_string()))
        .filter(disbursements::status.eq(DisbursementStatus::Succeeded.as_str()))
        .select(sql::<BigInt>(rest))
        .get_result(tx.conn()?)?;
    Ok(Paise(left))
}

/// Marks a disbursement as returned by the bank, and stores how much of it the payee had paid back before and how much
/// of what came back was kept for recoveries.
pub fn take_back(tx: &mut WriteTx<'_>, payment: PaymentId, (paid_back, kept): (Paise, Paise)) -> Result<(), DbError> {
    let status = DisbursementStatus::FailedAfterSuccess.as_str();
    let of_payment = disbursements::table.filter(disbursements::payment_id.eq(payment.to_string()));
    let before: Vec<DisbursementRow> = of_payment.clone().select(DisbursementRow::as_select()).load(tx.conn()?)?;
    diesel::update(of_payment)
        .set((
            disbursements::status.eq(status),
            disbursements::paid_back_paise.eq(paid_back.0),
            disbursements::kept_paise.eq(kept.0),
        ))
        .execute(tx.conn()?)?;
    for row in &before {
        written::changed(tx, row, &DisbursementRow { status: status.to_owned(), ..row.clone() });
    }
    Ok(())
}

/// Gives a disbursement the right reference and day of its payment.
pub fn correct(tx: &mut WriteTx<'_>, payment: PaymentId, utr: &str, paid_on: NaiveDate) -> Result<(), DbError> {
    let of_payment = disbursements::table.filter(disbursements::payment_id.eq(payment.to_string()));
    let before: Vec<DisbursementRow> = of_payment.clone().select(DisbursementRow::as_select()).load(tx.conn()?)?;
    diesel::update(of_payment)
        .set((disbursements::utr.eq(utr), disbursements::paid_on.eq(paid_on.raw())))
        .execute(tx.conn()?)?;
    for row in &before {
        let (utr, paid_on) = (utr.to_owned(), paid_on.raw());
        written::changed(tx, row, &DisbursementRow { utr, paid_on, ..row.clone() });
    }
    Ok(())
}

/// The disbursements that these payments made.
pub fn of_payments(tx: &mut ReadTx<'_>, payments: &[String]) -> Result<Vec<Disbursement>, DbError> {
    let query = disbursements::table.filter(disbursements::payment_id.eq_any(payments));
    let query = query.select((DisbursementRow::as_select(), disbursements::kept_paise));
    query.load(tx.conn()?)?.into_iter().map(DisbursementRow::whole).collect()
}

/// The number of a disbursement whose award, claim, component, year or organisation differs from that of its tranche.
pub fn first_misplaced(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    Ok(disbursements::table
        .inner_join(tranches::table.on(tranches::id.eq(disbursements::tranche_id)))
        .filter(
            disbursements::award_id
                .ne(tranches::award_id)
                .or(disbursements::claim_id.ne(tranches::claim_id))
                .or(disbursements::scheme_code.ne(tranches::scheme_code))
                .or(disbursements::component.ne(tranches::component))
                .or(disbursements::performance_year.ne(tranches::performance_year))
                .or(disbursements::organisation_id.ne(tranches::organisation_id)),
        )
        .select(disbursements::number)
        .first(tx.conn()?)
        .optional()?)
}

pub fn find(tx: &mut ReadTx<'_>, id: DisbursementId) -> Result<Option<Disbursement>, DbError> {
    let row = disbursements::table
        .find(id.to_string())
        .select((DisbursementRow::as_select(), disbursements::kept_paise))
        .get_result(tx.conn()?)
        .optional()?;
    row.map(DisbursementRow::whole).transpose()
}
