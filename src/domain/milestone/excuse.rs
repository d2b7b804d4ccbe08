//! Excused delays: days of a delay that do not count, granted on a recorded ground. The beneficiary
//! requests them, the agency examines the request, and the competent authority decides. Each of
//! these steps is taken by a different person.

use crate::base::calendar::Timestamp;
use crate::base::days::{Days, Span};
use crate::base::evidence::EvidenceIds;
use crate::base::field::{FieldErrors, check_day, check_name, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{AwardId, EvidenceId, ExcuseId, MilestoneId, OrganisationId, UserId};
use crate::base::permission::Step;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::base::step::TrancheStep;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The ground on which days of a delay are excused.
    pub enum ExcuseGround {
        ForceMajeure = "force_majeure",
        LandNotHandedOver = "land_not_handed_over",
        ImportLicenceOrVisa = "import_licence_or_visa",
        /// The text explains the ground.
        Other = "other",
    }
}

words! {
    /// The status of an excuse.
    pub enum ExcuseStatus {
        Asked = "asked",
        /// The agency examined the request.
        Examined = "examined",
        Granted = "granted",
        Refused = "refused",
    }
}

words! {
    /// The agency's recommendation on an excuse.
    pub enum ExaminationOutcome {
        Recommended = "recommended",
        NotRecommended = "not_recommended",
    }
}

words! {
    /// The decision of the competent authority.
    pub enum ExcuseOutcome {
        Granted = "granted",
        Refused = "refused",
    }
}

/// The agency's examination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExcuseExamination {
    pub outcome: ExaminationOutcome,
    /// The days that the agency recommends to excuse.
    pub days: Option<Span>,
    pub note: String,
    pub examined_by: UserId,
    pub examined_at: Timestamp,
}

/// The decision, and the order on which it rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExcuseDecision {
    pub outcome: ExcuseOutcome,
    /// The number of the order.
    pub reference: String,
    pub dated_on: NaiveDate,
    pub reasons: String,
    pub decided_by: UserId,
    pub decided_at: Timestamp,
}

/// A request that days of a milestone's delay do not count, with its examination and decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Excuse {
    pub id: ExcuseId,
    pub number: String,
    pub milestone_id: MilestoneId,
    pub award_id: AwardId,
    pub organisation_id: OrganisationId,
    pub ground: ExcuseGround,
    pub text: String,
    /// The requested days, both included.
    pub asked_from: NaiveDate,
    pub asked_to: NaiveDate,
    pub evidence: EvidenceIds,
    pub status: ExcuseStatus,
    pub asked_by: UserId,
    pub asked_at: Timestamp,
    pub examination: Option<ExcuseExamination>,
    pub decision: Option<ExcuseDecision>,
    /// The granted days, both included; they lie within the requested days.
    pub granted_from: Option<NaiveDate>,
    pub granted_to: Option<NaiveDate>,
    pub version: i64,
}

/// The request of the beneficiary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcuseForm {
    pub ground: ExcuseGround,
    /// A description of what happened.
    pub text: String,
    /// The first and the last day that are to be excused.
    pub days: Span,
    pub evidence: Vec<EvidenceId>,
}

impl ExcuseForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        self.check_with(0)
    }

    /// The same for a form with which so many more documents come.
    pub fn check_with(&self, attached: usize) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/text", &self.text, 4_000);
        check_span(&mut errors, "/days", Some(&self.days));
        errors.require(
            (1..=50).contains(&(self.evidence.len() + attached)),
            "/evidence",
            FieldReason::Between { least: 1, most: 50, what: "evidence files" },
        );
        errors.finish()
    }
}

/// The agency's examination as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExaminationForm {
    pub outcome: ExaminationOutcome,
    /// Given if it recommends the excuse.
    #[serde(default)]
    pub days: Option<Span>,
    pub note: String,
}

impl ExaminationForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let recommends = self.outcome == ExaminationOutcome::Recommended;
        errors.require_just_when(recommends, self.days.is_some(), "/days", FieldReason::WhenRecommended);
        check_span(&mut errors, "/days", self.days.as_ref());
        check_text(&mut errors, "/note", &self.note, 4_000);
        errors.finish()
    }
}

/// The competent authority's decision as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcuseDecisionForm {
    pub outcome: ExcuseOutcome,
    /// Given if it grants the excuse: some or all of the requested days.
    #[serde(default)]
    pub days: Option<Span>,
    /// The order on which the decision rests.
    pub reference: String,
    pub dated_on: NaiveDate,
    pub reasons: String,
}

