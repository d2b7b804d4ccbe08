//! The facts of a claim as the rules of its scheme read them, gathered from the stored records.

use crate::db::engine::transaction::ReadTx;
use crate::service::claim::claim_records::ClaimRecords;
use crate::service::claim::claimed_shares::shares_by_amount;
use crate::service::running::error::Error;
use chrono::NaiveDate;
use domain::award::award::Award;
use domain::base::calendar::{FinancialYear, Timestamp};
use domain::base::money::Paise;
use domain::base::refusal::Refusal;
use domain::budget::budget::{BudgetLevel, table};
use domain::budget::ledger::Stage;
use domain::claim::claim::{Claim, ClaimStatus};
use domain::claim::counted_lines::{CountedLine, LineFacts};
use domain::claim::entitlement;
use domain::claim::entitlement::{Facts, Release, money};
use domain::claim::material_chain;
use domain::claim::statement::Statement;
use domain::recovery::milestone_standing::InstalledPlant;
use domain::scheme::fact::{FactValue, StatedFact};
use domain::scheme::rules::exact::Exact;
use domain::scheme::rules::names::Value;
use domain::scheme::scheme::{Component, Scheme};
use std::collections::BTreeMap;

/// The accepted part of a claim, as the verifier found it.
pub(in crate::service) struct Accepted<'a> {
    pub lines: i64,
    pub rejected_lines: i64,
    pub facts: Vec<LineFacts<'a>>,
    /// The amount that the claim itself already has reserved: it is available to the claim too.
    pub own: Paise,
    /// What a claim that is verified again has reserved, and in which year's appropriation.
    pub reserved: Option<(FinancialYear, Paise)>,
    pub release: Release,
}

/// The statement of a claim, computed from what was accepted and from what the accounts can still hold at this
/// instant.
pub(in crate::service) fn statement_of(
    tx: &mut ReadTx<'_>,
    scheme: &Scheme,
    award: &Award,
    claim: &Claim,
    found: Accepted<'_>,
    at: Timestamp,
) -> Result<(Statement, Vec<CountedLine>), Error> {
    let rooms = Rooms::now(tx, award, claim.component, at)?;
    let with_own = |room: Paise| room.checked_add(found.own).ok_or(Refusal::AmountTooLarge);
    // A reservation in an earlier year stays there, unless this year has room for the whole.
    let appropriation_room = match found.reserved {
        Some((year, amount)) if year == at.financial_year() => {
            rooms.appropriation.checked_add(amount).ok_or(Refusal::AmountTooLarge)?
        }
        Some((_, amount)) => rooms.appropriation.max(amount),
        None => rooms.appropriation,
    };
    let facts = Facts {
        component: claim.component,
        lines: found.facts,
        accepted_lines: found.lines,
        rejected_lines: found.rejected_lines,
        known: known(tx, scheme, award, claim)?,
        stated: stated(tx, award, claim)?,
        amount_claimed: claim.amount_claimed_paise,
        award_room: with_own(rooms.award)?,
        component_room: with_own(rooms.component)?,
        appropriation_room,
        release: found.release,
    };
    Ok(entitlement::compute(scheme, &facts)?)
}

/// The quantity and amount of a final certificate as one line, in place of the claim's lines.
pub(in crate::service) fn certified_line(kg: i64, amount: Paise, on: NaiveDate) -> LineFacts<'static> {
    LineFacts { line: 0, invoice_number: "", party: "", invoice_date: on, quantity_kg: kg, amount, facts: &[] }
}

/// The amounts that the accounts can still take.
pub(in crate::service) struct Rooms {
    pub award: Paise,
    pub component: Paise,
    pub appropriation: Paise,
}

