//! Milestones: dated obligations of an award. A beneficiary reports the installed capacity by stage
//! of the value chain; the agency inspects, then verifies the report or returns it. Every round is
//! retained.

use crate::award::award::Award;
use crate::base::calendar::{Timestamp, plus_months};
use crate::base::digest::hex;
use crate::base::field::FieldErrors;
use crate::base::field_reason::FieldReason;
use crate::base::id::{AwardId, ClaimId, EvidenceId, MilestoneId, OrganisationId, UserId};
use crate::base::money::BasisPoints;
use crate::base::queries::QueryRounds;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::milestone::reopening::RoundReopening;
use crate::milestone::report_return::ReportReturn;
use crate::scheme::partial_achievement::{Counted, Reached, WHOLE};
use crate::scheme::scheme::{MilestoneRule, Scheme};
use crate::scheme::value_chain::{Chain, InstalledCapacity};
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

words! {
    /// The status of a milestone.
    pub enum MilestoneStatus {
        Due = "due",
        Reported = "reported",
        Returned = "returned",
        Verified = "verified",
    }
}

/// The report of the beneficiary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneReport {
    pub installed_mtpa: InstalledCapacity,
    pub achieved_on: NaiveDate,
    pub evidence: Vec<EvidenceId>,
}

impl MilestoneReport {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        self.installed_mtpa.check(&mut errors, "/installed_mtpa");
        errors.require(
            (1..=50).contains(&self.evidence.len()),
            "/evidence",
            FieldReason::Between { least: 1, most: 50, what: "evidence files" },
        );
        errors.finish()
    }
}

/// The agency's inspection on site.
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
    /// Checks the form; the error lists every field that is not valid. What counts rests on an inspection with at least
    /// one file, or the control `milestones_inspected` would stop all money because of it.
    pub fn check(&self, outcome: VerificationOutcome) -> Result<(), FieldErrors> {
        self.check_with(outcome, self.evidence.len())
    }

    /// The same with so many files, which may follow after the form.
    pub fn check_with(&self, outcome: VerificationOutcome, files: usize) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        self.installed_mtpa.check(&mut errors, "/inspection/installed_mtpa");
        crate::base::field::check_name(&mut errors, "/inspection/place", &self.place, 200);
        crate::base::field::check_text(&mut errors, "/inspection/remarks", &self.remarks, 4_000);
        let (counts, what) = (outcome != VerificationOutcome::Returned, "evidence files");
        let (good, reason) = match counts {
            true => ((1..=50).contains(&files), FieldReason::Between { least: 1, most: 50, what }),
            false => (files <= 50, FieldReason::AtMost { most: 50, what }),
        };
        errors.require(good, "/inspection/evidence", reason);
        errors.finish()
    }
}

words! {
    /// The agency's decision on a report.
    pub enum VerificationOutcome {
        Verified = "verified",
        /// A part of what is needed is installed and counts; the rest is still due.
        PartlyVerified = "partly_verified",
        Returned = "returned",
    }
}

/// One report and the decision on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportRound {
    pub report: MilestoneReport,
    pub reported_by: UserId,
    pub reported_at: Timestamp,
    pub verification: Option<Verification>,
    /// Its return for correction, without an inspection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<ReportReturn>,
    /// Its verification was opened again, and counts no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopened: Option<RoundReopening>,
}

impl ReportRound {
    /// SHA-256 of the round as stored, as hexadecimal digits.
    pub fn digest(&self) -> String {
        // A round holds only text, numbers and lists, which always have a JSON form.
        hex(&Sha256::digest(serde_json::to_string(self).unwrap_or_default().as_bytes()))
    }
}

/// The agency's decision on one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verification {
    pub outcome: VerificationOutcome,
    pub inspection: Inspection,
    pub verified_by: UserId,
    pub verified_at: Timestamp,
    /// The part of it that counts, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
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
    /// The capacity that must be installed, tonnes a year.
    pub needed_mtpa: InstalledCapacity,
    pub status: MilestoneStatus,
    /// The day it was achieved, once verified.
    pub achieved_on: Option<NaiveDate>,
    pub rounds: ReportRounds,
    /// Queries of the agency with their replies.
    #[serde(skip_serializing_if = "QueryRounds::is_empty")]
    pub queries: QueryRounds,
    pub version: i64,
}

