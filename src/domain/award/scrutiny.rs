//! Scrutiny of an application, criterion by criterion: whether its figures and files meet the
//! criterion, do not meet it or do not show it, and what the officer found, with the reason. An
//! officer may find a criterion not met although the figures meet it, but never the other way
//! round.

use crate::award::application::{ApplicationForm, AttachedDocument};
use crate::award::award::award_slots;
use crate::base::argument::{Code, Codes};
use crate::base::calendar::Timestamp;
use crate::base::id::{EvidenceId, UserId};
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::scheme::eligibility::Criterion;
use crate::scheme::eligibility::DocumentKind;
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::names::Value;
use crate::scheme::rules::rule::CheckedRule;
use crate::scheme::scheme::{Basis, Scheme};
use crate::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The result of checking the figures and files of a form against a criterion.
    pub enum CheckResult {
        Met = "met",
        NotMet = "not_met",
        /// A fact is missing, or the file that proves it.
        NotShown = "not_shown",
    }
}

/// The check of one criterion against the figures of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CriterionCheck {
    /// A criterion that every scheme has (`capacity`, `whole_chain`, `net_worth`, `investment`,
    /// `incentive_rate`, `documents`), or the code of a criterion of the scheme's own.
    pub criterion: String,
    pub met: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<CheckResult>,
    /// The fact and the figure with which it is compared.
    pub detail: String,
    /// The place in the scheme that contains the criterion.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub clause: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The evidence files that prove the fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceId>,
}

impl CriterionCheck {
    /// The criterion and its result alone, without details.
    pub fn bare(&self) -> CriterionCheck {
        let (criterion, met) = (self.criterion.clone(), self.met);
        CriterionCheck {
            criterion,
            met,
            result: None,
            detail: String::new(),
            clause: String::new(),
            basis: None,
            source: String::new(),
            evidence: Vec::new(),
        }
    }
}

/// The officer's finding on one criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// A criterion of the scheme, as listed in the checks of the application.
    pub criterion: String,
    pub met: bool,
    pub reason: String,
}

/// The stored result of a scrutiny.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scrutiny {
    pub eligible: bool,
    pub findings: Vec<Finding>,
    pub checks: Vec<CriterionCheck>,
    pub scrutinised_by: UserId,
    pub scrutinised_at: Timestamp,
}

/// Checks a form against every criterion of a scheme, for the requested capacity.
pub fn checks(form: &ApplicationForm, scheme: &Scheme) -> Vec<CriterionCheck> {
    checks_at(form, scheme, form.capacity_mtpa)
}

/// The same checks for another capacity, for an award that is smaller than requested.
pub fn checks_at(form: &ApplicationForm, scheme: &Scheme, capacity_mtpa: i64) -> Vec<CriterionCheck> {
    all_checked(form, scheme, capacity_mtpa).into_iter().map(|one| one.check).collect()
}

/// What the checks of a form say, apart from its language. The details of the checks are the same in English.
pub fn reasons(form: &ApplicationForm, scheme: &Scheme) -> Vec<Reason> {
    all_checked(form, scheme, form.capacity_mtpa).into_iter().map(|one| one.why).collect()
}

/// A check, and its detail apart from its language.
struct Checked {
    check: CriterionCheck,
    why: Reason,
}

impl Checked {
    fn refusal(&self) -> Refusal {
        Refusal::CriterionNotMet { criterion: Code(self.check.criterion.clone()), reason: self.why.clone() }
    }
}

fn all_checked(form: &ApplicationForm, scheme: &Scheme, capacity_mtpa: i64) -> Vec<Checked> {
    let mut all: Vec<Checked> =
        Criterion::ALL.iter().map(|criterion| check(*criterion, form, scheme, capacity_mtpa)).collect();
    let slots = application_slots(form, scheme, capacity_mtpa);
    all.extend(scheme.book.criteria.iter().map(|rule| own_check(rule, form, scheme, &slots)));
    all
}

