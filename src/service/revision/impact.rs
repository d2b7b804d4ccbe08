//! Impact sheets: gathers the facts of the awards that a draft version would govern from the stored records.

use crate::db::award::awards;
use crate::db::claim::claims;
use crate::db::engine::transaction::ReadTx;
use crate::service::claim::claim_facts::{Rooms, known, stated};
use crate::service::claim::claim_records::RecordsOfAwards;
use crate::service::running::error::Error;
use crate::service::running::scheme_shelf::{Schemes, parsed};
use chrono::{Months, NaiveDate};
use domain::award::application::Application;
use domain::award::award::Award;
use domain::base::calendar::Timestamp;
use domain::base::money::{LARGEST_AMOUNT, Paise};
use domain::claim::claim::{Claim, ClaimLineRecord, ClaimStatus};
use domain::claim::credit_notes::net_facts;
use domain::claim::entitlement::{Facts, Release};
use domain::revision::impact::{AwardFacts, ClaimInFlight, ImpactSheet, would_govern};
use domain::revision::scheme_draft::SchemeDraft;
use domain::scheme::fact::StatedFact;
use domain::scheme::governing::ClaimGovernedBy;
use domain::scheme::rules::names::Value;
use domain::scheme::scheme::Scheme;
use std::collections::BTreeMap;

/// Claims that were verified in so many months before are computed again under the draft.
const PAST_MONTHS: u32 = 24;

/// A claim with its lines; the facts of the claim borrow from both.
type ClaimFile = (Claim, Vec<ClaimLineRecord>);

/// The impact sheet of a draft, computed on the records of now.
pub(in crate::service) fn sheet(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    draft: &SchemeDraft,
    now: Timestamp,
) -> Result<ImpactSheet, Error> {
    let scheme = parsed(&draft.document).map_err(|error| Error::Internal(error.to_string()))?;
    let (mut governed, mut names, mut applications, mut untouched) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let ended = awards::ended(tx)?;
    // Nothing more is claimed under an award that was ended, so no version makes it worse.
    let all = awards::of_scheme(tx, &scheme.code)?.into_iter();
    for (award, beneficiary, application) in all.filter(|(award, ..)| !ended.contains(&award.id.to_string())) {
        let own = schemes.version(&award.scheme_code, award.scheme_version)?;
        if own.claim_governed_by() == ClaimGovernedBy::Award {
            untouched.push(award);
            continue;
        }
        governed.push(award);
        names.push(beneficiary);
        applications.push(application);
    }
    let stated: Vec<_> = applications.iter().map(|application| application.form.facts.clone()).collect();
    let since = now.date_in_india().checked_sub_months(Months::new(PAST_MONTHS)).unwrap_or_default();
    let (files, mut records) = claim_files(tx, &governed, applications, since)?;
    let mut all = Vec::with_capacity(governed.len());
    for ((award, organisation), stated) in governed.iter().zip(&names).zip(stated) {
        let (mut flying, mut past) = (Vec::new(), Vec::new());
        for file in files.iter().filter(|(claim, _)| claim.award_id == award.id) {
            if is_in_flight(&file.0) {
                flying.push(claim_in_flight(&mut records, schemes, &scheme, award, file, now)?);
            }
            if is_of_the_past(&file.0, since) {
                past.push(claim_of_the_past(&mut records, schemes, award, file)?);
            }
        }
        let own = schemes.version(&award.scheme_code, award.scheme_version)?;
        all.push(AwardFacts { award, organisation, own, stated, claims: flying, past });
    }
    let before = schemes.before(&scheme.code, scheme.version).map(|scheme| scheme.as_ref());
    Ok(ImpactSheet::of(&scheme, &draft.digest, before, &all, &untouched)?)
}

/// A draft, a submitted or returned claim, or one that waits for its final certificate.
fn is_in_flight(claim: &Claim) -> bool {
    match claim.status {
        ClaimStatus::Draft | ClaimStatus::Submitted | ClaimStatus::Returned => true,
        ClaimStatus::Verified => claim.certificate_due_on.is_some() && claim.certified_at.is_none(),
        ClaimStatus::Rejected => false,
    }
}

/// A claim that was verified on or after this day.
fn is_of_the_past(claim: &Claim, since: NaiveDate) -> bool {
    claim.status == ClaimStatus::Verified && claim.verified_at.is_some_and(|at| at.date_in_india() >= since)
}