impl Milestone {
    /// The milestone schedule of an award: one milestone for each rule of the scheme, due a number
    /// of months after the day of the award.
    pub fn schedule(scheme: &Scheme, award: &Award, mut new_id: impl FnMut() -> MilestoneId) -> Vec<Milestone> {
        scheme.milestones.iter().map(|rule| Milestone::from_rule(scheme, rule, award, new_id())).collect()
    }

    fn from_rule(scheme: &Scheme, rule: &MilestoneRule, award: &Award, id: MilestoneId) -> Milestone {
        let needed = rule
            .installed
            .iter()
            .map(|(stage, share)| (stage.clone(), scheme.chain.needed_mtpa(stage, award.capacity_mtpa, *share)))
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
            queries: QueryRounds::default(),
            version: 1,
        }
    }

    /// The agreed terms of the milestone, which no later act changes.
    pub fn terms(&self) -> Value {
        json!({
            "id": self.id, "code": self.code, "title": self.title, "due_on": self.due_on, "capital_share": self.capital_share,
            "commissions": self.commissions, "needed_mtpa": self.needed_mtpa,
        })
    }

    /// Records a report on a due or returned milestone; the day of achievement must lie between the
    /// award (or the last part reached) and today.
    pub fn report(&mut self, award: &Award, report: MilestoneReport, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        if !matches!(self.status, MilestoneStatus::Due | MilestoneStatus::Returned) {
            return Err(self.wrong_state("due or returned"));
        }
        let earliest = self.reached_in_part().last().map_or(award.awarded_on, |part| part.on);
        check_day(report.achieved_on, earliest, at.date_in_india())?;
        self.rounds.0.push(ReportRound {
            report,
            reported_by: by,
            reported_at: at,
            verification: None,
            returned: None,
            reopened: None,
        });
        self.status = MilestoneStatus::Reported;
        Ok(())
    }

    /// Records an inspection and its outcome. The milestone can be verified if the inspection
    /// measured all that is needed and partly verified if it measured a part that counts; otherwise
    /// it can only be returned.
    pub fn verify(
        &mut self,
        scheme: &Scheme,
        outcome: VerificationOutcome,
        inspection: Inspection,
        by: UserId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        if self.status != MilestoneStatus::Reported {
            return Err(self.wrong_state("reported"));
        }
        let counted = Counted::of(&inspection.installed_mtpa, &self.needed_mtpa, &scheme.chain);
        let (needed, before) = (self.needed_mtpa.clone(), self.reached_share());
        let Some(round) = self.rounds.0.last_mut() else {
            return Err(Refusal::WrongState { noun: "milestone", is: "due", needs: "reported" });
        };
        check_day(inspection.inspected_on, round.report.achieved_on, at.date_in_india())?;
        let status = match outcome {
            VerificationOutcome::Verified => {
                inspection.installed_mtpa.check_covers(&needed)?;
                self.achieved_on = Some(round.report.achieved_on);
                MilestoneStatus::Verified
            }
            VerificationOutcome::PartlyVerified => {
                let rule = scheme.milestones.iter().find(|rule| rule.code == self.code);
                counted.check_partial(rule.and_then(|rule| rule.partial), before)?;
                MilestoneStatus::Due
            }
            VerificationOutcome::Returned => MilestoneStatus::Returned,
        };
        let counted = (outcome != VerificationOutcome::Returned).then_some(counted);
        round.verification = Some(Verification { outcome, inspection, verified_by: by, verified_at: at, counted });
        self.status = status;
        Ok(())
    }

    /// The rounds of which something counts, oldest first.
    pub(super) fn counting(&self) -> impl Iterator<Item = (&ReportRound, &Verification)> {
        self.counted_by(None)
    }

    /// The parts that were reached before the whole.
    pub fn reached_in_part(&self) -> impl Iterator<Item = Reached> {
        let parts = self.counting().filter(|(_, one)| one.outcome == VerificationOutcome::PartlyVerified);
        parts.filter_map(|(round, one)| Some(Reached { on: round.report.achieved_on, share: one.counted?.share }))
    }

    /// The day on which the milestone, or the last part of it that counts, was reached, considering
    /// only verifications up to an instant.
    pub fn reached_on(&self, by: Option<Timestamp>) -> Option<NaiveDate> {
        self.counted_by(by).last().map(|(round, _)| round.report.achieved_on)
    }

    /// The share of it that is verified as reached, in basis points.
    pub fn reached_share(&self) -> BasisPoints {
        self.reached_share_on(NaiveDate::MAX)
    }

    /// The share that was reached by a day, as far as it is verified now.
    pub fn reached_share_on(&self, day: NaiveDate) -> BasisPoints {
        if self.achieved_on.is_some_and(|achieved| achieved <= day) {
            return WHOLE;
        }
        let parts = self.reached_in_part().filter(|part| part.on <= day);
        parts.last().map_or(BasisPoints(0), |part| part.share)
    }

    /// The total that may be claimed on it, as a share of the award's capital ceiling; rounded
    /// down.
    pub fn claimable_share(&self) -> BasisPoints {
        self.share_of_capital(self.reached_share())
    }

    pub(super) fn share_of_capital(&self, reached: BasisPoints) -> BasisPoints {
        BasisPoints(self.capital_share.0.saturating_mul(reached.0) / WHOLE.0)
    }

    /// The share that was claimable by a day, as far as it is verified now.
    pub fn claimable_share_on(&self, day: NaiveDate) -> BasisPoints {
        self.share_of_capital(self.reached_share_on(day))
    }

    /// The inspections of which something counts, made up to a day; oldest first.
    pub fn counting_inspections(&self, day: NaiveDate) -> impl Iterator<Item = &Verification> {
        let counting = self.counting().map(|(_, one)| one);
        counting.filter(move |one| one.inspection.inspected_on <= day)
    }

    /// The finished magnet that the value chain supports, as last verified by a day; tonnes a year.
    pub fn installed_magnet_mtpa(&self, chain: &Chain, day: NaiveDate) -> Option<i64> {
        let last = self.counting_inspections(day).last()?;
        Some(last.counted.map_or_else(|| chain.magnet_mtpa(&last.inspection.installed_mtpa), |one| one.magnet_mtpa))
    }

    /// The persons who verified it or a part of it.
    pub fn verifiers(&self) -> impl Iterator<Item = UserId> {
        let verified = self.rounds.0.iter().filter_map(|round| round.verification.as_ref());
        verified.filter(|one| one.outcome != VerificationOutcome::Returned).map(|one| one.verified_by)
    }

    fn wrong_state(&self, needs: &'static str) -> Refusal {
        Refusal::WrongState { noun: "milestone", is: self.status.as_str(), needs }
    }
}

