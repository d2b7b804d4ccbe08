//! What remains of an attempt besides its effect: the audit entry of a refusal, and the answer under its key.

use crate::db::engine::idempotency;
use crate::db::engine::prefetch::Prefetch;
use crate::db::engine::transaction::WriteTx;
use crate::service::Service;
use crate::service::running::audit_entry::{append, next_sequence};
use crate::service::running::error::Error;
use crate::service::running::operation::{Declaration, Operation};
use crate::service::running::runner::{Caller, IdempotencyKey};
use domain::base::id::UserId;
use domain::base::refusal::Refusal;
use domain::log::audit::{AuditFacts, AuditOutcome};
use domain::people::user::Actor;
use std::sync::Arc;

impl Service {
    /// Runs `work` on its own: a refusal undoes it and leaves one audit entry.
    pub(in crate::service) fn attempt<'c, T>(
        &self,
        tx: &mut WriteTx<'c>,
        actor: &Actor,
        declaration: &Declaration,
        subject: String,
        work: impl FnOnce(&mut WriteTx<'c>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let outcome = tx.savepoint(work);
        if let Err(Error::Refused(refusal)) = &outcome {
            self.note_refusal(tx, declaration, refusal, subject, actor.user_id)?;
        }
        outcome
    }

    /// The audit entry of an attempt that was refused.
    pub(in crate::service) fn note_refusal(
        &self,
        tx: &mut WriteTx<'_>,
        declaration: &Declaration,
        refusal: &Refusal,
        subject: String,
        actor_id: UserId,
    ) -> Result<(), Error> {
        let (name, code) = (declaration.name, refusal.code());
        debug_assert!(declaration.allows(code), "{name} may refuse with {code}: declare it");
        let facts = AuditFacts {
            sequence: next_sequence(tx)?,
            recorded_at: self.clock.to_record(),
            actor_id,
            command: name.to_owned(),
            subject,
            outcome: AuditOutcome::Refused,
            code: Some(code.to_owned()),
            details: serde_json::json!({ "message": refusal.to_string() }).to_string(),
            journal_digest: None,
        };
        tx.savepoint(|tx| append(tx, facts))
    }

    /// Refuses whoever may not use an operation, before it is known what it is asked for. An act that is refused like
    /// this is on record; a rehearsal keeps nothing.
    pub async fn require_permission(
        self: &Arc<Self>,
        caller: Caller,
        operation: Operation,
        noun: &str,
        rehearses: bool,
    ) -> Result<(), Error> {
        let Some(permission) = operation.permission else { return Ok(()) };
        let asked = self.read(caller, permission, |_, _| Ok(())).await;
        if matches!(asked, Err(Error::Refused(_))) && !rehearses {
            self.note_attempt(caller, operation, noun).await?;
        }
        asked
    }

    /// Records that a person tried an act that their roles do not have, as the act itself does when it runs.
    pub async fn note_attempt(self: &Arc<Self>, caller: Caller, operation: Operation, noun: &str) -> Result<(), Error> {
        let Some(declaration) = operation.declaration() else { return Ok(()) };
        let (service, subject) = (Arc::clone(self), noun.to_owned());
        let note = move |tx: &mut WriteTx<'_>| -> Result<(), Error> {
            let actor = caller.look_up(tx, service.clock.system_now())?;
            match actor.may(declaration.permission) {
                Ok(()) => Ok(()),
                Err(refusal) => service.note_refusal(tx, &declaration, &refusal, subject, actor.user_id),
            }
        };
        self.writer.write(Prefetch::default(), move |tx| Ok(note(tx))).await?
    }

    /// The stored answer under this key, if any.
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

    /// Stores an answer under its key.
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
}
