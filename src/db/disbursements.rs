//! Disbursements: filtered, sorted, paged by position, totalled, and streamed.

use crate::db::column::{Column, row};
use crate::db::connection::{ReadTx, WriteTx};
use crate::db::error::DbError;
use crate::db::schema::disbursements;
use crate::domain::calendar::{FinancialYear, Timestamp};
use crate::domain::disbursement::{
    Direction, Disbursement, DisbursementFilter, DisbursementOrder, DisbursementSort, DisbursementStatus,
    DisbursementTotals,
};
use crate::domain::id::{AwardId, ClaimId, DisbursementId, OrganisationId, PaymentId, TrancheId};
use crate::domain::money::Paise;
use crate::domain::scheme::Component;
use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

row! {
    DisbursementRow in disbursements for Disbursement {
        id: DisbursementId, number: String, scheme_code: String, component: Component,
        organisation_id: OrganisationId, beneficiary: String, award_id: AwardId, claim_id: ClaimId,
        tranche_id: TrancheId, payment_id: PaymentId, performance_year: FinancialYear,
        payment_year: FinancialYear, paid_on: NaiveDate, amount_paise: Paise, utr: String,
        status: DisbursementStatus, recorded_at: Timestamp,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, disbursement: &Disbursement) -> Result<(), DbError> {
    diesel::insert_into(disbursements::table).values(DisbursementRow::of(disbursement)).execute(tx.conn)?;
    Ok(())
}

/// Marks what the bank took back.
pub fn set_status(tx: &mut WriteTx<'_>, payment: PaymentId, status: DisbursementStatus) -> Result<(), DbError> {
    diesel::update(disbursements::table.filter(disbursements::payment_id.eq(payment.to_string())))
        .set(disbursements::status.eq(status.as_str()))
        .execute(tx.conn)?;
    Ok(())
}

pub fn find(tx: &mut ReadTx<'_>, id: DisbursementId) -> Result<Option<Disbursement>, DbError> {
    let row =
        disbursements::table.find(id.to_string()).select(DisbursementRow::as_select()).first(tx.conn).optional()?;
    row.map(DisbursementRow::record).transpose()
}

type Condition = Box<dyn BoxableExpression<disbursements::table, crate::db::connection::MultiBackend, SqlType = Bool>>;

/// Everything a filter asks, as one condition.
fn condition(filter: &DisbursementFilter) -> Condition {
    use disbursements::dsl;
    let mut all: Condition = Box::new(sql::<Bool>("1 = 1"));
    macro_rules! and {
        ($value:expr, $test:expr) => {
            if let Some(value) = &$value {
                let value = Column::raw(value);
                #[allow(clippy::redundant_closure_call)]
                {
                    all = Box::new(all.and($test(value)));
                }
            }
        };
    }
    and!(filter.scheme_code, |v| dsl::scheme_code.eq(v));
    and!(filter.organisation_id, |v| dsl::organisation_id.eq(v));
    and!(filter.component, |v| dsl::component.eq(v));
    and!(filter.performance_year, |v| dsl::performance_year.eq(v));
    and!(filter.payment_year, |v| dsl::payment_year.eq(v));
    // The year is that of the day, always: its two ends let the engines seek to it in every index
    // that ends in the day, instead of reading all years.
    and!(filter.payment_year.and_then(FinancialYear::first_day), |v| dsl::paid_on.ge(v));
    and!(filter.payment_year.and_then(FinancialYear::last_day), |v| dsl::paid_on.le(v));
    and!(filter.paid_from, |v| dsl::paid_on.ge(v));
    and!(filter.paid_to, |v| dsl::paid_on.le(v));
    and!(filter.amount_from, |v| dsl::amount_paise.ge(v));
    and!(filter.amount_to, |v| dsl::amount_paise.le(v));
    and!(filter.status, |v| dsl::status.eq(v));
    and!(filter.utr, |v| dsl::utr.eq(v));
    all
}

/// Rows of a selection in order, from the order's position, at most `limit`.
pub fn page(
    tx: &mut ReadTx<'_>,
    filter: &DisbursementFilter,
    order: &DisbursementOrder,
    limit: i64,
) -> Result<Vec<Disbursement>, DbError> {
    let mut query = disbursements::table.filter(condition(filter)).select(DisbursementRow::as_select()).into_boxed();
    if let Some(after) = &order.after {
        let comparison = match order.direction {
            Direction::Ascending => ">",
            Direction::Descending => "<",
        };
        // A row comparison lets both engines seek in the index of the sort.
        let id = after.id.to_string();
        query = match order.sort {
            DisbursementSort::PaidOn => query.filter(
                sql::<Bool>(&format!("(disbursements.paid_on, disbursements.id) {comparison} ("))
                    .bind::<Text, _>(after.value.clone())
                    .sql(", ")
                    .bind::<Text, _>(id)
                    .sql(")"),
            ),
            DisbursementSort::Amount => query.filter(
                sql::<Bool>(&format!("(disbursements.amount_paise, disbursements.id) {comparison} ("))
                    .bind::<BigInt, _>(after.value.parse::<i64>().unwrap_or(0))
                    .sql(", ")
                    .bind::<Text, _>(id)
                    .sql(")"),
            ),
        };
    }
    let query = match (order.sort, order.direction) {
        (DisbursementSort::PaidOn, Direction::Ascending) => {
            query.order((disbursements::paid_on.asc(), disbursements::id.asc()))
        }
        (DisbursementSort::PaidOn, Direction::Descending) => {
            query.order((disbursements::paid_on.desc(), disbursements::id.desc()))
        }
        (DisbursementSort::Amount, Direction::Ascending) => {
            query.order((disbursements::amount_paise.asc(), disbursements::id.asc()))
        }
        (DisbursementSort::Amount, Direction::Descending) => {
            query.order((disbursements::amount_paise.desc(), disbursements::id.desc()))
        }
    };
    query.limit(limit).load(tx.conn)?.into_iter().map(DisbursementRow::record).collect()
}

/// Count and sum of a whole selection.
pub fn totals(tx: &mut ReadTx<'_>, filter: &DisbursementFilter) -> Result<DisbursementTotals, DbError> {
    let (count, amount): (i64, i64) = disbursements::table
        .filter(condition(filter))
        .select((
            sql::<BigInt>("COUNT(*)"),
            sql::<BigInt>("CAST(COALESCE(SUM(disbursements.amount_paise), 0) AS BIGINT)"),
        ))
        .first(tx.conn)?;
    Ok(DisbursementTotals { count, amount_paise: Paise(amount) })
}
