//! Opening application windows.

use crate::db::award::applications;
use crate::db::engine::transaction::ReadTx;
use crate::db::scheme::windows;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::runner::{Caller, Command, Done, Work};
use chrono::NaiveDate;
use domain::base::field::{FieldErrors, check_day, check_name};
use domain::base::field_reason::FieldReason;
use domain::base::id::WindowId;
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::scheme::window::Window;
use serde_json::json;
use std::sync::Arc;

/// The scheme administrator opens a window by an order.
pub struct OpenWindow {
    pub scheme_code: String,
    pub opens_on: NaiveDate,
    pub closes_on: NaiveDate,
    pub reference: String,
}

impl Command for OpenWindow {
    const NAME: &'static str = "open_window";
    const PERMISSION: Permission = Permission::OpenWindow;
    const REFUSALS: &'static [&'static str] = &["window_overlaps", "round_open"];
    type Answer = Window;

    fn subject(&self) -> String {
        format!("scheme:{}", self.scheme_code)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Window>, Error> {
        let scheme = work.schemes.in_force(&self.scheme_code, self.opens_on)?.clone();
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/reference", &self.reference, 200);
        check_day(&mut errors, "/opens_on", self.opens_on);
        check_day(&mut errors, "/closes_on", self.closes_on);
        errors.require(self.opens_on <= self.closes_on, "/closes_on", FieldReason::BeforeOpening);
        errors.require(self.closes_on >= work.today(), "/closes_on", FieldReason::InPast);
        errors.require(self.opens_on >= scheme.effective_from, "/opens_on", FieldReason::BeforeScheme);
        errors.finish()?;
        let overlaps = |window: &Window| window.opens_on <= self.closes_on && self.opens_on <= window.closes_on;
        if windows::list(work.tx, &scheme.code)?.iter().any(overlaps) {
            return Err(Refusal::WindowOverlaps.into());
        }
        require_round_over(work.tx, &scheme.code)?;
        let window = Window {
            id: WindowId(work.new_id()),
            scheme_code: scheme.code.clone(),
            opens_on: self.opens_on,
            closes_on: self.closes_on,
            reference: self.reference,
            opened_by: work.actor.user_id,
            opened_at: work.now,
        };
        windows::insert(work.tx, &window)?;
        let details =
            json!({ "opens_on": window.opens_on, "closes_on": window.closes_on, "reference": window.reference });
        Ok(Done { subject: format!("window:{}", window.id), answer: window, details })
    }
}

/// Refuses while bids of the scheme are opened and wait for a published run: whoever bid now would know their rates.
pub fn require_round_over(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<(), Error> {
    match applications::awaiting_run(tx, scheme_code)? {
        Some(application) => Err(Refusal::RoundOpen { application }.into()),
        None => Ok(()),
    }
}

/// Refuses on days that are not in any window.
pub fn require_open(tx: &mut ReadTx<'_>, scheme_code: &str, today: NaiveDate) -> Result<(), Error> {
    if windows::list(tx, scheme_code)?.iter().any(|window| window.covers(today)) {
        Ok(())
    } else {
        Err(Refusal::WindowClosed { scheme: scheme_code.to_owned() }.into())
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// The windows of a scheme, earliest first.
    pub async fn list_windows(self: &Arc<Self>, caller: Caller, scheme_code: String) -> Result<Vec<Window>, Error> {
        self.scheme(scheme_code.clone()).await?;
        self.read(caller, READ_PERMISSION, move |tx, _| Ok(windows::list(tx, &scheme_code)?)).await
    }
}
