//! The kinds of matters in the worklist, their states, and a matter as it is stored.

use crate::award::allocation::AllocationStatus;
use crate::award::application::ApplicationStatus;
use crate::award::security::SecurityStatus;
use crate::base::calendar::Timestamp;
use crate::base::id::UserId;
use crate::base::permission::{Role, Step};
use crate::budget::budget_instrument::InstrumentStatus;
use crate::check::control::ControlStatus;
use crate::claim::claim::ClaimStatus;
use crate::claim::final_certificate::CertificateStatus;
use crate::correspondence::about::AboutKind;
use crate::desk::observation::ObservationStatus;
use crate::desk::requisition::RequisitionStatus;
use crate::desk::sample::SampleStatus;
use crate::milestone::excuse::ExcuseStatus;
use crate::milestone::milestone::MilestoneStatus;
use crate::payment::bank_difference::DifferenceStatus;
use crate::payment::payment::PaymentStatus;
use crate::payment::tranche::TrancheStatus;
use crate::payment::treasury_return::LineResult;
use crate::recovery::recovery::RecoveryStatus;
use crate::revision::scheme_draft::SchemeDraftStatus;
use crate::words;
use crate::worklist::details::Pause;
use crate::worklist::rule::Waits;
use crate::worklist::rules;
use chrono::NaiveDate;

words! {
    /// The kinds of matters that can wait for somebody.
    pub enum MatterKind {
        Tranche = "tranche",
        Claim = "claim",
        /// The deferred part of a claim, while the year has room.
        DeferredClaim = "deferred_claim",
        /// A claim that awaits its final certificate.
        CertificateDue = "certificate_due",
        FinalCertificate = "final_certificate",
        Application = "application",
        Milestone = "milestone",
        /// A late milestone for which neither damages are demanded nor days are excused.
        DamagesDue = "damages_due",
        Excuse = "excuse",
        Guarantee = "guarantee",
        GuaranteeExpiring = "guarantee_expiring",
        Allocation = "allocation",
        Payment = "payment",
        /// A line in a file of the treasury that contradicts the records, or that a rule refused.
        TreasuryLine = "treasury_line",
        BankDifference = "bank_difference",
        Recovery = "recovery",
        /// A proposed write-off or waiver of a recovery.
        Relief = "relief",
        BudgetInstrument = "budget_instrument",
        SchemeDraft = "scheme_draft",
        Observation = "observation",
        Requisition = "requisition",
        Sample = "sample",
        /// A letter that no office has answered; its state is the kind of its record.
        Letter = "letter",
        /// A letter of an office that asks the company for an answer and has none.
        LetterToAnswer = "letter_to_answer",
        /// A red control.
        Control = "control",
        /// A window that closes soon.
        Window = "window",
        /// Money that nothing has claimed, before its year ends.
        YearEnd = "year_end",
    }
}

/// The words of a status as states of a matter.
macro_rules! states {
    ($status:ident $(and $($more:literal),+)?) => {
        $status::ALL.iter().map(|status| status.as_str()).chain([$($($more),+)?]).collect()
    };
}