/// The share of a milestone that a verified claim used, of the award's capital ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimedShare {
    pub claim_id: ClaimId,
    pub milestone_id: MilestoneId,
    pub share: BasisPoints,
}

/// Refuses a day before `earliest` or after `latest`.
pub fn check_day(day: NaiveDate, earliest: NaiveDate, latest: NaiveDate) -> Result<(), Refusal> {
    if day < earliest {
        return Err(Refusal::DateNotAllowed { reason: Reason::DayBefore { day, earliest } });
    }
    if day > latest {
        return Err(Refusal::DateNotAllowed { reason: Reason::DayAfter { day, latest } });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::value_chain::tests::stage;

    fn installed(stages: &[(&str, i64)]) -> InstalledCapacity {
        InstalledCapacity(stages.iter().map(|(code, mtpa)| (stage(code), *mtpa)).collect())
    }

    #[test]
    fn needed_capacity_rounds_up() {
        let chain = crate::scheme::scheme::tests::sample().chain;
        let needed = |capacity| chain.needed_mtpa(&stage("oxide_to_metal"), capacity, BasisPoints(5_000));
        assert_eq!((needed(750), needed(755)), (375, 378));
    }

    #[test]
    fn what_counts_rests_on_evidence() {
        let inspection = |files: usize| Inspection {
            inspected_on: NaiveDate::default(),
            place: "Sample plant".to_owned(),
            installed_mtpa: installed(&[("oxide_to_metal", 450)]),
            remarks: "as seen".to_owned(),
            evidence: vec![EvidenceId(uuid::Uuid::nil()); files],
        };
        for (outcome, least) in [
            (VerificationOutcome::Verified, 1),
            (VerificationOutcome::PartlyVerified, 1),
            (VerificationOutcome::Returned, 0),
        ] {
            for (files, good) in [(0, least == 0), (1, true), (50, true), (51, false)] {
                assert_eq!(inspection(files).check(outcome).is_ok(), good, "{outcome} with {files} files");
            }
        }
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
            Refusal::CapacityNotShown {
                stage: crate::base::argument::Code("metal_to_alloy".into()),
                need_mtpa: 750,
                shown_mtpa: 0
            }
        );
        assert!(needed.check_covers(&needed).is_ok());
    }
}
