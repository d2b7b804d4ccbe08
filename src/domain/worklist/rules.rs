//! Whom each status of each record waits for. Every function matches all statuses of its noun, so a new status
//! does not compile until somebody has said whom it waits for.

use crate::award::allocation::AllocationStatus;
use crate::award::application::ApplicationStatus;
use crate::award::security::SecurityStatus;
use crate::base::permission::{Permission, Role, Step};
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
use crate::payment::disbursement::DisbursementStatus;
use crate::payment::tranche::TrancheStatus;
use crate::recovery::recovery::RecoveryStatus;
use crate::recovery::recovery_credit::CreditStatus;
use crate::revision::scheme_draft::SchemeDraftStatus;
use crate::worklist::desk_times::TimedDesk;
use crate::worklist::rule::Waits::{Elsewhere, ForNobody};
use crate::worklist::rule::{Clock, Rule, Then, Waits};

/// One rule alone.
pub(super) fn one(rule: Rule) -> Waits {
    Waits::For(vec![rule])
}

/// A tranche on its way from desk to desk; its money is held until a day.
pub fn tranche(status: TrancheStatus) -> Waits {
    let step = |act, permission, step, desk| Rule::for_act(act, permission).as_step(step).at_desk(desk);
    let held = |rule: Rule| one(rule.until(Clock::Hold, Then::ReservationReturns));
    match status {
        TrancheStatus::Verified => {
            held(step("recommend_tranche", Permission::RecommendTranche, Step::Recommend, TimedDesk::Recommend))
        }
        TrancheStatus::Recommended => {
            held(step("concur_tranche", Permission::ConcurTranche, Step::Concur, TimedDesk::Concur))
        }
        TrancheStatus::Concurred => {
            held(step("sanction_tranche", Permission::SanctionTranche, Step::Sanction, TimedDesk::Sanction))
        }
        TrancheStatus::Sanctioned => one(advise_payment()),
        // Its claim waits for the agency, and the tranche goes on from there.
        TrancheStatus::Returned => Elsewhere("claim"),
        TrancheStatus::Advised => Elsewhere("payment"),
        TrancheStatus::Disbursed | TrancheStatus::Rejected | TrancheStatus::Expired => ForNobody,
    }
}

fn advise_payment() -> Rule {
    let advise = Rule::for_act("advise_payment", Permission::AdvisePayment).as_step(Step::Pay).at_desk(TimedDesk::Pay);
    advise.until(Clock::SanctionTerm, Then::SanctionLapses)
}

/// A sanctioned tranche of which a payment failed or came back: it is paid again, and its company learns of it, because
/// nobody else can have the bank put the account in order.
pub fn tranche_to_pay_again() -> Waits {
    let told =
        Rule::for_act("put_account_in_order", Permission::ReadFiles).lying_with(&[Role::Preparer, Role::Signatory]);
    Waits::For(vec![advise_payment(), told])
}

/// A query that is open: the company's clock runs and that of the office stands.
fn open_query(act: &'static str) -> Rule {
    Rule::for_act(act, Permission::ReplyToQuery).at_desk_or(TimedDesk::QueryReply, Then::OfficeClockStands)
}

/// A claim for which money may be held already, because it came back after its verification.
fn with_hold(rule: Rule) -> Waits {
    one(rule.until(Clock::Hold, Then::HoldOfClaimEnds))
}

fn submit_claim() -> Rule {
    Rule::for_act("submit_claim", Permission::SubmitClaim).as_step(Step::Submit)
}

