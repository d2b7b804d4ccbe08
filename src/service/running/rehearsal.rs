//! Rehearsals (dry runs): the very command runs in a transaction that is never committed, and shows what it would
//! do. Nothing is numbered, logged or kept. A command that only changes buffered rows runs in memory on a
//! connection that cannot write; any other one, or one that turns out to need more, runs in a transaction of the
//! writer that is rolled back (`docs/adr/0017-a-rehearsal-is-the-command-itself.md`).

use crate::db::engine::rehearsals::{LONGEST_FOR_A_PAGE, LONGEST_REHEARSAL, Until};
use crate::db::engine::transaction::WriteTx;
use crate::service::running::any_command::{AnyCommand, declaration};
use crate::service::running::error::Error;
use crate::service::running::runner::{Answered, Caller, Command};
use crate::service::running::statements::counted;
use crate::service::{Found, Service, off_thread, typed};
use domain::budget::expenditure_limit::Warning;
use domain::budget::ledger::BalanceChange;
use futures_util::FutureExt;
use serde::Serialize;
use serde_json::Value;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// What a command would do.
pub struct Rehearsal<A> {
    /// The record as it would be. Its new numbers and ids are not those of the act.
    pub answer: A,
    /// Every account that it would move money into or out of.
    pub balances: Vec<BalanceChange>,
    /// Warnings with which it would be done.
    pub warnings: Vec<Warning>,
    drawn: Drawn,
}

/// What an act draws that no other act will have: ids, numbers, and what is made of them.
#[derive(Default)]
pub(in crate::service) struct Drawn {
    ids: RefCell<Vec<Uuid>>,
    texts: Vec<String>,
}

impl Drawn {
    pub fn id(&self, id: Uuid) {
        self.ids.borrow_mut().push(id);
    }

    pub fn text(&mut self, text: String) {
        self.texts.push(text);
    }

    /// Replaces by `null` every text of an answer that holds something drawn.
    fn remove_from(&self, value: &mut Value) {
        match value {
            Value::String(text) if self.is_in(text) => *value = Value::Null,
            Value::Array(parts) => parts.iter_mut().for_each(|part| self.remove_from(part)),
            Value::Object(parts) => parts.values_mut().for_each(|part| self.remove_from(part)),
            _ => {}
        }
    }

    fn is_in(&self, text: &str) -> bool {
        self.texts.iter().any(|drawn| text.contains(drawn.as_str()))
            || Uuid::try_parse(text).is_ok_and(|id| self.ids.borrow().contains(&id))
    }
}

/// The answer to a request with `Dry-Run: true`.
#[derive(Serialize)]
struct RehearsalBody<'r> {
    dry_run: bool,
    balances: &'r [BalanceChange],
    warnings: &'r [Warning],
    result: Value,
}

impl Rehearsal<String> {
    /// The body of the answer. `self.answer` is the body that the act itself would have.
    fn body(&self) -> String {
        let mut result = serde_json::from_str(&self.answer).unwrap_or_default();
        self.drawn.remove_from(&mut result);
        let told = RehearsalBody { dry_run: true, balances: &self.balances, warnings: &self.warnings, result };
        serde_json::to_string(&told).unwrap_or_default()
    }
}

impl<A> Rehearsal<A> {
    fn map<B>(self, of: impl FnOnce(A) -> B) -> Rehearsal<B> {
        let Rehearsal { answer, balances, warnings, drawn } = self;
        Rehearsal { answer: of(answer), balances, warnings, drawn }
    }
}

impl Service {
    /// Runs a command as if `caller` did it now, and drops everything that it did. It is refused with what the act
    /// would be refused with; `Error::NotRehearsed` when that cannot be found out in 200 ms.
    pub fn rehearse<C: Command>(
        self: &Arc<Self>,
        caller: Caller,
        command: C,
    ) -> impl Future<Output = Result<Rehearsal<C::Answer>, Error>> {
        self.rehearse_within(LONGEST_REHEARSAL, caller, command)
    }

    /// The same for a page, which waits longer than a program: on a busy machine it would otherwise lack the preview.
    pub fn rehearse_for_page<C: Command>(
        self: &Arc<Self>,
        caller: Caller,
        command: C,
    ) -> impl Future<Output = Result<Rehearsal<C::Answer>, Error>> {
        self.rehearse_within(LONGEST_FOR_A_PAGE, caller, command)
    }

