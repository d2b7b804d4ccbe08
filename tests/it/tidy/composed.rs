//! The keys of texts that the pages compose: the start of a key, and the words of the vocabulary that may follow it.

use domain::award::allocation::AllocationStatus;
use domain::award::allocation_statement::{LossReasonCode, Outcome};
use domain::award::application::ApplicationStatus;
use domain::award::scrutiny::CheckResult;
use domain::award::security::{SecurityEventKind, SecurityStatus};
use domain::award::security_forms::BankWord;
use domain::base::act::Act;
use domain::base::permission::{Role, Step};
use domain::budget::budget_instrument::{FundsSource, InstrumentKind, InstrumentStatus};
use domain::budget::expenditure_limit::{LimitBase, LimitEffect, LimitedPeriod};
use domain::budget::ledger::{Ledger, Stage};
use domain::check::control::ControlCode;
use domain::claim::claim::ClaimStatus;
use domain::claim::final_certificate::{CertificateOutcome, CertificateStatus};
use domain::correction::correction::{CorrectionKind, CorrectionOutcome, CorrectionStatus};
use domain::correspondence::letter::LetterDirection;
use domain::milestone::excuse::{ExaminationOutcome, ExcuseGround, ExcuseOutcome, ExcuseStatus};
use domain::milestone::milestone::{MilestoneStatus, VerificationOutcome};
use domain::payment::bank_difference::{DifferenceAge, DifferenceDecision, DifferenceResolution, DifferenceStatus};
use domain::payment::bank_scroll::ScrollFinding;
use domain::payment::disbursement::DisbursementStatus;
use domain::payment::payment::PaymentStatus;
use domain::payment::payment_advice::FileFormat;
use domain::payment::scroll_detail::ScrollDetail;
use domain::payment::tranche::TrancheStatus;
use domain::payment::treasury_return::LineResult;
use domain::payment::treasury_return_sample::ELEMENTS;
use domain::recovery::recovery::{OrderOutcome, RecoveryKind, RecoveryStatus};
use domain::recovery::recovery_credit::{CreditKind, CreditStatus};
use domain::recovery::recovery_relief::{ReliefKind, ReliefOutcome};
use domain::revision::scheme_draft::SchemeDraftStatus;
use domain::scheme::eligibility::{Criterion, DocumentKind};
use domain::scheme::mass_balance::Material;
use domain::scheme::recovery_rules::InterestMethod;
use domain::scheme::scheme::{Basis, Component};
use domain::worklist::matter::MatterKind;
use domain::worklist::rule::Then;
use magnet_scheme::service::award::allocation_file::AllocationAct;
use magnet_scheme::service::award::application_file::ApplicationAct;
use magnet_scheme::service::award::award_desk::AwardAct;
use magnet_scheme::service::award::security_file::SecurityAct;
use magnet_scheme::service::budget::instrument_file::InstrumentAct;
use magnet_scheme::service::claim::claim_file::ClaimAct;
use magnet_scheme::service::desk::finder::{FoundKind, Searched};
use magnet_scheme::service::milestone::excuse_file::ExcuseAct;
use magnet_scheme::service::milestone::milestone_desk::{MilestoneAct, MilestonePart};
use magnet_scheme::service::payment::reconciliation::DifferenceAct;
use magnet_scheme::service::payment::tranche_file::TrancheAct;
use magnet_scheme::service::recovery::recovery_file::RecoveryAct;
use magnet_scheme::service::revision::scheme_draft_file::SchemeDraftAct;
use magnet_scheme::web::portal::claim::statement_words::NAMED;
use magnet_scheme::web::portal::navigation;
use magnet_scheme::web::portal::payment::bank_words;
use magnet_scheme::web::portal::recovery::recovery_forms;
use magnet_scheme::web::portal::worklist::finding_words;
use std::collections::BTreeSet;

/// What happens when a clock runs out, where no amount is concerned (`Matter::clock`).
const WITHOUT_MONEY: [&str; 5] =
    ["answer_overdue", "desk_time_over", "office_clock_stands", "shown_no_more", "window_closes"];

/// The start of a key, and the words of the vocabulary that may follow it.
pub type Composed = (&'static str, Vec<&'static str>);

