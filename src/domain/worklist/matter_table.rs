//! Whom each state of each kind of matter waits for, as one table: a state that nobody has thought of fails here.

#![cfg(test)]

use crate::base::permission::Role;
use crate::worklist::matter::MatterKind;
use crate::worklist::matter::MatterKind as K;
use crate::worklist::rule::Waits;
use std::collections::BTreeMap;

/// Whom each state waits for. A row says `act by offices`, `-` (for nobody), or `> kind` (through another record).
const TABLE: &[(MatterKind, &str, &str)] = &[
    (MatterKind::Tranche, "returned", "> claim"),
    (MatterKind::Tranche, "verified", "recommend_tranche by section_officer"),
    (MatterKind::Tranche, "recommended", "concur_tranche by finance_officer"),
    (MatterKind::Tranche, "concurred", "sanction_tranche by competent_authority"),
    (MatterKind::Tranche, "sanctioned", "advise_payment by disbursing_officer"),
    (
        MatterKind::Tranche,
        "not_arrived",
        "advise_payment by disbursing_officer; put_account_in_order by preparer or signatory",
    ),
    (MatterKind::Tranche, "advised", "> payment"),
    (MatterKind::Tranche, "disbursed", "-"),
    (MatterKind::Tranche, "rejected", "-"),
    (MatterKind::Tranche, "expired", "-"),
    (MatterKind::Claim, "draft", "submit_claim by signatory"),
    (MatterKind::Claim, "returned", "change_claim by preparer"),
    (MatterKind::Claim, "corrected", "submit_claim by signatory"),
    (MatterKind::Claim, "submitted", "verify_claim by verifier"),
    (MatterKind::Claim, "query_open", "reply_to_claim_query by preparer or signatory"),
    (MatterKind::Claim, "verified", "-"),
    (MatterKind::Claim, "rejected", "-"),
    (MatterKind::DeferredClaim, "deferred", "release_deferred by verifier"),
    (MatterKind::DeferredClaim, "without_money", "propose_budget_instrument by scheme_administrator"),
    (MatterKind::RejectedClaim, "told", "show_claim by preparer or signatory"),
    (MatterKind::RejectedTranche, "told", "show_tranche by preparer or signatory"),
    (MatterKind::CertificateDue, "awaited", "submit_final_certificate by signatory"),
    (MatterKind::FinalCertificate, "submitted", "verify_final_certificate by verifier"),
    (MatterKind::FinalCertificate, "returned", "> certificate_due"),
    (MatterKind::FinalCertificate, "accepted", "-"),
    (MatterKind::Application, "draft", "submit_application by signatory; change_application by preparer"),
    (MatterKind::Application, "submitted", "scrutinise_application by verifier"),
    (MatterKind::Application, "query_open", "reply_to_query by preparer or signatory"),
    (MatterKind::Application, "eligible", "draft_allocation by section_officer"),
    (MatterKind::Application, "sealed", "-"),
    (
        MatterKind::Application,
        "opening_due",
        "ask_bid_opening by section_officer or finance_officer or competent_authority",
    ),
    (
        MatterKind::Application,
        "opening_asked",
        "open_bids by section_officer or finance_officer or competent_authority",
    ),
    (MatterKind::Application, "end_proposed", "end_allotment by competent_authority"),
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
    (MatterKind::DamagesDue, "excuse_asked", "> excuse"),
    (MatterKind::DamagesDue, "charged", "> recovery"),
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
    (
        MatterKind::Payment,
        "unanswered",
        "settle_payment by disbursing_officer; confirm_failure by finance_officer or competent_authority",
    ),
    (MatterKind::Payment, "unexplained", "confirm_failure by finance_officer or competent_authority"),
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
    (MatterKind::Recovery, "demanded", "pay_demand by signatory; record_bank_credit by finance_officer"),
    (
        MatterKind::Recovery,
        "credited",
        "pay_demand by signatory; record_bank_credit by finance_officer; record_receipt by disbursing_officer",
    ),
    (MatterKind::Recovery, "settled", "-"),
    (MatterKind::Recovery, "dropped", "-"),
    (MatterKind::Relief, "proposed", "decide_relief by competent_authority"),
    (MatterKind::BudgetInstrument, "proposed", "approve_budget_instrument by scheme_administrator"),
    (MatterKind::BudgetInstrument, "approved", "-"),
    (MatterKind::BudgetInstrument, "refused", "-"),
    (MatterKind::BudgetInstrument, "withdrawn", "-"),
    (MatterKind::Correction, "proposed", "decide_correction by finance_officer or competent_authority"),
    (MatterKind::Correction, "approved", "-"),
    (MatterKind::Correction, "refused", "-"),
    (MatterKind::SchemeDraft, "draft", "publish_scheme by scheme_administrator"),
    (MatterKind::SchemeDraft, "instrument_proposed", "approve_scheme_instrument by competent_authority"),
    (MatterKind::SchemeDraft, "published", "-"),
    (MatterKind::SchemeDraft, "withdrawn", "-"),
    (K::Observation, "raised", "reply_to_observation by section_officer or finance_officer or competent_authority"),
    (MatterKind::Observation, "replied", "settle_observation by auditor"),
    (K::Observation, "remarked", "reply_to_observation by section_officer or finance_officer or competent_authority"),
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