impl Rooms {
    pub fn now(
        records: &mut impl ClaimRecords,
        award: &Award,
        component: Component,
        at: Timestamp,
    ) -> Result<Rooms, Error> {
        let purse = award.purse(component);
        let balances = records.balances()?;
        let row = table(&balances).into_iter().find(|row| {
            row.level == BudgetLevel::Component && row.scheme_code == award.scheme_code && row.component == component
        });
        Ok(Rooms {
            award: records.balance(&purse.outlay(Stage::Committed))?,
            component: row.map_or(Paise::ZERO, |row| Paise(row.available_paise.0 + row.committed_paise.0)),
            appropriation: records.balance(&purse.year(at.financial_year(), Stage::Available))?,
        })
    }
}

/// Facts of the award, the claim, its milestone and the earlier claims, under the names that rules use.
pub(in crate::service) fn known(
    records: &mut impl ClaimRecords,
    scheme: &Scheme,
    award: &Award,
    claim: &Claim,
) -> Result<BTreeMap<&'static str, Value>, Error> {
    let whole = |number: i64| Value::Number(Exact::whole(number));
    let mut known = BTreeMap::from([
        ("capacity", whole(award.capacity_mtpa)),
        ("rate", money(award.rate_paise_per_kg)),
        ("award_ceiling", money(award.ceilings.of(claim.component))),
        ("awarded_on", Value::Date(award.awarded_on)),
        ("award_ends_on", Value::Date(award.ends_on)),
    ]);
    let dates: [(&'static str, Option<NaiveDate>); 4] = [
        ("commissioned_on", award.commissioned_on),
        ("period_from", claim.period_from),
        ("period_to", claim.period_to),
        ("submitted_on", claim.submitted_on()),
    ];
    known.extend(dates.into_iter().filter_map(|(name, date)| Some((name, Value::Date(date?)))));
    if let Some(id) = claim.milestone_id {
        let milestone = records.milestone(id)?;
        let share = match shares_by_amount(scheme, claim.component) {
            true => milestone.claimable_share_by(claim.verified_at),
            false => records.share(&milestone, claim.id)?,
        };
        let share = Exact::ratio(share.0, 10_000).map_err(|_| Refusal::AmountTooLarge)?;
        known.insert("milestone_share", Value::Number(share));
        known.extend(milestone.reached_on(claim.verified_at).map(|date| ("milestone_achieved_on", Value::Date(date))));
    }
    let others = records.live(award.id, claim.component)?;
    let balance = claim.mass_balance.iter().flat_map(|balance| balance.figures());
    let balance = balance.chain(material_chain::beside(claim, &others));
    known.extend(balance.map(|(name, kg, _)| (name, whole(kg))));
    if let Some(installed) = installed_capacity(records, scheme, award, claim)? {
        known.insert("installed_capacity", whole(installed));
    }
    let earlier = Earlier::of(records, &others, claim)?;
    known.insert("used_kg", whole(earlier.used_kg));
    known.insert("claimed_last_year", Value::Truth(earlier.last_year.is_some()));
    if let Some(last) = &earlier.last_year {
        known.insert("counted_kg_last_year", whole(last.counted_kg));
        known.insert("counted_amount_last_year", money(last.counted_amount));
        known.insert("entitled_last_year", money(last.entitled));
    }
    known.insert("counted_amount_before", money(earlier.counted_amount));
    known.insert("entitled_before", money(earlier.entitled));
    known.insert("entitled_for_milestone_before", money(earlier.entitled_for_milestone));
    Ok(known)
}

/// The magnet capacity that the whole value chain supports, as measured by inspections up to the last day of
/// the claim.
fn installed_capacity(
    records: &mut impl ClaimRecords,
    scheme: &Scheme,
    award: &Award,
    claim: &Claim,
) -> Result<Option<i64>, Error> {
    let Some(day) = claim.period_to.or_else(|| claim.submitted_at.map(|at| at.date_in_india())) else {
        return Ok(None);
    };
    let milestones = records.milestones_of(award.id)?;
    let counted = milestones.iter().filter_map(|milestone| milestone.installed_magnet_mtpa(&scheme.chain, day)).max();
    // A stage that was measured anew with less, after another milestone was verified, supports no more than that.
    let plant = InstalledPlant::of(&milestones, &scheme.chain, day).installed_magnet_mtpa;
    Ok(counted.map(|counted| plant.map_or(counted, |plant| plant.min(counted))))
}

