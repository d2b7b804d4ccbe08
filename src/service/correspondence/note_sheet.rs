//! The note sheet of a record as its page shows it: the notes with the people and files that they only have ids of.

use crate::db::correspondence::{counts, notes};
use crate::service::Service;
use crate::service::correspondence::about::{AboutReference, Standing, found, standing};
use crate::service::correspondence::entries::named;
use crate::service::correspondence::notes::{READ_PERMISSION, require_office};
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use crate::service::worklist::names::Names;
use domain::base::evidence::Evidence;
use domain::base::id::EvidenceId;
use domain::base::permission::Permission;
use domain::correspondence::about::About;
use domain::correspondence::note::SheetNote;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One page of the note sheet of a record, the newest note first.
pub struct NoteSheet {
    pub about: About,
    pub standing: Standing,
    pub notes: Vec<SheetNote>,
    /// How many notes there are in all.
    pub all: i64,
    pub files: BTreeMap<EvidenceId, Evidence>,
    pub people: Names,
    /// Whether the reader may add a note.
    pub may_write: bool,
}

impl Service {
    /// One page of the note sheet of a record, if it exists for this person; pages are numbered from 1.
    pub async fn note_sheet(
        self: &Arc<Self>,
        caller: Caller,
        of: AboutReference,
        page: i64,
        rows: i64,
    ) -> Result<NoteSheet, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            require_office(actor)?;
            let about = found(tx, &of)?;
            let standing = standing(tx, actor, about)?;
            let all = counts::of(tx, about)?.notes;
            let notes = notes::newest(tx, about, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let entries = notes.iter().map(|note| (note.written_by, &note.documents));
            let (files, people) = named(tx, actor, entries)?;
            Ok(NoteSheet {
                files,
                people,
                may_write: actor.may(Permission::WriteNote).is_ok(),
                about,
                standing,
                notes,
                all,
            })
        })
        .await
    }
}
