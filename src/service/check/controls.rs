//! Standing controls (continuous auditing): all of them run on one view of the data, on a schedule and on
//! request. Each run is stored as an act in the log, and its result decides whether money may move.

use crate::db::check::{controls, money_stop};
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::service::Service;
use crate::service::check::control_rules;
use crate::service::check::control_rules::Rules;
use crate::service::check::money_stop::operator;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::operation::Operation;
use crate::service::running::runner::{Call, Caller, Command, Done, Outcome, Work};
use domain::base::calendar::Timestamp;
use domain::base::id::ControlRunId;
use domain::base::permission::Permission;
use domain::budget::budget::MoneyStop;
use domain::check::control::{
    Control, ControlCode, ControlKind, ControlResult, ControlResults, ControlRun, Counterexample, RunCause, catalogue,
};
use serde_json::json;
use std::sync::Arc;

/// When the controls run without a request.
#[derive(Clone, Copy, Debug)]
pub struct ControlSchedule {
    /// When this process started; the very first run comes one period later.
    pub started_at: Timestamp,
    pub every_minutes: i64,
}

/// The results of the controls on one view of the data.
#[derive(Default)]
pub(in crate::service) struct Asked {
    results: ControlResults,
    /// The last entry of the log in this view.
    log_sequence: i64,
    /// Why money must stop, if it must.
    pub stop: Option<MoneyStop>,
    /// The stop that is stored.
    stored: Option<MoneyStop>,
}

/// Stores the results of a run.
pub struct RunControls {
    /// `None` when the person may not run the controls; the command then refuses.
    answers: Option<(ControlResults, i64)>,
}

impl Command for RunControls {
    const NAME: &'static str = "run_controls";
    const PERMISSION: Permission = Permission::RunControls;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ControlRun;

    fn subject(&self) -> String {
        "control_run".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<ControlRun>, Error> {
        let changed = || Error::Unavailable("the person's roles changed meanwhile".to_owned());
        let (results, log_sequence) = self.answers.ok_or_else(changed)?;
        let (cause, run_by) = match work.actor.operator {
            true => (RunCause::Schedule, None),
            false => (RunCause::Request, Some(work.actor.user_id)),
        };
        let red: Vec<&str> = results.red().map(|result| result.control.as_str()).collect();
        let digest = results.digest(log_sequence);
        let details = json!({ "cause": cause, "log_sequence": log_sequence, "digest": digest, "red_controls": red });
        let run = ControlRun {
            id: ControlRunId(work.new_id()),
            run_at: work.now,
            cause,
            run_by,
            log_sequence,
            red: red.len() as i64,
            digest,
            results,
        };
        controls::insert(work.tx, &run)?;
        Ok(Done { subject: format!("control_run:{}", run.id), answer: run, details })
    }
}

pub const RUN_CONTROLS: Operation = Operation::of::<RunControls>();

/// The permission that the reads of this file require.
pub const READ_PERMISSION: Permission = Permission::ReadControls;

impl Service {
    /// Runs every control, stores the results, and stops or frees money accordingly.
    pub async fn run_controls(
        self: &Arc<Self>,
        call: Call,
        render: impl FnOnce(ControlRun) -> String + Send + 'static,
    ) -> Outcome {
        // A person without permission is refused by the command, so that the refusal is in the log.
        let asks = match self.read(call.caller, RunControls::PERMISSION, |_, _| Ok(())).await {
            Ok(()) => true,
            Err(Error::Refused(_)) => false,
            Err(error) => return Err(error),
        };
        let _turn = self.money.turn().await;
        let mut answers = None;
        if asks {
            let service = Arc::clone(self);
            let asked = self.looks(move || service.reads.read(|tx| service.ask_controls(tx, |_| true))).await?;
            // Before the results are stored: money stops even if storing fails.
            self.settle_money(asked.stop, asked.stored).await?;
            answers = Some((asked.results, asked.log_sequence));
        }
        self.execute(call, RunControls { answers }, render).await
    }

    /// Runs the controls when the last run is one period old; without any run, one period after the start.
    pub async fn run_due_controls(self: &Arc<Self>) -> Result<bool, Error> {
        let ControlSchedule { started_at, every_minutes } = self.control_schedule;
        let newest = self.read_openly(|tx| Ok(controls::newest_at(tx)?)).await?;
        let due = newest.unwrap_or(started_at).plus_seconds(every_minutes * 60);
        if self.clock.now() < due {
            return Ok(false);
        }
        self.run_controls(operator(), |_| String::new()).await?;
        Ok(true)
    }

    /// Runs the selected controls on one view. A control that fails to run counts as red and does not disturb
    /// the others.
    pub(in crate::service) fn ask_controls(
        &self,
        tx: &mut ReadTx<'_>,
        wanted: impl Fn(ControlCode) -> bool,
    ) -> Result<Asked, Error> {
        let now = self.clock.now();
        let schemes = self.schemes.current(tx)?;
        let rules = Rules { schemes: &schemes, finance: &self.finance, today: now.date_in_india() };
        let (log_sequence, _) = audit_log::head(tx)?;
        let mut asked = Asked { log_sequence, stored: money_stop::find(tx)?, ..Asked::default() };
        for control in ControlCode::ALL.iter().copied().filter(|control| wanted(*control)) {
            let mut stop = None;
            let result = if control == ControlCode::AccountsEqualEntries {
                stop = self.add_up(tx, true)?;
                let shown =
                    |stop: &MoneyStop| Counterexample { subject: stop.subject.clone(), found: stop.found.clone() };
                ControlResult::of(control, stop.iter().map(shown).collect())
            } else {
                ask_one(tx, control, &rules)?
            };
            if asked.stop.is_none() && control.kind() == ControlKind::Integrity {
                asked.stop = stop.or_else(|| MoneyStop::of(&result, now));
            }
            asked.results.0.push(result);
        }
        Ok(asked)
    }

    /// The catalogue, with the last result of each control.
    pub async fn list_controls(self: &Arc<Self>, caller: Caller) -> Result<Vec<Control>, Error> {
        self.read(caller, READ_PERMISSION, |tx, _| Ok(catalogue(controls::list(tx, None, 1)?.first()))).await
    }

    /// Runs, newest first.
    /// Runs before the given one, or from the newest, newest first.
    pub async fn list_control_runs(
        self: &Arc<Self>,
        caller: Caller,
        before: Option<ControlRunId>,
        limit: i64,
    ) -> Result<Vec<ControlRun>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            require_known(before, |id| controls::find(tx, id))?;
            Ok(controls::list(tx, before, limit)?)
        })
        .await
    }

    pub async fn control_run(self: &Arc<Self>, caller: Caller, id: ControlRunId) -> Result<ControlRun, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| controls::find(tx, id)?.or_not_found("control run")).await
    }
}

/// Asks one control. What cannot be read or added up is red.
pub(in crate::service) fn ask_one(
    tx: &mut ReadTx<'_>,
    control: ControlCode,
    rules: &Rules<'_>,
) -> Result<ControlResult, Error> {
    let answer = tx.in_savepoint(|tx| match controls::ask(tx, control, rules.today)? {
        Some(found) => Ok(found),
        None => control_rules::ask(tx, control, rules),
    });
    let found = match answer {
        Err(Error::Internal(why)) => {
            tracing::error!(control = control.as_str(), cause = why, "a control cannot be asked");
            let found = "what is stored cannot be read or added up".to_owned();
            vec![Counterexample { subject: format!("control:{control}"), found }]
        }
        other => other?,
    };
    Ok(ControlResult::of(control, found))
}