/// The commands of budget instruments.
const INSTRUMENT_ACTS: [&str; 4] = [
    "propose_budget_instrument",
    "approve_budget_instrument",
    "refuse_budget_instrument",
    "withdraw_budget_instrument",
];

fn words<W: Copy>(all: &[W], text: impl Fn(W) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|word| text(*word)).collect()
}

/// The limits on the amount of a claim: those of every scheme, and those that the published schemes name.
const LIMITS_OF_CLAIMS: [&str; 10] = [
    "award_ceiling",
    "component_outlay",
    "years_appropriation",
    "share_of_outlay",
    "capacity_over_the_years",
    "share_of_investment",
    "milestone_share",
    "rate_per_kg",
    "share_of_turnover",
    "yearly_capacity",
];

/// Faults whose text for programs speaks of paise or of names in the JSON.
const FAULTS_IN_OTHER_WORDS: [&str; 16] = [
    "other_content",
    "for_success",
    "needed_for_success",
    "only_of_success",
    "unless_well",
    "amount_or_zero",
    "positive_amount",
    "before_expiry",
    "before_opening",
    "before_period",
    "components",
    "desk_earlier",
    "outcomes",
    "recovery_kinds",
    "payment_or_number",
    "unreadable",
];

/// Keys that are made of a beginning and a word of the vocabulary.
#[allow(clippy::too_many_lines)] // a table
pub fn composed() -> Vec<Composed> {
    let life = [Step::Prepare, Step::Submit, Step::Verify, Step::Recommend, Step::Concur, Step::Sanction, Step::Pay];
    let coming = [Step::Recommend, Step::Concur, Step::Sanction, Step::Pay];
    let answers = PaymentStatus::ALL.iter().filter(|status| **status != PaymentStatus::Advised);
    let acts = ["recommend_tranche", "concur_tranche", "sanction_tranche", "reject_tranche", "return_tranche"];
    let fields = ["note", "reason", "outcome", "utr", "paid_on", "amount_paise"];
    // A lapse has no amount of its own.
    let kinds = InstrumentKind::ALL.iter().filter(|kind| **kind != InstrumentKind::Lapse);
    vec![
        ("role", words(Role::ALL, Role::as_str)),
        ("status", words(TrancheStatus::ALL, TrancheStatus::as_str)),
        ("payment-status", words(PaymentStatus::ALL, PaymentStatus::as_str)),
        ("payment-means", words(PaymentStatus::ALL, PaymentStatus::as_str)),
        ("answer", answers.map(|status| status.as_str()).collect()),
        ("component", words(Component::ALL, Component::as_str)),
        ("step", words(&life, Step::as_str)),
        ("step", vec!["confirm_failure"]),
        ("do", words(&coming, Step::as_str)),
        ("do", words(TrancheAct::ALL, TrancheAct::as_str)),
        ("field", fields.to_vec()),
        ("field", vec!["question", "text", "reasons", "remarks"]),
        ("field", vec!["inspected_on", "installed_mtpa", "place", "d", "m", "y"]),
        ("field", vec!["oxide_to_metal", "metal_to_alloy", "alloy_to_magnet"]),
        ("chain-stage", vec!["oxide_to_metal", "metal_to_alloy", "alloy_to_magnet"]),
        ("milestone-status", words(MilestoneStatus::ALL, MilestoneStatus::as_str)),
        ("milestone-do", words(MilestoneAct::ALL, MilestoneAct::as_str)),
        ("milestone-part", words(MilestonePart::ALL, MilestonePart::as_str)),
        ("no-milestones", words(MilestonePart::ALL, MilestonePart::as_str)),
        ("inspection", words(VerificationOutcome::ALL, VerificationOutcome::as_str)),
        ("done", vec!["verify_milestone", "raise_milestone_query", "reply_to_milestone_query", "return_milestone"]),
        ("certificate-status", words(CertificateStatus::ALL, CertificateStatus::as_str)),
        ("certificate-outcome", words(CertificateOutcome::ALL, CertificateOutcome::as_str)),
        ("done", vec!["verify_final_certificate", "return_tranche"]),
        ("claim-status", words(ClaimStatus::ALL, ClaimStatus::as_str)),
        ("claim-do", words(ClaimAct::ALL, ClaimAct::as_str)),
        ("claim-part", magnet_scheme::web::portal::claim::claim_changes::NAMED.to_vec()),
        ("material", words(Material::ALL, Material::as_str)),
        ("return-to", vec!["prepare", "verify"]),
        ("claim-as-ticked", vec!["deferred", "in-part"]),
        ("claim-if-all", vec!["deferred", "in-part"]),
        (
            "done",
            vec![
                "raise_claim_query",
                "reply_to_claim_query",
                "return_claim",
                "verify_claim",
                "release_deferred",
                "submit_claim",
                "upload_claim_lines",
            ],
        ),
        ("field", vec!["new_service", "expenditure_sanctioned", "work_not_approved", "contingency_advance"]),
        ("kind", words(InstrumentKind::ALL, InstrumentKind::as_str)),
        ("kind-says", words(InstrumentKind::ALL, InstrumentKind::as_str)),
        ("hint-amount", kinds.map(|kind| kind.as_str()).collect()),
        ("source", words(FundsSource::ALL, FundsSource::as_str)),
        ("instrument-status", words(InstrumentStatus::ALL, InstrumentStatus::as_str)),
        ("hint-instrument", vec!["refuse", "withdraw"]),
        ("do", words(InstrumentAct::ALL, InstrumentAct::as_str)),
        ("limit", words(LimitedPeriod::ALL, LimitedPeriod::as_str)),
        ("steps-limit", words(LimitedPeriod::ALL, LimitedPeriod::as_str)),
        ("limit-base", words(LimitBase::ALL, LimitBase::as_str)),
        ("limit-effect", words(LimitEffect::ALL, LimitEffect::as_str)),
        ("limit-basis", words(Basis::ALL, Basis::as_str)),
        ("done", INSTRUMENT_ACTS.to_vec()),
        ("searched", words(Searched::ALL, Searched::as_str)),
        ("found", words(FoundKind::ALL, FoundKind::as_str)),
        ("role-does", words(Role::ALL, Role::as_str)),
        ("account-is", vec!["enabled", "disabled", "erased"]),
        ("field", vec!["disabled", "organisation_id", "roles"]),
        ("done", vec!["change_user", "create_user", "erase_personal_data", "open_window", "record_company_group"]),
        ("basis", words(Basis::ALL, Basis::as_str)),
        ("home-plain", words(Component::ALL, Component::as_str)),
        ("home-figure", vec!["outlay", "sanctioned", "paid", "recovered"]),
        ("home-explain", vec!["outlay", "sanctioned", "paid", "recovered"]),
        ("chart", vec!["appropriated", "sanctioned", "disbursed", "recovered", "aim", "promised", "installed"]),
        ("stage", vec!["oxide_to_metal", "metal_to_alloy", "alloy_to_magnet"]),
        ("done", acts.into_iter().chain(["advise_payment", "settle_payment", "confirm_failure"]).collect()),
        ("account-ledger", words(Ledger::ALL, Ledger::as_str)),
        ("account-stage", words(Stage::ALL, Stage::as_str)),
        ("field", vec!["to", "reasons"]),
        ("desk", vec!["prepare", "verify", "recommend", "concur", "sanction"]),
        ("matter", words(MatterKind::ALL, MatterKind::as_str)),
        ("act", acts_that_end_a_wait()),
        ("then", words(Then::ALL, Then::as_str)),
        (
            "then-money",
            words(Then::ALL, Then::as_str).into_iter().filter(|then| !WITHOUT_MONEY.contains(then)).collect(),
        ),
        ("done", vec!["write_note", "send_letter", "enter_letter", "write_letter", "close_letter"]),
        ("do", vec!["verify", "send_letter", "enter_letter", "write_letter"]),
        ("hint-letter", vec!["send_letter", "enter_letter", "write_letter"]),
        ("letter", words(LetterDirection::ALL, LetterDirection::as_str)),
        ("effect-answer", vec!["succeeded", "failed_after_success"]),
        ("effect-confirmed", vec!["failed", "failed_after_success"]),
        ("correction", words(CorrectionKind::ALL, CorrectionKind::as_str)),
        ("effect-correction", words(CorrectionKind::ALL, CorrectionKind::as_str)),
        ("correction-status", words(CorrectionStatus::ALL, CorrectionStatus::as_str)),
        ("correction-outcome", words(CorrectionOutcome::ALL, CorrectionOutcome::as_str)),
        ("done", vec!["propose_correction", "decide_correction"]),
        ("control", words(ControlCode::ALL, ControlCode::as_str)),
        ("control-found", finding_words::formed().map(ControlCode::as_str).collect()),
        ("step-name", words(Step::ALL, Step::as_str)),
        ("step-name", words(Act::OTHERS, Act::as_str)),
        ("cap", LIMITS_OF_CLAIMS.to_vec()),
        ("reason", vec!["limit_of", "capacity_fits", "capacity_problem", "net_worth_stated", "no_slab", "planned"]),
        ("refusal", vec!["same_person-twice"]),
        ("list-says", navigation::paths().map(|path| path.rsplit('/').next().unwrap()).collect()),
        ("fault", FAULTS_IN_OTHER_WORDS.to_vec()),
    ]
    .into_iter()
    .chain(of_recoveries())
    .chain(of_treasury_and_bank())
    .chain(of_drafts())
    .chain(composed_of_awards())
    .chain(of_money_given())
    .collect()
}

