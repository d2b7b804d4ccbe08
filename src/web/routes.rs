//! The JSON interface under `/api/v1`: one file for each noun, one function for each operation, whose name is
//! its operation id. This is the only route table.

use crate::service as s;
use crate::service::running::operation::Effect;
use crate::web::api::award::{allocations, applications, awards, bid_openings, securities};
use crate::web::api::budget::{budget, budget_instruments};
use crate::web::api::check::controls;
use crate::web::api::claim::{claim_returns, claims, final_certificates, statements};
use crate::web::api::correction::corrections;
use crate::web::api::correspondence::{letters, notes};
use crate::web::api::desk::{disbursement_chain, observations, requisitions, samples, saved_queries, selections};
use crate::web::api::log::{audit_log, log};
use crate::web::api::milestone::{excuses, milestones};
use crate::web::api::payment::{
    bank_credits, bank_differences, bank_scrolls, disbursements, payment_advices, payment_outcomes, payments, tranches,
    treasury_returns,
};
use crate::web::api::people::{organisations, sessions, users};
use crate::web::api::public::public_data;
use crate::web::api::recovery::recoveries;
use crate::web::api::revision::scheme_drafts;
use crate::web::api::scheme::schemes;
use crate::web::api::worklist::worklist;
use crate::web::edge::route_table::{Operations, RouteTable, Served};
use crate::web::edge::{evidence, sandbox};
use domain::base::id::EvidenceId;
use serde::Deserialize;
use std::sync::LazyLock;
use utoipa::ToSchema;

/// A body without members: for steps that need only the version that the person saw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The reason for a step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The noting on the file.
    pub note: String,
}

/// The reason for a refusal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub reason: String,
}

/// A query to a manufacturer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub question: String,
}

/// The manufacturer's reply.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub text: String,
    #[serde(default)]
    pub documents: Vec<EvidenceId>,
}

/// The declarations of all operations. They are collected from the route table on first use.
pub fn operations() -> &'static Operations {
    static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| {
        let mut operations = Operations::default();
        routes(&mut operations);
        operations
    });
    &OPERATIONS
}

/// Every operation with its address and parameters, for what is decided before a handler. They are collected from the
/// route table on first use.
pub fn served() -> &'static Served {
    static SERVED: LazyLock<Served> = LazyLock::new(|| {
        let mut served = Served::default();
        routes(&mut served);
        served
    });
    &SERVED
}

/// Whether an operation answers a question that has a body, and stores nothing.
pub fn asks(operation_id: &str) -> bool {
    operations().0.get(operation_id).is_some_and(|declared| declared.effect == Effect::Asks)
}

/// Every route, noun by noun, with what it declares.
pub fn routes(config: &mut impl RouteTable) {
    routes_to_the_award(config);
    routes_to_the_entitlement(config);
    routes_to_the_payment(config);
    correspondence_routes(config);
    correction_routes(config);
}

