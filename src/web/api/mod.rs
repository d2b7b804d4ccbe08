//! The JSON interface under `/api/v1`: one file for each noun, one function for each operation, whose name is
//! its operation id. This is the only route table.

pub mod allocations;
pub mod applications;
pub mod audit_log;
pub mod awards;
pub mod bank_differences;
pub mod bank_scrolls;
pub mod budget;
pub mod budget_instruments;
pub mod claims;
pub mod controls;
pub mod disbursement_chain;
pub mod disbursements;
pub mod evidence;
pub mod excuses;
pub mod final_certificates;
pub mod log;
pub mod milestones;
pub mod observations;
pub mod organisations;
pub mod payment_advices;
pub mod payment_outcomes;
pub mod payments;
pub mod public_data;
pub mod recoveries;
pub mod requisitions;
pub mod samples;
pub mod sandbox;
pub mod saved_queries;
pub mod scheme_drafts;
pub mod schemes;
pub mod securities;
pub mod selections;
pub mod sessions;
pub mod statements;
pub mod tranches;
pub mod treasury_returns;
pub mod users;

use crate::service::runner::Command;
use crate::web::route_table::RouteTable;
use serde::Deserialize;
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

/// Registers every route, noun by noun.
pub fn routes(config: &mut impl RouteTable) {
    routes_to_the_award(config);
    routes_to_the_entitlement(config);
    routes_to_the_payment(config);
}

fn routes_to_the_award(config: &mut impl RouteTable) {
    config
        .service(sessions::sign_in)
        .service(sessions::refresh_session)
        .service(sessions::sign_out)
        .service(users::show_own_account)
        .service(users::change_password)
        .service(users::create_user)
        .service(users::list_users)
        .service(users::show_user)
        .service(users::change_user)
        .service(users::erase_personal_data)
        .service(organisations::register_organisation)
        .service(organisations::record_company_group)
        .service(organisations::list_organisations)
        .service(organisations::show_organisation)
        .service(schemes::list_schemes)
        .service(schemes::show_scheme)
        .service(schemes::would_qualify)
        .service(schemes::list_scheme_versions)
        .service(schemes::show_scheme_version)
        .service(schemes::open_window)
        .service(schemes::list_windows)
        .service(scheme_drafts::draft_scheme)
        .service(scheme_drafts::list_scheme_drafts)
        .service(scheme_drafts::show_scheme_draft)
        .service(scheme_drafts::show_scheme_impact)
        .service(scheme_drafts::propose_scheme_instrument)
        .service(scheme_drafts::approve_scheme_instrument)
        .service(scheme_drafts::publish_scheme)
        .service(scheme_drafts::withdraw_scheme_draft)
        .service(budget::show_budget)
        .service(budget::list_limits)
        .service(budget_instruments::propose_budget_instrument)
        .service(budget_instruments::list_budget_instruments)
        .service(budget_instruments::show_budget_instrument)
        .service(budget_instruments::approve_budget_instrument)
        .service(budget_instruments::refuse_budget_instrument)
        .service(budget_instruments::withdraw_budget_instrument)
        .service(evidence::upload_evidence)
        .service(evidence::show_evidence)
        .service(evidence::download_evidence)
        .service(applications::create_application)
        .service(applications::list_applications)
        .service(applications::show_application)
        .service(applications::change_application)
        .service(applications::submit_application)
        .service(applications::show_receipt)
        .service(applications::check_application)
        .service(applications::raise_query)
        .service(applications::reply_to_query)
        .service(applications::scrutinise_application);
}

fn routes_to_the_entitlement(config: &mut impl RouteTable) {
    config
        .service(allocations::draft_allocation)
        .service(allocations::list_allocations)
        .service(allocations::show_allocation)
        .service(allocations::concur_allocation)
        .service(allocations::publish_allocation)
        .service(allocations::withdraw_allocation)
        .service(allocations::surrender_allotment)
        .service(awards::issue_award)
        .service(awards::list_awards)
        .service(awards::show_award)
        .service(securities::lodge_security)
        .service(securities::list_securities)
        .service(securities::show_security)
        .service(securities::confirm_security)
        .service(securities::extend_security)
        .service(securities::invoke_security)
        .service(securities::record_security_receipt)
        .service(securities::release_security)
        .service(milestones::list_milestones)
        .service(milestones::show_milestone)
        .service(milestones::report_milestone)
        .service(milestones::verify_milestone)
        .service(excuses::ask_excuse)
        .service(excuses::list_excuses)
        .service(excuses::show_excuse)
        .service(excuses::examine_excuse)
        .service(excuses::decide_excuse)
        .service(claims::create_claim)
        .service(claims::list_claims)
        .service(claims::show_claim)
        .service(statements::show_statement)
        .service(statements::print_statement)
        .service(statements::what_if_claim)
        .service(claims::change_claim)
        .service(claims::upload_claim_lines)
        .service(claims::submit_claim)
        .service(claims::verify_claim)
        .service(claims::release_deferred)
        .service(final_certificates::submit_final_certificate)
        .service(final_certificates::list_final_certificates)
        .service(final_certificates::show_final_certificate)
        .service(final_certificates::verify_final_certificate);
}

