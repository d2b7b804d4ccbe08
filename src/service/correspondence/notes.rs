//! The note sheet: officers add notes to a record, offices and auditors read them. For a manufacturer no note exists.

use crate::db::correspondence::notes;
use crate::service::Service;
use crate::service::correspondence::about::standing;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::runner::{Caller, Command, Done, Work};
use domain::base::evidence::EvidenceIds;
use domain::base::id::{EvidenceId, NoteId};
use domain::base::permission::Permission;
use domain::correspondence::about::{About, AboutIds};
use domain::correspondence::note::{SheetNote, check_note};
use domain::log::audit::digest_of;
use domain::people::disclosure::DisclosedField;
use domain::people::user::Actor;
use serde_json::json;
use std::sync::Arc;

/// An officer adds a note to the note sheet of a record. It moves nothing and holds nothing up.
pub struct WriteNote {
    pub about: AboutIds,
    pub text: String,
    pub documents: Vec<EvidenceId>,
}

impl Command for WriteNote {
    const NAME: &'static str = "write_note";
    const PERMISSION: Permission = Permission::WriteNote;
    const REFUSALS: &'static [&'static str] = &["evidence_unknown"];
    type Answer = SheetNote;

    fn subject(&self) -> String {
        "note".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SheetNote>, Error> {
        check_note(&self.text, &self.documents)?;
        let about = self.about.one()?;
        standing(work.tx, &work.actor, about)?;
        // The offices' own files: no company sees them.
        let files = require_evidence(work.tx, &self.documents, None)?;
        let note = SheetNote {
            id: NoteId(work.new_id()),
            about_kind: about.kind,
            about_id: about.id,
            number: notes::last_number(work.tx, about)? + 1,
            text: self.text,
            documents: EvidenceIds(self.documents),
            written_by: work.actor.user_id,
            written_at: work.now,
        };
        notes::insert(work.tx, &note)?;
        work.withhold(DisclosedField::Text, &note.text)?;
        let details = json!({
            "about": about.to_string(), "number": note.number, "digest": digest_of(&note.without_text()),
            "document_digests": files.into_iter().map(|file| file.digest).collect::<Vec<_>>(),
        });
        Ok(Done { subject: format!("note:{}", note.id), answer: note, details })
    }
}

/// The permission that the reads of this file take. A manufacturer holds it too, and finds no note.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

/// Refuses a manufacturer in the words for what does not exist.
pub(super) fn require_office(actor: &Actor) -> Result<(), Error> {
    if actor.roles.is_manufacturer() { Err(Error::NotFound("note")) } else { Ok(()) }
}

impl Service {
    /// Notes in the order in which they were written, at most `limit`: all, or those about one record.
    pub async fn list_notes(
        self: &Arc<Self>,
        caller: Caller,
        about: Option<About>,
        after: Option<NoteId>,
        limit: i64,
    ) -> Result<Vec<SheetNote>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            require_office(actor)?;
            require_known(after, |id| notes::find(tx, id))?;
            Ok(notes::page(tx, about, after, limit)?)
        })
        .await
    }

    pub async fn note(self: &Arc<Self>, caller: Caller, id: NoteId) -> Result<SheetNote, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            require_office(actor)?;
            notes::find(tx, id)?.or_not_found("note")
        })
        .await
    }
}