fn routes_to_the_award(config: &mut impl RouteTable) {
    config
        .operation(s::people::sessions::SIGN_IN, sessions::sign_in)
        .operation(s::people::sessions::REFRESH_SESSION, sessions::refresh_session)
        .operation(s::people::sessions::SIGN_OUT, sessions::sign_out)
        .reads(s::people::users::OWN_ACCOUNT_PERMISSION, users::show_own_account)
        .operation(s::people::users::CHANGE_PASSWORD, users::change_password)
        .operation(s::people::users::CREATE_USER, users::create_user)
        .reads(s::people::users::READ_PERMISSION, users::list_users)
        .reads(s::people::users::READ_PERMISSION, users::show_user)
        .command::<s::people::users::ChangeUser>(users::change_user)
        .operation(s::people::personal_data::ERASE_PERSONAL_DATA, users::erase_personal_data)
        .command::<s::people::organisations::RegisterOrganisation>(organisations::register_organisation)
        .command::<s::people::organisations::RecordCompanyGroup>(organisations::record_company_group)
        .reads(s::people::organisations::READ_PERMISSION, organisations::list_organisations)
        .reads(s::people::organisations::READ_PERMISSION, organisations::show_organisation)
        .open(schemes::list_schemes)
        .open(schemes::show_scheme)
        .operation(s::award::applications::WOULD_QUALIFY, schemes::would_qualify)
        .open(schemes::list_scheme_versions)
        .open(schemes::show_scheme_version)
        .command::<s::scheme::windows::OpenWindow>(schemes::open_window)
        .reads(s::scheme::windows::READ_PERMISSION, schemes::list_windows)
        .command::<s::revision::scheme_drafts::DraftScheme>(scheme_drafts::draft_scheme)
        .reads(s::revision::scheme_drafts::READ_PERMISSION, scheme_drafts::list_scheme_drafts)
        .reads(s::revision::scheme_drafts::READ_PERMISSION, scheme_drafts::show_scheme_draft)
        .reads(s::revision::scheme_drafts::READ_PERMISSION, scheme_drafts::show_scheme_impact)
        .command::<s::revision::scheme_drafts::ProposeSchemeInstrument>(scheme_drafts::propose_scheme_instrument)
        .command::<s::revision::scheme_drafts::ApproveSchemeInstrument>(scheme_drafts::approve_scheme_instrument)
        .command::<s::revision::scheme_publication::PublishScheme>(scheme_drafts::publish_scheme)
        .command::<s::revision::scheme_drafts::WithdrawSchemeDraft>(scheme_drafts::withdraw_scheme_draft)
        .reads(s::budget::budget::READ_PERMISSION, budget::show_budget)
        .reads(s::budget::expenditure_limits::READ_PERMISSION, budget::list_limits)
        .command::<s::budget::budget_instruments::ProposeBudgetInstrument>(
            budget_instruments::propose_budget_instrument,
        )
        .reads(s::budget::budget_instruments::READ_PERMISSION, budget_instruments::list_budget_instruments)
        .reads(s::budget::budget_instruments::READ_PERMISSION, budget_instruments::show_budget_instrument)
        .command::<s::budget::budget_instruments::ApproveBudgetInstrument>(
            budget_instruments::approve_budget_instrument,
        )
        .command::<s::budget::budget_instruments::RefuseBudgetInstrument>(budget_instruments::refuse_budget_instrument)
        .command::<s::budget::budget_instruments::WithdrawBudgetInstrument>(
            budget_instruments::withdraw_budget_instrument,
        )
        .operation(s::running::evidence::UPLOAD_EVIDENCE, evidence::upload_evidence)
        .reads(s::running::evidence::READ_PERMISSION, evidence::show_evidence)
        .reads(s::running::evidence::READ_PERMISSION, evidence::download_evidence)
        .command::<s::award::applications::CreateApplication>(applications::create_application)
        .reads(s::award::applications::READ_PERMISSION, applications::list_applications)
        .reads(s::award::applications::READ_PERMISSION, applications::show_application)
        .command::<s::award::applications::ChangeApplication>(applications::change_application)
        .command::<s::award::applications::SubmitApplication>(applications::submit_application)
        .reads(s::award::applications::READ_PERMISSION, applications::show_receipt)
        .reads(s::award::applications::READ_PERMISSION, applications::check_application)
        .command::<s::award::applications::RaiseQuery>(applications::raise_query)
        .command::<s::award::applications::ReplyToQuery>(applications::reply_to_query)
        .command::<s::award::applications::ScrutiniseApplication>(applications::scrutinise_application);
}

