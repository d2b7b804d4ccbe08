//! Impact sheets: gathers the facts of the awards that a draft version would govern from the stored records.

use crate::db::award::{applications, awards};
use crate::db::claim::claims;
use crate::db::engine::transaction::ReadTx;
use crate::db::people::organisations;
use crate::service::claim::claim_facts::{Rooms, known, stated};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::scheme_shelf::Schemes;
use domain::award::award::Award;
use domain::base::calendar::Timestamp;
use domain::base::id::OrganisationId;
use domain::claim::claim::{Claim, ClaimLineRecord, ClaimStatus};
use domain::claim::entitlement::{Facts, Release};
use domain::revision::impact::{AwardFacts, ClaimInFlight, ImpactSheet, would_govern};
use domain::revision::scheme_draft::SchemeDraft;
use domain::scheme::governing::ClaimGovernedBy;
use domain::scheme::scheme::Scheme;
use std::collections::BTreeMap;

/// A claim with its lines; the facts of the claim borrow from both.
type ClaimFile = (Claim, Vec<ClaimLineRecord>);

/// The impact sheet of a draft, computed on the records of now.
pub(in crate::service) fn sheet(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    draft: &SchemeDraft,
    now: Timestamp,
) -> Result<ImpactSheet, Error> {
    let scheme = Scheme::parse(&draft.document).map_err(|error| Error::Internal(error.to_string()))?;
    let names: BTreeMap<OrganisationId, String> =
        organisations::list(tx, None)?.into_iter().map(|one| (one.id, one.name)).collect();
    let (mut governed, mut untouched) = (Vec::new(), 0);
    for award in awards::list(tx, None)?.into_iter().filter(|award| award.scheme_code == scheme.code) {
        let own = schemes.version(&award.scheme_code, award.scheme_version)?;
        if own.claim_governed_by() == ClaimGovernedBy::Award {
            untouched += 1;
            continue;
        }
        let files = in_flight(tx, &award)?;
        governed.push((award, files));
    }
    let mut all = Vec::with_capacity(governed.len());
    for (award, files) in &governed {
        let application = applications::find(tx, award.application_id)?.or_not_found("application")?;
        let mut flying = Vec::with_capacity(files.len());
        for file in files {
            flying.push(claim_in_flight(tx, schemes, &scheme, award, file, now)?);
        }
        all.push(AwardFacts {
            award,
            organisation: names.get(&award.organisation_id).map_or("", String::as_str),
            own: schemes.version(&award.scheme_code, award.scheme_version)?,
            stated: application.form.facts,
            claims: flying,
        });
    }
    Ok(ImpactSheet::of(&scheme, &draft.digest, &all, untouched)?)
}

/// Claims of an award that are not final: drafts, submitted ones, and those that wait for their final
/// certificate.
fn in_flight(tx: &mut ReadTx<'_>, award: &Award) -> Result<Vec<ClaimFile>, Error> {
    let mut files = Vec::new();
    for claim in claims::of_award(tx, award.id)? {
        let flies = match claim.status {
            ClaimStatus::Draft | ClaimStatus::Submitted | ClaimStatus::Returned => true,
            ClaimStatus::Verified => claim.certificate_due_on.is_some() && claim.certified_at.is_none(),
            ClaimStatus::Rejected => false,
        };
        if flies {
            let lines = claims::lines(tx, claim.id)?;
            files.push((claim, lines));
        }
    }
    Ok(files)
}

/// The present facts of a claim: every line that was not rejected, and the amounts available today. A submitted
/// claim stays with the version it was submitted under.
fn claim_in_flight<'a>(
    tx: &mut ReadTx<'_>,
    schemes: &'a Schemes,
    draft: &Scheme,
    award: &Award,
    (claim, lines): &'a ClaimFile,
    now: Timestamp,
) -> Result<ClaimInFlight<'a>, Error> {
    let is_draft = claim.status == ClaimStatus::Draft;
    let governing = match is_draft {
        true => schemes.governing_claim(award, claim.period_to, now.date_in_india())?,
        false => schemes.version(&claim.scheme_code, claim.scheme_version)?,
    };
    let own = schemes.version(&award.scheme_code, award.scheme_version)?;
    let rooms = Rooms::now(tx, award, claim.component, now)?;
    let back = |room: domain::base::money::Paise| room.checked_add(claim.entitlement_paise).unwrap_or(room);
    let accepted = lines.iter().filter(|line| line.decision.as_ref().is_none_or(|decision| decision.accepted));
    let facts: Vec<_> = accepted.map(ClaimLineRecord::facts).collect();
    let mut imagined = claim.clone();
    imagined.submitted_at = claim.submitted_at.or(Some(now));
    Ok(ClaimInFlight {
        id: claim.id,
        number: claim.number.clone(),
        status: claim.status,
        facts: Facts {
            component: claim.component,
            accepted_lines: facts.len() as i64,
            rejected_lines: (lines.len() - facts.len()) as i64,
            lines: facts,
            known: known(tx, governing, award, &imagined)?,
            stated: stated(tx, award, claim)?,
            amount_claimed: claim.amount_claimed_paise,
            award_room: back(rooms.award),
            component_room: back(rooms.component),
            appropriation_room: rooms.appropriation,
            release: Release::Whole,
        },
        governing,
        changes: is_draft && would_govern(own, draft.effective_from, claim.period_to),
    })
}
