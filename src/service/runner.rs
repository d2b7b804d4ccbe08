//! The command runner: the only way to change anything. For each command: who is acting →
//! permission → idempotency key → the use case (load, decide, store, post) → audit entry → answer
//! kept under the key; all of it in one savepoint of the writer's transaction. A refusal undoes
//! all of that and leaves one audit entry of the attempt.

use crate::db::accounts::Posted;
use crate::db::prefetch::Prefetch;
use crate::db::transaction::{ReadTx, WriteTx};
use crate::db::{accounts, audit_log, counters, disclosures, idempotency, sessions, users};
use crate::domain::audit::{AuditFacts, AuditOutcome};
use crate::domain::calendar::Timestamp;
use crate::domain::disclosure::{self, DIGESTS, DisclosedField, Disclosure};
use crate::domain::expenditure_limit::Warning;
use crate::domain::id::{JournalId, SessionId, UserId};
use crate::domain::ledger::Journal;
use crate::domain::permission::Permission;
use crate::domain::refusal::Refusal;
use crate::domain::user::Actor;
use crate::service::Service;
use crate::service::error::Error;
use crate::service::finance::FinanceRules;
use crate::service::money_stop::MoneyGate;
use crate::service::passwords::random_secret;
use crate::service::schemes::Schemes;
use chrono::NaiveDate;
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
    /// Who this is at this moment; a disabled account or an ended session is nobody.
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

/// The key a client chose and the fingerprint of what it asked.
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
}

/// Something a person can do that changes something.
pub trait Command: Send + 'static {
    const NAME: &'static str;
    const PERMISSION: Permission;
    /// Codes of the refusals it can end with, besides `not_permitted` and `idempotency_key_reused`.
    const REFUSALS: &'static [&'static str];
    type Answer: Send + 'static;

    /// What it acts on, as known before it runs: `tranche:<id>`, or the noun alone.
    fn subject(&self) -> String;

    /// What it will look for, so that it can be read for many commands at once.
    fn wants(&self) -> Prefetch {
        Prefetch::default()
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

/// What a command works with.
pub struct Work<'w, 'c> {
    pub tx: &'w mut WriteTx<'c>,
    pub actor: Actor,
    pub now: Timestamp,
    pub system_now: Timestamp,
    pub schemes: &'w Schemes,
    pub finance: &'w FinanceRules,
    /// What the person should know although the act is done; the answer tells it.
    pub warnings: Vec<Warning>,
    money: &'w MoneyGate,
    /// The audit entry this command will become.
    pub audit_sequence: i64,
    posted: Option<Posted>,
    withheld: Vec<(DisclosedField, String)>,
}

impl Work<'_, '_> {
    pub fn today(&self) -> NaiveDate {
        self.now.date_in_india()
    }

    /// A new time-ordered id.
    pub fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }

    /// Keeps a personal or confidential value beside the entry of this command; the entry itself has a
    /// salted digest of it alone. Once for each field.
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
        self.require_money_moves()?;
        let id = JournalId(self.new_id());
        self.posted = Some(accounts::post(self.tx, journal, id, self.now, self.audit_sequence)?);
        Ok(())
    }

    /// Refuses while an integrity control is red.
    pub fn require_money_moves(&self) -> Result<(), Refusal> {
        self.money.check()
    }

    /// The next number of a series of a scheme: `NDFEB/2026-27/APP/0007`.
    pub fn next_number(&mut self, prefix: &str, kind: &str) -> Result<String, Error> {
        let series = format!("{prefix}/{}/{kind}", self.now.financial_year());
        let number = counters::next_number(self.tx, &series)?;
        Ok(format!("{series}/{number:04}"))
    }
}

/// Refuses when the version a person saw is not the version that is.
pub fn check_version(seen: i64, current: i64) -> Result<(), Refusal> {
    if seen == current { Ok(()) } else { Err(Refusal::StaleVersion { seen, current }) }
}

/// The answer as it was first given.
#[derive(Clone, Debug)]
pub struct Answered {
    pub body: String,
    pub replayed: bool,
    /// Its entry of the audit log; none where an earlier program answered.
    pub log_entry: Option<i64>,
}