fn routes_to_the_entitlement(config: &mut impl RouteTable) {
    config
        .command::<s::award::application_withdrawal::WithdrawApplication>(bid_openings::withdraw_application)
        .command::<s::award::bid_openings::AskBidOpening>(bid_openings::ask_bid_opening)
        .reads(s::award::bid_openings::READ_PERMISSION, bid_openings::list_bid_openings)
        .reads(s::award::bid_openings::READ_PERMISSION, bid_openings::show_bid_opening)
        .command::<s::award::bid_openings::OpenBids>(bid_openings::open_bids)
        .command::<s::award::allocations::DraftAllocation>(allocations::draft_allocation)
        .reads(s::award::allocations::READ_PERMISSION, allocations::list_allocations)
        .reads(s::award::allocations::READ_PERMISSION, allocations::show_allocation)
        .command::<s::award::allocations::ConcurAllocation>(allocations::concur_allocation)
        .command::<s::award::allocations::PublishAllocation>(allocations::publish_allocation)
        .command::<s::award::allocations::WithdrawAllocation>(allocations::withdraw_allocation)
        .command::<s::award::allocations::SurrenderAllotment>(allocations::surrender_allotment)
        .command::<s::award::allotment_ends::ProposeAllotmentEnd>(bid_openings::propose_allotment_end)
        .command::<s::award::allotment_ends::EndAllotment>(bid_openings::end_allotment)
        .command::<s::award::awards::IssueAward>(awards::issue_award)
        .reads(s::award::awards::READ_PERMISSION, awards::list_awards)
        .reads(s::award::awards::READ_PERMISSION, awards::show_award)
        .command::<s::award::securities::LodgeSecurity>(securities::lodge_security)
        .reads(s::award::securities::READ_PERMISSION, securities::list_securities)
        .reads(s::award::securities::READ_PERMISSION, securities::show_security)
        .command::<s::award::securities::ConfirmSecurity>(securities::confirm_security)
        .command::<s::award::securities::ExtendSecurity>(securities::extend_security)
        .command::<s::award::security_invocations::InvokeSecurity>(securities::invoke_security)
        .command::<s::award::security_invocations::RecordSecurityReceipt>(securities::record_security_receipt)
        .command::<s::award::securities::ReleaseSecurity>(securities::release_security)
        .reads(s::milestone::milestones::READ_PERMISSION, milestones::list_milestones)
        .reads(s::milestone::milestones::READ_PERMISSION, milestones::show_milestone)
        .command::<s::milestone::milestones::ReportMilestone>(milestones::report_milestone)
        .command::<s::milestone::milestones::VerifyMilestone>(milestones::verify_milestone)
        .command::<s::milestone::milestone_queries::RaiseMilestoneQuery>(milestones::raise_milestone_query)
        .command::<s::milestone::milestone_queries::ReplyToMilestoneQuery>(milestones::reply_to_milestone_query)
        .command::<s::milestone::milestone_queries::ReturnMilestone>(milestones::return_milestone)
        .command::<s::milestone::excuses::AskExcuse>(excuses::ask_excuse)
        .reads(s::milestone::excuses::READ_PERMISSION, excuses::list_excuses)
        .reads(s::milestone::excuses::READ_PERMISSION, excuses::show_excuse)
        .command::<s::milestone::excuses::ExamineExcuse>(excuses::examine_excuse)
        .command::<s::milestone::excuses::DecideExcuse>(excuses::decide_excuse)
        .command::<s::claim::claims::CreateClaim>(claims::create_claim)
        .reads(s::claim::claims::READ_PERMISSION, claims::list_claims)
        .reads(s::claim::claims::READ_PERMISSION, claims::show_claim)
        .reads(s::claim::statements::READ_PERMISSION, statements::show_statement)
        .reads(s::claim::statements::READ_PERMISSION, statements::print_statement)
        .operation(s::claim::statements::WHAT_IF_CLAIM, statements::what_if_claim)
        .command::<s::claim::claims::ChangeClaim>(claims::change_claim)
        .command::<s::claim::claim_lines::UploadClaimLines>(claims::upload_claim_lines)
        .command::<s::claim::claims::SubmitClaim>(claims::submit_claim)
        .command::<s::claim::claim_verification::VerifyClaim>(claims::verify_claim)
        .command::<s::claim::claim_verification::ReleaseDeferred>(claims::release_deferred)
        .command::<s::claim::claim_queries::RaiseClaimQuery>(claim_returns::raise_claim_query)
        .command::<s::claim::claim_queries::ReplyToClaimQuery>(claim_returns::reply_to_claim_query)
        .command::<s::claim::claim_returns::ReturnClaim>(claim_returns::return_claim)
        .reads(s::claim::claim_returns::READ_PERMISSION, claim_returns::show_returned_claim)
        .command::<s::claim::final_certificates::SubmitFinalCertificate>(final_certificates::submit_final_certificate)
        .command::<s::claim::credit_notes::StateCreditNotes>(final_certificates::state_credit_notes)
        .reads(s::claim::final_certificates::READ_PERMISSION, final_certificates::list_final_certificates)
        .reads(s::claim::final_certificates::READ_PERMISSION, final_certificates::show_final_certificate)
        .command::<s::claim::final_certificates::VerifyFinalCertificate>(final_certificates::verify_final_certificate);
}