/// A claim until it is decided. What is deferred, and the final certificate, are matters of their own.
pub fn claim(status: ClaimStatus, query_open: bool) -> Waits {
    match status {
        ClaimStatus::Submitted if query_open => with_hold(open_query("reply_to_claim_query")),
        // A draft is stored whole; its preparer may still change it.
        ClaimStatus::Draft => one(submit_claim()),
        ClaimStatus::Returned => {
            with_hold(Rule::for_act("change_claim", Permission::PrepareClaim).as_step(Step::Prepare))
        }
        ClaimStatus::Submitted => {
            let verify = Rule::for_act("verify_claim", Permission::VerifyClaim).as_step(Step::Verify);
            with_hold(verify.at_desk(TimedDesk::Claim))
        }
        ClaimStatus::Verified | ClaimStatus::Rejected => ForNobody,
    }
}

/// A claim that its preparer has changed since it was returned.
pub fn corrected_claim() -> Waits {
    with_hold(submit_claim())
}

/// A claim or a tranche that was rejected: its company reads why. It is shown for a number of days, and then no more.
pub fn rejected(act: &'static str) -> Waits {
    one(Rule::for_act(act, Permission::ReadFiles)
        .lying_with(&[Role::Preparer, Role::Signatory])
        .at_desk_or(TimedDesk::Rejection, Then::ShownNoMore))
}

/// The deferred part of a verified claim: the agency releases it while the year has room; while it has none, nobody but
/// those who provide the appropriation can end the wait.
pub fn deferred_claim(has_room: bool) -> Waits {
    if !has_room {
        return one(Rule::for_act("propose_budget_instrument", Permission::ProposeBudgetInstrument));
    }
    one(Rule::for_act("release_deferred", Permission::VerifyClaim)
        .as_step(Step::Verify)
        .at_desk(TimedDesk::Other)
        .until(Clock::YearEnd, Then::MoneyLapses))
}

/// A claim that was released in part and has no final certificate that is under examination or accepted.
pub fn certificate_due() -> Waits {
    one(Rule::for_act("submit_final_certificate", Permission::SubmitFinalCertificate)
        .as_step(Step::Submit)
        .until(Clock::DueDay, Then::CertificateOverdue))
}

/// A final certificate; after it was returned, the claim waits for the next one.
pub fn final_certificate(status: CertificateStatus) -> Waits {
    match status {
        CertificateStatus::Submitted => {
            one(Rule::for_act("verify_final_certificate", Permission::VerifyFinalCertificate)
                .as_step(Step::Verify)
                .at_desk(TimedDesk::Other))
        }
        CertificateStatus::Returned => Elsewhere("certificate_due"),
        CertificateStatus::Accepted => ForNobody,
    }
}

/// An application; while a query is open, the applicant's clock runs and that of the office stands.
pub fn application(status: ApplicationStatus, query_open: bool) -> Waits {
    match status {
        // The preparer completes it, and the signatory submits it.
        ApplicationStatus::Draft => {
            let submit = Rule::for_act("submit_application", Permission::SubmitApplication).as_step(Step::Submit);
            let complete = Rule::for_act("change_application", Permission::PrepareApplication);
            Waits::For([submit, complete].map(|rule| rule.until(Clock::WindowEnd, Then::WindowCloses)).to_vec())
        }
        ApplicationStatus::Submitted if query_open => one(open_query("reply_to_query")),
        ApplicationStatus::Submitted => {
            one(Rule::for_act("scrutinise_application", Permission::ScrutiniseApplication)
                .at_desk(TimedDesk::Application))
        }
        // All eligible applications of a scheme wait for one run of the allocation.
        ApplicationStatus::Eligible => one(Rule::for_act("draft_allocation", Permission::DraftAllocation)
            .as_step(Step::Prepare)
            .at_desk(TimedDesk::Application)),
        ApplicationStatus::NotEligible | ApplicationStatus::Awarded => ForNobody,
    }
}

/// An eligible bid whose rate is sealed, while a window is open or another bid waits for its scrutiny.
pub fn sealed_application() -> Waits {
    ForNobody
}

/// A sealed bid after the window: an officer asks that all bids of the scheme are opened.
pub fn opening_due() -> Waits {
    one(Rule::for_act("ask_bid_opening", Permission::OpenBids).at_desk(TimedDesk::Other))
}