/// The composed keys of treasury and bank.
fn of_treasury_and_bank() -> Vec<Composed> {
    let acts = [
        "make_payment_advice",
        "upload_treasury_return",
        "close_treasury_line",
        "upload_bank_scroll",
        "propose_difference_settlement",
        "settle_difference",
        "record_bank_credit",
    ];
    vec![
        ("file-format", words(FileFormat::ALL, FileFormat::as_str)),
        ("do-download", words(FileFormat::ALL, FileFormat::as_str)),
        ("line-result", words(LineResult::ALL, LineResult::as_str)),
        ("finding", words(ScrollFinding::ALL, ScrollFinding::as_str)),
        ("difference-status", words(DifferenceStatus::ALL, DifferenceStatus::as_str)),
        ("difference-age", words(DifferenceAge::ALL, DifferenceAge::as_str)),
        ("difference-do", words(DifferenceAct::ALL, DifferenceAct::as_str)),
        ("difference-outcome", words(DifferenceDecision::ALL, DifferenceDecision::as_str)),
        ("resolution", words(DifferenceResolution::ALL, DifferenceResolution::as_str)),
        ("scroll-detail", ScrollDetail::codes()),
        ("return-why", bank_words::RETURN_CODES.to_vec()),
        ("done", acts.to_vec()),
    ]
}