fn routes_to_the_payment(config: &mut impl RouteTable) {
    config
        .reads(s::payment::tranches::READ_PERMISSION, tranches::list_tranches)
        .reads(s::payment::tranches::READ_PERMISSION, tranches::show_tranche)
        .command::<s::payment::tranches::RecommendTranche>(tranches::recommend_tranche)
        .command::<s::payment::tranches::ConcurTranche>(tranches::concur_tranche)
        .command::<s::payment::tranches::SanctionTranche>(tranches::sanction_tranche)
        .command::<s::payment::tranches::RejectTranche>(tranches::reject_tranche)
        .command::<s::payment::tranche_returns::ReturnTranche>(tranches::return_tranche);
    money_routes(config);
    audit_desk_routes(config);
}

/// The routes of the audit.
fn audit_desk_routes(config: &mut impl RouteTable) {
    config
        .reads(s::desk::selections::READ_PERMISSION, selections::list_subjects)
        .reads(s::desk::selections::READ_PERMISSION, selections::list_selection)
        .reads(s::desk::selections::READ_PERMISSION, selections::export_selection)
        .command::<s::desk::saved_queries::SaveQuery>(saved_queries::save_query)
        .reads(s::desk::saved_queries::READ_PERMISSION, saved_queries::list_saved_queries)
        .reads(s::desk::saved_queries::READ_PERMISSION, saved_queries::show_saved_query)
        .command::<s::desk::saved_queries::KeepQueryRun>(saved_queries::run_saved_query)
        .reads(s::desk::saved_queries::READ_PERMISSION, saved_queries::list_saved_query_runs)
        .reads(s::desk::saved_queries::READ_PERMISSION, saved_queries::show_saved_query_run)
        .command::<s::desk::requisitions::AskRequisition>(requisitions::ask_requisition)
        .reads(s::desk::requisitions::READ_PERMISSION, requisitions::list_requisitions)
        .reads(s::desk::requisitions::READ_PERMISSION, requisitions::show_requisition)
        .command::<s::desk::requisitions::AnswerRequisition>(requisitions::answer_requisition)
        .command::<s::desk::observations::RaiseObservation>(observations::raise_observation)
        .reads(s::desk::observations::READ_PERMISSION, observations::list_observations)
        .reads(s::desk::observations::READ_PERMISSION, observations::show_observation)
        .command::<s::desk::observations::ReplyToObservation>(observations::reply_to_observation)
        .command::<s::desk::observations::RemarkOnObservation>(observations::remark_on_observation)
        .command::<s::desk::observations::SettleObservation>(observations::settle_observation)
        .command::<s::desk::observations::ConvertObservation>(observations::convert_observation)
        .command::<s::desk::observations::NoteActionTaken>(observations::note_action_taken)
        .command::<s::desk::samples::CommitSample>(samples::commit_sample)
        .reads(s::desk::samples::READ_PERMISSION, samples::list_samples)
        .reads(s::desk::samples::READ_PERMISSION, samples::show_sample)
        .command::<s::desk::samples::FreezeSample>(samples::freeze_sample)
        .command::<s::desk::samples::DrawSample>(samples::draw_sample)
        .reads(s::desk::samples::READ_PERMISSION, samples::list_sample_population)
        .reads(s::desk::samples::READ_PERMISSION, samples::list_sample_drawn);
}

