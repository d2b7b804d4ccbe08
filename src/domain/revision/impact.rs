//! The impact sheet of a draft version: what it would change for the awards it would govern,
//! computed before anybody publishes it. A pure calculation: the same rules that decide claims are
//! evaluated under the version that governs now and under the draft, with the same facts.

use crate::award::award::{Award, ceilings};
use crate::base::digest::hex;
use crate::base::id::{AwardId, ClaimId, OrganisationId};
use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::claim::claim::ClaimStatus;
use crate::claim::entitlement::{Facts, compute};
use crate::revision::impact_models::{ExampleImpact, ModelClaim, NotModelled, example_impacts, models};
use crate::revision::impact_totals::{OrganisationImpact, Shift};
use crate::revision::rule_changes::{reaches_every_award, rule_changes};
use crate::revision::scheme_difference::LeafChange;
use crate::scheme::fact::StatedFact;
use crate::scheme::governing::ClaimGovernedBy;
use crate::scheme::scheme::{Component, Scheme};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// An award that the draft would govern.
pub struct AwardFacts<'a> {
    pub award: &'a Award,
    pub organisation: &'a str,
    /// The version under which the award was made.
    pub own: &'a Scheme,
    /// The facts that its application states.
    pub stated: Vec<StatedFact>,
    pub claims: Vec<ClaimInFlight<'a>>,
    /// The claims that were verified in the last two years, with the facts of their verification.
    pub past: Vec<ClaimInFlight<'a>>,
}

/// A claim that is not yet finally decided, or one of the past as if it were decided anew.
pub struct ClaimInFlight<'a> {
    pub id: ClaimId,
    pub number: Option<String>,
    pub status: ClaimStatus,
    pub facts: Facts<'a>,
    /// The version that governs it today.
    pub governing: &'a Scheme,
    /// Whether the draft would replace that version for this claim.
    pub changes: bool,
}

/// One component's ceiling, as awarded and as the draft would set it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CeilingImpact {
    pub component: Component,
    #[serde(flatten)]
    pub shift: Shift,
}

/// A claim in flight. The number and id of a draft claim are not shown, because it is visible only
/// to its organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimImpact {
    pub claim_id: Option<ClaimId>,
    pub number: Option<String>,
    pub status: ClaimStatus,
    pub component: Component,
    /// The version that governs it now, and the one that would govern it.
    pub version_before: i64,
    pub version_after: i64,
    #[serde(flatten)]
    pub shift: Shift,
}

/// The changes for one award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardImpact {
    pub award_id: AwardId,
    /// The number of the award.
    pub award: String,
    pub organisation_id: OrganisationId,
    pub ceilings: Vec<CeilingImpact>,
    pub claims: Vec<ClaimImpact>,
    /// Claims verified in the last two years, as their own version and as the draft computes them. What was decided
    /// stays; they show what the like would get.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past_claims: Vec<ClaimImpact>,
    pub model_claims: Vec<ModelClaim>,
    /// What no model shows: whether the award loses something there is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_modelled: Vec<NotModelled>,
    /// The version under which the award was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_version: Option<i64>,
}

/// The losses of one award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardLoss {
    pub award_id: AwardId,
    /// The number of the award.
    pub award: String,
    pub ceilings_paise: Paise,
    pub claims_paise: Paise,
    /// The largest loss among the model claims.
    pub model_claim_paise: Paise,
    /// The largest loss among the claims of the last two years, if they were decided anew.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub past_claim_paise: Paise,
    /// The largest loss among the examples of the award's own version.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub example_paise: Paise,
    /// Components in which no model shows whether the award loses anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_modelled: Vec<Component>,
    /// The places of changed rules that reach the award: no model shows that it loses nothing by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed_rules: Vec<String>,
}

fn is_nothing(amount: &Paise) -> bool {
    *amount == Paise::ZERO
}

impl AwardLoss {
    /// Whether it loses an amount, and not only may lose one that no model shows.
    pub fn is_shown(&self) -> bool {
        let amounts =
            [self.ceilings_paise, self.claims_paise, self.model_claim_paise, self.past_claim_paise, self.example_paise];
        amounts.iter().any(|amount| *amount > Paise::ZERO)
    }

