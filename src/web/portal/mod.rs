//! The pages: the same commands and reads as the interface for programs, for people in a browser, and their only route
//! table. Each room has its pages; `templates/`, `component/`, `macros/`, `texts/` and `assets/` are their looks.

pub mod act_form;
pub mod assets;
pub mod award;
pub mod budget;
pub mod chart;
pub mod claim;
pub mod colour;
pub mod component;
pub mod correction;
pub mod correspondence;
pub mod days;
pub mod done_words;
pub mod effect;
pub mod everyone;
pub mod field;
pub mod foot;
pub mod form;
pub mod list;
pub mod lost_form;
pub mod milestone;
pub mod money_stop;
pub mod multipart;
pub mod navigation;
pub mod numbers;
pub mod page;
pub mod payment;
pub mod people;
pub mod problem_page;
pub mod public;
pub mod received;
pub mod recovery;
pub mod reference;
pub mod refusal_words;
pub mod route_table;
pub mod scheme;
pub mod seal;
pub mod sent;
pub mod session;
pub mod sign_in_page;
pub mod text_upload;
pub mod texts;
pub mod typed_words;
pub mod upload;
pub mod worklist;

use crate::service as s;
use crate::web::portal::award::{
    allocation_acts, allocation_list, allocation_page, application_acts, application_list, application_page,
    award_list, award_page, guarantee_acts, guarantee_list, guarantee_page, scrutiny_page,
};
use crate::web::portal::budget::{budget_page, instrument_acts, instrument_list, instrument_page, proposal};
use crate::web::portal::claim::{
    certificate_acts, certificate_list, certificate_page, claim_acts, claim_correction, claim_list, claim_page,
    statement_page, verification_acts, verification_page,
};
use crate::web::portal::correspondence::{letter_page, letters_page, notes_page};
use crate::web::portal::everyone::{account, demo_link, explanation, file, find, home, lists, sign_in};
use crate::web::portal::milestone::{
    excuse_acts, excuse_list, excuse_page, milestone_acts, milestone_excuses, milestone_list, milestone_page,
};
use crate::web::portal::payment::{
    advice_list, advice_page, bank_files, credit_list, difference_list, difference_page, disbursement_list,
    disbursement_page, payment_list, payment_page, return_page, scroll_page, tranche_acts, tranche_list, tranche_page,
};
use crate::web::portal::people::{organisation_page, people_list, person_new, person_page};
use crate::web::portal::public::about;
use crate::web::portal::recovery::{notice_page, recovery_acts, recovery_list, recovery_page};
use crate::web::portal::route_table::{Declared, PageTable};
use crate::web::portal::scheme::{draft_acts, draft_page, opening_acts, scheme_list, scheme_page};
use crate::web::portal::worklist::{control_page, inbox};
use actix_web::web::{self, ServiceConfig};
use domain::base::permission::Permission;

