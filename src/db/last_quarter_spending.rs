//! What schemes paid and advised in the months that are limited: totals kept beside the payments.

use crate::db::connection::{DbConnection, ReadTx, WriteTx};
use crate::db::error::DbError;
use crate::db::schema::last_quarter_spending;
use crate::db::together::{Cells, Statement};
use crate::domain::expenditure_limit::MonthSpending;
use crate::domain::money::Paise;
use diesel::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use std::collections::BTreeMap;

/// Adds to (or takes from) a month of a scheme.
pub fn add(tx: &mut WriteTx<'_>, scheme_code: &str, month: &str, paid: i64, advised: i64) {
    let sums = tx.held().top().spending.entry((scheme_code.to_owned(), month.to_owned())).or_default();
    *sums = (sums.0 + paid, sums.1 + advised);
}

/// Writes what a batch has added; the table itself refuses to go below zero.
pub fn write(conn: &mut DbConnection, added: &BTreeMap<(String, String), (i64, i64)>) -> Result<(), DbError> {
    use last_quarter_spending as t;
    let conn = match conn {
        DbConnection::Postgres(conn) => return write_set(conn, added),
        DbConnection::Sqlite(conn) => conn,
    };
    for ((scheme_code, month), (paid, advised)) in added {
        let changed = diesel::update(t::table.find((scheme_code, month)))
            .set((t::paid_paise.eq(t::paid_paise + paid), t::advised_paise.eq(t::advised_paise + advised)))
            .execute(conn)?;
        if changed == 0 {
            let row = (
                t::scheme_code.eq(scheme_code),
                t::month.eq(month),
                t::paid_paise.eq(paid),
                t::advised_paise.eq(advised),
            );
            diesel::insert_into(t::table).values(row).execute(conn)?;
        }
    }
    Ok(())
}

/// The same in one statement. (`ON CONFLICT` would refuse what is taken away before it is added up.)
fn write_set(conn: &mut PgConnection, added: &BTreeMap<(String, String), (i64, i64)>) -> Result<(), DbError> {
    if added.is_empty() {
        return Ok(());
    }
    let columns = vec![
        Cells::Texts(added.keys().map(|(scheme_code, _)| Some(scheme_code.as_str())).collect()),
        Cells::Texts(added.keys().map(|(_, month)| Some(month.as_str())).collect()),
        Cells::Numbers(added.values().map(|(paid, _)| Some(*paid)).collect()),
        Cells::Numbers(added.values().map(|(_, advised)| Some(*advised)).collect()),
    ];
    let before = "WITH added AS (SELECT * FROM unnest(".to_owned();
    let after = ") AS a(scheme_code, month, paid, advised)), changed AS ( \
                 UPDATE last_quarter_spending AS t \
                 SET paid_paise = t.paid_paise + a.paid, advised_paise = t.advised_paise + a.advised \
                 FROM added AS a WHERE t.scheme_code = a.scheme_code AND t.month = a.month RETURNING t.scheme_code, t.month) \
                 INSERT INTO last_quarter_spending (scheme_code, month, paid_paise, advised_paise) \
                 SELECT a.* FROM added AS a WHERE NOT EXISTS ( \
                 SELECT FROM changed AS c WHERE c.scheme_code = a.scheme_code AND c.month = a.month)"
        .to_owned();
    Statement { table: "last_quarter_spending", changes: None, before, columns, after }.execute(conn)?;
    Ok(())
}

/// These months of a scheme as they stand now: as stored, and as changed in this batch.
pub fn of_months(tx: &mut ReadTx<'_>, scheme_code: &str, months: &[String]) -> Result<Vec<MonthSpending>, DbError> {
    use last_quarter_spending as t;
    let rows: Vec<(String, i64, i64)> = t::table
        .filter(t::scheme_code.eq(scheme_code))
        .filter(t::month.eq_any(months))
        .select((t::month, t::paid_paise, t::advised_paise))
        .load(tx.stored()?)?;
    let mut sums: BTreeMap<&str, (i64, i64)> = months.iter().map(|month| (month.as_str(), (0, 0))).collect();
    let held = tx.batch.iter().flat_map(|batch| batch.layers()).flat_map(|layer| &layer.spending);
    let held = held
        .filter(|((scheme, _), _)| scheme == scheme_code)
        .map(|((_, month), (paid, advised))| (month, *paid, *advised));
    for (month, paid, advised) in rows.iter().map(|(month, paid, advised)| (month, *paid, *advised)).chain(held) {
        if let Some(sum) = sums.get_mut(month.as_str()) {
            *sum = (sum.0 + paid, sum.1 + advised);
        }
    }
    let month = |(month, (paid, advised)): (&str, (i64, i64))| MonthSpending {
        month: month.to_owned(),
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
    .get_result(tx.conn()?)
    .optional()?;
    Ok(found.map(|row| (row.scheme_code, row.month, row.kept, row.counted)))
}
