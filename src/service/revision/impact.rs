//! Impact sheets: gathers the facts of the awards that a draft version would govern from the stored records.

use crate::db::award::awards;
use crate::db::claim::claims;
use crate::db::engine::transaction::ReadTx;
use crate::service::claim::claim_facts::{Rooms, known, stated};
use crate::service::claim::claim_records::RecordsOfAwards;
use crate::service::running::error::Error;
use crate::service::running::scheme_shelf::Schemes;
use domain::award::application::Application;
use domain::award::award::Award;
use domain::base::calendar::Timestamp;
use domain::claim::claim::{Claim, ClaimLineRecord, ClaimStatus};
use domain::claim::entitlement::{Facts, Release};
use domain::revision::impact::{AwardFacts, ClaimInFlight, ImpactSheet, would_govern};
use domain::revision::scheme_draft::SchemeDraft;
use domain::scheme::governing::ClaimGovernedBy;
use domain::scheme::scheme::Scheme;

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
    let (mut governed, mut names, mut applications, mut untouched) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (award, beneficiary, application) in awards::of_scheme(tx, &scheme.code)? {
        let own = schemes.version(&award.scheme_code, award.scheme_version)?;
        if own.claim_governed_by() == ClaimGovernedBy::Award {
            untouched += 1;
            continue;
        }
        governed.push(award);
        names.push(beneficiary);
        applications.push(application);
    }
    let stated: Vec<_> = applications.iter().map(|application| application.form.facts.clone()).collect();
    let (files, mut records) = in_flight(tx, &governed, applications)?;
    let mut all = Vec::with_capacity(governed.len());
    for ((award, organisation), stated) in governed.iter().zip(&names).zip(stated) {
        let mut flying = Vec::new();
        for file in files.iter().filter(|(claim, _)| claim.award_id == award.id) {
            flying.push(claim_in_flight(&mut records, schemes, &scheme, award, file, now)?);
        }
        let own = schemes.version(&award.scheme_code, award.scheme_version)?;
        all.push(AwardFacts { award, organisation, own, stated, claims: flying });
    }
    Ok(ImpactSheet::of(&scheme, &draft.digest, &all, untouched)?)
}

/// Claims of these awards that are not final: drafts, submitted ones, and those that wait for their final certificate;
/// and the records that their facts come from. Few statements, however many awards there are.
fn in_flight(
    tx: &mut ReadTx<'_>,
    awards: &[Award],
    applications: Vec<Application>,
) -> Result<(Vec<ClaimFile>, RecordsOfAwards), Error> {
    let ids: Vec<String> = awards.iter().map(|award| award.id.to_string()).collect();
    let claims = if ids.is_empty() { Vec::new() } else { claims::of_awards(tx, &ids)? };
    let flies = |claim: &&Claim| match claim.status {
        ClaimStatus::Draft | ClaimStatus::Submitted | ClaimStatus::Returned => true,
        ClaimStatus::Verified => claim.certificate_due_on.is_some() && claim.certified_at.is_none(),
        ClaimStatus::Rejected => false,
    };
    let flying: Vec<Claim> = claims.iter().filter(flies).cloned().collect();
    if flying.is_empty() {
        return Ok((Vec::new(), RecordsOfAwards::default()));
    }
    let mut lines = claims::lines_of(tx, &flying.iter().map(|claim| claim.id.to_string()).collect::<Vec<_>>())?;
    let records = RecordsOfAwards::of(tx, claims, applications)?;
    let with_lines = |claim: Claim| {
        let own = lines.remove(&claim.id.to_string()).unwrap_or_default();
        (claim, own)
    };
    Ok((flying.into_iter().map(with_lines).collect(), records))
}

/// The present facts of a claim: every line that was not rejected, and the amounts available today. A submitted
/// claim stays with the version it was submitted under.
fn claim_in_flight<'a>(
    records: &mut RecordsOfAwards,
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
    let rooms = Rooms::now(records, award, claim.component, now)?;
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
            known: known(records, governing, award, &imagined)?,
            stated: stated(records, award, claim)?,
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
