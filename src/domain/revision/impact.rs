//! The impact sheet of a draft version: what it would change for the awards it would govern,
//! computed before anybody publishes it. A pure calculation: the same rules that decide claims are
//! evaluated under the version that governs now and under the draft, with the same facts.

use crate::award::award::{Award, ceilings};
use crate::base::calendar::plus_months;
use crate::base::digest::hex;
use crate::base::id::{AwardId, ClaimId, OrganisationId};
use crate::base::money::{LARGEST_AMOUNT, Paise};
use crate::base::refusal::Refusal;
use crate::claim::claim::ClaimStatus;
use crate::claim::counted_lines::LineFacts;
use crate::claim::entitlement::{Facts, Release, compute, money};
use crate::revision::impact_totals::{OrganisationImpact, Shift};
use crate::scheme::fact::StatedFact;
use crate::scheme::governing::ClaimGovernedBy;
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::names::Value;
use crate::scheme::scheme::{Component, Scheme};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Net prices of a kilogram, in rupees, at which a model year is assumed to be sold.
const MODEL_PRICES: [i64; 6] = [1_000, 2_000, 4_000, 6_000, 8_000, 16_000];

/// An award that the draft would govern.
pub struct AwardFacts<'a> {
    pub award: &'a Award,
    pub organisation: &'a str,
    /// The version under which the award was made.
    pub own: &'a Scheme,
    /// The facts that its application states.
    pub stated: Vec<StatedFact>,
    pub claims: Vec<ClaimInFlight<'a>>,
}

/// A claim that is not yet finally decided.
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

/// A model claim, which shows the effect of the draft on future claims: a year at full capacity
/// sold at one price, or an investment of twice the capital ceiling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelClaim {
    pub component: Component,
    pub price_paise_per_kg: Option<Paise>,
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
    pub model_claims: Vec<ModelClaim>,
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
}

