//! Milestones: dated obligations of an award. A beneficiary reports what is installed, stage by
//! stage of the chain; the agency inspects, then verifies or returns it. Every round is kept.

use crate::domain::award::Award;
use crate::domain::calendar::{Timestamp, plus_months};
use crate::domain::chain::{ByStage, Chain};
use crate::domain::field::FieldErrors;
use crate::domain::id::{AwardId, EvidenceId, MilestoneId, OrganisationId, UserId};
use crate::domain::money::BasisPoints;
use crate::domain::refusal::Refusal;
use crate::domain::scheme::{MilestoneRule, Scheme};
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// Where a milestone stands.
    pub enum MilestoneStatus {
        Due = "due",
        Reported = "reported",
        Returned = "returned",
        Verified = "verified",
    }
}

/// Installed capacity, tonnes a year, stage by stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = BTreeMap<String, i64>)]
pub struct InstalledCapacity(pub ByStage<i64>);

impl InstalledCapacity {
    pub fn check(&self, errors: &mut FieldErrors, pointer: &str) {
        errors.require(!self.0.is_empty(), pointer, "name at least one stage");
        for (stage, mtpa) in self.0.iter() {
            errors.require((0..=1_000_000).contains(mtpa), format!("{pointer}/{stage}"), "0 to 1000000 tonnes a year");
        }
    }

    /// Notes stages the scheme does not have; puts the others into the order of its chain.
    pub fn check_stages(&mut self, errors: &mut FieldErrors, pointer: &str, chain: &Chain) {
        for (stage, _) in self.0.iter() {
            chain.check_known(errors, &format!("{pointer}/{stage}"), stage);
        }
        self.0.put_in_order(&chain.stages);
    }

    /// The first stage in which less is shown than needed.
    pub fn check_covers(&self, needed: &InstalledCapacity) -> Result<(), Refusal> {
        for (stage, need) in needed.0.iter() {
            let shown = self.0.get(stage).copied().unwrap_or(0);
            if shown < *need {
                return Err(Refusal::CapacityNotShown {
                    stage: stage.to_string(),
                    need_mtpa: *need,
                    shown_mtpa: shown,
                });
            }
        }
        Ok(())
    }
}

/// What the beneficiary states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneReport {
    pub installed_mtpa: InstalledCapacity,
    pub achieved_on: NaiveDate,
    pub evidence: Vec<EvidenceId>,
}

impl MilestoneReport {
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        self.installed_mtpa.check(&mut errors, "/installed_mtpa");
        errors.require((1..=50).contains(&self.evidence.len()), "/evidence", "1 to 50 evidence files");
        errors.finish()
    }
}

/// What the agency saw on site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    pub inspected_on: NaiveDate,
    pub place: String,
    pub installed_mtpa: InstalledCapacity,
    pub remarks: String,
    #[serde(default)]
    pub evidence: Vec<EvidenceId>,
}

impl Inspection {
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        self.installed_mtpa.check(&mut errors, "/inspection/installed_mtpa");
        crate::domain::field::check_name(&mut errors, "/inspection/place", &self.place, 200);
        crate::domain::field::check_text(&mut errors, "/inspection/remarks", &self.remarks, 4_000);
        errors.require(self.evidence.len() <= 50, "/inspection/evidence", "at most 50 evidence files");
        errors.finish()
    }
}

words! {
    /// What the agency decides on a report.
    pub enum VerificationOutcome {
        Verified = "verified",
        Returned = "returned",
    }
}

/// One report and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportRound {
    pub report: MilestoneReport,
    pub reported_by: UserId,
    pub reported_at: Timestamp,
    pub verification: Option<Verification>,
}

/// The agency's decision on one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verification {
    pub outcome: VerificationOutcome,
    pub inspection: Inspection,
    pub verified_by: UserId,
    pub verified_at: Timestamp,
}

/// All rounds, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct ReportRounds(pub Vec<ReportRound>);

/// One dated obligation of an award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Milestone {
    pub id: MilestoneId,
    pub award_id: AwardId,
    pub organisation_id: OrganisationId,
    pub code: String,
    pub title: String,
    pub due_on: NaiveDate,
    pub capital_share: BasisPoints,
    pub commissions: bool,
    /// What must be installed, tonnes a year.
    pub needed_mtpa: InstalledCapacity,
    pub status: MilestoneStatus,
    /// When it was achieved, once verified.
    pub achieved_on: Option<NaiveDate>,
    pub rounds: ReportRounds,
    pub version: i64,
}

impl Milestone {
    /// The schedule of an award: one milestone for each rule, due from the day of the award.
    pub fn schedule(scheme: &Scheme, award: &Award, mut new_id: impl FnMut() -> MilestoneId) -> Vec<Milestone> {
        scheme.milestones.iter().map(|rule| Milestone::from_rule(rule, award, new_id())).collect()
    }

