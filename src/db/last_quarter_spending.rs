//! What schemes paid and advised in the months that are limited: totals kept beside the payments.

use crate::db::connection::{ReadTx, WriteTx};
use crate::db::error::DbError;
use crate::db::schema::last_quarter_spending;
use crate::domain::expenditure_limit::MonthSpending;
use crate::domain::money::Paise;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

/// Adds to (or takes from) a month of a scheme.
pub fn add(tx: &mut WriteTx<'_>, scheme_code: &str, month: &str, paid: i64, advised: i64) -> Result<(), DbError> {
    let row = last_quarter_spending::table.find((scheme_code, month));
    let changed = diesel::update(row)
        .set((
            last_quarter_spending::paid_paise.eq(last_quarter_spending::paid_paise + paid),
            last_quarter_spending::advised_paise.eq(last_quarter_spending::advised_paise + advised),
        ))
        .execute(tx.conn)?;
    if changed == 0 {
        diesel::insert_into(last_quarter_spending::table)
            .values((
                last_quarter_spending::scheme_code.eq(scheme_code),
                last_quarter_spending::month.eq(month),
                last_quarter_spending::paid_paise.eq(paid),
                last_quarter_spending::advised_paise.eq(advised),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// The months that are there, in their order.
pub fn of_months(tx: &mut ReadTx<'_>, scheme_code: &str, months: &[String]) -> Result<Vec<MonthSpending>, DbError> {
    let rows: Vec<(String, i64, i64)> = last_quarter_spending::table
        .filter(last_quarter_spending::scheme_code.eq(scheme_code))
        .filter(last_quarter_spending::month.eq_any(months))
        .order(last_quarter_spending::month)
        .select((last_quarter_spending::month, last_quarter_spending::paid_paise, last_quarter_spending::advised_paise))
        .load(tx.conn)?;
    let month = |(month, paid, advised)| MonthSpending { month, paid: Paise(paid), advised: Paise(advised) };
    Ok(rows.into_iter().map(month).collect())
}

#[derive(QueryableByName)]
struct Differing {
    #[diesel(sql_type = Text)]
    scheme_code: String,
    #[diesel(sql_type = Text)]
    month: String,
    #[diesel(sql_type = BigInt)]
    kept: i64,
    #[diesel(sql_type = BigInt)]
    counted: i64,
}

/// The first month whose paid total is not the sum of its succeeded disbursements: scheme, month,
/// the total kept, and the sum.
pub fn first_differing(tx: &mut ReadTx<'_>) -> Result<Option<(String, String, i64, i64)>, DbError> {
    let found: Option<Differing> = diesel::sql_query(
        "SELECT scheme_code, month, CAST(SUM(kept) AS BIGINT) AS kept, CAST(SUM(counted) AS BIGINT) AS counted FROM ( \
         SELECT scheme_code, month, paid_paise AS kept, 0 AS counted FROM last_quarter_spending \
         UNION ALL SELECT scheme_code, substr(paid_on, 1, 7) AS month, 0 AS kept, amount_paise AS counted \
         FROM disbursements WHERE status = 'succeeded' AND substr(paid_on, 6, 2) <= '03') AS both_sides \
         GROUP BY scheme_code, month HAVING SUM(kept) <> SUM(counted) ORDER BY scheme_code, month LIMIT 1",
    )
    .get_result(tx.conn)
    .optional()?;
    Ok(found.map(|row| (row.scheme_code, row.month, row.kept, row.counted)))
}