/// How one command ended.
pub type Outcome = Result<Answered, Error>;

impl Service {
    /// Runs a command and answers after its commit. `render` turns the answer into the body that
    /// is kept for replays.
    pub async fn execute<C: Command>(
        self: &Arc<Self>,
        call: Call,
        command: C,
        render: impl FnOnce(C::Answer) -> String + Send + 'static,
    ) -> Outcome {
        let service = Arc::clone(self);
        let wants = wants(&call, std::iter::once(&command));
        self.writer.write(wants, move |tx| Ok(service.answer(tx, call, command, render))).await?
    }

    fn answer<C: Command>(
        &self,
        tx: &mut WriteTx<'_>,
        call: Call,
        command: C,
        render: impl FnOnce(C::Answer) -> String,
    ) -> Outcome {
        let actor = call.caller.look_up(tx, self.clock.system_now())?;
        let subject = command.subject();
        self.attempt::<C, _>(tx, &actor, subject, |tx| self.run(tx, &actor, call.key, command, render))
    }

    /// Runs `work` on its own: a refusal undoes it and leaves one audit entry.
    pub(in crate::service) fn attempt<'c, C: Command, T>(
        &self,
        tx: &mut WriteTx<'c>,
        actor: &Actor,
        subject: String,
        work: impl FnOnce(&mut WriteTx<'c>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let outcome = tx.savepoint(work);
        if let Err(Error::Refused(refusal)) = &outcome {
            self.note_refusal::<C>(tx, refusal, subject, actor.user_id)?;
        }
        outcome
    }

    /// The audit entry of an attempt that was refused.
    pub(in crate::service) fn note_refusal<C: Command>(
        &self,
        tx: &mut WriteTx<'_>,
        refusal: &Refusal,
        subject: String,
        actor_id: UserId,
    ) -> Result<(), Error> {
        let declared =
            [C::REFUSALS, EVERY_COMMAND, EVERY_MONEY_COMMAND].iter().any(|list| list.contains(&refusal.code()));
        debug_assert!(declared, "{} may refuse with {}: declare it", C::NAME, refusal.code());
        let facts = AuditFacts {
            sequence: 0,
            recorded_at: self.clock.now(),
            actor_id,
            command: C::NAME.to_owned(),
            subject,
            outcome: AuditOutcome::Refused,
            code: Some(refusal.code().to_owned()),
            details: serde_json::json!({ "message": refusal.to_string() }).to_string(),
            journal_digest: None,
        };
        tx.savepoint(|tx| append(tx, facts))
    }

