//! Publishing a drafted version: a second person brings it into force, on the impact sheet that both could
//! read. From the commit on, every process uses it.

use crate::db::revision::scheme_drafts;
use crate::db::scheme::schemes;
use crate::service::revision::scheme_drafts::{done, read, seen, seen_sheet, subject};
use crate::service::running::error::Error;
use crate::service::running::runner::{Command, Done, Work};
use crate::service::scheme::schemes::check_follows;
use domain::base::id::SchemeDraftId;
use domain::base::permission::Permission;
use domain::budget::posting;
use domain::revision::scheme_draft::{Publication, SchemeDraft};

/// A second scheme administrator publishes a draft.
pub struct PublishScheme {
    pub id: SchemeDraftId,
    pub seen_version: i64,
    /// The digest of the impact sheet that the person saw.
    pub impact_digest: String,
}

impl Command for PublishScheme {
    const NAME: &'static str = "publish_scheme";
    const PERMISSION: Permission = Permission::PublishScheme;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "version_not_allowed",
        "impact_changed",
        "worsens_awards",
        "amount_too_large",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = SchemeDraft;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SchemeDraft>, Error> {
        let mut draft = seen(work, self.id, self.seen_version)?;
        draft.check_publisher(work.actor.user_id)?;
        let scheme = read(&draft.document)?;
        check_follows(work.schemes, &scheme, work.today())?;
        let impact = seen_sheet(work, &draft, &self.impact_digest)?;
        draft.publish(Publication {
            impact,
            impact_digest: self.impact_digest,
            taken_by: work.actor.user_id,
            taken_at: work.now,
        })?;
        scheme_drafts::update(work.tx, &mut draft)?;
        schemes::insert(work.tx, &scheme, &draft.digest, &draft.document, work.now, Some(draft.id))?;
        if scheme.version == 1 {
            let parts: Vec<_> =
                scheme.components.iter().map(|part| (part.code, scheme.component_outlay(part.code))).collect();
            work.post(&posting::authorise_outlay(&scheme.code, &scheme.reference, &parts))?;
        }
        Ok(done(draft))
    }
}