/// The composed keys of drafts of schemes.
fn of_drafts() -> Vec<Composed> {
    let acts = [
        "draft_scheme",
        "propose_scheme_instrument",
        "approve_scheme_instrument",
        "publish_scheme",
        "withdraw_scheme_draft",
        "ask_bid_opening",
        "open_bids",
    ];
    vec![
        ("draft-status", words(SchemeDraftStatus::ALL, SchemeDraftStatus::as_str)),
        ("draft-do", words(SchemeDraftAct::ALL, SchemeDraftAct::as_str)),
        ("draft-hint", words(SchemeDraftAct::ALL, SchemeDraftAct::as_str)),
        ("done", acts.to_vec()),
    ]
}

/// The composed keys of recoveries.
fn of_recoveries() -> Vec<Composed> {
    let steps = [Step::ShowCause, Step::Order, Step::Demand, Step::Collect, Step::ProposeRelief, Step::Relieve];
    let acts = [
        "issue_show_cause",
        "reply_to_show_cause",
        "withdraw_show_cause",
        "order_recovery",
        "demand_recovery",
        "grant_instalments",
        "record_receipt",
        "order_set_off",
        "propose_relief",
        "decide_relief",
    ];
    let rehearsed = ["order", "withdraw", "demand", "receipt", "decide_relief"];
    vec![
        ("recovery-status", words(RecoveryStatus::ALL, RecoveryStatus::as_str)),
        ("recovery-kind", words(RecoveryKind::ALL, RecoveryKind::as_str)),
        ("recovery-order", words(OrderOutcome::ALL, OrderOutcome::as_str)),
        ("recovery-do", words(RecoveryAct::ALL, RecoveryAct::as_str)),
        ("recovery-step", words(&steps, Step::as_str)),
        ("input", NAMED.to_vec()),
        ("file-column", ELEMENTS.map(|(column, _)| column).to_vec()),
        ("recovery-amount", vec!["order", "receipt", "set_off"]),
        ("recovery-choice", vec!["order", "propose_relief", "decide_relief"]),
        ("recovery", recovery_forms::PARTS.to_vec()),
        ("recovery-give-up", recovery_forms::PARTS.to_vec()),
        ("relief", words(ReliefKind::ALL, ReliefKind::as_str)),
        ("relief-outcome", words(ReliefOutcome::ALL, ReliefOutcome::as_str)),
        ("credit", words(CreditKind::ALL, CreditKind::as_str)),
        ("credit-status", words(CreditStatus::ALL, CreditStatus::as_str)),
        ("interest-method", words(InterestMethod::ALL, InterestMethod::as_str)),
        ("effect-recovery", rehearsed.to_vec()),
        ("effect-refused", rehearsed.to_vec()),
        ("done", acts.to_vec()),
    ]
}

