//! A query for at most so many rows, with the number in its text. SQLite plans by a bound limit and
//! so prepares the statement anew every time one is bound, which costs more than a page; with the
//! number in the text the statement is cached, once for each number. For the same reason a row that
//! can be there only once is asked for with `get_result`, not with `first`, which binds a limit.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// The rows of a query, at most `limit`.
pub struct Limited<Q> {
    pub query: Q,
    pub limit: i64,
}

impl<Q> QueryId for Limited<Q> {
    type QueryId = ();
    // The statement is cached under its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Limited<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Limited<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_sql(&self.limit.to_string());
        Ok(())
    }
}
