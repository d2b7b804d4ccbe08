//! Taking back a submitted application while the window is open, to change it and submit it anew, or to leave it.

use crate::db::award::applications;
use crate::service::award::applications::visible;
use crate::service::running::error::Error;
use crate::service::running::runner::{Command, Done, Work, check_version};
use crate::service::scheme::windows::require_open;
use domain::award::application::{Application, check_note};
use domain::base::id::ApplicationId;
use domain::base::permission::Permission;
use serde_json::json;

/// The signatory takes a submitted application back while the window is open. It is a draft again: it can be changed
/// and submitted anew, or left.
pub struct WithdrawApplication {
    pub id: ApplicationId,
    pub seen_version: i64,
    pub reason: String,
}

impl Command for WithdrawApplication {
    const NAME: &'static str = "withdraw_application";
    const PERMISSION: Permission = Permission::SubmitApplication;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "window_closed"];
    type Answer = Application;

    fn subject(&self) -> String {
        format!("application:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Application>, Error> {
        check_note("/reason", &self.reason)?;
        let mut application = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, application.version)?;
        application.withdraw()?;
        let today = work.today();
        require_open(work.tx, &application.scheme_code, today)?;
        applications::update(work.tx, &mut application)?;
        let details = json!({ "number": application.number, "reason": self.reason });
        Ok(Done { subject: format!("application:{}", application.id), answer: application, details })
    }
}