    /// What was answered under this key, if anything.
    pub(in crate::service) fn given(
        tx: &mut WriteTx<'_>,
        actor: &Actor,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<idempotency::GivenAnswer>, Error> {
        let Some(key) = key else { return Ok(None) };
        match idempotency::find(tx, actor.user_id, &key.key)? {
            Some(given) if given.fingerprint != key.fingerprint => Err(Refusal::IdempotencyKeyReused.into()),
            given => Ok(given),
        }
    }

    /// Keeps an answer under its key.
    pub(in crate::service) fn keep(
        &self,
        tx: &mut WriteTx<'_>,
        actor: &Actor,
        key: &IdempotencyKey,
        body: String,
        log_entry: i64,
    ) -> Result<(), Error> {
        let fingerprint = key.fingerprint.clone();
        let given = idempotency::GivenAnswer { fingerprint, body, log_entry: Some(log_entry) };
        Ok(idempotency::insert(tx, actor.user_id, &key.key, given, self.clock.now())?)
    }

    fn run<C: Command>(
        &self,
        tx: &mut WriteTx<'_>,
        actor: &Actor,
        key: Option<IdempotencyKey>,
        command: C,
        render: impl FnOnce(C::Answer) -> String,
    ) -> Outcome {
        actor.may(C::PERMISSION)?;
        if let Some(given) = Self::given(tx, actor, key.as_ref())? {
            return Ok(Answered { body: given.body, replayed: true, log_entry: given.log_entry });
        }
        let acted = self.act(tx, actor.clone(), command)?;
        let mut body = render(acted.answer);
        if let Some(posted) = acted.posted {
            body = with_member(body, "balances", &posted.balances);
        }
        if !acted.warnings.is_empty() {
            body = with_member(body, "warnings", &acted.warnings);
        }
        if let Some(key) = key {
            self.keep(tx, actor, &key, body.clone(), acted.log_entry)?;
        }
        Ok(Answered { body, replayed: false, log_entry: Some(acted.log_entry) })
    }

    /// The use case itself and its audit entry.
    pub(in crate::service) fn act<C: Command>(
        &self,
        tx: &mut WriteTx<'_>,
        actor: Actor,
        command: C,
    ) -> Result<Acted<C::Answer>, Error> {
        actor.may(C::PERMISSION)?;
        let (head, _) = audit_log::head(tx)?;
        let actor_id = actor.user_id;
        let now = self.clock.now();
        let schemes = self.schemes.current(tx)?;
        let mut work = Work {
            tx: &mut *tx,
            actor,
            now,
            system_now: self.clock.system_now(),
            schemes: &schemes,
            finance: &self.finance,
            warnings: Vec::new(),
            money: &self.money,
            audit_sequence: head + 1,
            posted: None,
            withheld: Vec::new(),
        };
        let mut done = command.run(&mut work)?;
        let (posted, warnings, withheld) = (work.posted, work.warnings, work.withheld);
        let withheld = beside(head + 1, &done.subject, withheld);
        if !withheld.is_empty() {
            let digests: Vec<&str> = withheld.iter().map(|one| one.digest.as_str()).collect();
            done.details[DIGESTS] = json!(digests);
        }
        let journal_digest = posted.as_ref().map(|posted| posted.journal.digest());
        append(
            tx,
            AuditFacts {
                sequence: head + 1,
                recorded_at: now,
                actor_id,
                command: C::NAME.to_owned(),
                subject: done.subject,
                outcome: AuditOutcome::Done,
                code: None,
                details: done.details.to_string(),
                journal_digest,
            },
        )?;
        if !withheld.is_empty() {
            disclosures::insert(tx, &withheld)?;
        }
        Ok(Acted { answer: done.answer, posted, warnings, log_entry: head + 1 })
    }
}

/// What a command did, once it is on record.
pub(in crate::service) struct Acted<A> {
    pub answer: A,
    pub posted: Option<Posted>,
    pub warnings: Vec<Warning>,
    /// The sequence of its entry.
    pub log_entry: i64,
}

/// What is withheld from an entry, in an order that tells nothing of its fields (RFC 9901, 4.2.4.1).
fn beside(sequence: i64, subject: &str, withheld: Vec<(DisclosedField, String)>) -> Vec<Disclosure> {
    let of = |(field, text): (DisclosedField, String)| Disclosure {
        sequence,
        subject: subject.to_owned(),
        field,
        digest: disclosure::digest(&text),
        disclosure: Some(text),
        erased_by: None,
    };
    let mut all: Vec<Disclosure> = withheld.into_iter().map(of).collect();
    all.sort_by(|one, other| one.digest.cmp(&other.digest));
    all
}

/// Everything these commands and the runner will look for.
pub(in crate::service) fn wants<'a, C: Command>(call: &Call, commands: impl Iterator<Item = &'a C>) -> Prefetch {
    let mut wants = Prefetch::default();
    commands.for_each(|command| wants.add(command.wants()));
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

/// Refusals any command can end with.
pub const EVERY_COMMAND: &[&str] = &["not_permitted", "idempotency_key_reused"];

/// Refusals that any command which moves money can end with too.
pub const EVERY_MONEY_COMMAND: &[&str] = &["money_stopped"];

/// Links an entry behind the head, under the next sequence.
fn append(tx: &mut WriteTx<'_>, facts: AuditFacts) -> Result<(), Error> {
    let (sequence, hash) = audit_log::head(tx)?;
    let entry = AuditFacts { sequence: sequence + 1, ..facts }.link(&hash);
    audit_log::append(tx, &entry)?;
    Ok(())
}
