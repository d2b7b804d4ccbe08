//! The roles that may change something, written down a second time next to the permission table.

/// Everybody at a desk of the agency or the ministry.
const OFFICES: &[&str] = &[
    "verifier",
    "section_officer",
    "finance_officer",
    "competent_authority",
    "disbursing_officer",
    "scheme_administrator",
];
/// The same and the people of a company.
const UPLOADERS: &[&str] = &[
    "preparer",
    "signatory",
    "verifier",
    "section_officer",
    "finance_officer",
    "competent_authority",
    "disbursing_officer",
    "scheme_administrator",
];

/// The roles that may perform each changing operation.
pub fn writers(operation: &str) -> &'static [&'static str] {
    match operation {
        "create_user" | "change_user" | "erase_personal_data" | "set_clock" => &["administrator"],
        "register_organisation"
        | "create_application"
        | "change_application"
        | "create_claim"
        | "change_claim"
        | "upload_claim_lines" => &["preparer"],
        "submit_application" | "withdraw_application" => &["signatory"],
        "submit_claim" | "submit_final_certificate" | "state_credit_notes" => &["signatory"],
        "lodge_security" | "extend_security" | "ask_excuse" | "write_letter" | "surrender_allotment" => &["signatory"],
        "confirm_security" => &["verifier"],
        "invoke_security" | "release_security" => &["competent_authority"],
        "record_security_receipt" => &["disbursing_officer"],
        "examine_excuse" => &["verifier"],
        "decide_excuse" => &["competent_authority"],
        "reply_to_query" | "reply_to_claim_query" | "reply_to_milestone_query" | "report_milestone" => {
            &["preparer", "signatory"]
        }
        "upload_evidence" => UPLOADERS,
        "write_note" | "send_letter" | "enter_letter" | "close_letter" => OFFICES,
        "approve_scheme_instrument" => &["competent_authority"],
        "open_window"
        | "draft_scheme"
        | "publish_scheme"
        | "withdraw_scheme_draft"
        | "propose_scheme_instrument"
        | "propose_budget_instrument"
        | "approve_budget_instrument"
        | "refuse_budget_instrument"
        | "withdraw_budget_instrument" => &["scheme_administrator"],
        "raise_query" | "raise_claim_query" | "raise_milestone_query" => &["verifier", "section_officer"],
        "record_company_group" => &["verifier", "scheme_administrator"],
        "scrutinise_application"
        | "verify_milestone"
        | "verify_claim"
        | "return_claim"
        | "return_milestone"
        | "release_deferred"
        | "verify_final_certificate" => &["verifier"],
        "issue_award" | "sanction_tranche" | "publish_allocation" | "end_allotment" => &["competent_authority"],
        "recommend_tranche" | "draft_allocation" | "propose_allotment_end" => &["section_officer"],
        "concur_tranche" | "concur_allocation" => &["finance_officer"],
        "reject_tranche" | "withdraw_allocation" | "ask_bid_opening" | "open_bids" => {
            &["section_officer", "finance_officer", "competent_authority"]
        }
        "return_tranche" => &["section_officer", "finance_officer", "competent_authority", "disbursing_officer"],
        "advise_payment"
        | "settle_payment"
        | "settle_payments"
        | "make_payment_advice"
        | "upload_treasury_return"
        | "close_treasury_line"
        | "record_receipt" => &["disbursing_officer"],
        "issue_show_cause" | "withdraw_show_cause" => &["section_officer"],
        "reply_to_show_cause" => &["signatory"],
        "order_recovery" | "grant_instalments" | "order_set_off" | "decide_relief" => &["competent_authority"],
        "upload_bank_scroll" | "propose_difference_settlement" | "record_bank_credit" => &["finance_officer"],
        "settle_difference" | "confirm_failure" | "decide_correction" => &["finance_officer", "competent_authority"],
        "propose_correction" => {
            &["verifier", "section_officer", "finance_officer", "competent_authority", "disbursing_officer"]
        }
        "ask_requisition"
        | "save_query"
        | "run_saved_query"
        | "raise_observation"
        | "remark_on_observation"
        | "settle_observation"
        | "convert_observation"
        | "commit_sample"
        | "draw_sample" => &["auditor"],
        "freeze_sample" => &["section_officer", "finance_officer", "competent_authority", "auditor"],
        "answer_requisition" | "reply_to_observation" | "note_action_taken" => {
            &["section_officer", "finance_officer", "competent_authority"]
        }
        "run_controls" => &["competent_authority", "auditor"],
        "demand_recovery" | "propose_relief" => &["finance_officer"],
        other => panic!("say in this test who may do {other}"),
    }
}
