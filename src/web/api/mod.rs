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

use crate::service as s;
use crate::service::operation::Effect;
use crate::web::route_table::{Operations, RouteTable};
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

/// What every operation declares. It is collected from the route table when it is first asked for.
pub fn operations() -> &'static Operations {
    static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| {
        let mut operations = Operations::default();
        routes(&mut operations);
        operations
    });
    &OPERATIONS
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
}

fn routes_to_the_award(config: &mut impl RouteTable) {
    config
        .operation(s::sessions::SIGN_IN, sessions::sign_in)
        .operation(s::sessions::REFRESH_SESSION, sessions::refresh_session)
        .operation(s::sessions::SIGN_OUT, sessions::sign_out)
        .reads(s::users::OWN_ACCOUNT_PERMISSION, users::show_own_account)
        .operation(s::users::CHANGE_PASSWORD, users::change_password)
        .operation(s::users::CREATE_USER, users::create_user)
        .reads(s::users::READ_PERMISSION, users::list_users)
        .reads(s::users::READ_PERMISSION, users::show_user)
        .command::<s::users::ChangeUser>(users::change_user)
        .operation(s::personal_data::ERASE_PERSONAL_DATA, users::erase_personal_data)
        .command::<s::organisations::RegisterOrganisation>(organisations::register_organisation)
        .command::<s::organisations::RecordCompanyGroup>(organisations::record_company_group)
        .reads(s::organisations::READ_PERMISSION, organisations::list_organisations)
        .reads(s::organisations::READ_PERMISSION, organisations::show_organisation)
        .open(schemes::list_schemes)
        .open(schemes::show_scheme)
        .operation(s::applications::WOULD_QUALIFY, schemes::would_qualify)
        .open(schemes::list_scheme_versions)
        .open(schemes::show_scheme_version)
        .command::<s::windows::OpenWindow>(schemes::open_window)
        .reads(s::windows::READ_PERMISSION, schemes::list_windows)
        .command::<s::scheme_drafts::DraftScheme>(scheme_drafts::draft_scheme)
        .reads(s::scheme_drafts::READ_PERMISSION, scheme_drafts::list_scheme_drafts)
        .reads(s::scheme_drafts::READ_PERMISSION, scheme_drafts::show_scheme_draft)
        .reads(s::scheme_drafts::READ_PERMISSION, scheme_drafts::show_scheme_impact)
        .command::<s::scheme_drafts::ProposeSchemeInstrument>(scheme_drafts::propose_scheme_instrument)
        .command::<s::scheme_drafts::ApproveSchemeInstrument>(scheme_drafts::approve_scheme_instrument)
        .command::<s::scheme_publication::PublishScheme>(scheme_drafts::publish_scheme)
        .command::<s::scheme_drafts::WithdrawSchemeDraft>(scheme_drafts::withdraw_scheme_draft)
        .reads(s::budget::READ_PERMISSION, budget::show_budget)
        .reads(s::expenditure_limits::READ_PERMISSION, budget::list_limits)
        .command::<s::budget_instruments::ProposeBudgetInstrument>(budget_instruments::propose_budget_instrument)
        .reads(s::budget_instruments::READ_PERMISSION, budget_instruments::list_budget_instruments)
        .reads(s::budget_instruments::READ_PERMISSION, budget_instruments::show_budget_instrument)
        .command::<s::budget_instruments::ApproveBudgetInstrument>(budget_instruments::approve_budget_instrument)
        .command::<s::budget_instruments::RefuseBudgetInstrument>(budget_instruments::refuse_budget_instrument)
        .command::<s::budget_instruments::WithdrawBudgetInstrument>(budget_instruments::withdraw_budget_instrument)
        .operation(s::evidence::UPLOAD_EVIDENCE, evidence::upload_evidence)
        .reads(s::evidence::READ_PERMISSION, evidence::show_evidence)
        .reads(s::evidence::READ_PERMISSION, evidence::download_evidence)
        .command::<s::applications::CreateApplication>(applications::create_application)
        .reads(s::applications::READ_PERMISSION, applications::list_applications)
        .reads(s::applications::READ_PERMISSION, applications::show_application)
        .command::<s::applications::ChangeApplication>(applications::change_application)
        .command::<s::applications::SubmitApplication>(applications::submit_application)
        .reads(s::applications::READ_PERMISSION, applications::show_receipt)
        .reads(s::applications::READ_PERMISSION, applications::check_application)
        .command::<s::applications::RaiseQuery>(applications::raise_query)
        .command::<s::applications::ReplyToQuery>(applications::reply_to_query)
        .command::<s::applications::ScrutiniseApplication>(applications::scrutinise_application);
}