impl ExcuseDecisionForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self, today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let grants = self.outcome == ExcuseOutcome::Granted;
        errors.require_just_when(grants, self.days.is_some(), "/days", FieldReason::WhenGranted);
        check_span(&mut errors, "/days", self.days.as_ref());
        check_name(&mut errors, "/reference", &self.reference, 200);
        check_day(&mut errors, "/dated_on", self.dated_on);
        errors.require(self.dated_on <= today, "/dated_on", FieldReason::InFuture);
        check_text(&mut errors, "/reasons", &self.reasons, 4_000);
        errors.finish()
    }
}

fn check_span(errors: &mut FieldErrors, pointer: &str, days: Option<&Span>) {
    if let Some(Span { from, to }) = days {
        check_day(errors, &format!("{pointer}/from"), *from);
        check_day(errors, &format!("{pointer}/to"), *to);
        errors.require(from <= to, format!("{pointer}/to"), FieldReason::BeforeFirstDay);
    }
}

/// Refuses days that do not all lie within `all`; `outside_is` gives the reason for the first one outside.
pub fn check_within(days: &Span, all: &Days, outside_is: impl FnOnce(NaiveDate) -> Reason) -> Result<(), Refusal> {
    let outside = Days::of([*days]).minus(all);
    match outside.first() {
        None => Ok(()),
        Some(first) => Err(Refusal::DateNotAllowed { reason: outside_is(first) }),
    }
}

impl Excuse {
    /// The copy for a manufacturer: what the agency noted is for the offices alone.
    pub fn without_noting(mut self) -> Excuse {
        self.examination.iter_mut().for_each(|examination| examination.note.clear());
        self
    }

    fn require(&self, status: ExcuseStatus, needs: &'static str) -> Result<(), Refusal> {
        if self.status == status {
            return Ok(());
        }
        Err(Refusal::WrongState { noun: "excuse", is: self.status.as_str(), needs })
    }

    /// The requested days.
    pub fn asked(&self) -> Span {
        Span { from: self.asked_from, to: self.asked_to }
    }

    /// The granted days, if any.
    pub fn granted(&self) -> Option<Span> {
        Some(Span { from: self.granted_from?, to: self.granted_to? })
    }

    /// The granted days, if the excuse was granted on or before this day.
    pub fn granted_by(&self, day: NaiveDate) -> Option<Span> {
        let decided_at = self.decision.as_ref()?.decided_at;
        self.granted().filter(|_| decided_at.date_in_india() <= day)
    }

    /// The steps that people took, oldest first.
    pub fn steps(&self) -> Vec<TrancheStep> {
        let step = |step, taken_by, taken_at| TrancheStep::taken(step, taken_by, taken_at, "excuse");
        let mut steps = vec![step(Step::Submit, self.asked_by, self.asked_at)];
        steps.extend(self.examination.as_ref().map(|one| step(Step::Recommend, one.examined_by, one.examined_at)));
        steps.extend(self.decision.as_ref().map(|one| step(Step::Excuse, one.decided_by, one.decided_at)));
        steps
    }

    /// No person takes two steps on one excuse, nor a step here and a step on the damages of its
    /// days (`others`).
    fn check_person(&self, others: &[TrancheStep], now: Step, by: UserId) -> Result<(), Refusal> {
        let own = self.steps();
        match own.iter().chain(others).find(|taken| taken.taken_by == by && taken.step != now) {
            Some(taken) => Err(Refusal::SamePerson { earlier: taken.step.into(), now: now.into() }),
            None => Ok(()),
        }
    }

    /// Records the agency's examination, once.
    pub fn examine(
        &mut self,
        form: ExaminationForm,
        others: &[TrancheStep],
        by: UserId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.require(ExcuseStatus::Asked, "asked")?;
        self.check_person(others, Step::Recommend, by)?;
        if let Some(days) = &form.days {
            check_within(days, &Days::of([self.asked()]), |day| Reason::NotAmongDaysAsked { day })?;
        }
        let ExaminationForm { outcome, days, note } = form;
        self.examination = Some(ExcuseExamination { outcome, days, note, examined_by: by, examined_at: at });
        self.status = ExcuseStatus::Examined;
        Ok(())
    }

