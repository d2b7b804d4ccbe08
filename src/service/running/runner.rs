//! The command runner: the only way to change anything (a unit of work). For each command: the acting person →
//! permission → idempotency key → the use case (load, decide, store, post) → audit entry → the answer stored
//! under the key; all in one savepoint of the writer's transaction. A refusal rolls that savepoint back and
//! leaves one audit entry of the attempt.

use crate::db::budget::accounts;
use crate::db::budget::accounts::Posted;
use crate::db::engine::counters;
use crate::db::engine::prefetch::Prefetch;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use crate::db::log::{audit_log, row_notes};
use crate::db::people::{disclosures, sessions, users};
use crate::service::Service;
use crate::service::running::any_command::AnyCommand;
use crate::service::running::as_logged;
use crate::service::running::as_logged::KnownRows;
use crate::service::running::audit_entry::{append, beside};
use crate::service::running::error::Error;
use crate::service::running::finance::FinanceRules;
use crate::service::running::money_gate::MoneyGate;
use crate::service::running::operation::Declaration;
use crate::service::running::rehearsal::Drawn;
use crate::service::running::scheme_shelf::Schemes;
use crate::service::running::secret::random_secret;
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{JournalId, SessionId, UserId};
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::budget::expenditure_limit::Warning;
use domain::budget::ledger::Journal;
use domain::log::audit::{AuditFacts, AuditOutcome};
use domain::log::row_note::ROWS_DIGEST;
use domain::people::disclosure;
use domain::people::disclosure::{DIGESTS, DisclosedField};
use domain::people::user::Actor;
use futures_util::future::Either;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// Who sends a command.
#[derive(Clone, Copy, Debug)]
pub enum Caller {
    /// A person with an access token.
    Person { user_id: UserId, session_id: SessionId },
    /// Somebody proving who they are right now (sign-in, refresh).
    Arriving(UserId),
    /// The operator at the machine.
    Operator,
}

impl Caller {
    /// The acting person at this moment; refused for a disabled account or an ended session.
    pub fn look_up(self, tx: &mut ReadTx<'_>, system_now: Timestamp) -> Result<Actor, Error> {
        match self {
            Caller::Operator => Ok(Actor::operator(UserId(Uuid::nil()))),
            Caller::Person { user_id, session_id } => {
                sessions::actor(tx, session_id, user_id, system_now)?.ok_or(Error::Unauthenticated)
            }
            Caller::Arriving(user_id) => {
                let user = users::find(tx, user_id)?.filter(|user| user.disabled_at.is_none());
                let user = user.ok_or(Error::Unauthenticated)?;
                Ok(Actor {
                    user_id,
                    session_id: None,
                    roles: user.roles,
                    organisation_id: user.organisation_id,
                    operator: false,
                })
            }
        }
    }
}

/// The idempotency key that a client chose, and the fingerprint of its request.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    pub key: String,
    pub fingerprint: String,
}

/// How a command was sent.
#[derive(Clone, Debug)]
pub struct Call {
    pub caller: Caller,
    pub key: Option<IdempotencyKey>,
    /// Whether it asks only what the act would do (`src/service/running/rehearsal.rs`).
    pub dry_run: bool,
}

impl Call {
    /// A call for the act itself, without an idempotency key.
    pub fn unkeyed(caller: Caller) -> Call {
        Call { caller, key: None, dry_run: false }
    }

    /// Refuses a request for a rehearsal where only the act itself is offered.
    pub(in crate::service) fn must_act(&self) -> Result<(), Error> {
        if self.dry_run { Err(Error::NoRehearsal) } else { Ok(()) }
    }
}

/// Something a person can do that changes something.
pub trait Command: Send + 'static {
    const NAME: &'static str;
    const PERMISSION: Permission;
    /// Codes of the refusals it can end with, besides `not_permitted` and `idempotency_key_reused`.
    const REFUSALS: &'static [&'static str];
    /// Whether it can post a journal: its answer then has `balances`.
    const MOVES_MONEY: bool = false;
    /// Whether it is refused while an integrity control is red.
    const STOPS_WITH_MONEY: bool = Self::MOVES_MONEY;
    /// Whether it may be done although something speaks against it: then its answer has `warnings`.
    const WARNS: bool = false;
    /// Whether it can bring a file to its end: nothing more can be done in the matter, or only by beginning anew.
    const ENDS_A_FILE: bool = false;
    /// Whether it changes the name or the roles of a person, or the name of a company.
    const CHANGES_NAMES: bool = false;
    type Answer: Send + 'static;

    /// The record that it acts on, as known before it runs: `tranche:<id>`, or the noun alone.
    fn subject(&self) -> String;

    /// The rows that it will read, so that they can be prefetched for many commands at once.
    fn wants(&self) -> Prefetch {
        Prefetch::default()
    }

    /// A copy, for commands that as a rule only read tables and change buffered rows: their rehearsal then runs
    /// beside the writer first. Without one, a rehearsal waits for the writer.
    fn copy(&self) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Self::Answer>, Error>;
}