/// Checks a criterion of the scheme's own.
fn own_check(rule: &CheckedRule, form: &ApplicationForm, scheme: &Scheme, slots: &[Option<Value>]) -> Checked {
    let names = &scheme.book.application_names;
    let Some(when) = &rule.when else { return Said::not_shown(Reason::NoCondition).of(&rule.rule.code) };
    let shown = when.with_numbers(names, slots);
    let said = match when.truth(slots) {
        Ok(true) => Said::met(Reason::RuleShown { shown }),
        Ok(false) => Said::not_met(Reason::RuleShown { shown }),
        Err(why) => Said::not_shown(Reason::RuleNotKnown { shown, why: Box::new(why.reason()) }),
    };
    let used = form.facts.iter().filter(|fact| when.uses.contains(&fact.code));
    let Checked { check, why } = said.of(&rule.rule.code);
    let check = CriterionCheck {
        clause: rule.rule.clause.clone(),
        basis: Some(rule.rule.basis),
        source: rule.rule.source.clone(),
        evidence: used.filter_map(|fact| fact.evidence_id).collect(),
        ..check
    };
    Checked { check, why }
}

/// The values of an application's names in rules.
pub fn application_slots(form: &ApplicationForm, scheme: &Scheme, capacity_mtpa: i64) -> Vec<Option<Value>> {
    let names = &scheme.book.application_names;
    let mut slots = award_slots(scheme, form.incentive_asked_paise_per_kg, &form.facts, capacity_mtpa);
    let mut set = |name: &str, value: Value| {
        if let Some(slot) = names.slot(name) {
            slots[slot] = Some(value);
        }
    };
    let whole = |number: i64| Value::Number(Exact::whole(number));
    set("net_worth", whole(form.net_worth_paise.0));
    set("planned_investment", whole(form.planned_investment().0));
    set("covers_chain", Value::Truth(scheme.chain.stages.iter().all(|stage| form.stages.contains(stage))));
    let attached = |kind: &DocumentKind| form.documents.iter().any(|document| document.kind == *kind);
    set("documents_shown", Value::Truth(scheme.eligibility.documents.iter().all(attached)));
    slots
}

/// The result of a check and its explanation.
struct Said {
    result: CheckResult,
    detail: Reason,
}

impl Said {
    fn met(detail: Reason) -> Said {
        Said { result: CheckResult::Met, detail }
    }

    fn not_met(detail: Reason) -> Said {
        Said { result: CheckResult::NotMet, detail }
    }

    fn not_shown(detail: Reason) -> Said {
        Said { result: CheckResult::NotShown, detail }
    }

    fn when(holds: bool, detail: Reason) -> Said {
        if holds { Said::met(detail) } else { Said::not_met(detail) }
    }

    fn of(self, criterion: &str) -> Checked {
        let check = CriterionCheck {
            criterion: criterion.to_owned(),
            met: self.result == CheckResult::Met,
            result: Some(self.result),
            detail: self.detail.to_string(),
            clause: String::new(),
            basis: None,
            source: String::new(),
            evidence: Vec::new(),
        };
        Checked { check, why: self.detail }
    }
}

fn check(criterion: Criterion, form: &ApplicationForm, scheme: &Scheme, capacity: i64) -> Checked {
    let (said, clause, basis, source) = measured(criterion, form, scheme, capacity);
    let kind = match criterion {
        Criterion::NetWorth => Some(DocumentKind::NetWorthCertificate),
        Criterion::Investment | Criterion::WholeChain => Some(DocumentKind::DetailedProjectReport),
        _ => None,
    };
    let kind = kind.filter(|kind| scheme.eligibility.documents.contains(kind));
    let shows = |document: &&AttachedDocument| kind.is_none_or(|kind| document.kind == kind);
    let files = || form.documents.iter().filter(shows).map(|document| document.evidence_id);
    let said = match kind {
        Some(kind) if said.result == CheckResult::Met && files().next().is_none() => {
            Said::not_shown(Reason::NotAttached { said: Box::new(said.detail), kind: kind.as_str() })
        }
        _ => said,
    };
    let by_files = kind.is_some() || criterion == Criterion::Documents;
    let Checked { check, why } = said.of(criterion.as_str());
    let evidence = if by_files { files().collect() } else { Vec::new() };
    Checked { check: CriterionCheck { clause: clause.to_owned(), basis, source, evidence, ..check }, why }
}

