//! What notes and letters share on their pages: the files and people that an entry only has ids of.

use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::service::running::error::Error;
use crate::service::worklist::names::Names;
use domain::base::evidence::{Evidence, EvidenceIds};
use domain::base::id::{EvidenceId, UserId};
use domain::people::user::Actor;
use std::collections::BTreeMap;

/// The files and the people of entries, each of which names whoever recorded it and its documents.
pub(super) fn named<'a>(
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    entries: impl Iterator<Item = (UserId, &'a EvidenceIds)>,
) -> Result<(BTreeMap<EvidenceId, Evidence>, Names), Error> {
    let (mut people, mut files): (Vec<UserId>, Vec<String>) = (Vec::new(), Vec::new());
    for (by, documents) in entries {
        people.push(by);
        files.extend(documents.0.iter().map(ToString::to_string));
    }
    people.sort_unstable();
    people.dedup();
    let files = evidence::of_ids(tx, &files)?.into_iter().map(|file| (file.id, file)).collect();
    Ok((files, Names::of_people(tx, actor, &people)?))
}