fn routes_to_the_payment(config: &mut impl RouteTable) {
    config
        .service(tranches::list_tranches)
        .service(tranches::show_tranche)
        .service(tranches::recommend_tranche)
        .service(tranches::concur_tranche)
        .service(tranches::sanction_tranche)
        .service(tranches::reject_tranche);
    money_routes(config);
    audit_desk_routes(config);
}

/// The routes of the audit.
fn audit_desk_routes(config: &mut impl RouteTable) {
    config
        .service(selections::list_subjects)
        .service(selections::list_selection)
        .service(selections::export_selection)
        .service(saved_queries::save_query)
        .service(saved_queries::list_saved_queries)
        .service(saved_queries::show_saved_query)
        .service(saved_queries::run_saved_query)
        .service(saved_queries::list_saved_query_runs)
        .service(saved_queries::show_saved_query_run)
        .service(requisitions::ask_requisition)
        .service(requisitions::list_requisitions)
        .service(requisitions::show_requisition)
        .service(requisitions::answer_requisition)
        .service(observations::raise_observation)
        .service(observations::list_observations)
        .service(observations::show_observation)
        .service(observations::reply_to_observation)
        .service(observations::remark_on_observation)
        .service(observations::settle_observation)
        .service(observations::convert_observation)
        .service(observations::note_action_taken)
        .service(samples::commit_sample)
        .service(samples::list_samples)
        .service(samples::show_sample)
        .service(samples::freeze_sample)
        .service(samples::draw_sample)
        .service(samples::list_sample_population)
        .service(samples::list_sample_drawn);
}

fn money_routes(config: &mut impl RouteTable) {
    config
        .service(payments::advise_payment)
        .service(payments::list_payments)
        .service(payments::show_payment)
        .service(payments::settle_payment)
        .service(payment_outcomes::settle_payments)
        .service(payment_advices::make_payment_advice)
        .service(payment_advices::list_payment_advices)
        .service(payment_advices::show_payment_advice)
        .service(payment_advices::download_payment_advice_csv)
        .service(payment_advices::download_payment_advice_xml)
        .service(treasury_returns::upload_treasury_return)
        .service(treasury_returns::list_treasury_returns)
        .service(treasury_returns::show_treasury_return)
        .service(treasury_returns::list_treasury_return_lines)
        .service(bank_scrolls::upload_bank_scroll)
        .service(bank_scrolls::list_bank_scrolls)
        .service(bank_scrolls::show_bank_scroll)
        .service(bank_differences::list_bank_differences)
        .service(bank_differences::show_bank_difference)
        .service(bank_differences::propose_difference_settlement)
        .service(bank_differences::settle_difference)
        .service(disbursements::list_disbursements)
        .service(disbursements::show_disbursement)
        .service(disbursement_chain::show_disbursement_chain)
        .service(disbursement_chain::download_disbursement_bundle)
        .service(recoveries::issue_show_cause)
        .service(recoveries::list_recoveries)
        .service(recoveries::show_recovery)
        .service(recoveries::reply_to_show_cause)
        .service(recoveries::order_recovery)
        .service(recoveries::demand_recovery)
        .service(recoveries::grant_instalments)
        .service(recoveries::record_receipt)
        .service(recoveries::order_set_off)
        .service(recoveries::propose_relief)
        .service(recoveries::decide_relief)
        .service(audit_log::list_audit_log)
        .service(public_data::show_public_data)
        .service(public_data::download_public_grants)
        .service(public_data::download_public_releases)
        .service(public_data::download_public_description)
        .service(public_data::download_public_package)
        .service(public_data::download_public_table)
        .service(log::list_log_checkpoints)
        .service(log::show_log_entry_bundle)
        .service(log::show_inclusion_proof)
        .service(log::show_consistency_proof)
        .service(log::show_log_receipt)
        .service(log::list_log_witnesses)
        .service(log::list_log_disclosures)
        .service(controls::list_controls)
        .service(controls::run_controls)
        .service(controls::list_control_runs)
        .service(controls::show_control_run)
        .service(sandbox::show_clock)
        .service(sandbox::set_clock);
}

