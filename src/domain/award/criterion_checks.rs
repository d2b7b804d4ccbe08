//! The check of each criterion of a scheme against the figures and files of an application, with what it found apart
//! from its language.

use crate::award::application::{ApplicationForm, AttachedDocument};
use crate::award::award::award_slots;
use crate::award::scrutiny::{CheckResult, CriterionCheck};
use crate::base::argument::{Code, Codes};
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::scheme::eligibility::{Criterion, DocumentKind};
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::expression::NoValue;
use crate::scheme::rules::names::{Kind, Value};
use crate::scheme::rules::rule::CheckedRule;
use crate::scheme::scheme::{Basis, Scheme};

/// A check, and its detail apart from its language.
pub(super) struct Checked {
    pub check: CriterionCheck,
    pub why: Reason,
}

impl Checked {
    pub fn refusal(&self) -> Refusal {
        Refusal::CriterionNotMet { criterion: Code(self.check.criterion.clone()), reason: self.why.clone() }
    }
}

/// Every check of a form for a capacity.
pub(super) fn all_checked(form: &ApplicationForm, scheme: &Scheme, capacity_mtpa: i64) -> Vec<Checked> {
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
        // It is checked when the bids are opened.
        Err(NoValue::NotShown(name)) if name == "rate" && form.incentive_asked_paise_per_kg.is_none() => {
            Said::met(Reason::RateSealed)
        }
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

/// A value that a criterion of the scheme's own looks at, by the name that the rule has for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleValue {
    pub name: String,
    /// `paise`, `kg`, … `1` for a plain number; `date`, `yes_no` or `word`.
    pub unit: String,
    /// The exact value; nothing where it was not stated.
    pub value: Option<String>,
}

/// What a criterion of the scheme's own looks at in an application; nothing for a criterion that every scheme has.
pub fn rule_values(form: &ApplicationForm, scheme: &Scheme, criterion: &str) -> Vec<RuleValue> {
    let names = &scheme.book.application_names;
    let own = scheme.book.criteria.iter().find(|rule| rule.rule.code == criterion);
    let Some(when) = own.and_then(|rule| rule.when.as_ref()) else { return Vec::new() };
    let slots = application_slots(form, scheme, form.capacity_mtpa);
    let value = |name: &String| {
        let unit = match names.kind(name)? {
            Kind::Number(unit) => unit.to_string(),
            Kind::Truth => "yes_no".to_owned(),
            Kind::Date => "date".to_owned(),
            Kind::Word(_) => "word".to_owned(),
        };
        let value = slots.get(names.slot(name)?).copied().flatten().map(|value| value.to_string());
        Some(RuleValue { name: name.clone(), unit, value })
    };
    when.uses.iter().filter_map(value).collect()
}

/// The values of an application's names in rules.
fn application_slots(form: &ApplicationForm, scheme: &Scheme, capacity_mtpa: i64) -> Vec<Option<Value>> {
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
                Some(problem) => {
                    Said::not_met(Reason::CapacityProblem { capacity_mtpa: capacity, problem: Box::new(problem) })
                }
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
            let said = match (scheme.rate_ceiling(), form.incentive_asked_paise_per_kg) {
                (Some(ceiling), Some(asked)) => Said::when(asked <= ceiling, Reason::RateAsked { asked, ceiling }),
                (Some(_), None) => Said::met(Reason::RateSealed),
                (None, _) => Said::met(Reason::NoCeiling),
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