impl AwardLoss {
    /// Whether the other loss is no larger in any part.
    pub fn holds(&self, other: &AwardLoss) -> bool {
        other.ceilings_paise <= self.ceilings_paise
            && other.claims_paise <= self.claims_paise
            && other.model_claim_paise <= self.model_claim_paise
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
}

impl ImpactSheet {
    /// Computes the sheet of a draft over the awards it would govern.
    pub fn of(
        draft: &Scheme,
        draft_digest: &str,
        awards: &[AwardFacts<'_>],
        awards_untouched: i64,
    ) -> Result<ImpactSheet, Refusal> {
        let mut sheet = ImpactSheet {
            scheme_code: draft.code.clone(),
            scheme_version: draft.version,
            draft_digest: draft_digest.to_owned(),
            awards: Vec::new(),
            organisations: Vec::new(),
            ceilings: Shift::default(),
            claims: Shift::default(),
            awards_untouched,
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

    /// Every award that loses something under the draft.
    pub fn losses(&self) -> Vec<AwardLoss> {
        self.awards.iter().filter_map(AwardImpact::loss).collect()
    }

    /// SHA-256 of its JSON, in which the order of the fields is fixed.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(serde_json::to_string(self).unwrap_or_default().as_bytes()))
    }
}

impl AwardImpact {
    fn shifts(&self) -> Result<(Shift, Shift), Refusal> {
        let ceilings = Shift::sum(self.ceilings.iter().map(|ceiling| &ceiling.shift))?;
        Ok((ceilings, Shift::sum(self.claims.iter().map(|claim| &claim.shift))?))
    }

    fn loss(&self) -> Option<AwardLoss> {
        let (ceilings, claims) = self.shifts().ok()?;
        let model = self.model_claims.iter().map(|claim| claim.shift.loss_paise).max().unwrap_or(Paise::ZERO);
        let loses = [ceilings.loss_paise, claims.loss_paise, model].iter().any(|loss| *loss > Paise::ZERO);
        loses.then(|| AwardLoss {
            award_id: self.award_id,
            award: self.award.clone(),
            ceilings_paise: ceilings.loss_paise,
            claims_paise: claims.loss_paise,
            model_claim_paise: model,
        })
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
    AwardImpact {
        award_id: award.id,
        award: award.number.clone(),
        organisation_id: award.organisation_id,
        ceilings: ceiling_impacts(draft, facts),
        claims: facts.claims.iter().map(|claim| claim_impact(draft, claim)).collect(),
        model_claims: model_claims(draft, facts),
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

fn entitlement(scheme: &Scheme, facts: &Facts<'_>) -> Result<Paise, Refusal> {
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

/// Model claims that the award's own version can compute, compared with the draft.
fn model_claims(draft: &Scheme, facts: &AwardFacts<'_>) -> Vec<ModelClaim> {
    let award = facts.award;
    let year = Paise(award.yearly_capacity_kg());
    let sales = MODEL_PRICES.iter().filter_map(|rupees| {
        let price = Paise::from_rupees(*rupees)?;
        Some((Component::SalesLinkedIncentive, Some(price), year.0, price.times(year.0)?))
    });
    let ceiling = award.ceilings.of(Component::CapitalSubsidy);
    let invested = ceiling.times(2).map(|amount| (Component::CapitalSubsidy, None, 0, amount));
    let claim = |(component, price_paise_per_kg, kg, amount)| {
        let modelled = model_facts(draft, facts, component, kg, amount);
        let before = entitlement(facts.own, &modelled).ok()?;
        let shift = Shift::of(Ok(before), entitlement(draft, &modelled));
        Some(ModelClaim { component, price_paise_per_kg, shift })
    };
    sales.chain(invested).filter_map(claim).collect()
}

/// Facts under which no date excludes anything, with enough room in every account.
fn model_facts(draft: &Scheme, facts: &AwardFacts<'_>, component: Component, kg: i64, amount: Paise) -> Facts<'static> {
    let award = facts.award;
    let day = draft.effective_from.max(award.commissioned_on.unwrap_or(award.awarded_on)).min(award.ends_on);
    let whole = |number: i64| Value::Number(Exact::whole(number));
    let numbers = [
        ("capacity", whole(award.capacity_mtpa)),
        ("rate", money(award.rate_paise_per_kg)),
        ("award_ceiling", money(award.ceilings.of(component))),
        ("milestone_share", whole(1)),
        ("installed_capacity", whole(award.capacity_mtpa)),
        ("used_kg", whole(0)),
        ("counted_amount_before", money(Paise::ZERO)),
        ("entitled_before", money(Paise::ZERO)),
    ];
    let dates = [
        ("awarded_on", award.awarded_on),
        ("award_ends_on", award.ends_on),
        ("commissioned_on", day),
        ("milestone_achieved_on", day),
        ("period_from", day),
        ("period_to", plus_months(day, 12)),
        ("submitted_on", plus_months(day, 12)),
    ];
    let dates = dates.into_iter().map(|(name, date)| (name, Value::Date(date)));
    let balances = [facts.own, draft].into_iter().filter_map(|scheme| scheme.mass_balance.as_ref());
    let explained: Vec<_> = balances.flat_map(|rules| rules.explaining(kg)).collect();
    let line =
        LineFacts { line: 1, invoice_number: "", party: "", invoice_date: day, quantity_kg: kg, amount, facts: &[] };
    Facts {
        component,
        lines: vec![line],
        accepted_lines: 1,
        rejected_lines: 0,
        known: numbers.into_iter().chain(dates).chain(explained).collect::<BTreeMap<_, _>>(),
        stated: facts.stated.iter().map(|fact| (fact.clone(), String::new())).collect(),
        amount_claimed: LARGEST_AMOUNT,
        award_room: LARGEST_AMOUNT,
        component_room: LARGEST_AMOUNT,
        appropriation_room: LARGEST_AMOUNT,
        release: Release::Whole,
    }
}
