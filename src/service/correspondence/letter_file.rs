//! The letters about a record as their page shows them, with the people and files that they only have ids of.

use crate::db::correspondence::{counts, letters};
use crate::service::Service;
use crate::service::correspondence::about::{AboutReference, Standing, found, standing};
use crate::service::correspondence::entries::named;
use crate::service::correspondence::letters::READ_PERMISSION;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::worklist::names::Names;
use domain::base::evidence::Evidence;
use domain::base::id::{EvidenceId, LetterId};
use domain::base::permission::Permission;
use domain::correspondence::about::About;
use domain::correspondence::letter::Letter;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many earlier letters a page can name.
const NAMED_MOST: i64 = 200;

/// One page of the letters about a record, the newest first.
pub struct LetterFile {
    pub about: About,
    pub standing: Standing,
    pub letters: Vec<Letter>,
    /// How many letters there are in all.
    pub all: i64,
    /// Earlier letters by their numbers, the newest first.
    pub numbers: Vec<(LetterId, String)>,
    pub files: BTreeMap<EvidenceId, Evidence>,
    pub people: Names,
    /// Whether the reader may send letters to the company, and enter those that came on paper.
    pub may_send: bool,
    /// Whether the reader may write to the office.
    pub may_write: bool,
}

impl Service {
    /// One page of the letters about a record, if it exists for this person; pages are numbered from 1.
    pub async fn letter_file(
        self: &Arc<Self>,
        caller: Caller,
        of: AboutReference,
        page: i64,
        rows: i64,
    ) -> Result<LetterFile, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let about = found(tx, &of)?;
            let standing = standing(tx, actor, about)?;
            // There are no letters about a record that concerns no company.
            standing.organisation_id.or_not_found("letters")?;
            let all = counts::of(tx, about)?.letters;
            let letters = letters::newest(tx, about, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let entries = letters.iter().map(|letter| (letter.recorded_by, &letter.documents));
            let (files, people) = named(tx, actor, entries)?;
            let submitted = standing.number.is_some();
            Ok(LetterFile {
                numbers: letters::numbers(tx, about, NAMED_MOST)?,
                files,
                people,
                may_send: submitted && actor.may(Permission::SendLetter).is_ok(),
                may_write: submitted && actor.may(Permission::WriteLetter).is_ok(),
                about,
                standing,
                letters,
                all,
            })
        })
        .await
    }
}