/// A sealed bid for whose opening an officer asked: another one opens all of them.
pub fn opening_asked() -> Waits {
    one(Rule::for_act("open_bids", Permission::OpenBids).as_step(Step::Concur).at_desk(TimedDesk::Other))
}

/// An allotment that an officer proposed to end, because the bidder walked away.
pub fn end_proposed() -> Waits {
    one(Rule::for_act("end_allotment", Permission::EndAllotment).as_step(Step::Sanction).at_desk(TimedDesk::Other))
}

/// An eligible application in a run of the allocation that is not published: the run lies with an office, and the
/// application with it.
pub fn application_in_run() -> Waits {
    Elsewhere("allocation")
}

/// An eligible application to which a published allocation gave capacity, or whose scheme awards without one.
pub fn allotted_application() -> Waits {
    one(Rule::for_act("issue_award", Permission::IssueAward).as_step(Step::Sanction).at_desk(TimedDesk::Other))
}

/// A milestone: the company reports it, the agency inspects it.
pub fn milestone(status: MilestoneStatus, query_open: bool) -> Waits {
    match status {
        MilestoneStatus::Reported if query_open => one(open_query("reply_to_milestone_query")),
        MilestoneStatus::Due | MilestoneStatus::Returned => {
            one(Rule::for_act("report_milestone", Permission::ReportMilestone)
                .until(Clock::DueDay, Then::DamagesAccrue))
        }
        MilestoneStatus::Reported => {
            one(Rule::for_act("verify_milestone", Permission::VerifyMilestone).at_desk(TimedDesk::Milestone))
        }
        MilestoneStatus::Verified => ForNobody,
    }
}

/// A late milestone. The office asks for the damages of days that are neither excused nor charged, from the first day
/// on which it is late, once an excuse that is asked for is decided. What is charged waits as its recovery does.
pub fn damages_due(state: &str) -> Result<Waits, String> {
    Ok(match state {
        "accrued" => one(Rule::for_act("issue_show_cause", Permission::IssueShowCause)
            .as_step(Step::ShowCause)
            .at_desk(TimedDesk::Other)
            .once_its_day_is_over()),
        "excuse_asked" => Elsewhere("excuse"),
        "charged" => Elsewhere("recovery"),
        other => return Err(format!("the damages of a milestone are never '{other}'")),
    })
}

/// A request that days of a delay are excused.
pub fn excuse(status: ExcuseStatus) -> Waits {
    match status {
        ExcuseStatus::Asked => one(Rule::for_act("examine_excuse", Permission::ExamineExcuse)
            .as_step(Step::Recommend)
            .at_desk(TimedDesk::Other)),
        ExcuseStatus::Examined => one(Rule::for_act("decide_excuse", Permission::DecideExcuse)
            .as_step(Step::Excuse)
            .at_desk(TimedDesk::Other)),
        ExcuseStatus::Granted | ExcuseStatus::Refused => ForNobody,
    }
}

/// A guarantee; `extended` while an extension awaits the bank's word, `short` while money of an invocation is
/// outstanding.
pub fn guarantee(status: SecurityStatus, extended: bool, short: bool) -> Waits {
    let confirm = || {
        one(Rule::for_act("confirm_security", Permission::ConfirmSecurity)
            .as_step(Step::Verify)
            .at_desk(TimedDesk::Other))
    };
    match status {
        SecurityStatus::Lodged => confirm(),
        SecurityStatus::Confirmed | SecurityStatus::Invoked if extended => confirm(),
        SecurityStatus::Confirmed | SecurityStatus::Invoked if short => {
            one(Rule::for_act("record_security_receipt", Permission::RecordSecurityReceipt)
                .as_step(Step::Collect)
                .at_desk(TimedDesk::Other))
        }
        SecurityStatus::Confirmed | SecurityStatus::Invoked => ForNobody,
        SecurityStatus::NotConfirmed | SecurityStatus::Released => ForNobody,
    }
}

