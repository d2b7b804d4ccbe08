//! Writes the buffered changes of the totals that schemes paid and advised in limited months.

use crate::db::engine::connection::DbConnection;
use crate::db::engine::error::DbError;
use crate::db::engine::schema::last_quarter_spending;
use crate::db::engine::set_writer::{Cells, Statement};
use diesel::PgConnection;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Adds to the totals by scheme and month. A constraint of the table refuses a total below zero.
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

/// The same in one statement. (`ON CONFLICT` would check a negative change before it is added to the total.)
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