/// Every page and every act, room by room, with what it declares.
pub fn routes(config: &mut impl PageTable) {
    use s::payment::{payment_failures, payments, tranche_returns, tranches};
    config
        .open_page("", home::home)
        .open_page("/", home::home)
        .open_page("/n/{number:.+}", home::typed_number)
        .open_page("/problems/{code}", explanation::explanation_page)
        .open_page("/public/help", about::help)
        .open_page("/public/accessibility", about::accessibility)
        .open_page("/public/policies", about::policies)
        .open_page("/public/contact", about::contact)
        .open_page("/sign-in", sign_in::sign_in_page)
        .route(Declared { method: "POST", path: "/sign-in", permission: None }, sign_in::sign_in)
        .act::<s::people::sessions::EndSession, _, _>("/sign-out", sign_in::sign_out)
        .page("/account", s::people::users::OWN_ACCOUNT_PERMISSION, account::account_page)
        .operation("/account/password", s::people::users::CHANGE_PASSWORD, account::change_password)
        .page(navigation::LISTS, s::people::users::OWN_ACCOUNT_PERMISSION, lists::lists_page)
        .page("/find", s::desk::finder::READ_PERMISSION, find::find_page)
        .page("/controls/runs/{id}", s::check::controls::READ_PERMISSION, control_page::control_page)
        .page("/tranches", tranches::READ_PERMISSION, tranche_list::tranche_list)
        .page("/tranches/{reference}", tranches::READ_PERMISSION, tranche_page::tranche_page)
        .act::<tranches::RecommendTranche, _, _>("/tranches/{reference}/recommendation", tranche_acts::recommend)
        .act::<tranches::ConcurTranche, _, _>("/tranches/{reference}/concurrence", tranche_acts::concur)
        .act::<tranches::SanctionTranche, _, _>("/tranches/{reference}/sanction", tranche_acts::sanction)
        .act::<tranche_returns::ReturnTranche, _, _>("/tranches/{reference}/return", tranche_acts::send_back)
        .act::<tranches::RejectTranche, _, _>("/tranches/{reference}/rejection", tranche_acts::reject)
        .act::<payments::AdvisePayment, _, _>("/tranches/{reference}/payments", tranche_acts::advise)
        .page(page::INBOX, s::people::users::OWN_ACCOUNT_PERMISSION, inbox::inbox)
        .page("/payments/{reference}", payments::READ_PERMISSION, payment_page::payment_page)
        .act::<payments::SettlePayment, _, _>("/payments/{reference}/settlement", payment_page::settle)
        .act::<payment_failures::ConfirmFailure, _, _>("/payments/{reference}/failure", payment_page::confirm);
    application_routes(config);
    award_routes(config);
    excuse_routes(config);
    claim_routes(config);
    milestone_routes(config);
    budget_pages(config);
    people_pages(config);
    recovery_routes(config);
    bank_routes(config);
    scheme_routes(config);
    correspondence_pages(config);
    money_given(config);
    correction::pages(config);
}

/// What was allotted and what was paid: for offices and auditors.
fn money_given(config: &mut impl PageTable) {
    use s::award::{allocation_file, allocations};
    use s::payment::disbursement_file;
    config
        .page("/disbursements", disbursement_file::READ_PERMISSION, disbursement_list::disbursement_list)
        .page("/disbursements/{reference}", disbursement_file::READ_PERMISSION, disbursement_page::disbursement_page)
        .page("/awards/{reference}/disbursements", disbursement_file::READ_PERMISSION, disbursement_list::of_award)
        .page("/allocations", allocation_file::READ_PERMISSION, allocation_list::allocation_list)
        .act::<allocations::DraftAllocation, _, _>("/allocations", allocation_list::draft)
        .page("/allocations/{reference}", allocation_file::READ_PERMISSION, allocation_page::allocation_page)
        .act::<allocations::ConcurAllocation, _, _>("/allocations/{reference}/concurrence", allocation_acts::concur)
        .act::<allocations::PublishAllocation, _, _>("/allocations/{reference}/publication", allocation_acts::publish)
        .act::<allocations::WithdrawAllocation, _, _>("/allocations/{reference}/withdrawal", allocation_acts::withdraw);
}

/// Applications, from the draft to the award.
fn application_routes(config: &mut impl PageTable) {
    use s::award::{allocations, application_file, applications, awards};
    use s::award::{allotment_ends as ends, application_withdrawal as back};
    config
        .page("/applications", application_file::READ_PERMISSION, application_list::application_list)
        .page("/applications/{reference}", application_file::READ_PERMISSION, application_page::application_page)
        .act::<applications::SubmitApplication, _, _>("/applications/{reference}/submission", application_acts::submit)
        .act::<back::WithdrawApplication, _, _>("/applications/{reference}/withdrawal", application_acts::withdraw)
        .act::<applications::RaiseQuery, _, _>("/applications/{reference}/queries", application_acts::raise_query)
        .act::<applications::ReplyToQuery, _, _>(
            "/applications/{reference}/queries/{round}/reply",
            application_acts::reply,
        )
        .page("/applications/{reference}/scrutiny", Permission::ScrutiniseApplication, scrutiny_page::scrutiny_page)
        .act::<applications::ScrutiniseApplication, _, _>(
            "/applications/{reference}/scrutiny",
            scrutiny_page::scrutinise,
        )
        .act::<awards::IssueAward, _, _>("/applications/{reference}/award", application_acts::award)
        .act::<awards::IssueAward, _, _>("/applications/{reference}/award/rehearsal", application_acts::rehearse_award)
        .act::<ends::ProposeAllotmentEnd, _, _>("/applications/{reference}/allotment-end", application_acts::ask_end)
        .act::<ends::EndAllotment, _, _>("/applications/{reference}/allotment-end/confirmation", application_acts::end)
        .act::<allocations::SurrenderAllotment, _, _>(
            "/applications/{reference}/surrender",
            application_acts::surrender,
        );
}

