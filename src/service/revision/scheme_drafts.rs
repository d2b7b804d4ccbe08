//! Drafts of scheme versions: written and withdrawn here. A reduction of awards already made is proposed by one
//! person and approved by another. `scheme_publication.rs` publishes a draft.

use crate::db::engine::transaction::ReadTx;
use crate::db::revision::scheme_drafts as rows;
use crate::service::Service;
use crate::service::revision::impact::sheet;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use crate::service::scheme::schemes::check_follows;
use domain::award::application::check_note;
use domain::base::argument::Size;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::SchemeDraftId;
use domain::base::permission::Permission;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::revision::impact::ImpactSheet;
use domain::revision::scheme_draft::{
    LONGEST_TEXT, SchemeDraft, SchemeDraftStatus, SchemeDraftStep, WorseningInstrument,
};
use domain::revision::scheme_text;
use domain::scheme::scheme::Scheme;
use serde_json::json;
use std::sync::Arc;

/// The number of drafts that may be open at a time.
const MOST_OPEN: i64 = 50;

/// A scheme administrator drafts a version of an existing scheme or of a new one.
pub struct DraftScheme {
    pub text: String,
}

impl Command for DraftScheme {
    const NAME: &'static str = "draft_scheme";
    const PERMISSION: Permission = Permission::DraftScheme;
    const REFUSALS: &'static [&'static str] = &["version_not_allowed"];
    type Answer = SchemeDraft;

    fn subject(&self) -> String {
        "scheme_draft".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SchemeDraft>, Error> {
        let scheme = read(&self.text)?;
        check_follows(work.schemes, &scheme, work.today())?;
        if rows::open(work.tx)? >= MOST_OPEN {
            let reason = Reason::DraftsWait { most: MOST_OPEN };
            return Err(Refusal::VersionNotAllowed { reason }.into());
        }
        let draft = SchemeDraft {
            id: SchemeDraftId(work.new_id()),
            scheme_code: scheme.code.clone(),
            scheme_version: scheme.version,
            digest: Scheme::digest(&self.text),
            document: self.text,
            status: SchemeDraftStatus::Draft,
            drafted_by: work.actor.user_id,
            drafted_at: work.now,
            instrument: None,
            publication: None,
            withdrawal: None,
            version: 1,
        };
        rows::insert(work.tx, &draft)?;
        Ok(done(draft))
    }
}

/// A scheme administrator withdraws a draft.
pub struct WithdrawSchemeDraft {
    pub id: SchemeDraftId,
    pub seen_version: i64,
    pub reason: String,
}

impl Command for WithdrawSchemeDraft {
    const NAME: &'static str = "withdraw_scheme_draft";
    const PERMISSION: Permission = Permission::DraftScheme;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state"];
    const ENDS_A_FILE: bool = true;
    type Answer = SchemeDraft;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SchemeDraft>, Error> {
        check_note("/reason", &self.reason)?;
        let mut draft = seen(work, self.id, self.seen_version)?;
        draft.withdraw(step(work, self.reason))?;
        rows::update(work.tx, &mut draft)?;
        Ok(done(draft))
    }
}

/// A scheme administrator proposes the reductions that a draft makes to awards already made.
pub struct ProposeSchemeInstrument {
    pub id: SchemeDraftId,
    pub seen_version: i64,
    pub reference: String,
    pub reason: String,
    /// The digest of the impact sheet that the person saw.
    pub impact_digest: String,
}

impl Command for ProposeSchemeInstrument {
    const NAME: &'static str = "propose_scheme_instrument";
    const PERMISSION: Permission = Permission::DraftScheme;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "impact_changed", "nothing_proposed", "amount_too_large"];
    type Answer = SchemeDraft;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SchemeDraft>, Error> {
        WorseningInstrument::check(&self.reference, &self.reason)?;
        let mut draft = seen(work, self.id, self.seen_version)?;
        let sheet = seen_sheet(work, &draft, &self.impact_digest)?;
        draft.propose(WorseningInstrument {
            reference: self.reference,
            reason: self.reason,
            covers: sheet.losses(),
            proposed_by: work.actor.user_id,
            proposed_at: work.now,
            approval: None,
        })?;
        rows::update(work.tx, &mut draft)?;
        Ok(done(draft))
    }
}

/// The competent authority approves them, on the present impact sheet.
pub struct ApproveSchemeInstrument {
    pub id: SchemeDraftId,
    pub seen_version: i64,
    pub note: String,
    /// The digest of the impact sheet that the person saw.
    pub impact_digest: String,
}