/// The ways back.
fn correction_routes(config: &mut impl RouteTable) {
    config
        .command::<s::correction::corrections::ProposeCorrection>(corrections::propose_correction)
        .reads(s::correction::corrections::READ_PERMISSION, corrections::list_corrections)
        .reads(s::correction::corrections::READ_PERMISSION, corrections::show_correction)
        .command::<s::correction::corrections::DecideCorrection>(corrections::decide_correction);
}

/// The note sheets, and the letters between office and company.
fn correspondence_routes(config: &mut impl RouteTable) {
    config
        .command::<s::correspondence::notes::WriteNote>(notes::write_note)
        .reads(s::correspondence::notes::READ_PERMISSION, notes::list_notes)
        .reads(s::correspondence::notes::READ_PERMISSION, notes::show_note)
        .command::<s::correspondence::letters::SendLetter>(letters::send_letter)
        .command::<s::correspondence::letters::EnterLetter>(letters::enter_letter)
        .command::<s::correspondence::letters::WriteLetter>(letters::write_letter)
        .command::<s::correspondence::letters::CloseLetter>(letters::close_letter)
        .reads(s::correspondence::letters::READ_PERMISSION, letters::list_letters)
        .reads(s::correspondence::letters::READ_PERMISSION, letters::show_letter);
}

