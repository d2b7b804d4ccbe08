//! Invoked guarantees: the competent authority demands payment from the guarantor bank for a recovery that is
//! demanded, and the bank's payment is a receipt of that recovery, in the same journal.

use crate::db::award::securities;
use crate::db::recovery::recoveries;
use crate::service::award::securities::{SecurityFile, begin, finish};
use crate::service::recovery::recoveries::{paying_steps, visible};
use crate::service::recovery::recovery_credits::dues_on;
use crate::service::recovery::recovery_receipts::{MoneyIn, take_in};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Command, Done, Work};
use domain::award::security::{Security, SecurityEventKind, pending_for};
use domain::award::security_forms::{SecurityInvocation, SecurityReceipt};
use domain::base::id::{RecoveryId, SecurityId};
use domain::base::permission::{Permission, Step};
use domain::base::refusal::Refusal;
use domain::base::utr::normalise_utr;
use domain::recovery::recovery::Recovery;
use serde_json::json;

/// The recovery, of the guarantee's own award, that the guarantee pays for, with the steps this person took on
/// it.
fn served(
    work: &mut Work<'_, '_>,
    security: &Security,
    named: Option<RecoveryId>,
    step: Step,
) -> Result<Recovery, Error> {
    let id = named.ok_or_else(|| Refusal::SecurityDemandNeeded { guarantee: security.name() })?;
    let found = visible(work.tx, &work.actor, id)?;
    let mut recovery = Some(found).filter(|one| one.award_id == security.award_id).or_not_found("recovery")?;
    recovery.require_due()?;
    let paying = paying_steps(work.tx, &recovery)?;
    recovery.record(&paying, step, work.actor.user_id, work.now, &format!("guarantee {}", security.name()))?;
    Ok(recovery)
}

/// The competent authority demands payment from the bank.
pub struct InvokeSecurity {
    pub id: SecurityId,
    pub seen_version: i64,
    pub form: SecurityInvocation,
}

impl Command for InvokeSecurity {
    const NAME: &'static str = "invoke_security";
    const PERMISSION: Permission = Permission::InvokeSecurity;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "set_off_pending",
        "security_demand_needed",
        "security_claim_over",
        "security_exceeded",
        "security_exceeds_due",
        "amount_too_large",
    ];
    const ENDS_A_FILE: bool = true;
    type Answer = SecurityFile;

    fn subject(&self) -> String {
        format!("security:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SecurityFile>, Error> {
        self.form.check()?;
        let mut file = begin(work, self.id, self.seen_version, SecurityEventKind::Invoked)?;
        let mut recovery = served(work, &file.0, self.form.recovery_id, Step::Order)?;
        let owed = dues_on(work, &recovery, work.today())?.0.due.total()?;
        let called_up = pending_for(&securities::events_for(work.tx, recovery.id)?, recovery.id);
        let due = owed.minus_floored(called_up);
        let event = file.0.invoke(&self.form, due, work.actor.user_id, work.now)?;
        recoveries::update(work.tx, &mut recovery)?;
        finish(work, file, event)
    }
}

/// The disbursing officer records what the bank paid on an invocation.
pub struct RecordSecurityReceipt {
    pub id: SecurityId,
    pub seen_version: i64,
    pub form: SecurityReceipt,
    /// Whether the credit of the bank is still to come. Only the rehearsal of a page, before its form is filled in,
    /// runs so.
    pub credit_follows: bool,
}

impl Command for RecordSecurityReceipt {
    const NAME: &'static str = "record_security_receipt";
    const PERMISSION: Permission = Permission::RecordSecurityReceipt;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "set_off_pending",
        "security_demand_needed",
        "utr_already_used",
        "date_not_allowed",
        "security_exceeded",
        "receipt_exceeds_due",
        "amount_too_large",
        "budget_exceeded",
        "receipt_not_credited",
        "credit_differs",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = SecurityFile;

    fn subject(&self) -> String {
        format!("security:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SecurityFile>, Error> {
        self.form.check()?;
        let mut file = begin(work, self.id, self.seen_version, SecurityEventKind::Received)?;
        let mut recovery = served(work, &file.0, self.form.recovery_id, Step::Collect)?;
        let pending = pending_for(&file.1, recovery.id);
        let event = file.0.receive(&self.form, pending, work.actor.user_id, work.now)?;
        let money = MoneyIn {
            utr: normalise_utr(&self.form.utr).unwrap_or_default(),
            received_on: self.form.received_on,
            amount_paise: self.form.amount_paise,
            guarantee: Some((self.id, file.0.name())),
            credit_follows: self.credit_follows,
        };
        let (credit, later) = take_in(work, &mut recovery, money)?;
        let mut done = finish(work, file, event)?;
        done.details["credit"] =
            json!({ "recovery": recovery.number, "parts": credit.parts(), "due": recovery.dues().due });
        done.details["settled_anew"] = later;
        Ok(done)
    }
}
