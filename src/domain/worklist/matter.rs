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
use crate::correction::correction::CorrectionStatus;
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
use crate::worklist::{payment_rules, reminder_rules, rules};
use chrono::NaiveDate;

words! {
    /// The kinds of matters that can wait for somebody.
    pub enum MatterKind {
        Tranche = "tranche",
        Claim = "claim",
        /// The deferred part of a claim, while the year has room, and while it has none.
        DeferredClaim = "deferred_claim",
        /// A claim that was rejected: its company is told.
        RejectedClaim = "rejected_claim",
        /// A tranche that was rejected while its claim goes on: its company is told.
        RejectedTranche = "rejected_tranche",
        /// A claim that awaits its final certificate.
        CertificateDue = "certificate_due",
        FinalCertificate = "final_certificate",
        Application = "application",
        Milestone = "milestone",
        /// A late milestone with late days that nobody excused and no notice charged.
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
        /// A proposed correction, which another person decides.
        Correction = "correction",
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
            MatterKind::Tranche => states!(TrancheStatus and "not_arrived"),
            MatterKind::Claim => states!(ClaimStatus and "query_open", "corrected"),
            MatterKind::DeferredClaim => vec!["deferred", "without_money"],
            MatterKind::RejectedClaim | MatterKind::RejectedTranche => vec!["told"],
            MatterKind::CertificateDue => vec!["awaited"],
            MatterKind::FinalCertificate => states!(CertificateStatus),
            MatterKind::Application => {
                let of_rounds = ["query_open", "sealed", "opening_due", "opening_asked"];
                let of_runs = ["in_run", "allotted", "end_proposed"];
                let own = ApplicationStatus::ALL.iter().map(|status| status.as_str());
                own.chain(of_rounds).chain(of_runs).collect()
            }
            MatterKind::Milestone => states!(MilestoneStatus and "query_open"),
            MatterKind::DamagesDue => vec!["accrued", "excuse_asked", "charged"],
            MatterKind::Excuse => states!(ExcuseStatus),
            MatterKind::Guarantee => states!(SecurityStatus and "extension_lodged", "receipt_awaited"),
            MatterKind::GuaranteeExpiring => vec!["expiring", "expiring_covered"],
            MatterKind::Allocation => states!(AllocationStatus),
            MatterKind::Payment => states!(PaymentStatus and "without_file", "unanswered", "unexplained"),
            MatterKind::TreasuryLine => states!(LineResult),
            MatterKind::BankDifference => states!(DifferenceStatus),
            MatterKind::Recovery => states!(RecoveryStatus and "credited"),
            MatterKind::Relief => vec!["proposed"],
            MatterKind::BudgetInstrument => states!(InstrumentStatus),
            MatterKind::Correction => states!(CorrectionStatus),
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
            MatterKind::Tranche => match state {
                "not_arrived" => rules::tranche_to_pay_again(),
                status => rules::tranche(status.parse()?),
            },
            MatterKind::Claim => match state {
                "query_open" => rules::claim(ClaimStatus::Submitted, true),
                "corrected" => rules::corrected_claim(),
                status => rules::claim(status.parse()?, false),
            },
            MatterKind::DeferredClaim => rules::deferred_claim(state == "deferred"),
            MatterKind::RejectedClaim => rules::rejected("show_claim"),
            MatterKind::RejectedTranche => rules::rejected("show_tranche"),
            MatterKind::CertificateDue => rules::certificate_due(),
            MatterKind::FinalCertificate => rules::final_certificate(state.parse()?),
            MatterKind::Application => match state {
                "query_open" => rules::application(ApplicationStatus::Submitted, true),
                "sealed" => rules::sealed_application(),
                "opening_due" => rules::opening_due(),
                "opening_asked" => rules::opening_asked(),
                "allotted" => rules::allotted_application(),
                "end_proposed" => rules::end_proposed(),
                "in_run" => rules::application_in_run(),
                status => rules::application(status.parse()?, false),
            },
            MatterKind::Milestone => match state {
                "query_open" => rules::milestone(MilestoneStatus::Reported, true),
                status => rules::milestone(status.parse()?, false),
            },
            MatterKind::DamagesDue => rules::damages_due(state)?,
            MatterKind::Excuse => rules::excuse(state.parse()?),
            MatterKind::Guarantee => match state {
                "extension_lodged" => rules::guarantee(SecurityStatus::Confirmed, true, false),
                "receipt_awaited" => rules::guarantee(SecurityStatus::Invoked, false, true),
                status => rules::guarantee(status.parse()?, false, false),
            },
            MatterKind::GuaranteeExpiring => rules::guarantee_expiring(state == "expiring_covered"),
            MatterKind::Allocation => rules::allocation(state.parse()?),
            MatterKind::Payment => match state {
                "without_file" => payment_rules::payment(PaymentStatus::Advised, false),
                "unanswered" => payment_rules::unanswered_payment(),
                "unexplained" => payment_rules::unexplained_payment(),
                status => payment_rules::payment(status.parse()?, true),
            },
            MatterKind::TreasuryLine => payment_rules::treasury_line(state.parse()?),
            MatterKind::BankDifference => payment_rules::difference(state.parse()?),
            MatterKind::Recovery => match state {
                "credited" => rules::recovery(RecoveryStatus::Demanded, day_over, true),
                status => rules::recovery(status.parse()?, day_over, false),
            },
            MatterKind::Relief => rules::relief(),
            MatterKind::BudgetInstrument => rules::budget_instrument(state.parse()?),
            MatterKind::Correction => payment_rules::correction(state.parse()?),
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
            MatterKind::Window => reminder_rules::window(),
            MatterKind::YearEnd => reminder_rules::year_end(),
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
            MatterKind::Tranche | MatterKind::RejectedTranche => "tranches",
            MatterKind::Claim | MatterKind::DeferredClaim | MatterKind::RejectedClaim | MatterKind::CertificateDue => {
                "claims"
            }
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
            MatterKind::Correction => "corrections",
            MatterKind::SchemeDraft => "scheme-drafts",
            MatterKind::Observation => "observations",
            MatterKind::Requisition => "requisitions",
            MatterKind::Sample => "samples",
            MatterKind::Letter | MatterKind::LetterToAnswer => "letters",
            MatterKind::Control => "controls/runs",
            MatterKind::Window | MatterKind::YearEnd => return None,
        })
    }

    /// Whether it only tells somebody of what was done: nobody has to act, and the record waits for nobody.
    pub fn only_tells(self) -> bool {
        matches!(self, MatterKind::RejectedClaim | MatterKind::RejectedTranche)
    }

    /// The noun of the record, where the matter is what the record waits for, and not one line or result of it.
    pub fn noun_of_record(self) -> Option<&'static str> {
        let of_part = matches!(self, MatterKind::TreasuryLine | MatterKind::Control);
        self.noun().filter(|_| !of_part && !self.only_tells())
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
    /// The money that is held for it until its day, where that is another amount.
    pub held_paise: Option<i64>,
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
