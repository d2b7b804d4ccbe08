//! The published versions of a scheme, each with its computed difference to the version before.

use crate::db::engine::transaction::ReadTx;
use crate::db::revision::scheme_drafts;
use crate::db::scheme::schemes as rows;
use crate::db::scheme::schemes::KeptVersion;
use crate::service::Service;
use crate::service::running::error::{Error, OrNotFound};
use domain::base::calendar::Timestamp;
use domain::base::id::{SchemeDraftId, UserId};
use domain::revision::scheme_difference::{LeafChange, difference};
use domain::revision::scheme_draft::SchemeDraft;
use domain::scheme::scheme::Scheme;
use std::sync::Arc;

/// A version with the people who drafted and published it.
pub struct SchemeVersion {
    pub scheme: Arc<Scheme>,
    pub digest: String,
    pub document: String,
    /// When it was published here, or its file first loaded.
    pub published_at: Timestamp,
    pub draft_id: Option<SchemeDraftId>,
    /// Who drafted it here; none for a version loaded from a file, which names its people itself.
    pub drafted_by: Option<UserId>,
    pub published_by: Option<UserId>,
    /// The changes value by value; empty for the first version.
    pub difference: Vec<LeafChange>,
}

impl Service {
    /// Every version of a scheme, the first one first.
    pub async fn scheme_versions(self: &Arc<Self>, code: String) -> Result<Vec<SchemeVersion>, Error> {
        let service = Arc::clone(self);
        self.read_openly(move |tx| service.versions(tx, &code)).await
    }

    /// One version of a scheme.
    pub async fn scheme_version(self: &Arc<Self>, code: String, version: i64) -> Result<SchemeVersion, Error> {
        let all = self.scheme_versions(code).await?;
        all.into_iter().find(|one| one.scheme.version == version).or_not_found("scheme")
    }

    /// The versions of a scheme; the number of statements does not depend on how many there are.
    pub(in crate::service) fn versions(&self, tx: &mut ReadTx<'_>, code: &str) -> Result<Vec<SchemeVersion>, Error> {
        let schemes = self.schemes.current(tx)?;
        let kept = rows::kept(tx, Some(code))?;
        let drafted = kept.iter().any(|version| version.draft_id.is_some());
        let drafts = if drafted { scheme_drafts::list(tx)? } else { Vec::new() };
        let mut all: Vec<SchemeVersion> = Vec::new();
        for kept in kept {
            let scheme = Arc::clone(schemes.version(code, kept.version)?);
            let before = all.last().map(|before| Arc::clone(&before.scheme));
            let draft = drafts.iter().find(|draft| Some(draft.id) == kept.draft_id);
            all.push(version_of(kept, scheme, before.as_deref(), draft));
        }
        if all.is_empty() { Err(Error::NotFound("scheme")) } else { Ok(all) }
    }
}

fn version_of(
    kept: KeptVersion,
    scheme: Arc<Scheme>,
    before: Option<&Scheme>,
    draft: Option<&SchemeDraft>,
) -> SchemeVersion {
    SchemeVersion {
        difference: before.map(|before| changes(before, &scheme)).unwrap_or_default(),
        digest: kept.digest,
        document: kept.document,
        published_at: kept.loaded_at,
        draft_id: kept.draft_id,
        drafted_by: draft.map(|draft| draft.drafted_by),
        published_by: draft.and_then(|draft| draft.publication.as_ref()).map(|publication| publication.taken_by),
        scheme,
    }
}

/// The values of one version that differ in another.
pub(in crate::service) fn changes(before: &Scheme, after: &Scheme) -> Vec<LeafChange> {
    // A scheme holds only text, numbers, lists and maps with text keys, which always have a JSON form.
    let value = |scheme: &Scheme| serde_json::to_value(scheme).unwrap_or_default();
    difference(&value(before), &value(after))
}