/// Awards and their guarantees.
fn award_routes(config: &mut impl PageTable) {
    use s::award::{award_desk, securities, security_file, security_invocations};
    config
        .page("/awards", award_desk::READ_PERMISSION, award_list::award_list)
        .page("/awards/{reference}", award_desk::READ_PERMISSION, award_page::award_page)
        .act::<securities::LodgeSecurity, _, _>("/awards/{reference}/guarantees", award_page::lodge)
        .page("/guarantees", security_file::READ_PERMISSION, guarantee_list::guarantee_list)
        .page("/guarantees/{reference}", security_file::READ_PERMISSION, guarantee_page::guarantee_page)
        .act::<securities::ConfirmSecurity, _, _>("/guarantees/{reference}/confirmation", guarantee_acts::confirm)
        .act::<securities::ExtendSecurity, _, _>("/guarantees/{reference}/extensions", guarantee_acts::extend)
        .act::<security_invocations::InvokeSecurity, _, _>(
            "/guarantees/{reference}/invocations",
            guarantee_acts::invoke,
        )
        .act::<security_invocations::RecordSecurityReceipt, _, _>(
            "/guarantees/{reference}/receipts",
            guarantee_acts::receive,
        )
        .act::<securities::ReleaseSecurity, _, _>("/guarantees/{reference}/release", guarantee_acts::release);
}

/// Days of a delay that shall not count.
fn excuse_routes(config: &mut impl PageTable) {
    use s::milestone::{excuse_file, excuses};
    const OF_MILESTONE: &str = "/awards/{reference}/milestones/{code}/excuses";
    config
        .page("/excuses", excuse_file::READ_PERMISSION, excuse_list::excuse_list)
        .page("/excuses/{reference}", excuse_file::READ_PERMISSION, excuse_page::excuse_page)
        .act::<excuses::ExamineExcuse, _, _>("/excuses/{reference}/examination", excuse_acts::examine)
        .act::<excuses::DecideExcuse, _, _>("/excuses/{reference}/decision", excuse_acts::decide)
        .page(OF_MILESTONE, excuse_file::READ_PERMISSION, milestone_excuses::milestone_excuses)
        .act::<excuses::AskExcuse, _, _>(OF_MILESTONE, milestone_excuses::ask);
}

/// What agency and company do with milestones.
fn milestone_routes(config: &mut impl PageTable) {
    use s::milestone::{milestone_desk, milestone_queries, milestones};
    config
        .page("/milestones", milestone_desk::READ_PERMISSION, milestone_list::milestone_list)
        .page("/awards/{reference}/milestones/{code}", milestone_desk::READ_PERMISSION, milestone_page::milestone_page)
        .act::<milestones::VerifyMilestone, _, _>(
            "/awards/{reference}/milestones/{code}/verification",
            milestone_acts::inspect,
        )
        .act::<milestone_queries::RaiseMilestoneQuery, _, _>(
            "/awards/{reference}/milestones/{code}/queries",
            milestone_acts::raise_query,
        )
        .act::<milestone_queries::ReplyToMilestoneQuery, _, _>(
            "/awards/{reference}/milestones/{code}/queries/{round}/reply",
            milestone_acts::reply,
        )
        .act::<milestone_queries::ReturnMilestone, _, _>(
            "/awards/{reference}/milestones/{code}/return",
            milestone_acts::return_report,
        );
}

