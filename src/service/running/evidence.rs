//! Uploading and reading evidence.

use crate::db::correspondence::letters;
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence_store::{Stored, Upload};
use crate::service::running::operation::Operation;
use crate::service::running::runner::{Answered, Call, Caller, Command, Done, Work};
use crate::service::{Service, off_thread};
use domain::base::evidence::{Evidence, MediaType, check_file_name};
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::{EvidenceId, OrganisationId};
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::people::user::Actor;
use serde_json::json;
use std::sync::Arc;

/// How many of its own documents a company may choose from on a page.
const UPLOADS_MOST: i64 = 20;

/// A document that a company uploaded, and the record to which it is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnUpload {
    pub file: Evidence,
    /// The number of the record; none where it is attached to none yet.
    pub record: Option<String>,
}

/// The newest documents that the reader's own company uploaded, for whoever may do something that takes one.
pub(in crate::service) fn own_uploads(
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    of: OrganisationId,
    permission: Permission,
) -> Result<Vec<OwnUpload>, Error> {
    if actor.organisation_id != Some(of) || actor.may(permission).is_err() {
        return Ok(Vec::new());
    }
    let files = evidence::newest_of(tx, of, UPLOADS_MOST)?;
    let attached = if files.is_empty() { Vec::new() } else { evidence::attached_of(tx, of)? };
    let named = |file: Evidence| {
        let id = file.id.to_string();
        let record = attached.iter().find(|one| one.files.contains(&id)).map(|one| one.record.clone());
        OwnUpload { file, record }
    };
    Ok(files.into_iter().map(named).collect())
}

struct RecordEvidence {
    stored: Stored,
    media_type: MediaType,
    file_name: String,
}

impl Command for RecordEvidence {
    const NAME: &'static str = "upload_evidence";
    const PERMISSION: Permission = Permission::UploadEvidence;
    const REFUSALS: &'static [&'static str] = &["organisation_required"];
    type Answer = Evidence;

    fn subject(&self) -> String {
        "evidence".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Evidence>, Error> {
        let organisation_id = owner(&work.actor)?;
        let record = Evidence {
            id: EvidenceId(work.new_id()),
            digest: self.stored.digest,
            size_bytes: self.stored.size_bytes,
            media_type: self.media_type,
            file_name: self.file_name,
            organisation_id,
            uploaded_by: work.actor.user_id,
            uploaded_at: work.now,
        };
        evidence::insert(work.tx, &record)?;
        let details =
            json!({ "digest": record.digest, "size_bytes": record.size_bytes, "media_type": record.media_type });
        Ok(Done { subject: format!("evidence:{}", record.id), answer: record, details })
    }
}

/// Records that a person was refused before their file was received.
struct RefuseUpload;

impl Command for RefuseUpload {
    const NAME: &'static str = RecordEvidence::NAME;
    const PERMISSION: Permission = RecordEvidence::PERMISSION;
    const REFUSALS: &'static [&'static str] = RecordEvidence::REFUSALS;
    type Answer = ();

    fn subject(&self) -> String {
        "evidence".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        owner(&work.actor)?;
        Err(Error::Unavailable("what was missing a moment ago is there now".to_owned()))
    }
}

/// The owner of the file: a manufacturer's person uploads for their organisation, the agency for itself.
fn owner(actor: &Actor) -> Result<Option<OrganisationId>, Error> {
    if actor.roles.is_manufacturer() { Ok(Some(actor.own_organisation()?)) } else { Ok(None) }
}

/// Refuses evidence that does not belong to this organisation (or, for the agency, to the agency itself).
pub fn require_evidence(
    tx: &mut ReadTx<'_>,
    ids: &[EvidenceId],
    owner: Option<OrganisationId>,
) -> Result<Vec<Evidence>, Error> {
    ids.iter()
        .map(|id| {
            let found = evidence::find(tx, *id)?.filter(|record| record.organisation_id == owner);
            found.ok_or_else(|| Refusal::EvidenceUnknown { evidence: id.to_string() }.into())
        })
        .collect()
}

/// What is wrong with a received file: with its name, and with its content, which must be what its type says.
pub fn check_upload(upload: &Upload, media_type: MediaType, file_name: &str) -> FieldErrors {
    let mut errors = FieldErrors::new();
    check_file_name(&mut errors, "/file_name", file_name);
    let other = FieldReason::OtherEnding { media_type: media_type.to_string() };
    errors.require(media_type.fits(file_name), "/file_name", other);
    errors.require(upload.size_bytes() > 0, "", FieldReason::FileEmpty);
    let other = FieldReason::OtherContent { media_type: media_type.to_string() };
    errors.require(media_type.matches(upload.start()), "", other);
    errors
}

pub const UPLOAD_EVIDENCE: Operation = Operation::of::<RecordEvidence>();

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// Checks whether this person may upload at all, before any of the file is received.
    pub async fn may_upload(self: &Arc<Self>, caller: Caller) -> Result<(), Error> {
        let asked = self.read(caller, RecordEvidence::PERMISSION, |_, actor| owner(actor).map(|_| ())).await;
        if matches!(asked, Err(Error::Refused(_))) {
            self.execute(Call::unkeyed(caller), RefuseUpload, |()| String::new()).await?;
        }
        asked
    }

    /// Removes files that were half received when the last server ended.
    pub fn clear_incoming(&self) -> Result<(), Error> {
        self.evidence.clear_incoming()
    }

    /// The largest file that is accepted.
    pub fn evidence_bytes_most(&self) -> u64 {
        self.evidence.bytes_most
    }

    pub fn begin_upload(&self) -> Result<Upload, Error> {
        self.evidence.begin()
    }

    /// Stores a received file and records it. Its content must match its declared type.
    pub async fn finish_upload(
        self: &Arc<Self>,
        call: Call,
        upload: Upload,
        media_type: MediaType,
        file_name: String,
        render: impl FnOnce(Evidence) -> String + Send + 'static,
    ) -> Result<Answered, Error> {
        check_upload(&upload, media_type, &file_name).finish()?;
        let service = Arc::clone(self);
        let stored = off_thread(move || service.evidence.keep(upload)).await?;
        self.execute(call, RecordEvidence { stored, media_type, file_name }, render).await
    }

    pub async fn evidence(self: &Arc<Self>, caller: Caller, id: EvidenceId) -> Result<Evidence, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let record = evidence::find(tx, id)?.or_not_found("evidence")?;
            let visible = match (record.organisation_id, actor.narrowed_to()) {
                (Some(organisation), _) => actor.sees(organisation),
                // The offices' own files are visible to them and the auditor, and with a letter to its company.
                (None, None) => true,
                (None, Some(company)) => letters::has_document(tx, company, id)?,
            };
            Some(record).filter(|_| visible).or_not_found("evidence")
        })
        .await
    }

    /// The record and the content of an evidence file.
    pub async fn evidence_content(
        self: &Arc<Self>,
        caller: Caller,
        id: EvidenceId,
    ) -> Result<(Evidence, Vec<u8>), Error> {
        let record = self.evidence(caller, id).await?;
        let service = Arc::clone(self);
        let digest = record.digest.clone();
        let content = off_thread(move || service.evidence.read(&digest)).await?;
        Ok((record, content))
    }
}
