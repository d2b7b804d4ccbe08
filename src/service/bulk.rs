//! Many commands of one kind in one request. They run in turns, each one transaction: each command
//! is refused or done on its own, or the first refusal undoes them all. What became of a turn is
//! kept under the key of the request and the number of the turn, so that a request which was cut
//! off goes on where it stopped.

use crate::db::accounts::Posted;
use crate::db::audit_log;
use crate::db::transaction::WriteTx;
use crate::domain::ledger::AccountBalance;
use crate::domain::money::Paise;
use crate::domain::user::Actor;
use crate::service::Service;
use crate::service::error::Error;
use crate::service::runner::{Call, Command, wants};
use crate::words;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many commands of a long request run before others have their turn.
const TURN: usize = 250;

words! {
    /// How the commands of one bulk request stand together.
    pub enum BulkMode {
        /// Each on its own: what is refused harms no other.
        Each = "each",
        /// The first refusal undoes them all.
        AllOrNothing = "all_or_nothing",
    }
}

/// What became of many commands.
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
        let balances = posted.into_iter().flat_map(|posted| posted.balances);
        self.balances.extend(balances.map(|balance| (balance.account, balance.balance_paise)));
    }

    /// What every account that they moved money into or out of held after the last of them.
    pub fn balances(&self) -> Vec<AccountBalance> {
        let balance =
            |(account, paise): (&String, &Paise)| AccountBalance { account: account.clone(), balance_paise: *paise };
        self.balances.iter().map(balance).collect()
    }
}

/// How a bulk request ended.
pub enum BulkDone<T> {
    Done(Many<T>),
    /// All or nothing, and it is nothing: this item (counted from 0) could not be done.
    Undone {
        index: usize,
        error: Error,
    },
}

impl Service {
    /// Runs many commands, giving way to others between turns unless they stand or fall together.
    /// `render` makes what is kept of each. A failure of the database is a failure of the whole: the
    /// same request with the same key goes on where it stopped.
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
        let size = if mode == BulkMode::Each { TURN } else { commands.len().max(1) };
        let mut done = Many::new();
        let mut waiting = commands.into_iter().peekable();
        while waiting.peek().is_some() {
            let turn: Vec<C> = waiting.by_ref().take(size).collect();
            let first = done.items.len();
            let mut part = call.clone();
            if let Some(key) = &mut part.key {
                key.key = format!("{}:{}", key.key, first / size + 1);
            }
            let wants = wants(&part, turn.iter());
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

    fn turn<C, T>(
        &self,
        tx: &mut WriteTx<'_>,
        call: &Call,
        commands: Vec<C>,
        mode: BulkMode,
        render: impl Fn(usize, Result<C::Answer, Error>) -> T,
    ) -> Result<BulkDone<T>, Error>
    where
        C: Command,
        T: Serialize + DeserializeOwned,
    {
        let actor = call.caller.look_up(tx, self.clock.system_now())?;
        let subject = commands.first().map(Command::subject).unwrap_or_default();
        let given = self.attempt::<C, _>(tx, &actor, subject, |tx| Self::given(tx, &actor, call.key.as_ref()))?;
        if let Some(given) = given {
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

    fn each<C: Command, T>(
        &self,
        tx: &mut WriteTx<'_>,
        actor: &Actor,
        commands: Vec<C>,
        render: impl Fn(usize, Result<C::Answer, Error>) -> T,
    ) -> Result<Many<T>, Error> {
        let mut done = Many::new();
        for (index, command) in commands.into_iter().enumerate() {
            let subject = command.subject();
            let outcome = self.attempt::<C, _>(tx, actor, subject, |tx| self.act(tx, actor.clone(), command));
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

    fn all_or_nothing<C: Command, T>(
        &self,
        tx: &mut WriteTx<'_>,
        actor: &Actor,
        commands: Vec<C>,
        render: impl Fn(usize, Result<C::Answer, Error>) -> T,
    ) -> Result<BulkDone<T>, Error> {
        let mut trying = (0, String::new());
        let all = tx.savepoint(|tx| {
            let mut done = Many::new();
            for (index, command) in commands.into_iter().enumerate() {
                trying = (index, command.subject());
                let acted = self.act(tx, actor.clone(), command)?;
                done.moved(acted.posted);
                done.items.push(render(index, Ok(acted.answer)));
            }
            Ok(done)
        });
        match all {
            Ok(done) => Ok(BulkDone::Done(done)),
            Err(error @ (Error::Refused(_) | Error::Invalid(_) | Error::NotFound(_))) => {
                let (index, subject) = trying;
                if let Error::Refused(refusal) = &error {
                    self.note_refusal::<C>(tx, refusal, subject, actor.user_id)?;
                }
                Ok(BulkDone::Undone { index, error })
            }
            Err(error) => Err(error),
        }
    }
}
