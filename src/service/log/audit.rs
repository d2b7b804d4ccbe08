//! Reading the audit log.

use crate::db::log::audit_log;
use crate::service::Service;
use crate::service::running::cursor::require_known;
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use domain::base::permission::Permission;
use domain::log::audit::AuditEntry;
use futures_util::future::join;
use std::sync::Arc;
use std::time::Duration;

/// How long a monitor waits for an answer.
const READY_WITHIN: Duration = Duration::from_millis(1_500);

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadAuditLog;

impl Service {
    /// Readiness: fails when the database does not answer, to readers or to the writer, and returns whether money may
    /// move.
    pub async fn ready(self: &Arc<Self>) -> Result<bool, Error> {
        let reads = self.read_openly(|tx| Ok(audit_log::head(tx).map(|_| ())?));
        let answers = async {
            let (read, written) = join(reads, self.writer.is_heard()).await;
            read.and(written.map_err(Error::from))
        };
        let in_time = tokio::time::timeout(READY_WITHIN, answers).await;
        in_time.map_err(|_| Error::Unavailable("the database does not answer in time".to_owned()))??;
        Ok(self.money.check().is_ok())
    }

    /// Entries after a sequence, oldest first; `cursor` is that of the last entry of the page before.
    pub async fn audit_log(
        self: &Arc<Self>,
        caller: Caller,
        after: Option<i64>,
        cursor: Option<i64>,
        limit: i64,
    ) -> Result<Vec<AuditEntry>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            require_known(cursor, |sequence| audit_log::find(tx, sequence))?;
            Ok(audit_log::after(tx, after.max(cursor).unwrap_or(0), limit)?)
        })
        .await
    }
}
