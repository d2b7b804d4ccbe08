//! Recomputing all decisions (replay): every decision that followed from rules is computed again from its
//! stored facts and its own version of the scheme, and must give the same result.

use crate::db::award::{allocations, applications, awards, bid_openings};
use crate::db::claim::{claims, final_certificates};
use crate::db::engine::connection::DatabaseUrl;
use crate::db::engine::error::DbError;
use crate::db::engine::read_pool::ReadPool;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::db::recovery::recoveries;
use crate::service::check::verify::CHUNK_ROWS;
use crate::service::check::verify_award::check_run;
use crate::service::claim::claim_facts::{certified_line, known, stated};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::scheme_shelf::Schemes;
use crate::terminal;
use domain::award::allocation::Allocation;
use domain::award::application::{Application, ApplicationForm};
use domain::award::award::{Award, Room, terms};
use domain::award::scrutiny::{CriterionCheck, Scrutiny, decide, require_all};
use domain::base::calendar::Timestamp;
use domain::base::days::Days;
use domain::base::id::MilestoneId;
use domain::base::money::Paise;
use domain::base::refusal::Refusal;
use domain::claim::claim::{Claim, ClaimLineRecord, ClaimStatus};
use domain::claim::counted_lines::CountedLine;
use domain::claim::credit_notes::net_facts;
use domain::claim::entitlement::{Facts, Release, compute};
use domain::claim::material_chain::alone;
use domain::claim::statement::Statement;
use domain::milestone::milestone::Milestone;
use domain::recovery::recovery::Recovery;
use domain::scheme::fact::{FactValue, StatedFact};
use domain::scheme::mass_balance::is_beside;
use domain::scheme::rules::exact::Exact;
use domain::scheme::rules::names::Value;
use domain::scheme::scheme::Scheme;
use domain::scheme::staged_release::Released;
use std::fmt::Debug;
use uuid::Uuid;

/// After so many decisions progress is shown.
const DECISIONS_AT_ONCE: i64 = 100;

/// The number of decisions that were recomputed, and every one that gave another result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recomputed {
    pub decisions: i64,
    pub differences: Vec<String>,
}

/// Recomputes every decision of a whole database on one consistent view: scrutinies, allocations, awards with
/// their schedules, claims, final certificates, and damages.
pub fn recompute(url: &DatabaseUrl) -> Result<Recomputed, Error> {
    ReadPool::open(url, 1)?.read(|tx| {
        let schemes = Schemes::stored(tx)?;
        let mut result = Recomputed::default();
        each(
            tx,
            applications::after,
            |one| one.id.to_string(),
            |tx, one| recompute_scrutiny(tx, &schemes, one, &mut result),
        )?;
        each(tx, allocations::after, |one| one.id.to_string(), |_, one| recompute_run(&schemes, one, &mut result))?;
        each(tx, awards::after, |one| one.id.to_string(), |tx, one| recompute_award(tx, &schemes, one, &mut result))?;
        each(tx, claims::after, |one| one.id.to_string(), |tx, one| recompute_claim(tx, &schemes, one, &mut result))?;
        each(
            tx,
            recoveries::after,
            |one| one.id.to_string(),
            |tx, one| recompute_damages(tx, &schemes, one, &mut result),
        )?;
        Ok(result)
    })
}

