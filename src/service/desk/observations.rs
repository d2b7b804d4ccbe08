//! Observations (audit paras). The auditor raises one, the office replies in time, the auditor remarks, settles
//! it or converts it to a recovery, and the office reports the action it took.

use crate::db::award::awards;
use crate::db::claim::claims;
use crate::db::desk::observations;
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::db::payment::disbursements;
use crate::db::people::organisations;
use crate::db::recovery::recoveries;
use crate::service::Service;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use chrono::NaiveDate;
use domain::base::id::{EvidenceId, ObservationId, OrganisationId};
use domain::base::permission::Permission;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::desk::observation::{
    KeptPin, Observation, ObservationConversion, ObservationForm, ObservationNote, ObservationStatus, ObservationSteps,
    Pin, PinKind, Pins,
};
use domain::log::audit::digest_of;
use serde_json::json;
use std::sync::Arc;

/// The series of numbers for the records of the audit.
pub(in crate::service) const DESK: &str = "AUD";

fn unknown(kind: &'static str, reference: String) -> Refusal {
    Refusal::PinUnknown { what: Reason::RecordUnknown { kind, reference } }
}

/// Completes a pin with the evidence for the record it refers to, if there is such a record.
fn kept(tx: &mut ReadTx<'_>, pin: Pin) -> Result<KeptPin, Error> {
    let Pin { kind, reference } = pin;
    let missing = || unknown(kind.as_str(), reference.clone());
    let mut hash = None;
    let known = match kind {
        PinKind::AuditEntry => {
            let sequence: i64 = reference.parse().map_err(|_| missing())?;
            hash = audit_log::hash_of(tx, sequence)?;
            hash.is_some()
        }
        PinKind::Disbursement => disbursements::find(tx, reference.parse().map_err(|_| missing())?)?.is_some(),
        PinKind::Claim => claims::find(tx, reference.parse().map_err(|_| missing())?)?.is_some(),
        PinKind::Award => awards::find(tx, reference.parse().map_err(|_| missing())?)?.is_some(),
    };
    if known { Ok(KeptPin { kind, reference, hash }) } else { Err(missing().into()) }
}

/// Refuses files that were never uploaded.
pub(in crate::service) fn require_files(tx: &mut ReadTx<'_>, files: &[EvidenceId]) -> Result<(), Error> {
    for file in files {
        evidence::find(tx, *file)?.ok_or_else(|| unknown("file", file.to_string()))?;
    }
    Ok(())
}

/// Refuses an organisation that does not exist.
pub(in crate::service) fn require_organisation(
    tx: &mut ReadTx<'_>,
    organisation: Option<OrganisationId>,
) -> Result<(), Error> {
    if let Some(id) = organisation {
        organisations::find(tx, id)?.ok_or_else(|| unknown("organisation", id.to_string()))?;
    }
    Ok(())
}

fn subject(id: ObservationId) -> String {
    format!("observation:{id}")
}

fn done(observation: Observation) -> Done<Observation> {
    let details = json!({
        "number": observation.number, "status": observation.status, "due_on": observation.due_on,
        "as_of": observation.as_of, "known_at": observation.known_at, "recovery_id": observation.recovery_id,
        "digest": digest_of(&observation),
    });
    Done { subject: subject(observation.id), details, answer: observation }
}

fn seen(work: &mut Work<'_, '_>, id: ObservationId, seen_version: i64) -> Result<Observation, Error> {
    let observation = observations::find(work.tx, id)?.or_not_found("observation")?;
    check_version(seen_version, observation.version)?;
    Ok(observation)
}

/// The auditor records an observation.
pub struct RaiseObservation {
    pub form: ObservationForm,
}

impl Command for RaiseObservation {
    const NAME: &'static str = "raise_observation";
    const PERMISSION: Permission = Permission::RaiseObservation;
    const REFUSALS: &'static [&'static str] = &["pin_unknown"];
    type Answer = Observation;

    fn subject(&self) -> String {
        "observation".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Observation>, Error> {
        self.form.check(work.today())?;
        let ObservationForm { title, text, organisation_id, as_of, pins, amount_paise } = self.form;
        require_organisation(work.tx, organisation_id)?;
        let pins = pins.into_iter().map(|pin| kept(work.tx, pin)).collect::<Result<_, _>>()?;
        let observation = Observation {
            id: ObservationId(work.new_id()),
            number: work.next_number(DESK, "OBS")?,
            title,
            text,
            organisation_id,
            as_of,
            known_at: work.audit_sequence - 1,
            pins: Pins(pins),
            amount_paise,
            status: ObservationStatus::Raised,
            due_on: work.finance.audit_desk.first_reply.due_on(work.today()),
            steps: ObservationSteps::default(),
            recovery_id: None,
            raised_by: work.actor.user_id,
            raised_at: work.now,
            version: 1,
        };
        observations::insert(work.tx, &observation)?;
        Ok(done(observation))
    }
}