/// What a command did.
pub struct Done<A> {
    pub answer: A,
    pub subject: String,
    /// What was decided, for the audit log. No personal data, no full account number.
    pub details: serde_json::Value,
}

/// The environment of a command.
pub struct Work<'w, 'c> {
    pub tx: &'w mut WriteTx<'c>,
    pub actor: Actor,
    pub now: Timestamp,
    pub system_now: Timestamp,
    pub schemes: &'w Schemes,
    pub finance: &'w FinanceRules,
    /// Warnings for the person, although the act is done; they are part of the answer.
    pub warnings: Vec<Warning>,
    declaration: &'static Declaration,
    money: &'w MoneyGate,
    pub(in crate::service) known: &'w KnownRows,
    /// The sequence of this command's audit entry.
    pub audit_sequence: i64,
    posted: Option<Posted>,
    withheld: Vec<(DisclosedField, String)>,
    drawn: Drawn,
}

impl Work<'_, '_> {
    pub fn today(&self) -> NaiveDate {
        self.now.date_in_india()
    }

    /// A new time-ordered id.
    pub fn new_id(&self) -> Uuid {
        let id = Uuid::now_v7();
        self.drawn.id(id);
        id
    }

    /// Stores a personal or confidential value outside the entry of this command; the entry itself has only its
    /// salted digest. At most once for each field.
    pub fn withhold(&mut self, field: DisclosedField, value: &str) -> Result<(), Error> {
        let text = disclosure::text(&random_secret()?, field, value);
        self.withheld.push((field, text));
        Ok(())
    }

    /// Posts the journal of this command. A command posts at most one.
    pub fn post(&mut self, journal: &Journal) -> Result<(), Error> {
        if self.posted.is_some() {
            return Err(Error::Internal("a command posts one journal".to_owned()));
        }
        let Declaration { name, moves_money, .. } = self.declaration;
        debug_assert!(moves_money, "{name} posts a journal: declare MOVES_MONEY");
        self.require_money_moves()?;
        let id = JournalId(self.new_id());
        self.posted = Some(accounts::post(self.tx, journal, id, self.now, self.audit_sequence)?);
        Ok(())
    }

    /// Refuses while an integrity control is red.
    pub fn require_money_moves(&self) -> Result<(), Refusal> {
        let Declaration { name, stops_with_money, .. } = self.declaration;
        debug_assert!(stops_with_money, "{name} stops with money: declare STOPS_WITH_MONEY");
        self.money.check()
    }

    /// The next number of a series of a scheme: `NDFEB/2026-27/APP/0007`.
    pub fn next_number(&mut self, prefix: &str, kind: &str) -> Result<String, Error> {
        let series = format!("{prefix}/{}/{kind}", self.now.financial_year());
        self.number_in(&series, |number| format!("{series}/{number:04}"))
    }

    /// The next number of any other series, in the form that `write` gives it.
    pub fn number_in(&mut self, series: &str, write: impl FnOnce(i64) -> String) -> Result<String, Error> {
        let number = write(counters::next_number(self.tx, series)?);
        self.drawn.text(number.clone());
        Ok(number)
    }

    /// Marks a text of the answer that holds only for the act itself, such as the digest of a file that has its
    /// number: a rehearsal shows none.
    pub fn only_then(&mut self, text: &str) {
        self.drawn.text(text.to_owned());
    }
}

/// Refuses (optimistic locking) when the version that the person saw is not the present one.
pub fn check_version(seen: i64, current: i64) -> Result<(), Refusal> {
    if seen == current { Ok(()) } else { Err(Refusal::StaleVersion { seen, current }) }
}

/// The answer as it was first given; a replay returns the same.
#[derive(Clone, Debug)]
pub struct Answered {
    pub body: String,
    pub replayed: bool,
    /// Whether nothing was done: the body is what the act would do.
    pub rehearsed: bool,
    /// Its entry of the audit log; none where an earlier program answered.
    pub log_entry: Option<i64>,
}

/// How one command ended.
pub type Outcome = Result<Answered, Error>;

impl Service {
    /// Runs a command and returns after its commit. `render` makes the body of the answer, which is stored for
    /// replays.
    pub fn execute<C: Command>(
        self: &Arc<Self>,
        call: Call,
        command: C,
        render: impl FnOnce(C::Answer) -> String + Send + 'static,
    ) -> impl Future<Output = Outcome> {
        if call.dry_run {
            Either::Left(self.rehearse_rendered(call.caller, command, render))
        } else {
            Either::Right(self.execute_any(call, AnyCommand::rendered(command, render)))
        }
    }

    /// The same for a command whose type is erased.
    pub(in crate::service) async fn execute_any(
        self: &Arc<Self>,
        call: Call,
        mut command: AnyCommand<String>,
    ) -> Outcome {
        call.must_act()?;
        let service = Arc::clone(self);
        let changes_names = command.changes_names;
        let wants = wants(&call, std::mem::take(&mut command.wants));
        let outcome = self.writer.write(wants, move |tx| Ok(service.answer(tx, call, command))).await?;
        if changes_names {
            self.names_known.changed();
        }
        outcome
    }