/// Whether an operation is a query with a body that stores nothing.
pub fn asks(operation_id: &str) -> bool {
    ["what_if_claim", "would_qualify"].contains(&operation_id)
}

/// Whether an operation can move money between accounts: its answer then has `balances`.
pub fn moves_money(operation_id: &str) -> bool {
    const MOVERS: &[&str] = &[
        "approve_budget_instrument",
        "publish_scheme",
        "issue_award",
        "verify_claim",
        "release_deferred",
        "verify_final_certificate",
        "sanction_tranche",
        "reject_tranche",
        "settle_payment",
        "demand_recovery",
        "record_receipt",
        "decide_relief",
    ];
    MOVERS.contains(&operation_id)
}

/// Whether an operation is refused while an integrity control is red.
pub fn stops_with_money(operation_id: &str) -> bool {
    const BESIDE: &[&str] = &["advise_payment", "settle_payments", "make_payment_advice", "upload_treasury_return"];
    moves_money(operation_id) || BESIDE.contains(&operation_id)
}

/// Whether an operation is checked against the limits on the last months of a year: its answer may have
/// `warnings`.
pub fn warns(operation_id: &str) -> bool {
    ["sanction_tranche", "advise_payment"].contains(&operation_id)
}

/// The refusals each operation can end with, besides those of every command.
pub fn refusals(operation_id: &str) -> &'static [&'static str] {
    use crate::service as s;
    match operation_id {
        "sign_in" => &["sign_in_failed"],
        "refresh_session" => &["session_ended"],
        "change_password" => s::users::CHANGE_PASSWORD_REFUSALS,
        "create_user" => s::users::CREATE_USER_REFUSALS,
        "change_user" => s::users::ChangeUser::REFUSALS,
        "erase_personal_data" => s::personal_data::ERASE_PERSONAL_DATA_REFUSALS,
        "register_organisation" => s::organisations::RegisterOrganisation::REFUSALS,
        "record_company_group" => s::organisations::RecordCompanyGroup::REFUSALS,
        "open_window" => s::windows::OpenWindow::REFUSALS,
        "draft_scheme" => s::scheme_drafts::DraftScheme::REFUSALS,
        "propose_scheme_instrument" => s::scheme_drafts::ProposeSchemeInstrument::REFUSALS,
        "approve_scheme_instrument" => s::scheme_drafts::ApproveSchemeInstrument::REFUSALS,
        "publish_scheme" => s::scheme_publication::PublishScheme::REFUSALS,
        "withdraw_scheme_draft" => s::scheme_drafts::WithdrawSchemeDraft::REFUSALS,
        "propose_budget_instrument" => s::budget_instruments::ProposeBudgetInstrument::REFUSALS,
        "approve_budget_instrument" => s::budget_instruments::ApproveBudgetInstrument::REFUSALS,
        "refuse_budget_instrument" => s::budget_instruments::RefuseBudgetInstrument::REFUSALS,
        "withdraw_budget_instrument" => s::budget_instruments::WithdrawBudgetInstrument::REFUSALS,
        "upload_evidence" => s::evidence::UPLOAD_REFUSALS,
        "create_application" => s::applications::CreateApplication::REFUSALS,
        "change_application" => s::applications::ChangeApplication::REFUSALS,
        "submit_application" => s::applications::SubmitApplication::REFUSALS,
        "raise_query" => s::applications::RaiseQuery::REFUSALS,
        "reply_to_query" => s::applications::ReplyToQuery::REFUSALS,
        "scrutinise_application" => s::applications::ScrutiniseApplication::REFUSALS,
        "draft_allocation" => s::allocations::DraftAllocation::REFUSALS,
        "concur_allocation" => s::allocations::ConcurAllocation::REFUSALS,
        "publish_allocation" => s::allocations::PublishAllocation::REFUSALS,
        "withdraw_allocation" => s::allocations::WithdrawAllocation::REFUSALS,
        "surrender_allotment" => s::allocations::SurrenderAllotment::REFUSALS,
        "issue_award" => s::awards::IssueAward::REFUSALS,
        "lodge_security" => s::securities::LodgeSecurity::REFUSALS,
        "confirm_security" => s::securities::ConfirmSecurity::REFUSALS,
        "extend_security" => s::securities::ExtendSecurity::REFUSALS,
        "invoke_security" => s::security_invocations::InvokeSecurity::REFUSALS,
        "record_security_receipt" => s::security_invocations::RecordSecurityReceipt::REFUSALS,
        "release_security" => s::securities::ReleaseSecurity::REFUSALS,
        "report_milestone" => s::milestones::ReportMilestone::REFUSALS,
        "verify_milestone" => s::milestones::VerifyMilestone::REFUSALS,
        "ask_excuse" => s::excuses::AskExcuse::REFUSALS,
        "examine_excuse" => s::excuses::ExamineExcuse::REFUSALS,
        "decide_excuse" => s::excuses::DecideExcuse::REFUSALS,
        "create_claim" => s::claims::CreateClaim::REFUSALS,
        "change_claim" => s::claims::ChangeClaim::REFUSALS,
        "upload_claim_lines" => s::claim_lines::UploadClaimLines::REFUSALS,
        "submit_claim" => s::claims::SubmitClaim::REFUSALS,
        "what_if_claim" => &["rule_not_computable", "not_in_scheme", "amount_too_large"],
        "verify_claim" => s::claim_verification::VerifyClaim::REFUSALS,
        "release_deferred" => s::claim_verification::ReleaseDeferred::REFUSALS,
        "submit_final_certificate" => s::final_certificates::SubmitFinalCertificate::REFUSALS,
        "verify_final_certificate" => s::final_certificates::VerifyFinalCertificate::REFUSALS,
        "recommend_tranche" => s::tranches::RecommendTranche::REFUSALS,
        "concur_tranche" => s::tranches::ConcurTranche::REFUSALS,
        "sanction_tranche" => s::tranches::SanctionTranche::REFUSALS,
        "reject_tranche" => s::tranches::RejectTranche::REFUSALS,
        "advise_payment" => s::payments::AdvisePayment::REFUSALS,
        "settle_payment" => s::payments::SettlePayment::REFUSALS,
        "issue_show_cause" => s::recoveries::IssueShowCause::REFUSALS,
        "reply_to_show_cause" => s::recoveries::ReplyToShowCause::REFUSALS,
        "order_recovery" => s::recoveries::OrderRecovery::REFUSALS,
        "demand_recovery" => s::recoveries::DemandRecovery::REFUSALS,
        "grant_instalments" => s::recovery_credits::GrantInstalments::REFUSALS,
        "record_receipt" => s::recovery_receipts::RecordReceipt::REFUSALS,
        "order_set_off" => s::recovery_credits::OrderSetOff::REFUSALS,
        "propose_relief" => s::recovery_credits::ProposeRelief::REFUSALS,
        "decide_relief" => s::recovery_credits::DecideRelief::REFUSALS,
        "settle_payments" => s::payment_outcomes::OUTCOME_REFUSALS,
        "make_payment_advice" => s::payment_advices::MakePaymentAdvice::REFUSALS,
        "upload_treasury_return" => s::treasury_returns::UPLOAD_REFUSALS,
        "upload_bank_scroll" => s::bank_scrolls::UPLOAD_REFUSALS,
        "propose_difference_settlement" => s::bank_differences::ProposeDifferenceSettlement::REFUSALS,
        "settle_difference" => s::bank_differences::SettleDifference::REFUSALS,
        "run_controls" => s::controls::RUN_REFUSALS,
        "set_clock" => s::start::SetClock::REFUSALS,
        _ => refusals_of_the_desk(operation_id),
    }
}

/// The refusals of the audit's operations.
fn refusals_of_the_desk(operation_id: &str) -> &'static [&'static str] {
    use crate::service as s;
    match operation_id {
        "save_query" => s::saved_queries::SaveQuery::REFUSALS,
        "run_saved_query" => s::saved_queries::KeepQueryRun::REFUSALS,
        "ask_requisition" => s::requisitions::AskRequisition::REFUSALS,
        "answer_requisition" => s::requisitions::AnswerRequisition::REFUSALS,
        "raise_observation" => s::observations::RaiseObservation::REFUSALS,
        "reply_to_observation" => s::observations::ReplyToObservation::REFUSALS,
        "remark_on_observation" => s::observations::RemarkOnObservation::REFUSALS,
        "settle_observation" => s::observations::SettleObservation::REFUSALS,
        "convert_observation" => s::observations::ConvertObservation::REFUSALS,
        "note_action_taken" => s::observations::NoteActionTaken::REFUSALS,
        "commit_sample" => s::samples::CommitSample::REFUSALS,
        "freeze_sample" => s::samples::FreezeSample::REFUSALS,
        "draw_sample" => s::samples::DrawSample::REFUSALS,
        _ => &[],
    }
}
