//! Operations on organisations: registration, and recording a group of companies.

use crate::service::people::organisations::{RecordCompanyGroup, RegisterOrganisation};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, records_on_page};
use crate::web::edge::reply::{Reply, json, show_version};
use actix_web::{HttpRequest, get, post, web};
use domain::base::calendar::Timestamp;
use domain::base::id::OrganisationId;
use domain::people::organisation::{Organisation, Registration};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The details that a preparer states.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationRegistration {
    pub name: String,
    /// Corporate identification number, such as `U27320MH2021PTC123456`.
    pub cin: String,
    /// Permanent account number, such as `AAACS1234K`.
    pub pan: String,
    /// GST identification number; its characters 3 to 12 are the PAN.
    pub gstin: String,
    /// The bank account into which incentives are paid, 9 to 18 digits.
    pub bank_account: String,
    pub ifsc: String,
}

/// An organisation; the account number shows its last four digits only.
#[derive(Serialize, ToSchema)]
pub struct OrganisationView {
    pub id: OrganisationId,
    pub name: String,
    pub cin: String,
    pub pan: String,
    pub gstin: String,
    pub bank_account_masked: String,
    pub ifsc: String,
    pub registered_at: Timestamp,
    /// The group of companies that an officer recorded for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_group: Option<String>,
    pub version: i64,
}

impl From<Organisation> for OrganisationView {
    fn from(organisation: Organisation) -> Self {
        OrganisationView {
            bank_account_masked: organisation.masked_account(),
            id: organisation.id,
            name: organisation.name,
            cin: organisation.cin,
            pan: organisation.pan,
            gstin: organisation.gstin,
            ifsc: organisation.ifsc,
            registered_at: organisation.registered_at,
            company_group: organisation.company_group,
            version: organisation.version,
        }
    }
}

/// Register the caller's organisation.
#[utoipa::path(tag = "organisations", request_body = OrganisationRegistration,
    responses((status = 201, description = "The organisation", body = OrganisationView)))]
#[post("/organisations")]
pub async fn register_organisation(web: web::Data<Web>, post: Post<OrganisationRegistration>) -> Reply {
    let OrganisationRegistration { name, cin, pan, gstin, bank_account, ifsc } = post.body;
    let registration = Registration { name, cin, pan, gstin, bank_account, ifsc };
    let render = |organisation| json(OrganisationView::from(organisation));
    web.make(post.call, "/organisations", RegisterOrganisation { registration }, render).await
}

/// The group of companies of an organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyGroupRecord {
    /// Absent if it belongs to none.
    pub company_group: Option<String>,
    pub reason: String,
}

/// Record the group of companies of an organisation: within a group, an invoice can be claimed once only.
#[utoipa::path(tag = "organisations", request_body = CompanyGroupRecord,
    responses((status = 200, description = "The organisation", body = OrganisationView)))]
#[post("/organisations/{id}/company-group")]
pub async fn record_company_group(
    web: web::Data<Web>,
    id: web::Path<OrganisationId>,
    post: Post<CompanyGroupRecord>,
) -> Reply {
    let seen_version = post.version()?;
    let CompanyGroupRecord { company_group, reason } = post.body;
    let command = RecordCompanyGroup { id: id.into_inner(), seen_version, company_group, reason };
    web.run(post.call, command, |organisation| json(OrganisationView::from(organisation))).await
}

/// Which page of the organisations to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganisationQuery {
    /// 1 to 200; 200 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<OrganisationId>,
}

/// One page of organisations.
#[derive(Serialize, ToSchema)]
pub struct OrganisationList {
    pub data: Vec<OrganisationView>,
    pub page: Page,
}

/// List the organisations the caller may see, in the order in which they were registered.
#[utoipa::path(tag = "organisations", params(OrganisationQuery), responses((status = 200, description = "One page", body = OrganisationList)))]
#[get("/organisations")]
pub async fn list_organisations(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<OrganisationQuery>,
    request: HttpRequest,
) -> Reply {
    let limit = records_on_page(query.limit)?;
    let found = web.service.list_organisations(signed.0, query.cursor, limit as i64 + 1).await?;
    let (found, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    let data = found.into_iter().map(OrganisationView::from).collect();
    Ok(page_answer(json(OrganisationList { data, page }), address))
}

/// Show one organisation.
#[utoipa::path(tag = "organisations", responses((status = 200, description = "The organisation", body = OrganisationView)))]
#[get("/organisations/{id}")]
pub async fn show_organisation(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<OrganisationId>,
    request: HttpRequest,
) -> Reply {
    let organisation = web.service.organisation(signed.0, id.into_inner()).await?;
    show_version(&request, organisation.version, OrganisationView::from(organisation))
}