/// The totals of the verified claims before this one.
#[derive(Default)]
struct Earlier {
    /// Kilograms used in the same performance year.
    used_kg: i64,
    counted_amount: Paise,
    entitled: Paise,
    /// Of it, those for the same milestone.
    entitled_for_milestone: Paise,
    /// Those of the performance year before; none if nothing was verified for it.
    last_year: Option<LastYear>,
}

/// The totals of the verified claims of one performance year.
#[derive(Default)]
struct LastYear {
    counted_kg: i64,
    counted_amount: Paise,
    entitled: Paise,
}

impl Earlier {
    fn of(records: &mut impl ClaimRecords, others: &[Claim], claim: &Claim) -> Result<Earlier, Error> {
        let mut sums = Earlier::default();
        for other in others {
            // A returned claim counts while money is held for it.
            let counts = other.status == ClaimStatus::Verified || other.entitlement_paise > Paise::ZERO;
            if other.id == claim.id || !counts {
                continue;
            }
            if other.performance_year == claim.performance_year {
                sums.used_kg = sums.used_kg.saturating_add(other.eligible_kg);
            }
            let (counted_kg, counted) = counted(records, other)?;
            let add = |sum: Paise, amount: Paise| sum.checked_add(amount).ok_or(Refusal::AmountTooLarge);
            sums.counted_amount = add(sums.counted_amount, counted)?;
            sums.entitled = add(sums.entitled, other.entitlement_paise)?;
            if claim.milestone_id.is_some() && other.milestone_id == claim.milestone_id {
                sums.entitled_for_milestone = add(sums.entitled_for_milestone, other.entitlement_paise)?;
            }
            if other.performance_year.plus_years(1) == claim.performance_year {
                let last = sums.last_year.get_or_insert_default();
                last.counted_kg = last.counted_kg.saturating_add(counted_kg);
                last.counted_amount = add(last.counted_amount, counted)?;
                last.entitled = add(last.entitled, other.entitlement_paise)?;
            }
        }
        Ok(sums)
    }
}

/// The kilograms and the amount of a verified claim that counted in the end.
fn counted(records: &mut impl ClaimRecords, claim: &Claim) -> Result<(i64, Paise), Error> {
    if claim.certified_at.is_some() {
        let certificates = records.certificates(claim.id)?;
        if let Some(settlement) = certificates.into_iter().rev().find_map(|certificate| certificate.settlement) {
            return Ok((settlement.statement.counted_kg, settlement.statement.counted_amount_paise));
        }
    }
    let counted = |statement: &Statement| (statement.counted_kg, statement.counted_amount_paise);
    Ok(claim.statement.as_ref().map_or((0, Paise::ZERO), counted))
}

/// The facts that the manufacturer stated in the application and the claim, each with the digest of the file
/// that supports it.
pub(in crate::service) fn stated(
    records: &mut impl ClaimRecords,
    award: &Award,
    claim: &Claim,
) -> Result<Vec<(StatedFact, String)>, Error> {
    let application = records.application(award.application_id)?;
    let mut stated = Vec::new();
    let balance = claim.mass_balance.iter().flat_map(|balance| balance.figures());
    // A certificate shows the stocks of a claim before which there is none.
    let certified = match claim.mass_balance.as_ref().and_then(|balance| balance.opening_evidence_id) {
        Some(_) => material_chain::beside(claim, &records.live(award.id, claim.component)?),
        None => Vec::new(),
    };
    let balance = balance.chain(certified.into_iter().filter(|(_, _, file)| file.is_some()));
    let balance = balance.map(|(name, kg, evidence_id)| StatedFact {
        code: name.to_owned(),
        value: FactValue::Number(kg),
        evidence_id,
    });
    for fact in application.form.facts.into_iter().chain(claim.facts.0.iter().cloned()).chain(balance) {
        let digest = fact.evidence_id.map(|id| records.digest(id)).transpose()?.flatten();
        stated.push((fact, digest.unwrap_or_default()));
    }
    Ok(stated)
}