/// A confirmed guarantee that ends soon, while its award runs; `others_cover` where the other guarantees of the award
/// still cover all that it requires on the day after.
pub fn guarantee_expiring(others_cover: bool) -> Waits {
    let then = if others_cover { Then::CoverStays } else { Then::CoverEnds };
    one(Rule::for_act("extend_security", Permission::LodgeSecurity).as_step(Step::Submit).until(Clock::Expiry, then))
}

/// A run that allots capacity.
pub fn allocation(status: AllocationStatus) -> Waits {
    match status {
        AllocationStatus::Draft => one(Rule::for_act("concur_allocation", Permission::ConcurAllocation)
            .as_step(Step::Concur)
            .at_desk(TimedDesk::Concur)),
        AllocationStatus::Concurred => one(Rule::for_act("publish_allocation", Permission::PublishAllocation)
            .as_step(Step::Sanction)
            .at_desk(TimedDesk::Sanction)),
        AllocationStatus::Published => Elsewhere("application"),
        AllocationStatus::Withdrawn => ForNobody,
    }
}

/// Money that has to come back; `reply_over` once the last day for the reply has passed, `credited` while the bank has
/// a credit that nobody has booked: no receipt is recorded before finance recorded the credit.
pub fn recovery(status: RecoveryStatus, reply_over: bool, credited: bool) -> Waits {
    let order =
        || Rule::for_act("order_recovery", Permission::OrderRecovery).as_step(Step::Order).at_desk(TimedDesk::Other);
    let reply = || {
        Rule::for_act("reply_to_show_cause", Permission::ReplyToShowCause)
            .until(Clock::ReplyDay, Then::DecidedWithoutReply)
    };
    match status {
        RecoveryStatus::Noticed if reply_over => Waits::For(vec![order().once_its_day_is_over(), reply()]),
        RecoveryStatus::Noticed => one(reply()),
        RecoveryStatus::Replied => one(order()),
        RecoveryStatus::Ordered => one(Rule::for_act("demand_recovery", Permission::DemandRecovery)
            .as_step(Step::Demand)
            .at_desk(TimedDesk::Other)),
        RecoveryStatus::Demanded => {
            let due = |rule: Rule| rule.until(Clock::DueDay, Then::InterestRuns);
            let book = Rule::for_act("record_receipt", Permission::RecordReceipt).as_step(Step::Collect);
            let pay = [
                Rule::for_act("pay_demand", Permission::ReplyToShowCause),
                Rule::for_act("record_bank_credit", Permission::RecordBankCredit),
            ];
            Waits::For(pay.into_iter().chain(Some(book).filter(|_| credited)).map(due).collect())
        }
        RecoveryStatus::Settled | RecoveryStatus::Dropped => ForNobody,
    }
}

/// A proposal to write off or waive a part of a recovery.
pub fn relief() -> Waits {
    one(Rule::for_act("decide_relief", Permission::DecideRelief).as_step(Step::Relieve).at_desk(TimedDesk::Other))
}

/// A receipt or set-off: its payment or its recovery carries the wait.
pub fn recovery_credit(status: CreditStatus) -> Waits {
    match status {
        CreditStatus::Held => Elsewhere("payment"),
        CreditStatus::Done | CreditStatus::Released => ForNobody,
    }
}

/// A payment that reached the beneficiary; if it came back, its tranche can be advised again.
pub fn disbursement(status: DisbursementStatus) -> Waits {
    match status {
        DisbursementStatus::Succeeded => ForNobody,
        DisbursementStatus::FailedAfterSuccess => Elsewhere("tranche"),
    }
}