fn routes_to_the_entitlement(config: &mut impl RouteTable) {
    config
        .command::<s::allocations::DraftAllocation>(allocations::draft_allocation)
        .reads(s::allocations::READ_PERMISSION, allocations::list_allocations)
        .reads(s::allocations::READ_PERMISSION, allocations::show_allocation)
        .command::<s::allocations::ConcurAllocation>(allocations::concur_allocation)
        .command::<s::allocations::PublishAllocation>(allocations::publish_allocation)
        .command::<s::allocations::WithdrawAllocation>(allocations::withdraw_allocation)
        .command::<s::allocations::SurrenderAllotment>(allocations::surrender_allotment)
        .command::<s::awards::IssueAward>(awards::issue_award)
        .reads(s::awards::READ_PERMISSION, awards::list_awards)
        .reads(s::awards::READ_PERMISSION, awards::show_award)
        .command::<s::securities::LodgeSecurity>(securities::lodge_security)
        .reads(s::securities::READ_PERMISSION, securities::list_securities)
        .reads(s::securities::READ_PERMISSION, securities::show_security)
        .command::<s::securities::ConfirmSecurity>(securities::confirm_security)
        .command::<s::securities::ExtendSecurity>(securities::extend_security)
        .command::<s::security_invocations::InvokeSecurity>(securities::invoke_security)
        .operation(s::security_invocations::RECORD_SECURITY_RECEIPT, securities::record_security_receipt)
        .command::<s::securities::ReleaseSecurity>(securities::release_security)
        .reads(s::milestones::READ_PERMISSION, milestones::list_milestones)
        .reads(s::milestones::READ_PERMISSION, milestones::show_milestone)
        .command::<s::milestones::ReportMilestone>(milestones::report_milestone)
        .command::<s::milestones::VerifyMilestone>(milestones::verify_milestone)
        .command::<s::excuses::AskExcuse>(excuses::ask_excuse)
        .reads(s::excuses::READ_PERMISSION, excuses::list_excuses)
        .reads(s::excuses::READ_PERMISSION, excuses::show_excuse)
        .command::<s::excuses::ExamineExcuse>(excuses::examine_excuse)
        .command::<s::excuses::DecideExcuse>(excuses::decide_excuse)
        .command::<s::claims::CreateClaim>(claims::create_claim)
        .reads(s::claims::READ_PERMISSION, claims::list_claims)
        .reads(s::claims::READ_PERMISSION, claims::show_claim)
        .reads(s::statements::READ_PERMISSION, statements::show_statement)
        .reads(s::statements::READ_PERMISSION, statements::print_statement)
        .operation(s::statements::WHAT_IF_CLAIM, statements::what_if_claim)
        .command::<s::claims::ChangeClaim>(claims::change_claim)
        .command::<s::claim_lines::UploadClaimLines>(claims::upload_claim_lines)
        .command::<s::claims::SubmitClaim>(claims::submit_claim)
        .command::<s::claim_verification::VerifyClaim>(claims::verify_claim)
        .command::<s::claim_verification::ReleaseDeferred>(claims::release_deferred)
        .command::<s::final_certificates::SubmitFinalCertificate>(final_certificates::submit_final_certificate)
        .reads(s::final_certificates::READ_PERMISSION, final_certificates::list_final_certificates)
        .reads(s::final_certificates::READ_PERMISSION, final_certificates::show_final_certificate)
        .command::<s::final_certificates::VerifyFinalCertificate>(final_certificates::verify_final_certificate);
}