    /// Whether the other loss is no larger in any part.
    pub fn holds(&self, other: &AwardLoss) -> bool {
        other.ceilings_paise <= self.ceilings_paise
            && other.claims_paise <= self.claims_paise
            && other.model_claim_paise <= self.model_claim_paise
            && other.past_claim_paise <= self.past_claim_paise
            && other.example_paise <= self.example_paise
            && other.not_modelled.iter().all(|component| self.not_modelled.contains(component))
            && other.changed_rules.iter().all(|place| self.changed_rules.contains(place))
    }
}

/// All changes that a draft version would make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImpactSheet {
    pub scheme_code: String,
    pub scheme_version: i64,
    /// SHA-256 of the draft's text.
    pub draft_digest: String,
    pub awards: Vec<AwardImpact>,
    /// The gains and losses of each organisation.
    pub organisations: Vec<OrganisationImpact>,
    pub ceilings: Shift,
    pub claims: Shift,
    /// The number of awards whose own version lets no later version govern their claims.
    pub awards_untouched: i64,
    /// The examples of the versions of these awards and of the newest version, as the draft computes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<ExampleImpact>,
    /// Every value that the draft changes against the version before, with its place in the file, except what only
    /// describes. No model shows who loses by it, so it needs the instrument whatever the figures say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed_rules: Vec<LeafChange>,
    /// The awards that stay with their own version and are reached by changed rules all the same: what the version in
    /// force says of interest holds for everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untouched_reached: Vec<ReachedAward>,
}

/// An award that a changed rule reaches although its claims stay with its own version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReachedAward {
    pub award_id: AwardId,
    /// The number of the award.
    pub award: String,
}

impl ImpactSheet {
    /// Computes the sheet of a draft over the awards it would govern, and those that stay with their own version.
    /// `newest` is the version before the draft.
    pub fn of(
        draft: &Scheme,
        draft_digest: &str,
        newest: Option<&Scheme>,
        awards: &[AwardFacts<'_>],
        untouched: &[Award],
    ) -> Result<ImpactSheet, Refusal> {
        let changed_rules = newest.map(|newest| rule_changes(newest, draft)).unwrap_or_default();
        let reached = if changed_rules.iter().any(reaches_every_award) { untouched } else { &[] };
        let mut sheet = ImpactSheet {
            scheme_code: draft.code.clone(),
            scheme_version: draft.version,
            draft_digest: draft_digest.to_owned(),
            awards: Vec::new(),
            organisations: Vec::new(),
            ceilings: Shift::default(),
            claims: Shift::default(),
            awards_untouched: untouched.len() as i64,
            untouched_reached: reached.iter().map(ReachedAward::of).collect(),
            changed_rules,
            examples: example_impacts(draft, awards.iter().map(|facts| facts.own).chain(newest)),
        };
        for facts in awards {
            let impact = award_impact(draft, facts);
            let (ceilings, claims) = impact.shifts()?;
            sheet.ceilings = sheet.ceilings.and(&ceilings)?;
            sheet.claims = sheet.claims.and(&claims)?;
            let name = facts.organisation;
            OrganisationImpact::add(&mut sheet.organisations, impact.organisation_id, name, &ceilings, &claims)?;
            sheet.awards.push(impact);
        }
        Ok(sheet)
    }

    /// Every award that loses something under the draft, or may lose something that no model shows.
    pub fn losses(&self) -> Vec<AwardLoss> {
        let places = |changes: &mut dyn Iterator<Item = &LeafChange>| -> Vec<String> {
            changes.map(|change| change.key.clone()).collect()
        };
        let (all, far) = (
            places(&mut self.changed_rules.iter()),
            places(&mut self.changed_rules.iter().filter(|change| reaches_every_award(change))),
        );
        let governed = self.awards.iter().filter_map(|award| award.loss(self.example_loss(award), &all));
        governed.chain(self.untouched_reached.iter().map(|award| award.loss(&far))).collect()
    }

    /// The largest loss among the examples of an award's own version.
    fn example_loss(&self, award: &AwardImpact) -> Paise {
        let own = self.examples.iter().filter(|example| Some(example.version_before) == award.own_version);
        own.map(|example| example.shift.loss_paise).max().unwrap_or(Paise::ZERO)
    }

    /// SHA-256 of its JSON, in which the order of the fields is fixed.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(serde_json::to_string(self).unwrap_or_default().as_bytes()))
    }
}

impl ReachedAward {
    fn of(award: &Award) -> ReachedAward {
        ReachedAward { award_id: award.id, award: award.number.clone() }
    }

