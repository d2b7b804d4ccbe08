//! Totals of what each scheme paid and advised in limited months, stored in addition to the payments.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::last_quarter_spending;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use diesel::sql_types::{BigInt, Text};
use domain::base::money::Paise;
use domain::budget::expenditure_limit::MonthSpending;
use std::collections::BTreeMap;

/// Adds to the totals of a month of a scheme; negative amounts reduce them.
pub fn add(tx: &mut WriteTx<'_>, scheme_code: &str, month: &str, paid: i64, advised: i64) {
    let sums = tx.buffer().newest().spending.entry((scheme_code.to_owned(), month.to_owned())).or_default();
    *sums = (sums.0 + paid, sums.1 + advised);
}

/// The totals of these months of a scheme: as stored, with the changes of this transaction.
pub fn of_months(tx: &mut ReadTx<'_>, scheme_code: &str, months: &[String]) -> Result<Vec<MonthSpending>, DbError> {
    use last_quarter_spending as t;
    let query = t::table.filter(t::scheme_code.eq(scheme_code)).filter(t::month.eq_any(months)).select((
        t::month,
        t::paid_paise,
        t::advised_paise,
    ));
    let mut sums: BTreeMap<String, (i64, i64)> = months.iter().map(|month| (month.clone(), (0, 0))).collect();
    let mut add = |month: &str, paid: i64, advised: i64| {
        if let Some(sum) = sums.get_mut(month) {
            *sum = (sum.0 + paid, sum.1 + advised);
        }
    };
    tx.stored(|select| select.load::<(String, i64, i64)>(query))?.merge(tx, |rows, savepoints| {
        rows.iter().for_each(|(month, paid, advised)| add(month, *paid, *advised));
        let buffered = savepoints.flat_map(|savepoint| &savepoint.spending);
        let of_scheme = buffered.filter(|((scheme, _), _)| scheme == scheme_code);
        of_scheme.for_each(|((_, month), (paid, advised))| add(month, *paid, *advised));
    });
    let month = |(month, (paid, advised)): (String, (i64, i64))| MonthSpending {
        month,
        paid: Paise(paid),
        advised: Paise(advised),
    };
    Ok(sums.into_iter().map(month).collect())
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

/// Returns the first month whose stored paid total is not the sum of its succeeded disbursements: scheme,
/// month, stored total and sum.
pub fn first_differing(tx: &mut ReadTx<'_>) -> Result<Option<(String, String, i64, i64)>, DbError> {
    let found: Option<Differing> = diesel::sql_query(
        "SELECT scheme_code, month, CAST(SUM(kept) AS BIGINT) AS kept, CAST(SUM(counted) AS BIGINT) AS counted FROM ( \
         SELECT scheme_code, month, paid_paise AS kept, 0 AS counted FROM last_quarter_spending \
         UNION ALL SELECT scheme_code, substr(paid_on, 1, 7) AS month, 0 AS kept, amount_paise AS counted \
         FROM disbursements WHERE status = 'succeeded' AND substr(paid_on, 6, 2) <= '03') AS both_sides \
         GROUP BY scheme_code, month HAVING SUM(kept) <> SUM(counted) ORDER BY scheme_code, month LIMIT 1",
    )
    .get_result(tx.conn()?)
    .optional()?;
    Ok(found.map(|row| (row.scheme_code, row.month, row.kept, row.counted)))
}