/// Claims of these awards that are not final or were verified since a day, and the records that their facts come from.
/// Few statements, however many awards there are.
fn claim_files(
    tx: &mut ReadTx<'_>,
    awards: &[Award],
    applications: Vec<Application>,
    since: NaiveDate,
) -> Result<(Vec<ClaimFile>, RecordsOfAwards), Error> {
    let ids: Vec<String> = awards.iter().map(|award| award.id.to_string()).collect();
    let claims = if ids.is_empty() { Vec::new() } else { claims::of_awards(tx, &ids)? };
    let shown = |claim: &&Claim| is_in_flight(claim) || is_of_the_past(claim, since);
    let shown: Vec<Claim> = claims.iter().filter(shown).cloned().collect();
    if shown.is_empty() {
        return Ok((Vec::new(), RecordsOfAwards::default()));
    }
    let mut lines = claims::lines_of(tx, &shown.iter().map(|claim| claim.id.to_string()).collect::<Vec<_>>())?;
    let records = RecordsOfAwards::of(tx, claims, applications)?;
    let with_lines = |claim: Claim| {
        let own = lines.remove(&claim.id.to_string()).unwrap_or_default();
        (claim, own)
    };
    Ok((shown.into_iter().map(with_lines).collect(), records))
}

/// The facts of a claim of which every line counts that was not rejected, with this room in the award, the component
/// and the appropriation.
fn facts_of<'a>(
    (claim, lines): &'a ClaimFile,
    known: BTreeMap<&'static str, Value>,
    stated: Vec<(StatedFact, String)>,
    [award_room, component_room, appropriation_room]: [Paise; 3],
) -> Facts<'a> {
    let accepted: Vec<&ClaimLineRecord> = lines.iter().filter(|line| line.stands()).collect();
    Facts {
        component: claim.component,
        accepted_lines: accepted.len() as i64,
        rejected_lines: (lines.len() - accepted.len()) as i64,
        lines: net_facts(&accepted),
        known,
        stated,
        amount_claimed: claim.amount_claimed_paise,
        award_room,
        component_room,
        appropriation_room,
        release: Release::Whole,
    }
}

/// A verified claim with the facts of its verification, and room in every account: what counts is the rules.
fn claim_of_the_past<'a>(
    records: &mut RecordsOfAwards,
    schemes: &'a Schemes,
    award: &Award,
    file: &'a ClaimFile,
) -> Result<ClaimInFlight<'a>, Error> {
    let claim = &file.0;
    let governing = schemes.version(&claim.scheme_code, claim.scheme_version)?;
    let mut known = known(records, governing, award, claim)?;
    // Later claims count in some facts of today; the statement has them as they were.
    for input in claim.statement.iter().flat_map(|statement| &statement.inputs) {
        if let Some((known, value)) = known.get_mut(input.name.as_str()).zip(input.read()) {
            *known = value;
        }
    }
    let stated = stated(records, award, claim)?;
    let facts = facts_of(file, known, stated, [LARGEST_AMOUNT; 3]);
    Ok(ClaimInFlight {
        id: claim.id,
        number: claim.number.clone(),
        status: claim.status,
        facts,
        governing,
        changes: true,
    })
}

/// The present facts of a claim: every line that was not rejected, and the amounts available today. A submitted
/// claim stays with the version it was submitted under.
fn claim_in_flight<'a>(
    records: &mut RecordsOfAwards,
    schemes: &'a Schemes,
    draft: &Scheme,
    award: &Award,
    file: &'a ClaimFile,
    now: Timestamp,
) -> Result<ClaimInFlight<'a>, Error> {
    let claim = &file.0;
    let is_draft = claim.status == ClaimStatus::Draft;
    let governing = match is_draft {
        true => schemes.governing_claim(award, claim.period_to, now.date_in_india())?,
        false => schemes.version(&claim.scheme_code, claim.scheme_version)?,
    };
    let own = schemes.version(&award.scheme_code, award.scheme_version)?;
    let rooms = Rooms::now(records, award, claim.component, now)?;
    let back = |room: Paise| room.checked_add(claim.entitlement_paise).unwrap_or(room);
    let mut imagined = claim.clone();
    imagined.submitted_at = claim.submitted_at.or(Some(now));
    let (known, stated) = (known(records, governing, award, &imagined)?, stated(records, award, claim)?);
    let rooms = [back(rooms.award), back(rooms.component), rooms.appropriation];
    Ok(ClaimInFlight {
        id: claim.id,
        number: claim.number.clone(),
        status: claim.status,
        facts: facts_of(file, known, stated, rooms),
        governing,
        changes: is_draft && would_govern(own, draft.effective_from, claim.period_to),
    })
}