/// The same for applications, awards, guarantees and excuses.
fn composed_of_awards() -> Vec<Composed> {
    let of_applications = [
        "submit_application",
        "raise_query",
        "reply_to_query",
        "scrutinise_application",
        "surrender_allotment",
        "withdraw_application",
        "propose_allotment_end",
        "end_allotment",
    ];
    let of_guarantees =
        ["lodge_security", "confirm_security", "extend_security", "invoke_security", "record_security_receipt"];
    vec![
        ("application-status", words(ApplicationStatus::ALL, ApplicationStatus::as_str)),
        ("application-do", words(ApplicationAct::ALL, ApplicationAct::as_str)),
        ("criterion", words(Criterion::ALL, Criterion::as_str)),
        ("check", words(CheckResult::ALL, CheckResult::as_str)),
        ("document-kind", words(DocumentKind::ALL, DocumentKind::as_str)),
        ("place", words(Outcome::ALL, Outcome::as_str)),
        ("loss", words(LossReasonCode::ALL, LossReasonCode::as_str)),
        ("done", of_applications.into_iter().chain(["issue_award"]).collect()),
        ("award-do", words(AwardAct::ALL, AwardAct::as_str)),
        ("security-status", words(SecurityStatus::ALL, SecurityStatus::as_str)),
        ("security-event", words(SecurityEventKind::ALL, SecurityEventKind::as_str)),
        ("bank-word", words(BankWord::ALL, BankWord::as_str)),
        ("guarantee-do", words(SecurityAct::ALL, SecurityAct::as_str)),
        ("done", of_guarantees.into_iter().chain(["release_security"]).collect()),
        ("excuse-status", words(ExcuseStatus::ALL, ExcuseStatus::as_str)),
        ("excuse-ground", words(ExcuseGround::ALL, ExcuseGround::as_str)),
        ("excuse-examined", words(ExaminationOutcome::ALL, ExaminationOutcome::as_str)),
        ("excuse-decided", words(ExcuseOutcome::ALL, ExcuseOutcome::as_str)),
        ("excuse-do", words(ExcuseAct::ALL, ExcuseAct::as_str)),
        ("done", vec!["ask_excuse", "examine_excuse", "decide_excuse"]),
    ]
}

/// The composed keys of allocations and disbursements.
fn of_money_given() -> Vec<Composed> {
    vec![
        ("allocation-status", words(AllocationStatus::ALL, AllocationStatus::as_str)),
        ("allocation-means", words(AllocationStatus::ALL, AllocationStatus::as_str)),
        ("allocation-do", words(AllocationAct::ALL, AllocationAct::as_str)),
        ("done", vec!["concur_allocation", "publish_allocation", "withdraw_allocation"]),
        ("disbursement-status", words(DisbursementStatus::ALL, DisbursementStatus::as_str)),
        ("disbursement-means", words(DisbursementStatus::ALL, DisbursementStatus::as_str)),
    ]
}

/// The acts that the rules of the worklist name.
fn acts_that_end_a_wait() -> Vec<&'static str> {
    let states = MatterKind::ALL.iter().flat_map(|kind| kind.states().into_iter().map(|state| (*kind, state)));
    let waits = states.flat_map(|(kind, state)| [true, false].map(|over| kind.waits(state, over).unwrap()));
    let acts: BTreeSet<&str> =
        waits.flat_map(|waits| waits.rules().iter().map(|rule| rule.act).collect::<Vec<_>>()).collect();
    acts.into_iter().collect()
}
