//! THE PAGES: the same commands and reads as the interface for programs, for people in a browser. This file has their
//! only route table. Each room has its pages and, in `templates/`, what they look like; `macros/` has one component a
//! file, `texts/` the words, `assets/` style, script and fonts.

pub mod assets;
pub mod budget;
pub mod chart;
pub mod claim;
pub mod days;
pub mod effect;
pub mod everyone;
pub mod field;
pub mod form;
pub mod list;
pub mod lost_form;
pub mod milestone;
pub mod numbers;
pub mod page;
pub mod payment;
pub mod people;
pub mod problem_page;
pub mod public;
pub mod reference;
pub mod refusal_words;
pub mod route_table;
pub mod seal;
pub mod sent;
pub mod session;
pub mod sign_in_page;
pub mod texts;
pub mod typed_words;
pub mod worklist;

use crate::service as s;
use crate::web::edge::problem::Problem;
use crate::web::portal::budget::{budget_page, instrument_acts, instrument_list, instrument_page, proposal};
use crate::web::portal::claim::{
    certificate_acts, certificate_page, claim_acts, claim_list, claim_page, statement_page, verification_acts,
    verification_page,
};
use crate::web::portal::everyone::{account, demo_link, file, find, home, sign_in};
use crate::web::portal::milestone::{milestone_acts, milestone_list, milestone_page};
use crate::web::portal::payment::{payment_page, tranche_acts, tranche_list, tranche_page};
use crate::web::portal::people::{people_list, person_new, person_page};
use crate::web::portal::route_table::{Declared, PageTable};
use crate::web::portal::worklist::inbox;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use domain::base::permission::Permission;

/// Every page and every act, room by room, with what it declares.
pub fn routes(config: &mut impl PageTable) {
    use s::payment::{payments, tranche_returns, tranches};
    config
        .open_page("", home::home)
        .open_page("/", home::home)
        .open_page("/n/{number:.+}", home::typed_number)
        .open_page("/sign-in", sign_in::sign_in_page)
        .route(Declared { method: "POST", path: "/sign-in", permission: None }, sign_in::sign_in)
        .act::<s::people::sessions::EndSession, _, _>("/sign-out", sign_in::sign_out)
        .page("/account", s::people::users::OWN_ACCOUNT_PERMISSION, account::account_page)
        .route(
            Declared { method: "POST", path: "/account/password", permission: Some(Permission::KeepSession) },
            account::change_password,
        )
        .page("/find", s::desk::finder::READ_PERMISSION, find::find_page)
        .page("/tranches", tranches::READ_PERMISSION, tranche_list::tranche_list)
        .page("/tranches/{reference}", tranches::READ_PERMISSION, tranche_page::tranche_page)
        .act::<tranches::RecommendTranche, _, _>("/tranches/{reference}/recommendation", tranche_acts::recommend)
        .act::<tranches::ConcurTranche, _, _>("/tranches/{reference}/concurrence", tranche_acts::concur)
        .act::<tranches::SanctionTranche, _, _>("/tranches/{reference}/sanction", tranche_acts::sanction)
        .act::<tranche_returns::ReturnTranche, _, _>("/tranches/{reference}/return", tranche_acts::send_back)
        .act::<tranches::RejectTranche, _, _>("/tranches/{reference}/rejection", tranche_acts::reject)
        .act::<payments::AdvisePayment, _, _>("/tranches/{reference}/payments", tranche_acts::advise)
        .page(page::INBOX, s::worklist::worklist::READ_PERMISSION, inbox::inbox)
        .page("/payments/{reference}", payments::READ_PERMISSION, payment_page::payment_page)
        .act::<payments::SettlePayment, _, _>("/payments/{reference}/settlement", payment_page::settle);
    claim_routes(config);
    milestone_routes(config);
    budget_pages(config);
    people_pages(config);
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
    use s::claim::{claim_file, claim_queries, claim_returns, claim_verification, final_certificates};
    config
        .page("/files/{id}/content", s::running::evidence::READ_PERMISSION, file::download)
        .page("/claims", claim_file::READ_PERMISSION, claim_list::claim_list)
        .page("/claims/{reference}", claim_file::READ_PERMISSION, claim_page::claim_page)
        .act::<claim_queries::RaiseClaimQuery, _, _>("/claims/{reference}/queries", claim_acts::raise_query)
        .act::<claim_queries::ReplyToClaimQuery, _, _>("/claims/{reference}/queries/{round}/reply", claim_acts::reply)
        .act::<claim_returns::ReturnClaim, _, _>("/claims/{reference}/return", claim_acts::return_claim)
        .page("/claims/{reference}/statement", s::claim::statements::READ_PERMISSION, statement_page::statement_page)
        .page("/claims/{reference}/verification", Permission::VerifyClaim, verification_page::verification_page)
        .act::<claim_verification::VerifyClaim, _, _>("/claims/{reference}/verification", verification_acts::verify)
        .act::<claim_verification::VerifyClaim, _, _>(
            "/claims/{reference}/verification/rejection",
            verification_acts::reject,
        )
        .act::<claim_verification::VerifyClaim, _, _>(
            "/claims/{reference}/verification/rehearsal",
            verification_acts::foresee,
        )
        .page(
            "/claims/{reference}/certificate",
            final_certificates::READ_PERMISSION,
            certificate_page::certificate_page,
        )
        .act::<final_certificates::VerifyFinalCertificate, _, _>(
            "/claims/{reference}/certificate",
            certificate_acts::decide,
        )
        .act::<final_certificates::VerifyFinalCertificate, _, _>(
            "/claims/{reference}/certificate/rehearsal",
            certificate_acts::foresee,
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

/// Accounts, for the administrator.
fn people_pages(config: &mut impl PageTable) {
    use s::people::users;
    config
        .page("/people", users::READ_PERMISSION, people_list::people_list)
        .page("/people/new", users::READ_PERMISSION, person_new::person_new)
        .route(
            Declared { method: "POST", path: "/people", permission: Some(Permission::ManageUsers) },
            person_new::make,
        )
        .page("/people/{id}", users::READ_PERMISSION, person_page::person_page)
        .act::<users::ChangeUser, _, _>("/people/{id}/change", person_page::change);
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
        .default_service(web::to(unknown));
    if plays_demo {
        pages = pages.route(demo_link::PATH, web::get().to(demo_link::enter));
    }
    config.service(home::to_language).service(assets::show_asset).service(pages);
}

/// There is no such page, or not by this method.
async fn unknown(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let path = page::split(request.path()).1;
    let methods = route_table::methods_of(&path);
    if methods.is_empty() {
        return Err(Problem::edge("not_found", "there is no such page"));
    }
    let allow = Some(methods.join(", "));
    Err(Problem { allow, ..Problem::edge("method_not_allowed", "this page is not asked for in this way") })
}