/// What agency and company do with claims.
fn claim_routes(config: &mut impl PageTable) {
    use s::claim::{claim_file, claim_lines, claim_queries, claim_returns, claims};
    use s::claim::{claim_verification as verification, final_certificates as certificates};
    const CERTIFICATE: &str = "/claims/{reference}/certificate";
    config
        .page("/files/{id}/content", s::running::evidence::READ_PERMISSION, file::download)
        .page("/claims", claim_file::READ_PERMISSION, claim_list::claim_list)
        .page("/claims/{reference}", claim_file::READ_PERMISSION, claim_page::claim_page)
        .page("/claims/{reference}/lines.csv", claim_file::READ_PERMISSION, claim_correction::lines_file)
        .act::<claim_lines::UploadClaimLines, _, _>("/claims/{reference}/lines", claim_correction::take_in_lines)
        .act::<claims::SubmitClaim, _, _>("/claims/{reference}/submission", claim_correction::submit)
        .act::<claim_queries::RaiseClaimQuery, _, _>("/claims/{reference}/queries", claim_acts::raise_query)
        .act::<claim_queries::ReplyToClaimQuery, _, _>("/claims/{reference}/queries/{round}/reply", claim_acts::reply)
        .act::<claim_returns::ReturnClaim, _, _>("/claims/{reference}/return", claim_acts::return_claim)
        .act::<verification::ReleaseDeferred, _, _>("/claims/{reference}/tranches", claim_acts::release)
        .page("/claims/{reference}/statement", s::claim::statements::READ_PERMISSION, statement_page::statement_page)
        .page("/claims/{reference}/verification", Permission::VerifyClaim, verification_page::verification_page)
        .act::<verification::VerifyClaim, _, _>("/claims/{reference}/verification", verification_acts::verify)
        .act::<verification::VerifyClaim, _, _>("/claims/{reference}/verification/rejection", verification_acts::reject)
        .act::<verification::VerifyClaim, _, _>(
            "/claims/{reference}/verification/rehearsal",
            verification_acts::show_rehearsal,
        )
        .page("/certificates", certificates::READ_PERMISSION, certificate_list::certificate_list)
        .page(CERTIFICATE, certificates::READ_PERMISSION, certificate_page::certificate_page)
        .act::<certificates::VerifyFinalCertificate, _, _>(CERTIFICATE, certificate_acts::decide)
        .act::<certificates::VerifyFinalCertificate, _, _>(
            "/claims/{reference}/certificate/rehearsal",
            certificate_acts::show_rehearsal,
        );
}

/// The budget and its instruments.
fn budget_pages(config: &mut impl PageTable) {
    use s::budget::{budget, budget_instruments};
    const ONE: &str = "/budget/instruments/{reference}";
    config
        .page("/budget", budget::READ_PERMISSION, budget_page::budget_page)
        .page("/budget/instruments", budget_instruments::READ_PERMISSION, instrument_list::instrument_list)
        .page("/budget/instruments/new", Permission::ProposeBudgetInstrument, proposal::proposal_page)
        .act::<budget_instruments::ProposeBudgetInstrument, _, _>("/budget/instruments", proposal::propose)
        .act::<budget_instruments::ProposeBudgetInstrument, _, _>("/budget/instruments/rehearsal", proposal::rehearse)
        .page(ONE, budget_instruments::READ_PERMISSION, instrument_page::instrument_page)
        .act::<budget_instruments::ApproveBudgetInstrument, _, _>(
            "/budget/instruments/{reference}/approval",
            instrument_acts::approve,
        )
        .act::<budget_instruments::RefuseBudgetInstrument, _, _>(
            "/budget/instruments/{reference}/refusal",
            instrument_acts::refuse,
        )
        .act::<budget_instruments::WithdrawBudgetInstrument, _, _>(
            "/budget/instruments/{reference}/withdrawal",
            instrument_acts::withdraw,
        );
}

/// The note sheets and letters of records. The same pages serve every kind of record: a new kind is its address here.
fn correspondence_pages(config: &mut impl PageTable) {
    use s::correspondence::letters::{CloseLetter, EnterLetter, READ_PERMISSION, SendLetter, WriteLetter};
    use s::correspondence::notes::{self, WriteNote};
    macro_rules! notes_of {
        ($($record:literal)*) => {$(
            config
                .page(concat!($record, "/notes"), notes::READ_PERMISSION, notes_page::notes_page)
                .act::<WriteNote, _, _>(concat!($record, "/notes"), notes_page::write);
        )*};
    }
    macro_rules! letters_of {
        ($($record:literal)*) => {$(
            config
                .page(concat!($record, "/letters"), READ_PERMISSION, letters_page::letters_page)
                .act::<SendLetter, _, _>(concat!($record, "/letters"), letters_page::send)
                .act::<EnterLetter, _, _>(concat!($record, "/letters/on-paper"), letters_page::enter)
                .act::<WriteLetter, _, _>(concat!($record, "/letters/to-office"), letters_page::write);
        )*};
    }
    notes_of!("/applications/{reference}" "/recoveries/{reference}" "/claims/{reference}" "/tranches/{reference}");
    notes_of!("/awards/{reference}/milestones/{code}" "/budget/instruments/{reference}");
    // A budget instrument concerns no company.
    letters_of!("/applications/{reference}" "/recoveries/{reference}" "/claims/{reference}" "/tranches/{reference}");
    letters_of!("/awards/{reference}/milestones/{code}");
    config
        .page("/letters/{reference}", READ_PERMISSION, letter_page::letter_page)
        .act::<SendLetter, _, _>("/letters/{reference}/answer", letter_page::send)
        .act::<WriteLetter, _, _>("/letters/{reference}/answer/to-office", letter_page::write)
        .act::<CloseLetter, _, _>("/letters/{reference}/closing", letter_page::close);
}

