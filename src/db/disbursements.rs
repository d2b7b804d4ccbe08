//! Disbursements: filtered, sorted, paged by position, totalled, and streamed.

use crate::db::column::Column;
use crate::db::error::DbError;
use crate::db::limited::Limited;
use crate::db::query::prelude::*;
use crate::db::rows::DisbursementRow;
use crate::db::schema::{disbursements, tranches};
use crate::db::transaction::{ReadTx, WriteTx};
use crate::domain::calendar::FinancialYear;
use crate::domain::disbursement::{
    Direction, Disbursement, DisbursementFilter, DisbursementOrder, DisbursementSort, DisbursementStatus,
    DisbursementTotals, WrittenDisbursement,
};
use crate::domain::id::{ClaimId, DisbursementId, OrganisationId, PaymentId};
use crate::domain::money::Paise;
use diesel::dsl::sql;
use diesel::sql_types::BigInt;

impl DisbursementRow {
    fn written(self) -> WrittenDisbursement {
        WrittenDisbursement {
            id: self.id,
            number: self.number,
            scheme_code: self.scheme_code,
            component: self.component,
            organisation_id: self.organisation_id,
            beneficiary: self.beneficiary,
            award_id: self.award_id,
            claim_id: self.claim_id,
            tranche_id: self.tranche_id,
            payment_id: self.payment_id,
            performance_year: self.performance_year,
            payment_year: self.payment_year,
            paid_on: self.paid_on,
            amount_paise: self.amount_paise,
            set_off_paise: self.set_off_paise,
            net_paise: self.amount_paise - self.set_off_paise,
            utr: self.utr,
            status: self.status,
            recorded_at: self.recorded_at,
        }
    }
}

pub fn insert(tx: &mut WriteTx<'_>, disbursement: &Disbursement) -> Result<(), DbError> {
    tx.buffer().newest().disbursements.push(DisbursementRow::of(disbursement));
    Ok(())
}

