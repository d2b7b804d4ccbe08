//! What remains of an attempt besides its effect: the audit entry of a refusal, and the answer under its key.

use crate::db::engine::idempotency;
use crate::db::engine::transaction::WriteTx;
use crate::service::Service;
use crate::service::running::audit_entry::{append, next_sequence};
use crate::service::running::error::Error;
use crate::service::running::operation::Declaration;
use crate::service::running::runner::IdempotencyKey;
use domain::base::id::UserId;
use domain::base::refusal::Refusal;
use domain::log::audit::{AuditFacts, AuditOutcome};
use domain::people::user::Actor;

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
            recorded_at: self.clock.now(),
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