impl MatterKind {
    /// Every state that a matter of this kind can have: the statuses of its record, and finer states of them.
    pub fn states(self) -> Vec<&'static str> {
        match self {
            MatterKind::Tranche => states!(TrancheStatus),
            MatterKind::Claim => states!(ClaimStatus and "query_open"),
            MatterKind::DeferredClaim => vec!["deferred"],
            MatterKind::CertificateDue => vec!["awaited"],
            MatterKind::FinalCertificate => states!(CertificateStatus),
            MatterKind::Application => states!(ApplicationStatus and "query_open", "allotted", "in_run"),
            MatterKind::Milestone => states!(MilestoneStatus and "query_open"),
            MatterKind::DamagesDue => vec!["accrued"],
            MatterKind::Excuse => states!(ExcuseStatus),
            MatterKind::Guarantee => states!(SecurityStatus and "extension_lodged", "receipt_awaited"),
            MatterKind::GuaranteeExpiring => vec!["expiring", "expiring_covered"],
            MatterKind::Allocation => states!(AllocationStatus),
            MatterKind::Payment => states!(PaymentStatus and "without_file"),
            MatterKind::TreasuryLine => states!(LineResult),
            MatterKind::BankDifference => states!(DifferenceStatus),
            MatterKind::Recovery => states!(RecoveryStatus),
            MatterKind::Relief => vec!["proposed"],
            MatterKind::BudgetInstrument => states!(InstrumentStatus),
            MatterKind::SchemeDraft => states!(SchemeDraftStatus and "instrument_proposed"),
            MatterKind::Observation => states!(ObservationStatus),
            MatterKind::Requisition => states!(RequisitionStatus),
            MatterKind::Sample => states!(SampleStatus),
            MatterKind::Letter => states!(AboutKind),
            MatterKind::LetterToAnswer => vec!["asked"],
            MatterKind::Control => states!(ControlStatus),
            MatterKind::Window => vec!["open"],
            MatterKind::YearEnd => vec!["unspent"],
        }
    }

    /// Whom a state waits for. `day_over` tells whether the record's own day has passed. The error names a state
    /// that does not exist.
    pub fn waits(self, state: &str, day_over: bool) -> Result<Waits, String> {
        Ok(match self {
            MatterKind::Tranche => rules::tranche(state.parse()?),
            MatterKind::Claim => match state {
                "query_open" => rules::claim(ClaimStatus::Submitted, true),
                status => rules::claim(status.parse()?, false),
            },
            MatterKind::DeferredClaim => rules::deferred_claim(),
            MatterKind::CertificateDue => rules::certificate_due(),
            MatterKind::FinalCertificate => rules::final_certificate(state.parse()?),
            MatterKind::Application => match state {
                "query_open" => rules::application(ApplicationStatus::Submitted, true),
                "allotted" => rules::allotted_application(),
                "in_run" => rules::application_in_run(),
                status => rules::application(status.parse()?, false),
            },
            MatterKind::Milestone => match state {
                "query_open" => rules::milestone(MilestoneStatus::Reported, true),
                status => rules::milestone(status.parse()?, false),
            },
            MatterKind::DamagesDue => rules::damages_due(),
            MatterKind::Excuse => rules::excuse(state.parse()?),
            MatterKind::Guarantee => match state {
                "extension_lodged" => rules::guarantee(SecurityStatus::Confirmed, true, false),
                "receipt_awaited" => rules::guarantee(SecurityStatus::Invoked, false, true),
                status => rules::guarantee(status.parse()?, false, false),
            },
            MatterKind::GuaranteeExpiring => rules::guarantee_expiring(state == "expiring_covered"),
            MatterKind::Allocation => rules::allocation(state.parse()?),
            MatterKind::Payment => match state {
                "without_file" => rules::payment(PaymentStatus::Advised, false),
                status => rules::payment(status.parse()?, true),
            },
            MatterKind::TreasuryLine => rules::treasury_line(state.parse()?),
            MatterKind::BankDifference => rules::difference(state.parse()?),
            MatterKind::Recovery => rules::recovery(state.parse()?, day_over),
            MatterKind::Relief => rules::relief(),
            MatterKind::BudgetInstrument => rules::budget_instrument(state.parse()?),
            MatterKind::SchemeDraft => match state {
                "instrument_proposed" => rules::scheme_draft(SchemeDraftStatus::Draft, true),
                status => rules::scheme_draft(status.parse()?, false),
            },
            MatterKind::Observation => rules::observation(state.parse()?),
            MatterKind::Requisition => rules::requisition(state.parse()?),
            MatterKind::Sample => rules::sample(state.parse()?),
            MatterKind::Letter => rules::letter(state.parse()?),
            MatterKind::LetterToAnswer => rules::letter_to_answer(),
            MatterKind::Control => rules::control(state.parse()?),
            MatterKind::Window => rules::window(),
            MatterKind::YearEnd => rules::year_end(),
        })
    }

    /// The states in which a matter may wait for one of these roles.
    pub fn states_of(self, roles: impl Fn(Role) -> bool) -> Vec<&'static str> {
        let waits = |state: &&str| {
            [false, true].iter().any(|day_over| {
                let waits = self.waits(state, *day_over).unwrap_or(Waits::ForNobody);
                waits.rules().iter().any(|rule| rule.offices().iter().any(|role| roles(*role)))
            })
        };
        self.states().into_iter().filter(waits).collect()
    }

    /// The noun of the record in addresses: `/api/v1/<noun>/<id>`. The year's end has no record.
    pub fn noun(self) -> Option<&'static str> {
        Some(match self {
            MatterKind::Tranche => "tranches",
            MatterKind::Claim | MatterKind::DeferredClaim | MatterKind::CertificateDue => "claims",
            MatterKind::FinalCertificate => "final-certificates",
            MatterKind::Application => "applications",
            MatterKind::Milestone | MatterKind::DamagesDue => "milestones",
            MatterKind::Excuse => "excuses",
            MatterKind::Guarantee | MatterKind::GuaranteeExpiring => "securities",
            MatterKind::Allocation => "allocations",
            MatterKind::Payment => "payments",
            MatterKind::TreasuryLine => "treasury-returns",
            MatterKind::BankDifference => "bank-differences",
            MatterKind::Recovery | MatterKind::Relief => "recoveries",
            MatterKind::BudgetInstrument => "budget-instruments",
            MatterKind::SchemeDraft => "scheme-drafts",
            MatterKind::Observation => "observations",
            MatterKind::Requisition => "requisitions",
            MatterKind::Sample => "samples",
            MatterKind::Letter | MatterKind::LetterToAnswer => "letters",
            MatterKind::Control => "controls/runs",
            MatterKind::Window | MatterKind::YearEnd => return None,
        })
    }

    /// The noun of the record, where the matter is the record and not one line or result of it.
    pub fn noun_of_record(self) -> Option<&'static str> {
        self.noun().filter(|_| !matches!(self, MatterKind::TreasuryLine | MatterKind::Control))
    }
}

