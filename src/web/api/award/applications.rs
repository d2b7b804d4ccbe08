//! Operations on applications: drafts, submission, queries and scrutiny.

use crate::service::award::applications::{
    ChangeApplication, CreateApplication, RaiseQuery, ReplyToQuery, ScrutiniseApplication, SubmitApplication,
};
use crate::web::Web;
use crate::web::edge::extract::{Post, Put, Signed};
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, list, show, show_version};
use crate::web::routes::{Answer, Nothing, Question};
use actix_web::{HttpRequest, get, post, put, web};
use domain::award::application::{Application, ApplicationForm, ApplicationStatus, SubmissionReceipt};
use domain::award::scrutiny::{CriterionCheck, Finding};
use domain::base::id::ApplicationId;
use domain::desk::selection::Subject;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The list of applications.
pub struct ApplicationListing;

impl Listing for ApplicationListing {
    const SUBJECT: Subject = Subject::Applications;

    fn words(field: &str) -> Option<Vec<&'static str>> {
        match field {
            "status" => Some(ApplicationStatus::ALL.iter().map(|word| word.as_str()).collect()),
            _ => None,
        }
    }
}

/// A draft application in a scheme.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationCreation {
    pub scheme_code: String,
    pub form: ApplicationForm,
}

/// The new content of a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationChange {
    pub form: ApplicationForm,
}

/// One finding for each criterion.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    pub findings: Vec<Finding>,
}

/// The proof of a submission.
#[derive(Serialize, ToSchema)]
pub struct ReceiptView {
    #[serde(flatten)]
    pub receipt: SubmissionReceipt,
    /// Hash of the audit entry of the submission.
    pub audit_hash: String,
}

/// Start an application while a window is open.
#[utoipa::path(tag = "applications", request_body = ApplicationCreation, responses((status = 201, description = "The draft", body = Application)))]
#[post("/applications")]
pub async fn create_application(web: web::Data<Web>, post: Post<ApplicationCreation>) -> Reply {
    let ApplicationCreation { scheme_code, form } = post.body;
    web.make(post.call, "/applications", CreateApplication { scheme_code, form }, json).await
}

/// List the applications the caller may see, in the order in which they were begun.
#[utoipa::path(tag = "applications", params(Asked<ApplicationListing>), responses((status = 200, description = "One page", body = RecordList<Application>)))]
#[get("/applications")]
pub async fn list_applications(web: web::Data<Web>, signed: Signed, asked: Asked<ApplicationListing>) -> Reply {
    asked.answer(web.service.list_applications(signed.0, asked.page.clone()).await?)
}

/// Show one application.
#[utoipa::path(tag = "applications", responses((status = 200, description = "The application", body = Application)))]
#[get("/applications/{id}")]
pub async fn show_application(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<ApplicationId>,
    request: HttpRequest,
) -> Reply {
    let application = web.service.application(signed.0, id.into_inner()).await?;
    show_version(&request, application.version, application)
}

/// Change a draft.
#[utoipa::path(tag = "applications", request_body = ApplicationChange, responses((status = 200, description = "The draft", body = Application)))]
#[put("/applications/{id}")]
pub async fn change_application(
    web: web::Data<Web>,
    id: web::Path<ApplicationId>,
    put: Put<ApplicationChange>,
) -> Reply {
    let command = ChangeApplication { id: id.into_inner(), seen_version: put.version, form: put.body.form };
    web.run(put.call, command, json).await
}

/// Submit a draft: it gets a number and a receipt, and cannot be changed any more.
#[utoipa::path(tag = "applications", request_body = Nothing, responses((status = 200, description = "The application", body = Application)))]
#[post("/applications/{id}/submission")]
pub async fn submit_application(web: web::Data<Web>, id: web::Path<ApplicationId>, post: Post<Nothing>) -> Reply {
    let command = SubmitApplication { id: id.into_inner(), seen_version: post.version()? };
    web.run(post.call, command, json).await
}

/// Show the receipt of a submission.
#[utoipa::path(tag = "applications", responses((status = 200, description = "The receipt", body = ReceiptView)))]
#[get("/applications/{id}/receipt")]
pub async fn show_receipt(web: web::Data<Web>, signed: Signed, id: web::Path<ApplicationId>) -> Reply {
    let (receipt, audit_hash) = web.service.receipt(signed.0, id.into_inner()).await?;
    show(ReceiptView { receipt, audit_hash })
}

/// Show the checks on an application's figures, criterion by criterion, before anybody decides.
#[utoipa::path(tag = "applications", responses((status = 200, description = "Checks", body = crate::web::edge::reply::List<CriterionCheck>)))]
#[get("/applications/{id}/checks")]
pub async fn check_application(web: web::Data<Web>, signed: Signed, id: web::Path<ApplicationId>) -> Reply {
    list(web.service.application_checks(signed.0, id.into_inner()).await?)
}

/// Raise a query with the applicant.
#[utoipa::path(tag = "applications", request_body = Question, responses((status = 200, description = "The application", body = Application)))]
#[post("/applications/{id}/queries")]
pub async fn raise_query(web: web::Data<Web>, id: web::Path<ApplicationId>, post: Post<Question>) -> Reply {
    let command = RaiseQuery { id: id.into_inner(), seen_version: post.version()?, question: post.body.question };
    web.run(post.call, command, json).await
}

/// Reply to the query of a round.
#[utoipa::path(tag = "applications", request_body = Answer, responses((status = 200, description = "The application", body = Application)))]
#[post("/applications/{id}/queries/{round}/reply")]
pub async fn reply_to_query(web: web::Data<Web>, path: web::Path<(ApplicationId, i64)>, post: Post<Answer>) -> Reply {
    let (id, round) = path.into_inner();
    let seen_version = post.version()?;
    let Answer { text, documents } = post.body;
    web.run(post.call, ReplyToQuery { id, seen_version, round, text, documents }, json).await
}

/// Record the findings of scrutiny, criterion by criterion.
#[utoipa::path(tag = "applications", request_body = Findings, responses((status = 200, description = "The application", body = Application)))]
#[post("/applications/{id}/scrutiny")]
pub async fn scrutinise_application(web: web::Data<Web>, id: web::Path<ApplicationId>, post: Post<Findings>) -> Reply {
    let command =
        ScrutiniseApplication { id: id.into_inner(), seen_version: post.version()?, findings: post.body.findings };
    web.run(post.call, command, json).await
}