/// Reads a table in the order of its ids, a chunk at a time.
fn each<T>(
    tx: &mut ReadTx<'_>,
    after: impl Fn(&mut ReadTx<'_>, &str, i64) -> Result<Vec<T>, DbError>,
    id: impl Fn(&T) -> String,
    mut act: impl FnMut(&mut ReadTx<'_>, &T) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut last = String::new();
    loop {
        let chunk = after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { return Ok(()) };
        last = id(end);
        for one in &chunk {
            act(tx, one)?;
        }
    }
}

/// The form as it was scrutinised: without the rate of a bid that was opened afterwards.
fn form_at_scrutiny(
    tx: &mut ReadTx<'_>,
    application: &Application,
    scrutinised_at: Timestamp,
) -> Result<ApplicationForm, Error> {
    let mut form = application.form.clone();
    if application.receipt.as_ref().is_none_or(|receipt| receipt.bid.is_none()) {
        return Ok(form);
    }
    let opened_later = bid_openings::list(tx, &application.scheme_code)?.into_iter().any(|opening| {
        let its_bid = opening.bids.0.iter().any(|bid| bid.application_id == application.id);
        its_bid && opening.opened_at.is_some_and(|at| at > scrutinised_at)
    });
    if opened_later {
        form.incentive_asked_paise_per_kg = None;
    }
    Ok(form)
}

fn recompute_scrutiny(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    application: &Application,
    result: &mut Recomputed,
) -> Result<(), Error> {
    let Some(stored) = &application.scrutiny else { return Ok(()) };
    let scheme = schemes.version(&application.scheme_code, application.scheme_version)?;
    let (by, at) = (stored.scrutinised_by, stored.scrutinised_at);
    let form = form_at_scrutiny(tx, application, at)?;
    let again = decide(&form, scheme, stored.findings.clone(), by, at).map(|mut again| {
        if form != application.form {
            again.rate_opened(&application.form, scheme);
        }
        again
    });
    // An earlier program worded its checks differently: for those, only the verdicts are compared.
    let told: fn(&CriterionCheck) -> CriterionCheck = match stored.checks.iter().any(|check| check.result.is_some()) {
        true => CriterionCheck::clone,
        false => CriterionCheck::bare,
    };
    let decided = |scrutiny: &Scrutiny| (scrutiny.eligible, scrutiny.checks.iter().map(told).collect::<Vec<_>>());
    let again = again.map(|again| decided(&again));
    let name = application.number.clone().unwrap_or_else(|| application.id.to_string());
    result.hold(&format!("application {name}: scrutiny"), &decided(stored), again);
    Ok(())
}

fn recompute_run(schemes: &Schemes, allocation: &Allocation, result: &mut Recomputed) -> Result<(), Error> {
    let scheme = schemes.version(&allocation.scheme_code, allocation.scheme_version)?;
    result.count();
    if let Err(fault) = check_run(allocation, scheme) {
        result.differences.push(format!("allocation {}: {fault}", allocation.number));
    }
    Ok(())
}

fn recompute_award(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    award: &Award,
    result: &mut Recomputed,
) -> Result<(), Error> {
    let scheme = schemes.version(&award.scheme_code, award.scheme_version)?;
    let application = applications::find(tx, award.application_id)?.or_not_found("application")?;
    let name = format!("award {}", award.number);
    // The capacity left to award is not a fact of the award; its other terms are checked.
    let room = Room { awards: 0, awarded_mtpa: 0 };
    let again = terms(scheme, &application.form, award.capacity_mtpa, room, award.awarded_on);
    let again = again.map(|terms| {
        let rate = application.form.incentive_asked_paise_per_kg.unwrap_or_default();
        (rate, terms.ceilings.pairs(), terms.security_required, terms.ends_on)
    });
    let stored = (award.rate_paise_per_kg, award.ceilings.pairs(), award.security_required_paise, award.ends_on);
    result.hold(&format!("{name}: terms"), &stored, again);
    result.hold(&format!("{name}: eligibility"), &(), require_all(&application.form, scheme, award.capacity_mtpa));
    let agreed = |milestone: &Milestone| {
        let mut terms = milestone.terms();
        terms["id"] = serde_json::Value::Null;
        terms
    };
    let sorted = |mut milestones: Vec<Milestone>| {
        milestones.sort_by(|one, two| one.code.cmp(&two.code));
        milestones.iter().map(agreed).collect::<Vec<_>>()
    };
    let again = sorted(Milestone::schedule(scheme, award, || MilestoneId(Uuid::nil())));
    result.hold(&format!("{name}: schedule"), &sorted(milestones::list(tx, Some(award.id), None)?), Ok(again));
    Ok(())
}

fn recompute_damages(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    recovery: &Recovery,
    result: &mut Recomputed,
) -> Result<(), Error> {
    let Some(damages) = &recovery.damages else { return Ok(()) };
    let award = awards::find(tx, recovery.award_id)?.or_not_found("award")?;
    let scheme = schemes.version(&award.scheme_code, award.scheme_version)?;
    let security = award.security_required_paise;
    let terms = scheme.damages_terms(security, award.capacity_mtpa)?;
    let stored = (Some(damages.rate()), damages.security_paise, damages.amount_paise);
    let rate = terms.map(|terms| terms.rate);
    let again = damages.without(&Days::default()).map(|amount| (rate, security, amount));
    result.hold(&format!("recovery {}: damages", recovery.number), &stored, again);
    Ok(())
}

fn recompute_claim(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    claim: &Claim,
    result: &mut Recomputed,
) -> Result<(), Error> {
    let award = awards::find(tx, claim.award_id)?.or_not_found("award")?;
    let scheme = schemes.version(&claim.scheme_code, claim.scheme_version)?;
    let lines = claims::lines(tx, claim.id)?;
    let accepted: Vec<&ClaimLineRecord> =
        lines.iter().filter(|line| line.decision.as_ref().is_some_and(|decision| decision.accepted)).collect();
    // A claim that went back and was corrected keeps the statement of before without decisions on its lines.
    let waits = matches!(claim.status, ClaimStatus::Returned | ClaimStatus::Submitted);
    let undecided = waits && lines.iter().all(|line| line.decision.is_none());
    let decided = claim.statement.as_ref().filter(|_| !undecided);
    if let Some(statement) = decided {
        let facts = Facts {
            lines: net_facts(&accepted),
            release: Release::first(scheme, claim.component),
            ..facts_of(tx, scheme, &award, claim, statement)?
        };
        let again = compute(scheme, &facts);
        let invoices = accepted.iter().filter(|line| !line.stated.is_note());
        let counted: Vec<Option<&CountedLine>> = invoices.map(|line| line.counted.as_ref()).collect();
        let same = |again: &[CountedLine]| {
            again.len() == counted.len()
                && again.iter().zip(&counted).all(|(new, old)| old.is_none_or(|old| old == new))
        };
        if !again.as_ref().is_ok_and(|(_, lines)| same(lines)) {
            result.differences.push(format!("claim {}: what its lines count for", claim.name()));
        }
        result.compare(claim, "statement", statement, again);
    }
    for certificate in final_certificates::list(tx, Some(claim.id), None)? {
        let (Some(settlement), Some(decision)) = (&certificate.settlement, &certificate.decision) else { continue };
        let statement = &settlement.statement;
        let paid = statement.released_paise;
        let released = Released {
            paid,
            under_way: statement.withdrawn_paise,
            under_way_this_year: Paise::ZERO,
            // A settlement that states none was computed without them.
            waiting: settlement.deferred_before_paise.unwrap_or(Paise::ZERO),
            asked: settlement.asked_paise.unwrap_or(Paise::ZERO),
        };
        let on = claim.period_to.unwrap_or(decision.decided_at.date_in_india());
        let facts = Facts {
            lines: vec![certified_line(decision.accepted_kg, decision.accepted_amount_paise, on)],
            release: Release::Final(released),
            ..facts_of(tx, scheme, &award, claim, statement)?
        };
        result.compare(claim, "final statement", statement, compute(scheme, &facts));
    }
    Ok(())
}

impl Recomputed {
    fn count(&mut self) {
        if self.decisions % DECISIONS_AT_ONCE == 0 {
            terminal::progress(format_args!("{} decisions derived anew …", self.decisions));
        }
        self.decisions += 1;
    }

    /// Compares a stored decision with the recomputed one.
    fn hold<T: PartialEq + Debug>(&mut self, what: &str, stored: &T, again: Result<T, Refusal>) {
        self.count();
        match again {
            Ok(again) if again == *stored => {}
            Ok(again) => self.differences.push(format!("{what}: {stored:?} was decided, {again:?} comes out now")),
            Err(refusal) => self.differences.push(format!("{what}: {refusal}")),
        }
    }

    fn compare(
        &mut self,
        claim: &Claim,
        what: &str,
        stored: &Statement,
        again: Result<(Statement, Vec<CountedLine>), Refusal>,
    ) {
        self.count();
        let difference = match again {
            Ok((again, _)) if again == *stored => return,
            Ok((again, _)) if (stored.inputs.is_empty() || is_alone(stored)) && again.says_what(stored) => return,
            Ok((again, _)) => {
                format!("{} was decided, {} comes out now", stored.entitlement_paise, again.entitlement_paise)
            }
            Err(refusal) => refusal.to_string(),
        };
        self.differences.push(format!("claim {}: {what}: {difference}", claim.name()));
    }
}

/// The facts of a decision: those stored with the award and the claim, and, for facts that changed since, the
/// values in the statement.
fn facts_of(
    tx: &mut ReadTx<'_>,
    scheme: &Scheme,
    award: &Award,
    claim: &Claim,
    statement: &Statement,
) -> Result<Facts<'static>, Error> {
    let mut known = known(tx, scheme, award, claim)?;
    let kept = |name: &str| statement.inputs.iter().find(|input| input.name == name);
    // What was not known of last year then is not used now.
    known.retain(|name, _| !OF_LAST_YEAR.contains(name) || kept(name).is_some());
    if is_alone(statement) {
        known.extend(alone(claim).into_iter().map(|(name, kg)| (name, Value::Number(Exact::whole(kg)))));
    }
    for (name, value) in &mut known {
        if (HISTORY.contains(name) || OF_LAST_YEAR.contains(name) || is_beside(name))
            && let Some(kept) = kept(name)
        {
            let why = || Error::Internal(format!("{name} of a statement is no value"));
            *value = kept.read().ok_or_else(why)?;
        }
    }
    let room = |cap: &str| {
        let cap = statement.caps.iter().find(|applied| applied.cap == cap);
        cap.map_or(Paise::ZERO, |applied| applied.limit_paise)
    };
    // A certificate shows the stocks of a claim only while there is none before it, and an earlier one may follow.
    let mut facts_stated = stated(tx, award, claim)?;
    facts_stated.retain(|(fact, _)| !is_beside(&fact.code));
    facts_stated.extend(certified_then(statement));
    Ok(Facts {
        component: claim.component,
        lines: Vec::new(),
        accepted_lines: statement.accepted_lines,
        rejected_lines: statement.rejected_lines,
        known,
        stated: facts_stated,
        amount_claimed: claim.amount_claimed_paise,
        award_room: room("award_ceiling"),
        component_room: room("component_outlay"),
        appropriation_room: room("years_appropriation"),
        release: Release::Whole,
    })
}

/// What a certificate showed of the stocks when the statement was made, with the digest of its file.
fn certified_then(statement: &Statement) -> impl Iterator<Item = (StatedFact, String)> {
    let shown = statement.inputs.iter().filter(|input| is_beside(&input.name) && !input.evidence_digest.is_empty());
    shown.map(|input| {
        let value = FactValue::Number(input.value.parse().unwrap_or(0));
        let fact = StatedFact { code: input.name.clone(), value, evidence_id: None };
        (fact, input.evidence_digest.clone())
    })
}

/// Whether an earlier program computed it, which compared the materials of a claim with those of no other.
fn is_alone(statement: &Statement) -> bool {
    statement.stocks.is_empty() && !statement.mass_balance.is_empty()
}

/// Facts that later claims and later milestones change.
const HISTORY: &[&str] =
    &["used_kg", "counted_amount_before", "entitled_before", "entitled_for_milestone_before", "installed_capacity"];

/// Facts of the performance year before, of which claims may still be verified.
const OF_LAST_YEAR: &[&str] =
    &["claimed_last_year", "counted_kg_last_year", "counted_amount_last_year", "entitled_last_year"];
