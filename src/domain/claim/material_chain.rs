//! Materials add up over time. A claim for sales opens with what the claim before it left, for each material; the first
//! claim of an award opens with what its certificate shows. A claim that is decided later although its days are earlier
//! closes with no less than the claim after it opened with. So no kilogram is in stock twice, in whatever order claims
//! are decided. A supplement opens with what the claim that it supplements opened with.

use crate::base::id::EvidenceId;
use crate::base::money::Paise;
use crate::claim::claim::{Claim, ClaimStatus};
use crate::scheme::balance_findings::StockFinding;
use crate::scheme::mass_balance::{Beside, MassBalance, Material, MaterialRow, figures_beside};
use chrono::NaiveDate;

/// A figure of the materials by its name in rules, with the file that shows it.
pub type MaterialFigure = (&'static str, i64, Option<EvidenceId>);

/// Whether the materials of a claim count: it is verified, or went back while money is held for it.
fn counts(claim: &Claim) -> bool {
    let decided = claim.status == ClaimStatus::Verified || claim.entitlement_paise > Paise::ZERO;
    decided && claim.statement.is_some() && claim.mass_balance.is_some() && claim.status != ClaimStatus::Rejected
}

/// Other claims whose materials count.
fn counted<'a>(claim: &'a Claim, others: &'a [Claim]) -> impl Iterator<Item = &'a Claim> {
    others.iter().filter(move |other| other.id != claim.id && counts(other))
}

fn days(claim: &Claim) -> Option<(NaiveDate, NaiveDate)> {
    claim.period_from.zip(claim.period_to)
}

/// The claim before: of those that count, the one whose days end last before the first day of this one. A supplement
/// states the materials of its days again, so of several claims for the same days it is the one verified last.
fn before<'a>(claim: &'a Claim, others: &'a [Claim]) -> Option<&'a Claim> {
    let (from, _) = days(claim)?;
    let ends_before = |other: &&Claim| other.period_to.is_some_and(|to| to < from);
    counted(claim, others).filter(ends_before).max_by_key(|other| (other.period_to, other.verified_at, other.id))
}

/// The claims after: of those that count, the ones whose days begin first after the last day of this one.
fn after<'a>(claim: &'a Claim, others: &'a [Claim]) -> Vec<&'a Claim> {
    let Some((_, to)) = days(claim) else { return Vec::new() };
    let later = || counted(claim, others).filter(move |other| other.period_from.is_some_and(|from| from > to));
    let first = later().filter_map(|other| other.period_from).min();
    later().filter(|other| other.period_from == first).collect()
}

/// A stock of a claim: as its statement found it, or as it was stated where an earlier program found nothing.
fn stock(claim: &Claim, of: Material, found: fn(&StockFinding) -> i64, stated: fn(&MaterialRow) -> i64) -> i64 {
    let stocks = claim.statement.as_ref().map(|statement| statement.stocks.as_slice()).unwrap_or_default();
    match stocks.iter().find(|stock| stock.material == of) {
        Some(stock) => found(stock),
        None if stocks.is_empty() => claim.mass_balance.as_ref().and_then(|balance| balance.row(of)).map_or(0, stated),
        None => 0,
    }
}

fn left(claim: &Claim, of: Material) -> i64 {
    stock(claim, of, |stock| stock.left_kg, |row| row.closing_kg)
}

fn opened(claim: &Claim, of: Material) -> i64 {
    stock(claim, of, StockFinding::counted_kg, |row| row.opening_kg)
}

/// What the other claims say of each material of a claim.
fn materials(claim: &Claim, balance: &MassBalance, others: &[Claim]) -> Vec<Beside> {
    let (before, after) = (before(claim, others), after(claim, others));
    // The days of a supplement began with what the claim that it supplements opened with: they begin once.
    let supplemented = counted(claim, others).find(|other| Some(other.id) == claim.supplements);
    let certified = |opening_kg: i64| if balance.opening_evidence_id.is_some() { opening_kg } else { 0 };
    let of_material = |row: &MaterialRow| Beside {
        material: row.material,
        before_kg: match (before, supplemented) {
            (Some(before), _) => left(before, row.material),
            (None, Some(supplemented)) => opened(supplemented, row.material),
            (None, None) => certified(row.opening_kg),
        },
        after_kg: after.iter().map(|other| opened(other, row.material)).max().unwrap_or(0),
    };
    balance.materials.iter().map(of_material).collect()
}

/// What the other claims of the award say of the materials of a claim. Without a mass balance nothing is said.
pub fn beside(claim: &Claim, others: &[Claim]) -> Vec<MaterialFigure> {
    let Some(balance) = &claim.mass_balance else { return Vec::new() };
    // A claim for the same days is supplemented by this one, or supplements it.
    let same_days = counted(claim, others).filter(|other| days(other) == days(claim));
    let dispatched = same_days.filter_map(|other| Some(other.mass_balance.as_ref()?.dispatched_kg)).max().unwrap_or(0);
    let is_first = before(claim, others).is_none();
    let file = |name: &str| {
        let mut certified = balance.certified().filter(|_| is_first);
        certified.find(|(certified, ..)| *certified == name).and_then(|(_, _, file)| file)
    };
    let figures = figures_beside(&materials(claim, balance, others), dispatched);
    figures.into_iter().map(|(name, kg)| (name, kg, file(name))).collect()
}

/// What a claim says of its materials by itself, as earlier programs read it: the opening stock counts as stated.
pub fn alone(claim: &Claim) -> Vec<(&'static str, i64)> {
    let rows = claim.mass_balance.iter().flat_map(|balance| &balance.materials);
    let of_material = |row: &MaterialRow| Beside { material: row.material, before_kg: row.opening_kg, after_kg: 0 };
    figures_beside(&rows.map(of_material).collect::<Vec<_>>(), 0)
}

/// Whether the first claim of an award opens with a stock of which it has no certificate. Every claim that is not
/// rejected is a claim before.
pub fn lacks_certificate(balance: &MassBalance, from: NaiveDate, others: &[Claim]) -> bool {
    let earlier = |other: &Claim| other.mass_balance.is_some() && other.period_to.is_some_and(|to| to < from);
    let opens = balance.materials.iter().any(|row| row.opening_kg > 0);
    opens && balance.opening_evidence_id.is_none() && !others.iter().any(earlier)
}

/// The claim between the claim before and this one that still waits for its decision: what it leaves is not known.
pub fn undecided_before<'a>(claim: &'a Claim, others: &'a [Claim]) -> Option<&'a Claim> {
    let (from, _) = days(claim)?;
    claim.mass_balance.as_ref()?;
    let decided_to = before(claim, others).and_then(|other| other.period_to);
    let waits = |other: &&Claim| {
        let between = other.period_to.is_some_and(|to| to < from) && other.period_to > decided_to;
        other.id != claim.id
            && between
            && other.status == ClaimStatus::Submitted
            && other.mass_balance.is_some()
            && !counts(other)
    };
    others.iter().filter(waits).min_by_key(|other| (other.period_to, other.id))
}

/// A claim that opened with more of a material than the claim before leaves now, because that one was decided again or
/// rejected since.
pub struct Overdrawn<'a> {
    pub claim: &'a Claim,
    pub material: Material,
    /// The opening stock that counted.
    pub opened_kg: i64,
    pub left_kg: i64,
}

/// The claims of one award that opened with more than is left now, in their order.
pub fn overdrawn(claims: &[Claim]) -> Vec<Overdrawn<'_>> {
    let of_claim = |claim: &Claim| {
        let stocks = claim.statement.as_ref().map(|statement| statement.stocks.as_slice()).unwrap_or_default();
        let opened =
            |of: Material| stocks.iter().find(|stock| stock.material == of).map_or(0, StockFinding::counted_kg);
        let balance = claim.mass_balance.as_ref().filter(|_| counts(claim));
        let beside = balance.map(|balance| materials(claim, balance, claims)).unwrap_or_default();
        beside.into_iter().map(|one| (one.material, opened(one.material), one.before_kg)).collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    for claim in claims {
        let more = of_claim(claim).into_iter().filter(|(_, opened_kg, left_kg)| opened_kg > left_kg);
        found.extend(more.map(|(material, opened_kg, left_kg)| Overdrawn { claim, material, opened_kg, left_kg }));
    }
    found
}