impl Command for ApproveSchemeInstrument {
    const NAME: &'static str = "approve_scheme_instrument";
    const PERMISSION: Permission = Permission::ApproveSchemeInstrument;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "impact_changed",
        "nothing_proposed",
        "worsens_awards",
        "amount_too_large",
    ];
    type Answer = SchemeDraft;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SchemeDraft>, Error> {
        check_note("/note", &self.note)?;
        let mut draft = seen(work, self.id, self.seen_version)?;
        let sheet = seen_sheet(work, &draft, &self.impact_digest)?;
        let step = step(work, self.note);
        draft.approve(&sheet.losses(), step)?;
        rows::update(work.tx, &mut draft)?;
        Ok(done(draft))
    }
}

/// Parses a scheme; faults are reported by key and line.
pub(in crate::service) fn read(text: &str) -> Result<Scheme, FieldErrors> {
    if text.len() > LONGEST_TEXT {
        return Err(FieldErrors::one("/text", FieldReason::SizeMost { most: Size(LONGEST_TEXT as u64) }));
    }
    scheme_text::read_new(text).map_err(|error| FieldErrors::one("/text", error))
}

/// The present impact sheet; refuses when it is not the one that the person saw.
pub(in crate::service) fn seen_sheet(
    work: &mut Work<'_, '_>,
    draft: &SchemeDraft,
    seen: &str,
) -> Result<ImpactSheet, Error> {
    let now = sheet(work.tx, work.schemes, draft, work.now)?;
    let digest = now.digest();
    if digest == seen {
        return Ok(now);
    }
    // The text that was sent is cut, so that a long one is not repeated.
    let seen = seen.chars().take(64).collect();
    Err(Refusal::ImpactChanged { seen, now: digest }.into())
}

pub(in crate::service) fn seen(
    work: &mut Work<'_, '_>,
    id: SchemeDraftId,
    seen_version: i64,
) -> Result<SchemeDraft, Error> {
    let draft = rows::find(work.tx, id)?.or_not_found("scheme draft")?;
    check_version(seen_version, draft.version)?;
    Ok(draft)
}

fn step(work: &Work<'_, '_>, note: String) -> SchemeDraftStep {
    SchemeDraftStep { note, taken_by: work.actor.user_id, taken_at: work.now }
}

pub(in crate::service) fn subject(id: SchemeDraftId) -> String {
    format!("scheme_draft:{id}")
}

/// The audit entry has everything about the draft except its text, which is represented by its digest.
pub(in crate::service) fn done(draft: SchemeDraft) -> Done<SchemeDraft> {
    let details = json!({
        "code": draft.scheme_code, "version": draft.scheme_version, "digest": draft.digest, "status": draft.status,
        "instrument": draft.instrument,
        "impact_digest": draft.publication.as_ref().map(|publication| &publication.impact_digest),
    });
    Done { subject: subject(draft.id), answer: draft, details }
}

/// An impact sheet with its digest.
pub struct SeenSheet {
    pub sheet: ImpactSheet,
    pub digest: String,
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadSchemeDrafts;

impl Service {
    /// Drafts after the given one, in the order of ids. The caller requests one more than a page shows, to see whether
    /// more follow.
    pub async fn list_scheme_drafts(
        self: &Arc<Self>,
        caller: Caller,
        after: Option<SchemeDraftId>,
        limit: i64,
    ) -> Result<Vec<SchemeDraft>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            require_known(after, |id| rows::find(tx, id))?;
            Ok(rows::page(tx, after, limit)?)
        })
        .await
    }

    pub async fn scheme_draft(self: &Arc<Self>, caller: Caller, id: SchemeDraftId) -> Result<SchemeDraft, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| found(tx, id)).await
    }

    /// The effect of the draft on the records of now; for a published draft, as it was at publication.
    pub async fn scheme_impact(self: &Arc<Self>, caller: Caller, id: SchemeDraftId) -> Result<SeenSheet, Error> {
        let service = Arc::clone(self);
        let now = self.clock.now();
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let draft = found(tx, id)?;
            let schemes = service.schemes.current(tx)?;
            let sheet = match draft.publication {
                Some(publication) => publication.impact,
                None => sheet(tx, &schemes, &draft, now)?,
            };
            Ok(SeenSheet { digest: sheet.digest(), sheet })
        })
        .await
    }
}

fn found(tx: &mut ReadTx<'_>, id: SchemeDraftId) -> Result<SchemeDraft, Error> {
    rows::find(tx, id)?.or_not_found("scheme draft")
}