fn routes_to_the_payment(config: &mut impl RouteTable) {
    config
        .reads(s::tranches::READ_PERMISSION, tranches::list_tranches)
        .reads(s::tranches::READ_PERMISSION, tranches::show_tranche)
        .command::<s::tranches::RecommendTranche>(tranches::recommend_tranche)
        .command::<s::tranches::ConcurTranche>(tranches::concur_tranche)
        .command::<s::tranches::SanctionTranche>(tranches::sanction_tranche)
        .command::<s::tranches::RejectTranche>(tranches::reject_tranche);
    money_routes(config);
    audit_desk_routes(config);
}

/// The routes of the audit.
fn audit_desk_routes(config: &mut impl RouteTable) {
    config
        .reads(s::selections::READ_PERMISSION, selections::list_subjects)
        .reads(s::selections::READ_PERMISSION, selections::list_selection)
        .reads(s::selections::READ_PERMISSION, selections::export_selection)
        .command::<s::saved_queries::SaveQuery>(saved_queries::save_query)
        .reads(s::saved_queries::READ_PERMISSION, saved_queries::list_saved_queries)
        .reads(s::saved_queries::READ_PERMISSION, saved_queries::show_saved_query)
        .command::<s::saved_queries::KeepQueryRun>(saved_queries::run_saved_query)
        .reads(s::saved_queries::READ_PERMISSION, saved_queries::list_saved_query_runs)
        .reads(s::saved_queries::READ_PERMISSION, saved_queries::show_saved_query_run)
        .command::<s::requisitions::AskRequisition>(requisitions::ask_requisition)
        .reads(s::requisitions::READ_PERMISSION, requisitions::list_requisitions)
        .reads(s::requisitions::READ_PERMISSION, requisitions::show_requisition)
        .command::<s::requisitions::AnswerRequisition>(requisitions::answer_requisition)
        .command::<s::observations::RaiseObservation>(observations::raise_observation)
        .reads(s::observations::READ_PERMISSION, observations::list_observations)
        .reads(s::observations::READ_PERMISSION, observations::show_observation)
        .command::<s::observations::ReplyToObservation>(observations::reply_to_observation)
        .command::<s::observations::RemarkOnObservation>(observations::remark_on_observation)
        .command::<s::observations::SettleObservation>(observations::settle_observation)
        .command::<s::observations::ConvertObservation>(observations::convert_observation)
        .command::<s::observations::NoteActionTaken>(observations::note_action_taken)
        .command::<s::samples::CommitSample>(samples::commit_sample)
        .reads(s::samples::READ_PERMISSION, samples::list_samples)
        .reads(s::samples::READ_PERMISSION, samples::show_sample)
        .command::<s::samples::FreezeSample>(samples::freeze_sample)
        .command::<s::samples::DrawSample>(samples::draw_sample)
        .reads(s::samples::READ_PERMISSION, samples::list_sample_population)
        .reads(s::samples::READ_PERMISSION, samples::list_sample_drawn);
}

