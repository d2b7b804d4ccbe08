//! A draft of a scheme version as a page shows it: what differs from the version before, whom it would change what for,
//! with whom it lies, and what its reader may do next. What may be done is found by the rules of the draft itself, on a
//! copy of it.

use crate::db::revision::scheme_drafts as rows;
use crate::service::Service;
use crate::service::revision::impact::sheet;
use crate::service::revision::scheme_drafts::{READ_PERMISSION, SeenSheet};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::running::scheme_shelf::parsed;
use crate::service::scheme::scheme_versions::changes;
use crate::service::worklist::names::Names;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{SchemeDraftId, UserId};
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::people::user::Actor;
use domain::revision::impact::{AwardLoss, ImpactSheet};
use domain::revision::scheme_difference::LeafChange;
use domain::revision::scheme_draft::{Publication, SchemeDraft, SchemeDraftStep, WorseningInstrument};
use domain::scheme::scheme::Scheme;
use domain::words;
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::Waiting;
use std::sync::Arc;

words! {
    /// Something that a person can do to a draft.
    pub enum SchemeDraftAct {
        /// To propose the instrument for what awards lose.
        Propose = "propose",
        Approve = "approve",
        Publish = "publish",
        Withdraw = "withdraw",
    }
}

/// An act that the reader's roles allow on the draft as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextDraftAct {
    pub act: SchemeDraftAct,
    /// Why it cannot be done all the same.
    pub refusal: Option<Refusal>,
}

/// One draft with everything that its page shows.
pub struct WholeDraft {
    pub draft: SchemeDraft,
    pub scheme: Arc<Scheme>,
    /// The number of the version with which it is compared; none for the first version of a scheme.
    pub before: Option<i64>,
    pub difference: Vec<LeafChange>,
    pub impact: SeenSheet,
    pub losses: Vec<AwardLoss>,
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    pub people: Names,
    pub next: Vec<NextDraftAct>,
    pub today: NaiveDate,
}

impl SchemeDraftAct {
    fn permission(self) -> Permission {
        match self {
            SchemeDraftAct::Propose | SchemeDraftAct::Withdraw => Permission::DraftScheme,
            SchemeDraftAct::Approve => Permission::ApproveSchemeInstrument,
            SchemeDraftAct::Publish => Permission::PublishScheme,
        }
    }

    /// Takes the step on a copy of the draft, as its command would, on the present impact sheet.
    fn tried(self, draft: &SchemeDraft, impact: &ImpactSheet, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let mut copy = draft.clone();
        let step = SchemeDraftStep { note: String::new(), taken_by: by, taken_at: at };
        match self {
            SchemeDraftAct::Propose => copy.propose(WorseningInstrument {
                reference: String::new(),
                reason: String::new(),
                covers: impact.losses(),
                proposed_by: by,
                proposed_at: at,
                approval: None,
            }),
            SchemeDraftAct::Approve => copy.approve(&impact.losses(), step),
            SchemeDraftAct::Publish => {
                let (impact, impact_digest) = (impact.clone(), impact.digest());
                copy.publish(Publication { impact, impact_digest, taken_by: by, taken_at: at })
            }
            SchemeDraftAct::Withdraw => copy.withdraw(step),
        }
    }
}

/// The acts that the roles allow on this draft, each with what would refuse it. An act for which it is in another
/// state, or for which nothing is lost or proposed, is not among them.
fn next_acts(draft: &SchemeDraft, impact: &ImpactSheet, actor: &Actor, now: Timestamp) -> Vec<NextDraftAct> {
    let allowed = SchemeDraftAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried =
        allowed.map(|act| NextDraftAct { act: *act, refusal: act.tried(draft, impact, actor.user_id, now).err() });
    let elsewhere = |refusal: &Refusal| matches!(refusal, Refusal::WrongState { .. } | Refusal::NothingProposed);
    tried.filter(|next| !next.refusal.as_ref().is_some_and(elsewhere)).collect()
}

/// Everybody whom the page of a draft names.
fn people_of(draft: &SchemeDraft) -> Vec<UserId> {
    let mut people = vec![draft.drafted_by];
    if let Some(instrument) = &draft.instrument {
        people.push(instrument.proposed_by);
        people.extend(instrument.approval.as_ref().map(|step| step.taken_by));
    }
    people.extend(draft.publication.as_ref().map(|publication| publication.taken_by));
    people.extend(draft.withdrawal.as_ref().map(|step| step.taken_by));
    people.sort_unstable();
    people.dedup();
    people
}

impl Service {
    /// One draft with what its page shows. A published draft has the impact sheet on which it was published.
    pub async fn scheme_draft_file(self: &Arc<Self>, caller: Caller, id: SchemeDraftId) -> Result<WholeDraft, Error> {
        let service = Arc::clone(self);
        let now = self.clock.now();
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let draft = rows::find(tx, id)?.or_not_found("scheme draft")?;
            let scheme = parsed(&draft.document).map_err(|error| Error::Internal(error.to_string()))?;
            let schemes = service.schemes.current(tx)?;
            let before = schemes.before(&draft.scheme_code, draft.scheme_version);
            let impact = match &draft.publication {
                Some(publication) => publication.impact.clone(),
                None => sheet(tx, &schemes, &draft, now)?,
            };
            let today = now.date_in_india();
            let next = next_acts(&draft, &impact, actor, now);
            let stopped = stopped(actor, next.iter().map(|next| &next.refusal));
            let (waiting, who_can) =
                service.turn_of(tx, stopped, &[MatterKind::SchemeDraft], &id.to_string(), today)?;
            Ok(WholeDraft {
                difference: before.map(|before| changes(before, &scheme)).unwrap_or_default(),
                before: before.map(|before| before.version),
                waiting,
                who_can,
                people: Names::of_people(tx, actor, &people_of(&draft))?,
                next,
                losses: impact.losses(),
                impact: SeenSheet { digest: impact.digest(), sheet: impact },
                draft,
                scheme,
                today,
            })
        })
        .await
    }
}