    fn loss(&self, changed_rules: &[String]) -> AwardLoss {
        AwardLoss {
            award_id: self.award_id,
            award: self.award.clone(),
            ceilings_paise: Paise::ZERO,
            claims_paise: Paise::ZERO,
            model_claim_paise: Paise::ZERO,
            past_claim_paise: Paise::ZERO,
            example_paise: Paise::ZERO,
            not_modelled: Vec::new(),
            changed_rules: changed_rules.to_vec(),
        }
    }
}

impl AwardImpact {
    fn shifts(&self) -> Result<(Shift, Shift), Refusal> {
        let ceilings = Shift::sum(self.ceilings.iter().map(|ceiling| &ceiling.shift))?;
        Ok((ceilings, Shift::sum(self.claims.iter().map(|claim| &claim.shift))?))
    }

    fn loss(&self, example_paise: Paise, changed_rules: &[String]) -> Option<AwardLoss> {
        let (ceilings, claims) = self.shifts().ok()?;
        let largest = |losses: &mut dyn Iterator<Item = Paise>| losses.max().unwrap_or(Paise::ZERO);
        let model = largest(&mut self.model_claims.iter().map(|claim| claim.shift.loss_paise));
        let past = largest(&mut self.past_claims.iter().map(|claim| claim.shift.loss_paise));
        let mut not_modelled: Vec<Component> = self.not_modelled.iter().map(|one| one.component).collect();
        not_modelled.dedup();
        let loss = AwardLoss {
            award_id: self.award_id,
            award: self.award.clone(),
            ceilings_paise: ceilings.loss_paise,
            claims_paise: claims.loss_paise,
            model_claim_paise: model,
            past_claim_paise: past,
            example_paise,
            not_modelled,
            changed_rules: changed_rules.to_vec(),
        };
        let may_lose = !loss.not_modelled.is_empty() || !loss.changed_rules.is_empty();
        (loss.is_shown() || may_lose).then_some(loss)
    }
}

/// Whether a version that begins on this day, and is the newest, governs a claim that is not
/// submitted yet, by the rule of its award's own version.
pub fn would_govern(own: &Scheme, begins_on: NaiveDate, period_to: Option<NaiveDate>) -> bool {
    match own.claim_governed_by() {
        ClaimGovernedBy::Award => false,
        ClaimGovernedBy::DateOfClaim => true,
        ClaimGovernedBy::DateOfSale => period_to.is_none_or(|last| last >= begins_on),
    }
}

fn award_impact(draft: &Scheme, facts: &AwardFacts<'_>) -> AwardImpact {
    let award = facts.award;
    let (model_claims, not_modelled) = models(draft, facts);
    AwardImpact {
        award_id: award.id,
        award: award.number.clone(),
        organisation_id: award.organisation_id,
        ceilings: ceiling_impacts(draft, facts),
        claims: facts.claims.iter().map(|claim| claim_impact(draft, claim)).collect(),
        past_claims: facts.past.iter().map(|claim| claim_impact(draft, claim)).collect(),
        model_claims,
        not_modelled,
        own_version: Some(facts.own.version),
    }
}

fn ceiling_impacts(draft: &Scheme, facts: &AwardFacts<'_>) -> Vec<CeilingImpact> {
    let award = facts.award;
    let after = ceilings(draft, award.rate_paise_per_kg, &facts.stated, award.capacity_mtpa);
    let impact = |&(component, before): &(Component, Paise)| {
        let after = after.as_ref().map(|after| after.of(component));
        CeilingImpact { component, shift: Shift::of(Ok(before), after.map_err(Refusal::clone)) }
    };
    award.ceilings.pairs().iter().map(impact).collect()
}

/// What the rules of a version give for these facts.
pub(super) fn entitlement(scheme: &Scheme, facts: &Facts<'_>) -> Result<Paise, Refusal> {
    compute(scheme, facts).map(|(statement, _)| statement.entitlement_paise)
}

fn claim_impact(draft: &Scheme, claim: &ClaimInFlight<'_>) -> ClaimImpact {
    let told = claim.status != ClaimStatus::Draft;
    let before = entitlement(claim.governing, &claim.facts);
    let after = if claim.changes { entitlement(draft, &claim.facts) } else { before.clone() };
    ClaimImpact {
        claim_id: told.then_some(claim.id),
        number: claim.number.clone().filter(|_| told),
        status: claim.status,
        component: claim.facts.component,
        version_before: claim.governing.version,
        version_after: if claim.changes { draft.version } else { claim.governing.version },
        shift: Shift::of(before, after),
    }
}
