//! Runs diesel's queries on either engine through one core that is compiled once. Diesel itself compiles all
//! steps of a statement (preparing, binding, reading) for every type of query and each engine. Here the query
//! is passed as a trait object: only how it writes its text and how a row becomes a value is compiled for each.
//! The prepared statement is cached by its text.

use crate::db::engine::connection::DbConnection;
use diesel::QueryResult;
use diesel::connection::{Connection, LoadConnection};
use diesel::deserialize::FromSqlRow;
use diesel::helper_types::Limit;
use diesel::query_builder::{AsQuery, AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::CompatibleType;
use diesel::query_dsl::methods::LimitDsl;
use diesel::result::Error;
use diesel::sql_types::Untyped;

/// The backend for both engines.
pub(in crate::db) use crate::db::engine::connection::MultiBackend as Backend;
/// The rows that a query has found.
type Rows<'c, 'q> = <DbConnection as LoadConnection>::Cursor<'c, 'q>;
/// Any query.
struct AnyQuery<'q>(&'q dyn QueryFragment<Backend>);

impl QueryId for AnyQuery<'_> {
    type QueryId = ();
    // The statement is cached under its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for AnyQuery<'_> {
    type SqlType = Untyped;
}

impl QueryFragment<Backend> for AnyQuery<'_> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

fn rows<'c, 'q>(conn: &'c mut DbConnection, query: &'q dyn QueryFragment<Backend>) -> QueryResult<Rows<'c, 'q>> {
    LoadConnection::load(conn, AnyQuery(query))
}

/// Runs a statement that changes rows. Returns the number of changed rows.
pub(in crate::db) fn execute(conn: &mut DbConnection, query: &dyn QueryFragment<Backend>) -> QueryResult<usize> {
    conn.execute_returning_count(&AnyQuery(query))
}

/// A query whose rows become values of a type.
pub(in crate::db) trait Answers<U>: AsQuery + Sized {
    fn all(self, conn: &mut DbConnection) -> QueryResult<Vec<U>>;
    fn one(self, conn: &mut DbConnection) -> QueryResult<U>;
}

impl<Q, U> Answers<U> for Q
where
    Q: AsQuery,
    Q::Query: QueryFragment<Backend>,
    Q::SqlType: CompatibleType<U, Backend>,
    U: FromSqlRow<<Q::SqlType as CompatibleType<U, Backend>>::SqlType, Backend>,
{
    fn all(self, conn: &mut DbConnection) -> QueryResult<Vec<U>> {
        let query = self.as_query();
        let mut values = Vec::new();
        for row in rows(conn, &query)? {
            values.push(U::build_from_row(&row?).map_err(Error::DeserializationError)?);
        }
        Ok(values)
    }

    fn one(self, conn: &mut DbConnection) -> QueryResult<U> {
        let query = self.as_query();
        let mut rows = rows(conn, &query)?;
        let row = rows.next().ok_or(Error::NotFound)??;
        U::build_from_row(&row).map_err(Error::DeserializationError)
    }
}

/// The methods of diesel's `RunQueryDsl` that return rows.
pub(in crate::db) trait Load: AsQuery + Sized {
    fn load<U>(self, conn: &mut DbConnection) -> QueryResult<Vec<U>>
    where
        Self: Answers<U>,
    {
        self.all(conn)
    }

    /// Returns the first row, or [`Error::NotFound`].
    fn get_result<U>(self, conn: &mut DbConnection) -> QueryResult<U>
    where
        Self: Answers<U>,
    {
        self.one(conn)
    }

    /// The same for a query that may have many rows: the engine looks for one only.
    fn first<U>(self, conn: &mut DbConnection) -> QueryResult<U>
    where
        Self: LimitDsl,
        Limit<Self>: Answers<U>,
    {
        LimitDsl::limit(self, 1).one(conn)
    }
}

impl<Q: AsQuery> Load for Q {}

/// Statements that change rows: the method of diesel's `RunQueryDsl` for them.
pub(in crate::db) trait Execute: QueryFragment<Backend> + Sized {
    /// Returns the number of changed rows.
    fn execute(self, conn: &mut DbConnection) -> QueryResult<usize> {
        execute(conn, &self)
    }
}

impl<Q: QueryFragment<Backend>> Execute for Q {}

/// `of_ids`: the records of a table with these ids, in any order.
macro_rules! of_ids {
    ($table:ident, $row:ident, $record:ty) => {
        /// The records with these ids, in any order.
        pub fn of_ids(
            tx: &mut $crate::db::engine::transaction::ReadTx<'_>,
            ids: &[String],
        ) -> Result<Vec<$record>, $crate::db::engine::error::DbError> {
            let query = $table::table.filter($table::id.eq_any(ids)).select($row::as_select());
            query.load(tx.conn()?)?.into_iter().map($row::record).collect()
        }
    };
}
pub(in crate::db) use of_ids;

/// The imports of files with queries: diesel's own prelude, except for its methods that run queries.
pub(in crate::db) mod prelude {
    pub(in crate::db) use super::{Execute, Load as RunQueryDsl};
    pub(in crate::db) use diesel::prelude::*;
}
