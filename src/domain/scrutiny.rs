//! Scrutiny of an application, criterion by criterion: what the figures show, what the officer
//! found, and why. An officer may find against the figures' favour, never against their denial.

use crate::domain::application::ApplicationForm;
use crate::domain::calendar::Timestamp;
use crate::domain::id::UserId;
use crate::domain::refusal::Refusal;
use crate::domain::scheme::Scheme;
use crate::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// What an applicant must meet.
    pub enum Criterion {
        /// Capacity within the scheme's bounds and steps.
        Capacity = "capacity",
        /// Every stage from oxide to magnet.
        WholeChain = "whole_chain",
        /// Net worth for this capacity.
        NetWorth = "net_worth",
        /// Planned investment for this capacity.
        Investment = "investment",
        /// Incentive asked within the ceiling.
        IncentiveRate = "incentive_rate",
        /// Documents present, and found genuine by the officer.
        Documents = "documents",
    }
}

/// What the figures of the form show about one criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CriterionCheck {
    pub criterion: Criterion,
    pub met: bool,
    /// The fact, the figure it is measured against and on what that figure rests.
    pub detail: String,
}

/// What the officer found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    pub criterion: Criterion,
    pub met: bool,
    pub reason: String,
}

/// The kept result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scrutiny {
    pub eligible: bool,
    pub findings: Vec<Finding>,
    pub checks: Vec<CriterionCheck>,
    pub scrutinised_by: UserId,
    pub scrutinised_at: Timestamp,
}

/// What the figures show, in the order of the criteria.
pub fn checks(form: &ApplicationForm, scheme: &Scheme) -> Vec<CriterionCheck> {
    Criterion::ALL
        .iter()
        .map(|criterion| {
            let (met, detail) = check(*criterion, form, scheme);
            CriterionCheck { criterion: *criterion, met, detail }
        })
        .collect()
}

fn check(criterion: Criterion, form: &ApplicationForm, scheme: &Scheme) -> (bool, String) {
    let capacity = form.capacity_mtpa;
    match criterion {
        Criterion::Capacity => match scheme.capacity_problem(capacity) {
            Some(problem) => (false, format!("{capacity} MTPA asked: {problem} ({})", scheme.capacity_mtpa.basis)),
            None => (true, format!("{capacity} MTPA asked, allowed ({})", scheme.capacity_mtpa.basis)),
        },
        Criterion::WholeChain => {
            let lacking: Vec<&str> = scheme
                .chain
                .stages
                .iter()
                .filter(|stage| !form.stages.contains(stage))
                .map(|stage| stage.as_str())
                .collect();
            let detail = if lacking.is_empty() {
                "every stage covered".to_owned()
            } else {
                format!("not covered: {}", lacking.join(", "))
            };
            (lacking.is_empty(), format!("{detail} ({})", scheme.chain.basis))
        }
        Criterion::NetWorth => match scheme.least_net_worth(capacity) {
            Some(least) => (
                form.net_worth_paise >= least,
                format!("{} stated, {least} needed for {capacity} MTPA", form.net_worth_paise),
            ),
            None => (false, format!("no net-worth slab reaches {capacity} MTPA")),
        },
        Criterion::Investment => match scheme.eligibility.investment_per_mtpa.paise().times(capacity) {
            Some(least) => (
                form.planned_investment() >= least,
                format!("{} planned, {least} needed for {capacity} MTPA", form.planned_investment()),
            ),
            None => (false, "the capacity is not a possible figure".to_owned()),
        },
        Criterion::IncentiveRate => {
            let Some(ceiling) = scheme.rate_ceiling() else { return (true, "the scheme names no ceiling".to_owned()) };
            let asked = form.incentive_asked_paise_per_kg;
            (
                asked <= ceiling,
                format!(
                    "{asked} per kg asked, ceiling {ceiling} ({})",
                    scheme.basis_of("rate_ceiling_per_kg").map_or("", |basis| basis.as_str())
                ),
            )
        }
        Criterion::Documents => {
            let lacking: Vec<&str> = scheme
                .eligibility
                .documents
                .iter()
                .filter(|kind| !form.documents.iter().any(|document| document.kind == **kind))
                .map(|kind| kind.as_str())
                .collect();
            (
                lacking.is_empty(),
                if lacking.is_empty() { "all attached".to_owned() } else { format!("missing: {}", lacking.join(", ")) },
            )
        }
    }
}

/// The result of the officer's findings beside the figures, or why they cannot stand.
pub fn decide(
    form: &ApplicationForm,
    scheme: &Scheme,
    findings: Vec<Finding>,
    by: UserId,
    at: Timestamp,
) -> Result<Scrutiny, Refusal> {
    let checks = checks(form, scheme);
    for criterion in Criterion::ALL {
        let count = findings.iter().filter(|finding| finding.criterion == *criterion).count();
        if count != 1 {
            return Err(Refusal::FindingsIncomplete { detail: format!("{criterion} has {count}") });
        }
    }
    for finding in findings.iter().filter(|finding| finding.met) {
        if let Some(check) = checks.iter().find(|check| check.criterion == finding.criterion && !check.met) {
            return Err(Refusal::CriterionNotMet {
                criterion: check.criterion.to_string(),
                reason: check.detail.clone(),
            });
        }
    }
    let eligible = findings.iter().all(|finding| finding.met);
    Ok(Scrutiny { eligible, findings, checks, scrutinised_by: by, scrutinised_at: at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::application::PlannedInvestment;
    use crate::domain::money::Paise;
    use crate::domain::scheme::tests::sample;

    fn form() -> ApplicationForm {
        ApplicationForm {
            capacity_mtpa: 750,
            stages: sample().chain.stages,
            net_worth_paise: Paise::from_rupees(2_450_000_000).unwrap(),
            investment_plan: vec![PlannedInvestment {
                financial_year: "2026-27".parse().unwrap(),
                amount_paise: Paise::from_rupees(3_750_000_000).unwrap(),
            }],
            incentive_asked_paise_per_kg: Paise(160_000),
            documents: Vec::new(),
            facts: Vec::new(),
        }
    }

    fn met(form: &ApplicationForm, criterion: Criterion) -> bool {
        checks(form, &sample()).into_iter().find(|check| check.criterion == criterion).unwrap().met
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
        assert!(!met(&form(), Criterion::Documents));
    }

    #[test]
    fn an_officer_cannot_overrule_the_figures() {
        let findings = |met: bool| {
            Criterion::ALL.iter().map(|c| Finding { criterion: *c, met, reason: "seen".into() }).collect::<Vec<_>>()
        };
        let by = UserId(uuid::Uuid::nil());
        let at = "2026-05-01T00:00:00Z".parse().unwrap();
        let refused = decide(&form(), &sample(), findings(true), by, at).unwrap_err();
        assert_eq!(refused.code(), "criterion_not_met");
        assert!(!decide(&form(), &sample(), findings(false), by, at).unwrap().eligible);
        let mut short = findings(false);
        short.pop();
        assert_eq!(decide(&form(), &sample(), short, by, at).unwrap_err().code(), "findings_incomplete");
    }
}