/// Accounts, for the administrator.
fn people_pages(config: &mut impl PageTable) {
    use s::people::{organisations as own, personal_data, users};
    config
        .page("/organisations/{id}", own::READ_PERMISSION, organisation_page::organisation_page)
        .act::<own::RecordCompanyGroup, _, _>("/organisations/{id}/company-group", organisation_page::record_group)
        .page("/people", users::READ_PERMISSION, people_list::people_list)
        .page("/people/new", users::READ_PERMISSION, person_new::person_new)
        .operation("/people", users::CREATE_USER, person_new::make)
        .page("/people/{id}", users::READ_PERMISSION, person_page::person_page)
        .act::<users::ChangeUser, _, _>("/people/{id}/change", person_page::change)
        .operation("/people/{id}/erasure", personal_data::ERASE_PERSONAL_DATA, person_page::erase);
}

/// Payments, files for the treasury and its answers, scrolls of the bank and differences.
fn bank_routes(config: &mut impl PageTable) {
    use s::payment::{
        bank_credits, bank_differences as differences, bank_scrolls, payment_advices as advices, payments,
        treasury_returns,
    };
    config
        .page("/payments", payments::READ_PERMISSION, payment_list::payment_list)
        .page("/advices", advices::READ_PERMISSION, advice_list::advice_list)
        .act::<advices::MakePaymentAdvice, _, _>("/advices", advice_list::make)
        .page("/advices/{id}", advices::READ_PERMISSION, advice_page::advice_page)
        .page("/advices/{id}/file.csv", Permission::DownloadPaymentAdvice, advice_page::as_csv)
        .page("/advices/{id}/file.xml", Permission::DownloadPaymentAdvice, advice_page::as_xml)
        .page("/treasury", treasury_returns::READ_PERMISSION, bank_files::returns)
        .operation("/treasury", treasury_returns::UPLOAD_TREASURY_RETURN, bank_files::take_in_return)
        .page("/treasury/{id}", treasury_returns::READ_PERMISSION, return_page::return_page)
        .act::<s::payment::treasury_lines::CloseTreasuryLine, _, _>("/treasury/{id}/closing", return_page::close)
        .page("/scrolls", bank_scrolls::READ_PERMISSION, bank_files::scrolls)
        .operation("/scrolls", bank_scrolls::UPLOAD_BANK_SCROLL, bank_files::take_in_scroll)
        .page("/scrolls/{id}", bank_scrolls::READ_PERMISSION, scroll_page::scroll_page)
        .page("/credits", bank_credits::READ_PERMISSION, credit_list::credit_list)
        .act::<bank_credits::RecordBankCredit, _, _>("/credits", credit_list::record)
        .page("/differences", differences::READ_PERMISSION, difference_list::difference_list)
        .page("/differences/{id}", differences::READ_PERMISSION, difference_page::difference_page)
        .act::<differences::ProposeDifferenceSettlement, _, _>("/differences/{id}/proposal", difference_page::propose)
        .act::<differences::SettleDifference, _, _>("/differences/{id}/settlement", difference_page::settle);
}