/// A movement of appropriation, which another scheme administrator decides.
pub fn budget_instrument(status: InstrumentStatus) -> Waits {
    match status {
        InstrumentStatus::Proposed => {
            // Proposing and deciding are two steps for two people, although both provide.
            one(Rule::for_act("approve_budget_instrument", Permission::DecideBudgetInstrument)
                .as_step(Step::Concur)
                .at_desk(TimedDesk::Other))
        }
        InstrumentStatus::Approved | InstrumentStatus::Refused | InstrumentStatus::Withdrawn => ForNobody,
    }
}

/// A draft of a scheme's version; `proposed` while an instrument that takes from awards awaits its approval.
pub fn scheme_draft(status: SchemeDraftStatus, proposed: bool) -> Waits {
    match status {
        SchemeDraftStatus::Draft if proposed => {
            one(Rule::for_act("approve_scheme_instrument", Permission::ApproveSchemeInstrument)
                .as_step(Step::Concur)
                .at_desk(TimedDesk::Other))
        }
        SchemeDraftStatus::Draft => one(Rule::for_act("publish_scheme", Permission::PublishScheme)
            .as_step(Step::Sanction)
            .at_desk(TimedDesk::Other)),
        SchemeDraftStatus::Published | SchemeDraftStatus::Withdrawn => ForNobody,
    }
}

/// An observation of the auditor.
pub fn observation(status: ObservationStatus) -> Waits {
    match status {
        ObservationStatus::Raised | ObservationStatus::Remarked => {
            one(Rule::for_act("reply_to_observation", Permission::AnswerObservation)
                .until(Clock::DueDay, Then::OverdueWithAuditor))
        }
        ObservationStatus::Replied => one(Rule::for_act("settle_observation", Permission::RaiseObservation)),
        ObservationStatus::Settled => ForNobody,
        ObservationStatus::Converted => Elsewhere("recovery"),
    }
}

/// A record that the auditor asked for.
pub fn requisition(status: RequisitionStatus) -> Waits {
    match status {
        RequisitionStatus::Asked => one(Rule::for_act("answer_requisition", Permission::AnswerObservation)
            .until(Clock::DueDay, Then::OverdueWithAuditor)),
        RequisitionStatus::Answered => ForNobody,
    }
}

/// A sample of the auditor: another person freezes the population before it is drawn.
pub fn sample(status: SampleStatus) -> Waits {
    match status {
        SampleStatus::Committed => one(Rule::for_act("freeze_sample", Permission::FreezeSample)
            .as_step(Step::FreezePopulation)
            .at_desk(TimedDesk::Other)),
        SampleStatus::Frozen => one(Rule::for_act("draw_sample", Permission::DrawSample)),
        SampleStatus::Drawn => ForNobody,
    }
}

/// A letter of a company that no letter of an office replies to. It lies with the office that has the record in hand
/// which it is about; every other office may answer it too.
pub fn letter(about: AboutKind) -> Waits {
    let desk = match about {
        AboutKind::Application => Permission::ScrutiniseApplication,
        AboutKind::Milestone => Permission::VerifyMilestone,
        AboutKind::Claim => Permission::VerifyClaim,
        AboutKind::Tranche => Permission::RecommendTranche,
        AboutKind::Recovery => Permission::IssueShowCause,
        // It concerns no company, so nobody writes a letter about it.
        AboutKind::BudgetInstrument => return ForNobody,
    };
    one(Rule::for_act("send_letter", Permission::SendLetter).lying_with(desk.roles()).at_desk(TimedDesk::Letter))
}

/// A letter of an office that asks for an answer by a day: the company writes it.
pub fn letter_to_answer() -> Waits {
    one(Rule::for_act("write_letter", Permission::WriteLetter).until(Clock::DueDay, Then::AnswerOverdue))
}

/// A standing control by its newest result: it is asked again once its cause is put right.
pub fn control(status: ControlStatus) -> Waits {
    match status {
        ControlStatus::Red => one(Rule::for_act("run_controls", Permission::RunControls)),
        ControlStatus::Green => ForNobody,
    }
}
