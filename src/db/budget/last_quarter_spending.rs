//! Totals of what each scheme paid and advised in limited months, stored in addition to the payments.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{last_quarter_spending, payments, tranches};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use diesel::sql_types::{BigInt, Text};
use domain::base::calendar::Timestamp;
use domain::base::money::Paise;
use domain::budget::expenditure_limit::{MonthSpending, limited_month};
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

/// Payments that the bank has not settled: they count as advised on the day of their advice.
const UNSETTLED: [&str; 3] = ["advised", "accepted", "unknown"];

/// Returns the first month whose stored advised total is not the sum of its payments that the bank has not settled:
/// scheme, month, stored total and sum.
pub fn first_advised_differing(tx: &mut ReadTx<'_>) -> Result<Option<(String, String, i64, i64)>, DbError> {
    use last_quarter_spending as t;
    let open: Vec<(String, String, i64)> = payments::table
        .inner_join(tranches::table.on(tranches::id.eq(payments::tranche_id)))
        .filter(payments::status.eq_any(UNSETTLED))
        .select((tranches::scheme_code, payments::advised_at, payments::amount_paise))
        .load(tx.conn()?)?;
    let mut sums: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for (scheme, advised_at, amount) in open {
        let corrupt = |why: String| DbError::Corrupt { table: "payments", column: "advised_at", why };
        let at: Timestamp = advised_at.parse().map_err(|_| corrupt(format!("{advised_at:?} is no instant")))?;
        if let Some(month) = limited_month(at.date_in_india()) {
            sums.entry((scheme, month)).or_default().1 += amount;
        }
    }
    let kept: Vec<(String, String, i64)> =
        t::table.select((t::scheme_code, t::month, t::advised_paise)).load(tx.conn()?)?;
    for (scheme, month, advised) in kept {
        sums.entry((scheme, month)).or_default().0 += advised;
    }
    let differing = sums.into_iter().find(|(_, (kept, counted))| kept != counted);
    Ok(differing.map(|((scheme, month), (kept, counted))| (scheme, month, kept, counted)))
}