    /// Records the decision of the competent authority, by an order dated on or after the request.
    pub fn decide(
        &mut self,
        form: ExcuseDecisionForm,
        others: &[TrancheStep],
        by: UserId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.require(ExcuseStatus::Examined, "examined")?;
        self.check_person(others, Step::Excuse, by)?;
        if form.dated_on < self.asked_at.date_in_india() {
            let reason = Reason::BeforeAsked { day: form.dated_on };
            return Err(Refusal::DateNotAllowed { reason });
        }
        if let Some(days) = &form.days {
            check_within(days, &Days::of([self.asked()]), |day| Reason::NotAmongDaysAsked { day })?;
        }
        let ExcuseDecisionForm { outcome, days, reference, dated_on, reasons } = form;
        self.granted_from = days.map(|days| days.from);
        self.granted_to = days.map(|days| days.to);
        self.status = match outcome {
            ExcuseOutcome::Granted => ExcuseStatus::Granted,
            ExcuseOutcome::Refused => ExcuseStatus::Refused,
        };
        let decision = ExcuseDecision { outcome, reference, dated_on, reasons, decided_by: by, decided_at: at };
        self.decision = Some(decision);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::days::tests::span;
    use crate::payment::tranche::tests::person;
    use uuid::Uuid;

    fn now() -> Timestamp {
        "2027-07-02T06:00:00Z".parse().unwrap()
    }

    fn asked() -> Excuse {
        Excuse {
            id: ExcuseId(Uuid::nil()),
            number: "E".into(),
            milestone_id: MilestoneId(Uuid::nil()),
            award_id: AwardId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            ground: ExcuseGround::ForceMajeure,
            text: "flood".into(),
            asked_from: "2027-05-02".parse().unwrap(),
            asked_to: "2027-05-20".parse().unwrap(),
            evidence: EvidenceIds(Vec::new()),
            status: ExcuseStatus::Asked,
            asked_by: person(1),
            asked_at: now(),
            examination: None,
            decision: None,
            granted_from: None,
            granted_to: None,
            version: 1,
        }
    }

    fn examination(days: Option<Span>) -> ExaminationForm {
        let outcome = if days.is_some() { ExaminationOutcome::Recommended } else { ExaminationOutcome::NotRecommended };
        ExaminationForm { outcome, days, note: "seen".into() }
    }

    fn decision(days: Option<Span>) -> ExcuseDecisionForm {
        let outcome = if days.is_some() { ExcuseOutcome::Granted } else { ExcuseOutcome::Refused };
        let (reference, dated_on) = ("Order 1".into(), now().date_in_india());
        ExcuseDecisionForm { outcome, days, reference, dated_on, reasons: "as found".into() }
    }

    #[test]
    fn it_takes_three_people_in_their_order() {
        let days = Some(span("2027-05-02", "2027-05-11"));
        let mut excuse = asked();
        assert_eq!(excuse.decide(decision(days), &[], person(3), now()).unwrap_err().code(), "wrong_state");
        assert_eq!(excuse.examine(examination(days), &[], person(1), now()).unwrap_err().code(), "same_person");
        excuse.examine(examination(None), &[], person(2), now()).unwrap();
        assert_eq!(excuse.examine(examination(None), &[], person(2), now()).unwrap_err().code(), "wrong_state");
        for taken in [1, 2] {
            assert_eq!(excuse.decide(decision(days), &[], person(taken), now()).unwrap_err().code(), "same_person");
        }
        let notice = TrancheStep::taken(Step::ShowCause, person(3), now(), "");
        assert_eq!(excuse.decide(decision(days), &[notice], person(3), now()).unwrap_err().code(), "same_person");
        excuse.decide(decision(days), &[], person(3), now()).unwrap();
        assert_eq!((excuse.status, excuse.granted()), (ExcuseStatus::Granted, days));
        assert_eq!(excuse.decide(decision(None), &[], person(3), now()).unwrap_err().code(), "wrong_state");
        assert_eq!(excuse.granted_by("2027-07-01".parse().unwrap()), None);
        assert_eq!(excuse.granted_by("2027-07-02".parse().unwrap()), days);
    }

    #[test]
    fn no_day_is_granted_that_was_not_asked_for() {
        let mut excuse = asked();
        excuse.examine(examination(None), &[], person(2), now()).unwrap();
        for wrong in [span("2027-05-01", "2027-05-03"), span("2027-05-20", "2027-05-21")] {
            let refused = excuse.decide(decision(Some(wrong)), &[], person(3), now()).unwrap_err();
            assert_eq!(refused.code(), "date_not_allowed");
        }
        let early = ExcuseDecisionForm { dated_on: "2027-07-01".parse().unwrap(), ..decision(None) };
        assert_eq!(excuse.decide(early, &[], person(3), now()).unwrap_err().code(), "date_not_allowed");
        excuse.decide(decision(None), &[], person(3), now()).unwrap();
        assert_eq!((excuse.status, excuse.granted()), (ExcuseStatus::Refused, None));
        let both = ExcuseDecisionForm { days: None, ..decision(Some(span("2027-05-02", "2027-05-03"))) };
        assert!(both.check(now().date_in_india()).is_err());
        assert!(decision(Some(span("2027-05-03", "2027-05-02"))).check(now().date_in_india()).is_err());
    }
}
