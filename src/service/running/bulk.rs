//! Many commands of one kind in one request. They run in chunks, each chunk one transaction. Either each
//! command is done or refused on its own, or the first refusal rolls all of them back. The results of a chunk
//! are stored under the idempotency key of the request and the number of the chunk, so that an interrupted
//! request resumes where it stopped.

use crate::db::budget::accounts::Posted;
use crate::db::engine::prefetch::Prefetch;
use crate::db::engine::transaction::WriteTx;
use crate::db::log::audit_log;
use crate::service::Service;
use crate::service::running::any_command::AnyCommand;
use crate::service::running::error::Error;
use crate::service::running::runner::{Call, Command, wants};
use domain::base::money::Paise;
use domain::budget::ledger::AccountBalance;
use domain::people::user::Actor;
use domain::words;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The number of commands of a long request that run before other requests have their turn.
const TURN: usize = 250;

words! {
    /// Whether the commands of one bulk request depend on each other.
    pub enum BulkMode {
        /// Each command on its own: a refusal does not affect the others.
        Each = "each",
        /// The first refusal rolls all of them back.
        AllOrNothing = "all_or_nothing",
    }
}

/// The results of many commands.
#[derive(Serialize, Deserialize)]
pub struct Many<T> {
    /// In the order of the request.
    pub items: Vec<T>,
    balances: BTreeMap<String, Paise>,
}

impl<T> Many<T> {
    fn new() -> Many<T> {
        Many { items: Vec::new(), balances: BTreeMap::new() }
    }

    fn add(&mut self, later: Many<T>) {
        self.items.extend(later.items);
        self.balances.extend(later.balances);
    }

    fn moved(&mut self, posted: Option<Posted>) {
        let balances = posted.into_iter().flat_map(|posted| posted.changes);
        self.balances.extend(balances.map(|change| (change.account, change.after_paise)));
    }

    /// The balances, after the last of them, of all accounts that they moved money into or out of.
    pub fn balances(&self) -> Vec<AccountBalance> {
        let balance =
            |(account, paise): (&String, &Paise)| AccountBalance { account: account.clone(), balance_paise: *paise };
        self.balances.iter().map(balance).collect()
    }
}

/// The result of a bulk request.
pub enum BulkDone<T> {
    Done(Many<T>),
    /// All or nothing, and nothing was done: this item (counted from 0) failed.
    Undone {
        index: usize,
        error: Error,
    },
}

