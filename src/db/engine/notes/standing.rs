//! Where a row stands: its digest as it is stored, and the newest one in the index of digests.

use crate::db::engine::notes::written;
use crate::db::engine::sets::SetRow;
use domain::log::row_note::RowDigest;

/// A row as it is stored and as the index of digests has it.
#[derive(Clone, Debug)]
pub struct Standing {
    pub digest: RowDigest,
    /// The newest digest in the index and the entry that wrote it; `None` if the index does not have the row.
    pub logged: Option<(String, i64)>,
}

impl Standing {
    pub(in crate::db) fn of<R: SetRow>(row: &R, logged: Option<(String, i64)>) -> Option<Standing> {
        Some(Standing { digest: written::note(row)?.digest?, logged })
    }
}

/// The rows of a table, each with its place in the index of digests.
macro_rules! indexed {
    ($table:ident, $row:ident) => {{
        use $crate::db::engine::schema::row_digests;
        let same = row_digests::table_name.eq(stringify!($table)).and(row_digests::row_key.eq($table::id));
        let place = (row_digests::digest, row_digests::sequence).nullable();
        $table::table.left_join(row_digests::table.on(same)).select(($row::as_select(), place))
    }};
}
pub(in crate::db) use indexed;

/// Declares `standing` and `standings` for a table in the index of digests.
macro_rules! standing {
    ($table:ident, $row:ident, $id:ty) => {
        /// Where the row with an id stands. It is read once in a batch.
        pub fn standing(
            tx: &mut $crate::db::engine::transaction::ReadTx<'_>,
            id: $id,
        ) -> Result<Option<$crate::db::engine::notes::standing::Standing>, $crate::db::engine::error::DbError> {
            let row: Option<($row, Option<(String, i64)>)> = tx.cached(
                || format!("standing {} {id}", stringify!($table)),
                |select| {
                    let query = $crate::db::engine::notes::standing::indexed!($table, $row);
                    Ok(select.get_result(query.filter($table::id.eq(id.to_string()))).optional()?)
                },
            )?;
            Ok(row.and_then(|(row, logged)| $crate::db::engine::notes::standing::Standing::of(&row, logged)))
        }

        /// Where each row stands, by id.
        pub fn standings(
            tx: &mut $crate::db::engine::transaction::ReadTx<'_>,
        ) -> Result<Vec<(String, $crate::db::engine::notes::standing::Standing)>, $crate::db::engine::error::DbError> {
            let rows: Vec<($row, Option<(String, i64)>)> =
                $crate::db::engine::notes::standing::indexed!($table, $row).order($table::id).load(tx.conn()?)?;
            let standing = |(row, logged): ($row, Option<(String, i64)>)| {
                let id = row.id.clone();
                Some((id, $crate::db::engine::notes::standing::Standing::of(&row, logged)?))
            };
            Ok(rows.into_iter().filter_map(standing).collect())
        }
    };
}
pub(in crate::db) use standing;
