//! Scrutiny of an application, criterion by criterion: whether its figures and files meet the
//! criterion, do not meet it or do not show it, and what the officer found, with the reason. An
//! officer may find a criterion not met although the figures meet it, but never the other way
//! round.

use crate::award::application::ApplicationForm;
use crate::award::criterion_checks::{Checked, all_checked};
pub use crate::award::criterion_checks::{RuleValue, rule_values};
use crate::base::argument::Code;
use crate::base::calendar::Timestamp;
use crate::base::id::{EvidenceId, UserId};
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
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

impl Scrutiny {
    /// Holds an application against the criteria again once the rate of its bid is known. What was found in order
    /// without the rate is not eligible after all where the rate is not what the scheme allows.
    pub fn rate_opened(&mut self, form: &ApplicationForm, scheme: &Scheme) {
        if self.eligible {
            self.checks = checks(form, scheme);
            self.eligible = self.checks.iter().all(|check| check.met);
        }
    }
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
    use crate::award::application::{AttachedDocument, PlannedInvestment};
    use crate::base::money::Paise;
    use crate::scheme::eligibility::{Criterion, DocumentKind};
    use crate::scheme::scheme::tests::{TEXT, sample};

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
            incentive_asked_paise_per_kg: Some(Paise(160_000)),
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
            &ApplicationForm { incentive_asked_paise_per_kg: Some(Paise(160_001)), ..form() },
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
    fn a_sealed_rate_stops_no_scrutiny_and_its_opening_counts() {
        let said = "basis = \"assumption\"\nsource = \"s\"\n\n";
        let figure = format!("[figures.cheap_rate]\nvalue = 135_000\nunit = \"paise/kg\"\n{said}");
        let names = "title = { en = \"Cheap\", hi = \"सस्ता\" }\nclause = \"c\"";
        let rule = format!("code = \"cheap\"\nwhen = \"rate <= cheap_rate\"\n{names}\n{said}");
        let next = "[eligibility.investment_per_mtpa]";
        let own = format!("[[eligibility.criteria]]\n{rule}{figure}{next}");
        let text = TEXT.replacen(next, &own, 1);
        let scheme = Scheme::parse(&text).unwrap();
        let met = |rate: Option<i64>| {
            let form = ApplicationForm { incentive_asked_paise_per_kg: rate.map(Paise), ..form() };
            let all = all_checked(&form, &scheme, form.capacity_mtpa);
            let own = all.into_iter().find(|one| one.check.criterion == "cheap").unwrap();
            (own.check.met, own.why == Reason::RateSealed)
        };
        assert_eq!(met(None), (true, true));
        assert_eq!((met(Some(135_000)), met(Some(135_001))), ((true, false), (false, false)));
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