fn money_routes(config: &mut impl RouteTable) {
    config
        .command::<s::payment::payments::AdvisePayment>(payments::advise_payment)
        .reads(s::payment::payments::READ_PERMISSION, payments::list_payments)
        .reads(s::payment::payments::READ_PERMISSION, payments::show_payment)
        .command::<s::payment::payments::SettlePayment>(payments::settle_payment)
        .command::<s::payment::payment_failures::ConfirmFailure>(payments::confirm_failure)
        .operation(s::payment::payment_outcomes::SETTLE_PAYMENTS, payment_outcomes::settle_payments)
        .command::<s::payment::payment_advices::MakePaymentAdvice>(payment_advices::make_payment_advice)
        .reads(s::payment::payment_advices::READ_PERMISSION, payment_advices::list_payment_advices)
        .reads(s::payment::payment_advices::READ_PERMISSION, payment_advices::show_payment_advice)
        .operation(s::payment::payment_advices::DOWNLOAD_PAYMENT_ADVICE, payment_advices::download_payment_advice_csv)
        .operation(s::payment::payment_advices::DOWNLOAD_PAYMENT_ADVICE, payment_advices::download_payment_advice_xml)
        .operation(s::payment::treasury_returns::UPLOAD_TREASURY_RETURN, treasury_returns::upload_treasury_return)
        .reads(s::payment::treasury_returns::READ_PERMISSION, treasury_returns::list_treasury_returns)
        .reads(s::payment::treasury_returns::READ_PERMISSION, treasury_returns::show_treasury_return)
        .reads(s::payment::treasury_returns::READ_PERMISSION, treasury_returns::list_treasury_return_lines)
        .command::<s::payment::treasury_lines::CloseTreasuryLine>(treasury_returns::close_treasury_line)
        .operation(s::payment::bank_scrolls::UPLOAD_BANK_SCROLL, bank_scrolls::upload_bank_scroll)
        .reads(s::payment::bank_scrolls::READ_PERMISSION, bank_scrolls::list_bank_scrolls)
        .reads(s::payment::bank_scrolls::READ_PERMISSION, bank_scrolls::show_bank_scroll)
        .command::<s::payment::bank_credits::RecordBankCredit>(bank_credits::record_bank_credit)
        .reads(s::payment::bank_credits::READ_PERMISSION, bank_credits::list_bank_credits)
        .reads(s::payment::bank_credits::READ_PERMISSION, bank_credits::show_bank_credit)
        .reads(s::payment::bank_differences::READ_PERMISSION, bank_differences::list_bank_differences)
        .reads(s::payment::bank_differences::READ_PERMISSION, bank_differences::show_bank_difference)
        .command::<s::payment::bank_differences::ProposeDifferenceSettlement>(
            bank_differences::propose_difference_settlement,
        )
        .command::<s::payment::bank_differences::SettleDifference>(bank_differences::settle_difference)
        .reads(s::payment::disbursements::READ_PERMISSION, disbursements::list_disbursements)
        .reads(s::payment::disbursements::READ_PERMISSION, disbursements::show_disbursement)
        .reads(s::desk::disbursement_chain::READ_PERMISSION, disbursement_chain::show_disbursement_chain)
        .reads(s::desk::disbursement_chain::READ_PERMISSION, disbursement_chain::download_disbursement_bundle)
        .command::<s::recovery::recoveries::IssueShowCause>(recoveries::issue_show_cause)
        .reads(s::recovery::recoveries::READ_PERMISSION, recoveries::list_recoveries)
        .reads(s::recovery::recoveries::READ_PERMISSION, recoveries::show_recovery)
        .command::<s::recovery::recoveries::ReplyToShowCause>(recoveries::reply_to_show_cause)
        .command::<s::recovery::notice_withdrawal::WithdrawShowCause>(recoveries::withdraw_show_cause)
        .command::<s::recovery::recoveries::OrderRecovery>(recoveries::order_recovery)
        .command::<s::recovery::recoveries::DemandRecovery>(recoveries::demand_recovery)
        .command::<s::recovery::recovery_credits::GrantInstalments>(recoveries::grant_instalments)
        .command::<s::recovery::recovery_receipts::RecordReceipt>(recoveries::record_receipt)
        .command::<s::recovery::recovery_credits::OrderSetOff>(recoveries::order_set_off)
        .command::<s::recovery::recovery_credits::ProposeRelief>(recoveries::propose_relief)
        .command::<s::recovery::recovery_credits::DecideRelief>(recoveries::decide_relief)
        .reads(s::log::audit::READ_PERMISSION, audit_log::list_audit_log)
        .open(allocations::list_published_allocations)
        .open(public_data::show_public_data)
        .open(public_data::download_public_grants)
        .open(public_data::download_public_releases)
        .open(public_data::download_public_description)
        .open(public_data::download_public_package)
        .open(public_data::download_public_table)
        .open(log::list_log_checkpoints)
        .reads(s::log::log::READ_PERMISSION, log::show_log_entry_bundle)
        .open(log::show_inclusion_proof)
        .open(log::show_consistency_proof)
        .reads(s::log::log_receipts::READ_PERMISSION, log::show_log_receipt)
        .reads(s::log::log_witnesses::READ_PERMISSION, log::list_log_witnesses)
        .reads(s::people::personal_data::READ_PERMISSION, log::list_log_disclosures)
        .reads(s::check::controls::READ_PERMISSION, controls::list_controls)
        .operation(s::check::controls::RUN_CONTROLS, controls::run_controls)
        .reads(s::check::controls::READ_PERMISSION, controls::list_control_runs)
        .reads(s::check::controls::READ_PERMISSION, controls::show_control_run)
        .open(sandbox::show_clock)
        .command::<s::start::SetClock>(sandbox::set_clock)
        .reads(s::worklist::worklist::READ_PERMISSION, worklist::show_worklist)
        .open(worklist::list_desk_times);
}