/// Declares a command that adds a written step to an observation.
macro_rules! noted {
    ($(#[$doc:meta])* $command:ident = $name:literal by $permission:ident, $take:expr) => {
        $(#[$doc])*
        pub struct $command {
            pub id: ObservationId,
            pub seen_version: i64,
            pub note: ObservationNote,
        }

        impl Command for $command {
            const NAME: &'static str = $name;
            const PERMISSION: Permission = Permission::$permission;
            const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "pin_unknown"];
            type Answer = Observation;

            fn subject(&self) -> String {
                subject(self.id)
            }

            fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Observation>, Error> {
                self.note.check()?;
                let mut observation = seen(work, self.id, self.seen_version)?;
                require_files(work.tx, &self.note.evidence)?;
                let take: fn(&mut Observation, ObservationNote, &Work<'_, '_>) -> Result<(), Refusal> = $take;
                take(&mut observation, self.note, work)?;
                observations::update(work.tx, &mut observation)?;
                Ok(done(observation))
            }
        }
    };
}

noted!(
    /// The office replies.
    ReplyToObservation = "reply_to_observation" by AnswerObservation,
    |observation, note, work| observation.reply(note, work.actor.user_id, work.now)
);
noted!(
    /// The auditor makes a further remark.
    RemarkOnObservation = "remark_on_observation" by RaiseObservation,
    |observation, note, work| observation.remark(note, &work.finance.audit_desk, work.actor.user_id, work.now)
);
noted!(
    /// The auditor settles the observation.
    SettleObservation = "settle_observation" by RaiseObservation,
    |observation, note, work| observation.settle(note, work.actor.user_id, work.now)
);
noted!(
    /// The office reports the action it took.
    NoteActionTaken = "note_action_taken" by AnswerObservation,
    |observation, note, work| observation.note_action(note, work.actor.user_id, work.now)
);

/// The auditor converts the observation to a recovery.
pub struct ConvertObservation {
    pub id: ObservationId,
    pub seen_version: i64,
    pub form: ObservationConversion,
}

impl Command for ConvertObservation {
    const NAME: &'static str = "convert_observation";
    const PERMISSION: Permission = Permission::RaiseObservation;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "pin_unknown"];
    type Answer = Observation;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Observation>, Error> {
        self.form.check()?;
        let mut observation = seen(work, self.id, self.seen_version)?;
        let id = self.form.recovery_id;
        let of_it = |organisation| observation.organisation_id.is_none_or(|concerned| concerned == organisation);
        let recovery = recoveries::find(work.tx, id)?.filter(|recovery| of_it(recovery.organisation_id));
        recovery.ok_or_else(|| Refusal::PinUnknown { what: Reason::RecoveryElsewhere { recovery: id.to_string() } })?;
        observation.convert(self.form, work.actor.user_id, work.now)?;
        observations::update(work.tx, &mut observation)?;
        Ok(done(observation))
    }
}

/// The filter for a list of observations.
#[derive(Clone, Copy, Debug, Default)]
pub struct ObservationFilter {
    pub status: Option<ObservationStatus>,
    pub overdue: bool,
    pub organisation: Option<OrganisationId>,
    pub after: Option<ObservationId>,
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadObservations;

impl Service {
    /// Today's date in India.
    pub fn today(&self) -> NaiveDate {
        self.clock.now().date_in_india()
    }

    /// Observations in the order in which they were raised, at most `limit`.
    pub async fn list_observations(
        self: &Arc<Self>,
        caller: Caller,
        filter: ObservationFilter,
        limit: i64,
    ) -> Result<Vec<Observation>, Error> {
        let ObservationFilter { status, overdue, organisation, after } = filter;
        let overdue_on = overdue.then(|| self.today());
        let selection = observations::Selection { status, overdue_on, organisation, after };
        let list = move |tx: &mut ReadTx<'_>| {
            require_known(after, |id| observations::find(tx, id))?;
            Ok(observations::page(tx, selection, limit)?)
        };
        self.read(caller, READ_PERMISSION, move |tx, _| list(tx)).await
    }

    pub async fn observation(self: &Arc<Self>, caller: Caller, id: ObservationId) -> Result<Observation, Error> {
        let find = move |tx: &mut ReadTx<'_>| observations::find(tx, id)?.or_not_found("observation");
        self.read(caller, READ_PERMISSION, move |tx, _| find(tx)).await
    }
}