impl Service {
    /// Runs many commands, and lets other requests in between chunks unless the request is all or nothing.
    /// `render` makes the stored answer of each item. A failure of the database fails the whole request: the
    /// same request with the same key resumes where it stopped.
    pub(in crate::service) async fn execute_bulk<C, T>(
        self: &Arc<Self>,
        call: &Call,
        commands: Vec<C>,
        mode: BulkMode,
        render: impl Fn(usize, Result<C::Answer, Error>) -> T + Clone + Send + 'static,
    ) -> Result<BulkDone<T>, Error>
    where
        C: Command,
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        call.must_act()?;
        let size = if mode == BulkMode::Each { TURN } else { commands.len().max(1) };
        let mut done = Many::new();
        let mut waiting = commands.into_iter().peekable();
        while waiting.peek().is_some() {
            let turn: Vec<AnyCommand<C::Answer>> = waiting.by_ref().take(size).map(AnyCommand::of).collect();
            let first = done.items.len();
            let mut part = call.clone();
            if let Some(key) = &mut part.key {
                key.key = format!("{}:{}", key.key, first / size + 1);
            }
            let mut sought = Prefetch::default();
            turn.iter().for_each(|command| sought.add(command.wants.clone()));
            let wants = wants(&part, sought);
            let (service, render) = (Arc::clone(self), render.clone());
            let render = move |index, outcome| render(first + index, outcome);
            let work = move |tx: &mut WriteTx<'_>| Ok(service.turn(tx, &part, turn, mode, render));
            match self.writer.write(wants, work).await?? {
                BulkDone::Done(turn) => done.add(turn),
                undone => return Ok(undone),
            }
        }
        Ok(BulkDone::Done(done))
    }

    fn turn<A, T: Serialize + DeserializeOwned>(
        &self,
        tx: &mut WriteTx<'_>,
        call: &Call,
        commands: Vec<AnyCommand<A>>,
        mode: BulkMode,
        render: impl Fn(usize, Result<A, Error>) -> T,
    ) -> Result<BulkDone<T>, Error> {
        let actor = call.caller.look_up(tx, self.clock.system_now())?;
        let Some(AnyCommand { declaration, subject, .. }) = commands.first() else {
            return Ok(BulkDone::Done(Many::new()));
        };
        let given = |tx: &mut WriteTx<'_>| Self::given(tx, &actor, call.key.as_ref());
        if let Some(given) = self.attempt(tx, &actor, declaration, subject.clone(), given)? {
            let kept = serde_json::from_str(&given.body).map_err(|error| Error::Internal(error.to_string()))?;
            return Ok(BulkDone::Done(kept));
        }
        tx.savepoint(|tx| {
            let done = match mode {
                BulkMode::Each => self.each(tx, &actor, commands, render)?,
                BulkMode::AllOrNothing => match self.all_or_nothing(tx, &actor, commands, render)? {
                    BulkDone::Done(done) => done,
                    undone => return Ok(undone),
                },
            };
            if let Some(key) = &call.key {
                let body = serde_json::to_string(&done).map_err(|error| Error::Internal(error.to_string()))?;
                let (last, _) = audit_log::head(tx)?;
                self.keep(tx, &actor, key, body, last)?;
            }
            Ok(BulkDone::Done(done))
        })
    }

    fn each<A, T>(
        &self,
        tx: &mut WriteTx<'_>,
        actor: &Actor,
        commands: Vec<AnyCommand<A>>,
        render: impl Fn(usize, Result<A, Error>) -> T,
    ) -> Result<Many<T>, Error> {
        let mut done = Many::new();
        for (index, command) in commands.into_iter().enumerate() {
            let (declaration, subject) = (command.declaration, command.subject.clone());
            let work = |tx: &mut WriteTx<'_>| self.act(tx, actor.clone(), command);
            let outcome = self.attempt(tx, actor, declaration, subject, work);
            if let Err(error @ (Error::Unavailable(_) | Error::Internal(_))) = outcome {
                return Err(error);
            }
            let answer = outcome.map(|acted| {
                done.moved(acted.posted);
                acted.answer
            });
            done.items.push(render(index, answer));
        }
        Ok(done)
    }

    fn all_or_nothing<A, T>(
        &self,
        tx: &mut WriteTx<'_>,
        actor: &Actor,
        commands: Vec<AnyCommand<A>>,
        render: impl Fn(usize, Result<A, Error>) -> T,
    ) -> Result<BulkDone<T>, Error> {
        let mut trying = None;
        let all = tx.savepoint(|tx| {
            let mut done = Many::new();
            for (index, command) in commands.into_iter().enumerate() {
                trying = Some((index, command.declaration, command.subject.clone()));
                let acted = self.act(tx, actor.clone(), command)?;
                done.moved(acted.posted);
                done.items.push(render(index, Ok(acted.answer)));
            }
            Ok(done)
        });
        match (all, trying) {
            (Ok(done), _) => Ok(BulkDone::Done(done)),
            (
                Err(error @ (Error::Refused(_) | Error::Invalid(_) | Error::NotFound(_))),
                Some((index, declaration, subject)),
            ) => {
                if let Error::Refused(refusal) = &error {
                    self.note_refusal(tx, declaration, refusal, subject, actor.user_id)?;
                }
                Ok(BulkDone::Undone { index, error })
            }
            (Err(error), _) => Err(error),
        }
    }
}