/// An earlier step that a person took on the same money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub step: Step,
    pub by: UserId,
}

/// A record that may wait for somebody, with what its clocks need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    pub kind: MatterKind,
    pub state: String,
    pub id: String,
    pub number: Option<String>,
    /// What names it where it has no number: a milestone's code, a guarantee's number, a title. Of a final certificate
    /// the number of its claim, under which it is found.
    pub title: Option<String>,
    pub scheme_code: Option<String>,
    pub organisation_id: Option<String>,
    pub company: Option<String>,
    pub amount_paise: Option<i64>,
    /// When it reached the office or person that must act next.
    pub arrived: Option<Timestamp>,
    /// The deadline of the record itself, if its kind has one (`rules.rs`).
    pub day: Option<NaiveDate>,
    pub taken: Vec<Taken>,
    pub pauses: Vec<Pause>,
    /// What people call it, beside its code: the title of a milestone.
    pub named: Option<String>,
    /// The office that returned it to those who have it now.
    pub back_from: Option<Role>,
    /// Id and number of the record that carries its wait, where that is another one.
    pub carried_by: Option<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::MatterKind as K;
    use super::*;
    use std::collections::BTreeMap;

    /// Whom each state waits for. A row says `act by offices`, `-` (for nobody), or `> kind` (through another record).
    const TABLE: &[(MatterKind, &str, &str)] = &[
        (MatterKind::Tranche, "returned", "> claim"),
        (MatterKind::Tranche, "verified", "recommend_tranche by section_officer"),
        (MatterKind::Tranche, "recommended", "concur_tranche by finance_officer"),
        (MatterKind::Tranche, "concurred", "sanction_tranche by competent_authority"),
        (MatterKind::Tranche, "sanctioned", "advise_payment by disbursing_officer"),
        (MatterKind::Tranche, "advised", "> payment"),
        (MatterKind::Tranche, "disbursed", "-"),
        (MatterKind::Tranche, "rejected", "-"),
        (MatterKind::Tranche, "expired", "-"),
        (MatterKind::Claim, "draft", "submit_claim by signatory; change_claim by preparer"),
        (MatterKind::Claim, "returned", "submit_claim by signatory; change_claim by preparer"),
        (MatterKind::Claim, "submitted", "verify_claim by verifier"),
        (MatterKind::Claim, "query_open", "reply_to_claim_query by preparer or signatory"),
        (MatterKind::Claim, "verified", "-"),
        (MatterKind::Claim, "rejected", "-"),
        (MatterKind::DeferredClaim, "deferred", "release_deferred by verifier"),
        (MatterKind::CertificateDue, "awaited", "submit_final_certificate by signatory"),
        (MatterKind::FinalCertificate, "submitted", "verify_final_certificate by verifier"),
        (MatterKind::FinalCertificate, "returned", "> certificate_due"),
        (MatterKind::FinalCertificate, "accepted", "-"),
        (MatterKind::Application, "draft", "submit_application by signatory; change_application by preparer"),
        (MatterKind::Application, "submitted", "scrutinise_application by verifier"),
        (MatterKind::Application, "query_open", "reply_to_query by preparer or signatory"),
        (MatterKind::Application, "eligible", "draft_allocation by section_officer"),
        (MatterKind::Application, "allotted", "issue_award by competent_authority"),
        (MatterKind::Application, "in_run", "> allocation"),
        (MatterKind::Application, "not_eligible", "-"),
        (MatterKind::Application, "awarded", "-"),
        (MatterKind::Milestone, "due", "report_milestone by preparer or signatory"),
        (MatterKind::Milestone, "reported", "verify_milestone by verifier"),
        (MatterKind::Milestone, "returned", "report_milestone by preparer or signatory"),
        (MatterKind::Milestone, "query_open", "reply_to_milestone_query by preparer or signatory"),
        (MatterKind::Milestone, "verified", "-"),
        (MatterKind::DamagesDue, "accrued", "issue_show_cause by section_officer"),
        (MatterKind::Excuse, "asked", "examine_excuse by verifier"),
        (MatterKind::Excuse, "examined", "decide_excuse by competent_authority"),
        (MatterKind::Excuse, "granted", "-"),
        (MatterKind::Excuse, "refused", "-"),
        (MatterKind::Guarantee, "lodged", "confirm_security by verifier"),
        (MatterKind::Guarantee, "confirmed", "-"),
        (MatterKind::Guarantee, "extension_lodged", "confirm_security by verifier"),
        (MatterKind::Guarantee, "not_confirmed", "-"),
        (MatterKind::Guarantee, "invoked", "-"),
        (MatterKind::Guarantee, "receipt_awaited", "record_security_receipt by disbursing_officer"),
        (MatterKind::Guarantee, "released", "-"),
        (MatterKind::GuaranteeExpiring, "expiring", "extend_security by signatory"),
        (MatterKind::GuaranteeExpiring, "expiring_covered", "extend_security by signatory"),
        (MatterKind::Allocation, "draft", "concur_allocation by finance_officer"),
        (MatterKind::Allocation, "concurred", "publish_allocation by competent_authority"),
        (MatterKind::Allocation, "published", "> application"),
        (MatterKind::Allocation, "withdrawn", "-"),
        (MatterKind::Payment, "without_file", "make_payment_advice by disbursing_officer"),
        (MatterKind::Payment, "advised", "settle_payment by disbursing_officer"),
        (MatterKind::Payment, "accepted", "settle_payment by disbursing_officer"),
        (MatterKind::Payment, "unknown", "settle_payment by disbursing_officer"),
        (MatterKind::Payment, "succeeded", "-"),
        (MatterKind::Payment, "failed", "> tranche"),
        (MatterKind::Payment, "failed_after_success", "> tranche"),
        (MatterKind::TreasuryLine, "contradicted", "close_treasury_line by disbursing_officer"),
        (MatterKind::TreasuryLine, "open", "-"),
        (MatterKind::TreasuryLine, "applied", "-"),
        (MatterKind::TreasuryLine, "already_recorded", "-"),
        (MatterKind::TreasuryLine, "waiting", "-"),
        (MatterKind::TreasuryLine, "refused", "close_treasury_line by disbursing_officer"),
        (MatterKind::BankDifference, "open", "propose_difference_settlement by finance_officer"),
        (MatterKind::BankDifference, "proposed", "settle_difference by finance_officer or competent_authority"),
        (MatterKind::BankDifference, "settled", "-"),
        (MatterKind::BankDifference, "cleared", "-"),
        (MatterKind::Recovery, "noticed", "reply_to_show_cause by signatory"),
        (MatterKind::Recovery, "replied", "order_recovery by competent_authority"),
        (MatterKind::Recovery, "ordered", "demand_recovery by finance_officer"),
        (MatterKind::Recovery, "demanded", "pay_demand by signatory; record_receipt by disbursing_officer"),
        (MatterKind::Recovery, "settled", "-"),
        (MatterKind::Recovery, "dropped", "-"),
        (MatterKind::Relief, "proposed", "decide_relief by competent_authority"),
        (MatterKind::BudgetInstrument, "proposed", "approve_budget_instrument by scheme_administrator"),
        (MatterKind::BudgetInstrument, "approved", "-"),
        (MatterKind::BudgetInstrument, "refused", "-"),
        (MatterKind::BudgetInstrument, "withdrawn", "-"),
        (MatterKind::SchemeDraft, "draft", "publish_scheme by scheme_administrator"),
        (MatterKind::SchemeDraft, "instrument_proposed", "approve_scheme_instrument by competent_authority"),
        (MatterKind::SchemeDraft, "published", "-"),
        (MatterKind::SchemeDraft, "withdrawn", "-"),
        (K::Observation, "raised", "reply_to_observation by section_officer or finance_officer or competent_authority"),
        (MatterKind::Observation, "replied", "settle_observation by auditor"),
        (
            K::Observation,
            "remarked",
            "reply_to_observation by section_officer or finance_officer or competent_authority",
        ),
        (MatterKind::Observation, "settled", "-"),
        (MatterKind::Observation, "converted", "> recovery"),
        (K::Requisition, "asked", "answer_requisition by section_officer or finance_officer or competent_authority"),
        (MatterKind::Requisition, "answered", "-"),
        (
            MatterKind::Sample,
            "committed",
            "freeze_sample by section_officer or finance_officer or competent_authority or auditor",
        ),
        (MatterKind::Sample, "frozen", "draw_sample by auditor"),
        (MatterKind::Sample, "drawn", "-"),
        (MatterKind::Letter, "application", "send_letter by verifier"),
        (MatterKind::Letter, "milestone", "send_letter by verifier"),
        (MatterKind::Letter, "claim", "send_letter by verifier"),
        (MatterKind::Letter, "tranche", "send_letter by section_officer"),
        (MatterKind::Letter, "recovery", "send_letter by section_officer"),
        (MatterKind::Letter, "budget_instrument", "-"),
        (MatterKind::LetterToAnswer, "asked", "write_letter by signatory"),
        (MatterKind::Control, "red", "run_controls by competent_authority or auditor"),
        (MatterKind::Control, "green", "-"),
        (MatterKind::Window, "open", "create_application by preparer"),
        (MatterKind::YearEnd, "unspent", "propose_budget_instrument by scheme_administrator"),
    ];

    fn said(waits: &Waits) -> String {
        match waits {
            Waits::ForNobody => "-".to_owned(),
            Waits::Elsewhere(kind) => format!("> {kind}"),
            Waits::For(rules) => {
                let offices = |roles: &[Role]| roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" or ");
                let one = |rule: &crate::worklist::rule::Rule| format!("{} by {}", rule.act, offices(rule.offices()));
                rules.iter().map(one).collect::<Vec<_>>().join("; ")
            }
        }
    }

    #[test]
    fn every_state_of_every_kind_waits_for_somebody_or_says_that_it_does_not() {
        let table: BTreeMap<(MatterKind, &str), &str> =
            TABLE.iter().map(|(kind, state, waits)| ((*kind, *state), *waits)).collect();
        let mut states = 0;
        for kind in MatterKind::ALL {
            for state in kind.states() {
                let found = said(&kind.waits(state, false).unwrap());
                assert_eq!(table.get(&(*kind, state)), Some(&found.as_str()), "{kind} {state}");
                states += 1;
            }
        }
        assert_eq!(states, TABLE.len(), "the table names a state that does not exist, or one twice");
        assert!(MatterKind::Tranche.waits("lost", false).is_err());
    }

    #[test]
    fn a_notice_whose_reply_is_overdue_waits_for_the_order_too() {
        let over = said(&MatterKind::Recovery.waits("noticed", true).unwrap());
        assert_eq!(over, "order_recovery by competent_authority; reply_to_show_cause by signatory");
    }

    #[test]
    fn what_waits_elsewhere_names_a_kind() {
        for (_, _, waits) in TABLE {
            if let Some(kind) = waits.strip_prefix("> ") {
                assert!(kind.parse::<MatterKind>().is_ok(), "{kind}");
            }
        }
    }

    #[test]
    fn each_office_has_its_own_states() {
        let of = |kind: MatterKind, role| kind.states_of(|one| one == role);
        assert_eq!(of(MatterKind::Tranche, Role::FinanceOfficer), ["recommended"]);
        assert_eq!(of(MatterKind::Recovery, Role::CompetentAuthority), ["noticed", "replied"]);
        assert!(of(MatterKind::Tranche, Role::Auditor).is_empty());
    }
}