    fn rehearse_within<C: Command>(
        self: &Arc<Self>,
        longest: Duration,
        caller: Caller,
        command: C,
    ) -> impl Future<Output = Result<Rehearsal<C::Answer>, Error>> {
        let beside = command.copy().map(AnyCommand::boxed);
        self.rehearse_any(longest, caller, beside, AnyCommand::boxed(command)).map(|rehearsed| {
            let Rehearsal { answer, balances, warnings, drawn } = rehearsed?;
            Ok(Rehearsal { answer: typed(Ok(answer))?, balances, warnings, drawn })
        })
    }

    /// The same for a request: `render` makes the body that the act would be answered with.
    pub(in crate::service) fn rehearse_rendered<C: Command>(
        self: &Arc<Self>,
        caller: Caller,
        command: C,
        render: impl FnOnce(C::Answer) -> String,
    ) -> impl Future<Output = Result<Answered, Error>> {
        let offered = if declaration::<C>().rehearses { Ok(()) } else { Err(Error::NoRehearsal) };
        let rehearsal = offered.map(|()| self.rehearse(caller, command));
        async move {
            let body = rehearsal?.await?.map(render).body();
            Ok(Answered { body, replayed: false, rehearsed: true, log_entry: None })
        }
    }

    async fn rehearse_any(
        self: &Arc<Self>,
        longest: Duration,
        caller: Caller,
        beside: Option<AnyCommand<Found>>,
        command: AnyCommand<Found>,
    ) -> Result<Rehearsal<Found>, Error> {
        let until = Until::within(longest);
        let rehearsed = async {
            // Where no connection came in time, the writer has one.
            if let Some(copy) = beside
                && let Ok(Some(decided)) = self.rehearse_beside(until, caller, copy).await
            {
                return decided;
            }
            let service = Arc::clone(self);
            self.writer.rehearse(until, move |tx| service.run_through(tx, caller, command)).await?
        };
        // Its statements are those of the command, and not of the page that shows what it would do.
        match counted(tokio::time::timeout(longest, rehearsed)).await.0 {
            Ok(Err(Error::Unavailable(why))) => Err(Error::NotRehearsed(why)),
            Ok(rehearsed) => rehearsed,
            Err(_) => Err(Error::NotRehearsed("it took too long".to_owned())),
        }
    }

    /// Runs a command in memory, beside the writer. `None` when that decides nothing: it needed tables that it
    /// would have to write, or to write one.
    async fn rehearse_beside(
        self: &Arc<Self>,
        until: Until,
        caller: Caller,
        command: AnyCommand<Found>,
    ) -> Result<Option<Result<Rehearsal<Found>, Error>>, Error> {
        let slot = Arc::clone(&self.rehearsal_slots).acquire_owned().await;
        let slot = slot.map_err(|_| Error::Unavailable("the service stops".to_owned()))?;
        let service = Arc::clone(self);
        let run = move || {
            let _slot = slot;
            Ok(service.reads.rehearse(until, |tx| service.run_through(tx, caller, command))?)
        };
        let decided = off_thread(run).await?;
        Ok(decided.filter(|outcome| !matches!(outcome, Err(Error::Unavailable(_) | Error::Internal(_)))))
    }

    /// The command and its audit entry, in a transaction that is dropped. A refusal leaves no entry.
    fn run_through(
        &self,
        tx: &mut WriteTx<'_>,
        caller: Caller,
        command: AnyCommand<Found>,
    ) -> Result<Rehearsal<Found>, Error> {
        let actor = caller.look_up(tx, self.clock.system_now())?;
        let acted = self.act(tx, actor, command)?;
        let balances = acted.posted.map(|posted| posted.changes).unwrap_or_default();
        Ok(Rehearsal { answer: acted.answer, balances, warnings: acted.warnings, drawn: acted.drawn })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_only_the_act_draws_is_not_rehearsed() {
        let (new, known) = (Uuid::now_v7(), Uuid::now_v7());
        let mut drawn = Drawn::default();
        drawn.id(new);
        drawn.text("NDFEB/2026-27/PAY/0007".to_owned());
        let mut answer = json!({
            "id": new, "tranche_id": known, "number": "NDFEB/2026-27/PAY/0007", "amount_paise": 7,
            "steps": [{ "id": new, "note": "as NDFEB/2026-27/PAY/0007" }, "NDFEB/2026-27/PAY/0006"],
        });
        drawn.remove_from(&mut answer);
        let rehearsed = json!({
            "id": null, "tranche_id": known, "number": null, "amount_paise": 7,
            "steps": [{ "id": null, "note": null }, "NDFEB/2026-27/PAY/0006"],
        });
        assert_eq!(answer, rehearsed);
    }
}