/// The result of comparing a figure, with the clause, basis and source of the criterion.
fn measured(
    criterion: Criterion,
    form: &ApplicationForm,
    scheme: &Scheme,
    capacity: i64,
) -> (Said, &'static str, Option<Basis>, String) {
    let rules = &scheme.eligibility;
    match criterion {
        Criterion::Capacity => {
            let said = match scheme.capacity_problem(capacity) {
                Some(problem) => Said::not_met(Reason::CapacityProblem { capacity_mtpa: capacity, problem: Box::new(problem) }),
                None => Said::met(Reason::CapacityFits { capacity_mtpa: capacity }),
            };
            let bounds = &scheme.capacity_mtpa;
            (said, "capacity_mtpa", Some(bounds.basis), bounds.source.clone())
        }
        Criterion::WholeChain => {
            let lacking: Vec<String> = scheme
                .chain
                .stages
                .iter()
                .filter(|stage| !form.stages.contains(stage))
                .map(ToString::to_string)
                .collect();
            let said = match lacking.as_slice() {
                [] => Said::met(Reason::EveryStage),
                lacking => Said::not_met(Reason::StagesNotCovered { stages: Codes(lacking.to_vec()) }),
            };
            (said, "chain.stages", Some(scheme.chain.basis), scheme.chain.source.clone())
        }
        Criterion::NetWorth => {
            let stated = form.net_worth_paise;
            let slab = rules.net_worth.iter().find(|slab| capacity <= slab.up_to_mtpa);
            let said = match scheme.least_net_worth(capacity) {
                Some(least) => {
                    Said::when(stated >= least, Reason::NetWorthStated { stated, least, capacity_mtpa: capacity })
                }
                None if rules.net_worth.is_empty() => Said::met(Reason::NoneAsked),
                None => Said::not_met(Reason::NoSlab { capacity_mtpa: capacity }),
            };
            let source = slab.map(|slab| slab.source.clone()).unwrap_or_default();
            (said, "eligibility.net_worth", slab.map(|slab| slab.basis), source)
        }
        Criterion::Investment => {
            let figure = &rules.investment_per_mtpa;
            let planned = form.planned_investment();
            let said = match figure.paise().times(capacity) {
                Some(least) => {
                    Said::when(planned >= least, Reason::Planned { planned, least, capacity_mtpa: capacity })
                }
                None => Said::not_met(Reason::CapacityImpossible),
            };
            (said, "eligibility.investment_per_mtpa", Some(figure.basis), figure.source.clone())
        }
        Criterion::IncentiveRate => {
            let asked = form.incentive_asked_paise_per_kg;
            let said = match scheme.rate_ceiling() {
                Some(ceiling) => Said::when(asked <= ceiling, Reason::RateAsked { asked, ceiling }),
                None => Said::met(Reason::NoCeiling),
            };
            let figure = scheme.named_figures().into_iter().find(|(name, _)| name == "rate_ceiling_per_kg");
            let (basis, source) = figure.map(|(_, figure)| (figure.basis, figure.source)).unzip();
            (said, "rate_ceiling_per_kg", basis, source.unwrap_or_default())
        }
        Criterion::Documents => {
            let lacking: Vec<String> = rules
                .documents
                .iter()
                .filter(|kind| !form.documents.iter().any(|document| document.kind == **kind))
                .map(ToString::to_string)
                .collect();
            let said = match lacking.as_slice() {
                [] => Said::met(Reason::AllAttached),
                lacking => Said::not_shown(Reason::DocumentsLacking { kinds: Codes(lacking.to_vec()) }),
            };
            (said, "eligibility.documents", Some(rules.documents_basis), rules.documents_source.clone())
        }
    }
}

/// Refuses an application that no longer meets every criterion at a capacity: when the award is
/// made, and at each sanction.
pub fn require_all(form: &ApplicationForm, scheme: &Scheme, capacity_mtpa: i64) -> Result<(), Refusal> {
    match all_checked(form, scheme, capacity_mtpa).into_iter().find(|one| !one.check.met) {
        Some(one) => Err(one.refusal()),
        None => Ok(()),
    }
}