    fn from_rule(rule: &MilestoneRule, award: &Award, id: MilestoneId) -> Milestone {
        let needed = rule
            .installed
            .iter()
            .map(|(stage, share)| (stage.clone(), share_of_capacity(award.capacity_mtpa, *share)))
            .collect();
        Milestone {
            id,
            award_id: award.id,
            organisation_id: award.organisation_id,
            code: rule.code.clone(),
            title: rule.title.clone(),
            due_on: plus_months(award.awarded_on, rule.due_months),
            capital_share: rule.capital_share,
            commissions: rule.commissions,
            needed_mtpa: InstalledCapacity(needed),
            status: MilestoneStatus::Due,
            achieved_on: None,
            rounds: ReportRounds::default(),
            version: 1,
        }
    }

    /// A report may follow a due or returned milestone; its date lies between award and today.
    pub fn report(&mut self, award: &Award, report: MilestoneReport, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        if !matches!(self.status, MilestoneStatus::Due | MilestoneStatus::Returned) {
            return Err(self.wrong_state("due or returned"));
        }
        check_day(report.achieved_on, award.awarded_on, at.date_in_india())?;
        self.rounds.0.push(ReportRound { report, reported_by: by, reported_at: at, verification: None });
        self.status = MilestoneStatus::Reported;
        Ok(())
    }

    /// Verified when the inspection measured what is needed; otherwise it can only be returned.
    pub fn verify(
        &mut self,
        outcome: VerificationOutcome,
        inspection: Inspection,
        by: UserId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        if self.status != MilestoneStatus::Reported {
            return Err(self.wrong_state("reported"));
        }
        let needed = self.needed_mtpa.clone();
        let Some(round) = self.rounds.0.last_mut() else {
            return Err(Refusal::WrongState { noun: "milestone", is: "due".to_owned(), needs: "reported" });
        };
        check_day(inspection.inspected_on, round.report.achieved_on, at.date_in_india())?;
        if outcome == VerificationOutcome::Verified {
            inspection.installed_mtpa.check_covers(&needed)?;
            self.achieved_on = Some(round.report.achieved_on);
            self.status = MilestoneStatus::Verified;
        } else {
            self.status = MilestoneStatus::Returned;
        }
        round.verification = Some(Verification { outcome, inspection, verified_by: by, verified_at: at });
        Ok(())
    }

    /// Who verified it, once somebody has.
    pub fn verifier(&self) -> Option<UserId> {
        let last = self.rounds.0.last()?;
        last.verification.as_ref().filter(|v| v.outcome == VerificationOutcome::Verified).map(|v| v.verified_by)
    }

    fn wrong_state(&self, needs: &'static str) -> Refusal {
        Refusal::WrongState { noun: "milestone", is: self.status.to_string(), needs }
    }
}

/// A share of the awarded capacity, rounded up: what must be installed is never less than agreed.
fn share_of_capacity(capacity_mtpa: i64, share: BasisPoints) -> i64 {
    let product = i128::from(capacity_mtpa) * i128::from(share.0);
    i64::try_from((product + 9_999) / 10_000).unwrap_or(i64::MAX)
}

/// Refuses a day before `earliest` or after `latest`.
pub fn check_day(day: NaiveDate, earliest: NaiveDate, latest: NaiveDate) -> Result<(), Refusal> {
    if day < earliest {
        return Err(Refusal::DateNotAllowed { reason: format!("{day} lies before {earliest}") });
    }
    if day > latest {
        return Err(Refusal::DateNotAllowed { reason: format!("{day} lies after {latest}") });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chain::tests::stage;

    fn installed(stages: &[(&str, i64)]) -> InstalledCapacity {
        InstalledCapacity(stages.iter().map(|(code, mtpa)| (stage(code), *mtpa)).collect())
    }

    #[test]
    fn needed_capacity_rounds_up() {
        assert_eq!(share_of_capacity(750, BasisPoints(5_000)), 375);
        assert_eq!(share_of_capacity(755, BasisPoints(5_000)), 378);
    }

    #[test]
    fn a_stage_is_named_once() {
        let read = |text: &str| serde_json::from_str::<InstalledCapacity>(text);
        assert!(read(r#"{"oxide_to_metal": 1, "metal_to_alloy": 2}"#).is_ok());
        let twice = read(r#"{"oxide_to_metal": 1, "oxide_to_metal": 2}"#).unwrap_err();
        assert!(twice.to_string().contains("duplicate field `oxide_to_metal`"));
    }

    #[test]
    fn the_weakest_stage_is_named() {
        let needed = installed(&[("oxide_to_metal", 750), ("metal_to_alloy", 750)]);
        let shown = installed(&[("oxide_to_metal", 800)]);
        let refusal = shown.check_covers(&needed).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::CapacityNotShown { stage: "metal_to_alloy".into(), need_mtpa: 750, shown_mtpa: 0 }
        );
        assert!(needed.check_covers(&needed).is_ok());
    }
}