/// Money that is demanded back.
fn recovery_routes(config: &mut impl PageTable) {
    use s::recovery::{notice_withdrawal as notice, recoveries, recovery_credits as credits};
    use s::recovery::{recovery_grounds, recovery_receipts};
    const LATE: &str = "/awards/{reference}/milestones/{code}/notice";
    config
        .page("/recoveries", recoveries::READ_PERMISSION, recovery_list::recovery_list)
        .page("/payments/{reference}/notice", recovery_grounds::NOTICE_PERMISSION, notice_page::for_payment)
        .act::<recoveries::IssueShowCause, _, _>("/payments/{reference}/notice", notice_page::issue_for_payment)
        .page(LATE, recovery_grounds::NOTICE_PERMISSION, notice_page::for_milestone)
        .act::<recoveries::IssueShowCause, _, _>(LATE, notice_page::issue_for_milestone)
        .page("/recoveries/{reference}", recoveries::READ_PERMISSION, recovery_page::recovery_page)
        .act::<recoveries::ReplyToShowCause, _, _>("/recoveries/{reference}/reply", recovery_acts::reply)
        .act::<notice::WithdrawShowCause, _, _>("/recoveries/{reference}/withdrawal", recovery_acts::withdraw)
        .act::<recoveries::OrderRecovery, _, _>("/recoveries/{reference}/order", recovery_acts::order)
        .act::<recoveries::DemandRecovery, _, _>("/recoveries/{reference}/demand", recovery_acts::demand)
        .act::<recovery_receipts::RecordReceipt, _, _>("/recoveries/{reference}/receipts", recovery_acts::receive)
        .act::<credits::OrderSetOff, _, _>("/recoveries/{reference}/set-off", recovery_acts::set_off)
        .act::<credits::GrantInstalments, _, _>("/recoveries/{reference}/instalments", recovery_acts::grant)
        .act::<credits::GrantInstalments, _, _>("/recoveries/{reference}/instalments/rows", recovery_acts::more_rows)
        .act::<credits::ProposeRelief, _, _>("/recoveries/{reference}/relief", recovery_acts::propose_relief)
        .act::<credits::DecideRelief, _, _>("/recoveries/{reference}/relief-decision", recovery_acts::decide_relief);
}

/// Schemes and drafts of their versions.
fn scheme_routes(config: &mut impl PageTable) {
    use s::award::bid_openings;
    use s::revision::{scheme_drafts as drafts, scheme_publication};
    config
        .page("/schemes", drafts::READ_PERMISSION, scheme_list::scheme_list)
        .act::<drafts::DraftScheme, _, _>("/schemes", scheme_list::draft)
        .page("/schemes/{code}", drafts::READ_PERMISSION, scheme_page::scheme_page)
        .page("/schemes/{code}/versions/{version}/text.toml", drafts::READ_PERMISSION, scheme_page::version_text)
        .act::<s::scheme::windows::OpenWindow, _, _>("/schemes/{code}/windows", scheme_page::open_window)
        .act::<bid_openings::AskBidOpening, _, _>("/schemes/{code}/bid-openings", opening_acts::ask)
        .act::<bid_openings::OpenBids, _, _>("/schemes/{code}/bid-openings/{id}", opening_acts::open)
        .page("/scheme-drafts/{id}", drafts::READ_PERMISSION, draft_page::draft_page)
        .act::<drafts::ProposeSchemeInstrument, _, _>("/scheme-drafts/{id}/instrument", draft_acts::propose)
        .act::<drafts::ApproveSchemeInstrument, _, _>("/scheme-drafts/{id}/instrument/approval", draft_acts::approve)
        .act::<scheme_publication::PublishScheme, _, _>("/scheme-drafts/{id}/publication", draft_acts::publish)
        .act::<drafts::WithdrawSchemeDraft, _, _>("/scheme-drafts/{id}/withdrawal", draft_acts::withdraw);
}

/// The list of all pages and acts.
pub fn declared() -> Vec<Declared> {
    let mut all = Vec::new();
    routes(&mut all);
    all
}

/// Adds the pages to the server; to one that plays the demo also the links of its people.
pub fn serve(config: &mut ServiceConfig, plays_demo: bool) {
    let mut pages = web::scope("/{language:en|hi}")
        .wrap(actix_web::middleware::from_fn(problem_page::around))
        .configure(routes)
        .default_service(web::to(route_table::unknown));
    if plays_demo {
        pages = pages.route(demo_link::PATH, web::get().to(demo_link::enter));
    }
    config.service(home::to_language).service(assets::show_asset).service(pages);
}