/// Decides the scrutiny from the officer's findings and the checks; refuses findings that are
/// incomplete or contradict a check.
pub fn decide(
    form: &ApplicationForm,
    scheme: &Scheme,
    findings: Vec<Finding>,
    by: UserId,
    at: Timestamp,
) -> Result<Scrutiny, Refusal> {
    let checked = all_checked(form, scheme, form.capacity_mtpa);
    for Checked { check, .. } in &checked {
        let count = findings.iter().filter(|finding| finding.criterion == check.criterion).count();
        if count != 1 {
            return Err(Refusal::FindingsIncomplete {
                detail: Reason::FindingCount { criterion: Code(check.criterion.clone()), count },
            });
        }
    }
    let known = |finding: &&Finding| !checked.iter().any(|one| one.check.criterion == finding.criterion);
    if let Some(finding) = findings.iter().find(known) {
        return Err(Refusal::FindingsIncomplete {
            detail: Reason::CriterionUnknown { criterion: Code(finding.criterion.clone()) },
        });
    }
    for finding in findings.iter().filter(|finding| finding.met) {
        let contradicted = |one: &&Checked| one.check.criterion == finding.criterion && !one.check.met;
        if let Some(one) = checked.iter().find(contradicted) {
            return Err(one.refusal());
        }
    }
    let checks = checked.into_iter().map(|one| one.check).collect();
    let eligible = findings.iter().all(|finding| finding.met);
    Ok(Scrutiny { eligible, findings, checks, scrutinised_by: by, scrutinised_at: at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::award::application::PlannedInvestment;
    use crate::base::money::Paise;
    use crate::scheme::scheme::tests::sample;

    const DOCUMENTS: [DocumentKind; 3] =
        [DocumentKind::BoardResolution, DocumentKind::NetWorthCertificate, DocumentKind::DetailedProjectReport];

    fn form() -> ApplicationForm {
        ApplicationForm {
            capacity_mtpa: 750,
            least_capacity_mtpa: None,
            stages: sample().chain.stages,
            net_worth_paise: Paise::from_rupees(2_450_000_000).unwrap(),
            investment_plan: vec![PlannedInvestment {
                financial_year: "2026-27".parse().unwrap(),
                amount_paise: Paise::from_rupees(3_750_000_000).unwrap(),
            }],
            incentive_asked_paise_per_kg: Paise(160_000),
            documents: DOCUMENTS
                .map(|kind| AttachedDocument { kind, evidence_id: EvidenceId(uuid::Uuid::nil()) })
                .to_vec(),
            facts: Vec::new(),
        }
    }

    fn met(form: &ApplicationForm, criterion: Criterion) -> bool {
        checks(form, &sample()).into_iter().find(|check| check.criterion == criterion.as_str()).unwrap().met
    }

    #[test]
    fn each_criterion_turns_on_its_own_figure() {
        assert!(
            met(&form(), Criterion::NetWorth)
                && met(&form(), Criterion::Investment)
                && met(&form(), Criterion::IncentiveRate)
        );
        assert!(!met(
            &ApplicationForm { net_worth_paise: Paise(form().net_worth_paise.0 - 1), ..form() },
            Criterion::NetWorth
        ));
        assert!(!met(
            &ApplicationForm { incentive_asked_paise_per_kg: Paise(160_001), ..form() },
            Criterion::IncentiveRate
        ));
        assert!(!met(
            &ApplicationForm { stages: vec!["alloy_to_magnet".parse().unwrap()], ..form() },
            Criterion::WholeChain
        ));
        assert!(!met(&ApplicationForm { capacity_mtpa: 755, ..form() }, Criterion::Capacity));
        assert!(!met(&ApplicationForm { capacity_mtpa: 800, ..form() }, Criterion::Investment));
        let bare = ApplicationForm { documents: Vec::new(), ..form() };
        let result = |criterion: Criterion| {
            let found = checks(&bare, &sample()).into_iter().find(|check| check.criterion == criterion.as_str());
            found.unwrap().result.unwrap()
        };
        assert_eq!(result(Criterion::Documents), CheckResult::NotShown);
        assert_eq!(result(Criterion::NetWorth), CheckResult::NotShown);
        assert_eq!(result(Criterion::IncentiveRate), CheckResult::Met);
    }

    #[test]
    fn an_officer_cannot_overrule_the_figures() {
        let findings = |met: bool| {
            Criterion::ALL
                .iter()
                .map(|c| Finding { criterion: c.to_string(), met, reason: "seen".into() })
                .collect::<Vec<_>>()
        };
        let by = UserId(uuid::Uuid::nil());
        let at = "2026-05-01T00:00:00Z".parse().unwrap();
        let bare = ApplicationForm { documents: Vec::new(), ..form() };
        let refused = decide(&bare, &sample(), findings(true), by, at).unwrap_err();
        assert_eq!(refused.code(), "criterion_not_met");
        assert!(!decide(&form(), &sample(), findings(false), by, at).unwrap().eligible);
        let mut short = findings(false);
        short.pop();
        assert_eq!(decide(&form(), &sample(), short, by, at).unwrap_err().code(), "findings_incomplete");
    }
}