    fn answer(&self, tx: &mut WriteTx<'_>, call: Call, command: AnyCommand<String>) -> Outcome {
        let actor = call.caller.look_up(tx, self.clock.system_now())?;
        let (declaration, subject) = (command.declaration, command.subject.clone());
        self.attempt(tx, &actor, declaration, subject, |tx| self.run(tx, &actor, call.key, command))
    }

    fn run(
        &self,
        tx: &mut WriteTx<'_>,
        actor: &Actor,
        key: Option<IdempotencyKey>,
        command: AnyCommand<String>,
    ) -> Outcome {
        actor.may(command.declaration.permission)?;
        if let Some(given) = Self::given(tx, actor, key.as_ref())? {
            return Ok(Answered { body: given.body, replayed: true, rehearsed: false, log_entry: given.log_entry });
        }
        let acted = self.act(tx, actor.clone(), command)?;
        let mut body = acted.answer;
        if let Some(posted) = acted.posted {
            body = with_member(body, "balances", &posted.balances());
        }
        if !acted.warnings.is_empty() {
            body = with_member(body, "warnings", &acted.warnings);
        }
        if let Some(key) = key {
            self.keep(tx, actor, &key, body.clone(), acted.log_entry)?;
        }
        Ok(Answered { body, replayed: false, rehearsed: false, log_entry: Some(acted.log_entry) })
    }

    /// The use case itself and its audit entry.
    pub(in crate::service) fn act<A>(
        &self,
        tx: &mut WriteTx<'_>,
        actor: Actor,
        command: AnyCommand<A>,
    ) -> Result<Acted<A>, Error> {
        let declaration = command.declaration;
        actor.may(declaration.permission)?;
        let (head, _) = audit_log::head(tx)?;
        let actor_id = actor.user_id;
        if declaration.stops_with_money && !actor.operator {
            as_logged::require_person(tx, &self.known_rows, actor_id)?;
        }
        tx.watch(declaration.stops_with_money);
        let now = self.clock.to_record();
        let schemes = self.schemes.current(tx)?;
        let mut work = Work {
            tx: &mut *tx,
            actor,
            now,
            system_now: self.clock.system_now(),
            schemes: &schemes,
            finance: &self.finance,
            warnings: Vec::new(),
            declaration,
            money: &self.money,
            known: &self.known_rows,
            audit_sequence: head + 1,
            posted: None,
            withheld: Vec::new(),
            drawn: Drawn::default(),
        };
        let mut done = (command.run)(&mut work)?;
        let Work { posted, warnings, withheld, drawn, .. } = work;
        debug_assert!(declaration.warns || warnings.is_empty(), "{} warns: declare WARNS", declaration.name);
        let withheld = beside(head + 1, &done.subject, withheld);
        if !withheld.is_empty() {
            let digests: Vec<&str> = withheld.iter().map(|one| one.digest.as_str()).collect();
            done.details[DIGESTS] = json!(digests);
        }
        let notes = row_notes::take(tx, random_secret)?;
        as_logged::require_rows(tx, notes.as_ref())?;
        if let Some(notes) = &notes {
            done.details[ROWS_DIGEST] = json!(notes.digest());
        }
        let journal_digest = posted.as_ref().map(|posted| posted.journal.digest());
        append(
            tx,
            AuditFacts {
                sequence: head + 1,
                recorded_at: now,
                actor_id,
                command: declaration.name.to_owned(),
                subject: done.subject,
                outcome: AuditOutcome::Done,
                code: None,
                details: done.details.to_string(),
                journal_digest,
            },
        )?;
        if let Some(notes) = notes {
            row_notes::insert(tx, head + 1, notes)?;
        }
        if !withheld.is_empty() {
            disclosures::insert(tx, &withheld)?;
        }
        Ok(Acted { answer: done.answer, posted, warnings, log_entry: head + 1, drawn })
    }
}

/// The result of a command that is on record.
pub(in crate::service) struct Acted<A> {
    pub answer: A,
    pub posted: Option<Posted>,
    pub warnings: Vec<Warning>,
    /// The sequence of its entry.
    pub log_entry: i64,
    /// What it drew that no other act will have.
    pub drawn: Drawn,
}

/// Everything that a command, or several, and the runner will look for.
pub(in crate::service) fn wants(call: &Call, mut wants: Prefetch) -> Prefetch {
    if let Caller::Person { user_id, session_id } = call.caller {
        wants.sessions.push(session_id);
        wants.keys.extend(call.key.iter().map(|key| (user_id, key.key.clone())));
    }
    wants
}

/// The answer with one more member: the balances of the accounts it touched, or warnings.
fn with_member<T: Serialize>(body: String, name: &str, value: &T) -> String {
    let Some(open) = body.strip_suffix('}').filter(|open| open.len() > 1) else { return body };
    let value = serde_json::to_string(value).unwrap_or_default();
    format!("{open},\"{name}\":{value}}}")
}