fn money_routes(config: &mut impl RouteTable) {
    config
        .command::<s::payments::AdvisePayment>(payments::advise_payment)
        .reads(s::payments::READ_PERMISSION, payments::list_payments)
        .reads(s::payments::READ_PERMISSION, payments::show_payment)
        .command::<s::payments::SettlePayment>(payments::settle_payment)
        .operation(s::payment_outcomes::SETTLE_PAYMENTS, payment_outcomes::settle_payments)
        .command::<s::payment_advices::MakePaymentAdvice>(payment_advices::make_payment_advice)
        .reads(s::payment_advices::READ_PERMISSION, payment_advices::list_payment_advices)
        .reads(s::payment_advices::READ_PERMISSION, payment_advices::show_payment_advice)
        .operation(s::payment_advices::DOWNLOAD_PAYMENT_ADVICE, payment_advices::download_payment_advice_csv)
        .operation(s::payment_advices::DOWNLOAD_PAYMENT_ADVICE, payment_advices::download_payment_advice_xml)
        .operation(s::treasury_returns::UPLOAD_TREASURY_RETURN, treasury_returns::upload_treasury_return)
        .reads(s::treasury_returns::READ_PERMISSION, treasury_returns::list_treasury_returns)
        .reads(s::treasury_returns::READ_PERMISSION, treasury_returns::show_treasury_return)
        .reads(s::treasury_returns::READ_PERMISSION, treasury_returns::list_treasury_return_lines)
        .operation(s::bank_scrolls::UPLOAD_BANK_SCROLL, bank_scrolls::upload_bank_scroll)
        .reads(s::bank_scrolls::READ_PERMISSION, bank_scrolls::list_bank_scrolls)
        .reads(s::bank_scrolls::READ_PERMISSION, bank_scrolls::show_bank_scroll)
        .reads(s::bank_differences::READ_PERMISSION, bank_differences::list_bank_differences)
        .reads(s::bank_differences::READ_PERMISSION, bank_differences::show_bank_difference)
        .command::<s::bank_differences::ProposeDifferenceSettlement>(bank_differences::propose_difference_settlement)
        .command::<s::bank_differences::SettleDifference>(bank_differences::settle_difference)
        .reads(s::disbursements::READ_PERMISSION, disbursements::list_disbursements)
        .reads(s::disbursements::READ_PERMISSION, disbursements::show_disbursement)
        .reads(s::disbursement_chain::READ_PERMISSION, disbursement_chain::show_disbursement_chain)
        .reads(s::disbursement_chain::READ_PERMISSION, disbursement_chain::download_disbursement_bundle)
        .command::<s::recoveries::IssueShowCause>(recoveries::issue_show_cause)
        .reads(s::recoveries::READ_PERMISSION, recoveries::list_recoveries)
        .reads(s::recoveries::READ_PERMISSION, recoveries::show_recovery)
        .command::<s::recoveries::ReplyToShowCause>(recoveries::reply_to_show_cause)
        .command::<s::recoveries::OrderRecovery>(recoveries::order_recovery)
        .command::<s::recoveries::DemandRecovery>(recoveries::demand_recovery)
        .command::<s::recovery_credits::GrantInstalments>(recoveries::grant_instalments)
        .command::<s::recovery_receipts::RecordReceipt>(recoveries::record_receipt)
        .command::<s::recovery_credits::OrderSetOff>(recoveries::order_set_off)
        .command::<s::recovery_credits::ProposeRelief>(recoveries::propose_relief)
        .command::<s::recovery_credits::DecideRelief>(recoveries::decide_relief)
        .reads(s::audit::READ_PERMISSION, audit_log::list_audit_log)
        .open(public_data::show_public_data)
        .open(public_data::download_public_grants)
        .open(public_data::download_public_releases)
        .open(public_data::download_public_description)
        .open(public_data::download_public_package)
        .open(public_data::download_public_table)
        .open(log::list_log_checkpoints)
        .reads(s::log::READ_PERMISSION, log::show_log_entry_bundle)
        .open(log::show_inclusion_proof)
        .open(log::show_consistency_proof)
        .reads(s::log_receipts::READ_PERMISSION, log::show_log_receipt)
        .reads(s::log_witnesses::READ_PERMISSION, log::list_log_witnesses)
        .reads(s::personal_data::READ_PERMISSION, log::list_log_disclosures)
        .reads(s::controls::READ_PERMISSION, controls::list_controls)
        .operation(s::controls::RUN_CONTROLS, controls::run_controls)
        .reads(s::controls::READ_PERMISSION, controls::list_control_runs)
        .reads(s::controls::READ_PERMISSION, controls::show_control_run)
        .open(sandbox::show_clock)
        .command::<s::start::SetClock>(sandbox::set_clock);
}