/// What reached a beneficiary for one claim, in the order of the days it was paid. Asks by the
/// organisation too, because that has an index.
pub fn of_claim(
    tx: &mut ReadTx<'_>,
    organisation: OrganisationId,
    claim: ClaimId,
) -> Result<Vec<Disbursement>, DbError> {
    let rows = disbursements::table
        .filter(disbursements::organisation_id.eq(organisation.to_string()))
        .filter(disbursements::claim_id.eq(claim.to_string()))
        .filter(disbursements::status.eq(DisbursementStatus::Succeeded.as_str()))
        .order((disbursements::paid_on, disbursements::id))
        .select(DisbursementRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(DisbursementRow::record).collect()
}

/// Marks what the bank took back, and how much of it the payee had paid back before.
pub fn take_back(tx: &mut WriteTx<'_>, payment: PaymentId, paid_back: Paise) -> Result<(), DbError> {
    let status = DisbursementStatus::FailedAfterSuccess.as_str();
    diesel::update(disbursements::table.filter(disbursements::payment_id.eq(payment.to_string())))
        .set((disbursements::status.eq(status), disbursements::paid_back_paise.eq(paid_back.0)))
        .execute(tx.conn()?)?;
    Ok(())
}

/// The disbursements that these payments made.
pub fn of_payments(tx: &mut ReadTx<'_>, payments: &[String]) -> Result<Vec<Disbursement>, DbError> {
    let query = disbursements::table.filter(disbursements::payment_id.eq_any(payments));
    query.select(DisbursementRow::as_select()).load(tx.conn()?)?.into_iter().map(DisbursementRow::record).collect()
}

/// How many there are, and the number of one that is not of its tranche's award, claim, component,
/// year or organisation.
pub fn count_and_misplaced(tx: &mut ReadTx<'_>) -> Result<(i64, Option<String>), DbError> {
    let misplaced = disbursements::table
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
        .optional()?;
    Ok((disbursements::table.count().get_result(tx.conn()?)?, misplaced))
}

pub fn find(tx: &mut ReadTx<'_>, id: DisbursementId) -> Result<Option<Disbursement>, DbError> {
    let row = disbursements::table
        .find(id.to_string())
        .select(DisbursementRow::as_select())
        .get_result(tx.conn()?)
        .optional()?;
    let mut found = row.map(DisbursementRow::record).transpose()?;
    if let Some(paid) = &mut found {
        paid.net_paise = paid.amount_paise.minus_floored(paid.set_off_paise);
    }
    Ok(found)
}

/// Narrows a boxed query to everything a filter asks. No literal SQL in it: that would have the
/// statement prepared anew each time, which costs more than the page itself.
macro_rules! narrow {
    ($query:ident, $filter:ident, $($value:expr => $column:ident $compare:ident),* $(,)?) => {
        $(if let Some(value) = $value {
            $query = $query.filter(disbursements::$column.$compare(Column::raw(&value)));
        })*
    };
}

macro_rules! narrowed {
    ($query:expr, $filter:ident) => {{
        let mut query = $query;
        narrow!(query, $filter,
            $filter.scheme_code.clone() => scheme_code eq,
            $filter.organisation_id => organisation_id eq,
            $filter.component => component eq,
            $filter.performance_year => performance_year eq,
            $filter.payment_year => payment_year eq,
            // The year is that of the day, always: its two ends let the engines seek to it in every
            // index that ends in the day, instead of reading all years.
            $filter.payment_year.and_then(FinancialYear::first_day) => paid_on ge,
            $filter.payment_year.and_then(FinancialYear::last_day) => paid_on le,
            $filter.paid_from => paid_on ge,
            $filter.paid_to => paid_on le,
            $filter.amount_from => amount_paise ge,
            $filter.amount_to => amount_paise le,
            $filter.status => status eq,
            $filter.utr.clone() => utr eq,
        );
        query
    }};
}

/// Narrows a boxed query to what follows a position. The bound on the column alone is what the
/// engines seek by; the rest drops the rows of that very value that came before.
macro_rules! following {
    ($query:expr, $column:ident, $value:expr, $after:ident, $direction:expr) => {{
        let (value, id) = ($value, $after.id.clone());
        match $direction {
            Direction::Ascending => $query
                .filter(disbursements::$column.ge(value.clone()))
                .filter(disbursements::$column.gt(value).or(disbursements::id.gt(id))),
            Direction::Descending => $query
                .filter(disbursements::$column.le(value.clone()))
                .filter(disbursements::$column.lt(value).or(disbursements::id.lt(id))),
        }
    }};
}

/// Rows of a selection in order, from the order's position, at most `limit`.
pub fn page(
    tx: &mut ReadTx<'_>,
    filter: &DisbursementFilter,
    order: &DisbursementOrder,
    limit: i64,
) -> Result<Vec<WrittenDisbursement>, DbError> {
    let mut query = narrowed!(disbursements::table.select(DisbursementRow::as_select()).into_boxed(), filter);
    if let Some(after) = &order.after {
        query = match order.sort {
            DisbursementSort::PaidOn => following!(query, paid_on, after.value.clone(), after, order.direction),
            DisbursementSort::Amount => {
                let amount = after.value.parse::<i64>().unwrap_or(0);
                following!(query, amount_paise, amount, after, order.direction)
            }
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
    Ok(Limited { query, limit }.load(tx.conn()?)?.into_iter().map(DisbursementRow::written).collect())
}

/// Count and sum of a whole selection.
pub fn totals(tx: &mut ReadTx<'_>, filter: &DisbursementFilter) -> Result<DisbursementTotals, DbError> {
    let sums = disbursements::table
        .select((
            sql::<BigInt>("COUNT(*)"),
            sql::<BigInt>("CAST(COALESCE(SUM(disbursements.amount_paise), 0) AS BIGINT)"),
        ))
        .into_boxed();
    let (count, amount): (i64, i64) = narrowed!(sums, filter).get_result(tx.conn()?)?;
    Ok(DisbursementTotals { count, amount_paise: Paise(amount) })
}
