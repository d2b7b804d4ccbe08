//! Operations on performance securities: bank guarantees, their extension, invocation and release.

use crate::service::award::securities::{
    ConfirmSecurity, ExtendSecurity, LodgeSecurity, ReleaseSecurity, SecurityFile,
};
use crate::service::award::security_invocations::{InvokeSecurity, RecordSecurityReceipt};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, show_version};
use actix_web::{HttpRequest, get, post, web};
use domain::award::security::{Security, SecurityEvent, SecurityStatus};
use domain::award::security_forms::{
    SecurityConfirmation, SecurityExtension, SecurityForm, SecurityInvocation, SecurityReceipt, SecurityRelease,
};
use domain::base::field::BadParameter;
use domain::base::field_reason::FieldReason;
use domain::base::id::{AwardId, SecurityId};
use domain::desk::selection::Subject;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The longest period ahead, in days, for which expiring guarantees can be listed: ten years.
const DAYS_AHEAD_MOST: u32 = 3_660;

/// The filter for guarantees, beside their fields.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SecurityQuery {
    /// Only confirmed ones whose last day is within this many days from today, 0 to 3660.
    pub expiring_within_days: Option<u32>,
}

/// The list of guarantees.
pub struct SecurityListing;

impl Listing for SecurityListing {
    const SUBJECT: Subject = Subject::Securities;
    const ORDER: &'static str = "expires_on";

    fn words(field: &str) -> Option<Vec<&'static str>> {
        match field {
            "status" => Some(SecurityStatus::ALL.iter().map(|word| word.as_str()).collect()),
            _ => None,
        }
    }
}

/// A guarantee with its events, oldest first.
#[derive(Serialize, ToSchema)]
pub struct SecurityView {
    #[serde(flatten)]
    pub security: Security,
    pub events: Vec<SecurityEvent>,
}

fn render((security, events): SecurityFile) -> String {
    json(SecurityView { security, events })
}

/// Lodge a bank guarantee as performance security. It counts once its bank has confirmed it.
#[utoipa::path(tag = "securities", request_body = SecurityForm, responses((status = 201, description = "The guarantee", body = Security)))]
#[post("/awards/{id}/securities")]
pub async fn lodge_security(web: web::Data<Web>, id: web::Path<AwardId>, post: Post<SecurityForm>) -> Reply {
    web.make(post.call, "/securities", LodgeSecurity { award_id: id.into_inner(), form: post.body }, json).await
}

/// List the guarantees the caller may see, the first to expire on top.
#[utoipa::path(tag = "securities", params(Asked<SecurityListing>, SecurityQuery),
    responses((status = 200, description = "One page", body = RecordList<Security>)))]
#[get("/securities")]
pub async fn list_securities(
    web: web::Data<Web>,
    signed: Signed,
    asked: Asked<SecurityListing>,
    query: web::Query<SecurityQuery>,
) -> Reply {
    let expiring = query.expiring_within_days;
    if expiring.is_some_and(|days| days > DAYS_AHEAD_MOST) {
        let range = FieldReason::Range { least: 0, most: DAYS_AHEAD_MOST.into() };
        return Err(BadParameter::new("expiring_within_days", range).into());
    }
    asked.answer(web.service.list_securities(signed.0, asked.page.clone(), expiring).await?)
}

/// Show one guarantee with its events.
#[utoipa::path(tag = "securities", responses((status = 200, description = "The guarantee", body = SecurityView)))]
#[get("/securities/{id}")]
pub async fn show_security(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<SecurityId>,
    request: HttpRequest,
) -> Reply {
    let (security, events) = web.service.security(signed.0, id.into_inner()).await?;
    show_version(&request, security.version, SecurityView { security, events })
}

/// Record the issuing bank's answer on a guarantee that was lodged, or on its extension.
#[utoipa::path(tag = "securities", request_body = SecurityConfirmation, responses((status = 200, description = "The guarantee", body = SecurityView)))]
#[post("/securities/{id}/confirmation")]
pub async fn confirm_security(
    web: web::Data<Web>,
    id: web::Path<SecurityId>,
    post: Post<SecurityConfirmation>,
) -> Reply {
    let command = ConfirmSecurity { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, render).await
}

/// Lodge an extension of a guarantee that has not expired. It counts once its bank has confirmed it.
#[utoipa::path(tag = "securities", request_body = SecurityExtension, responses((status = 200, description = "The guarantee", body = SecurityView)))]
#[post("/securities/{id}/extensions")]
pub async fn extend_security(web: web::Data<Web>, id: web::Path<SecurityId>, post: Post<SecurityExtension>) -> Reply {
    let command = ExtendSecurity { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, render).await
}

/// Invoke a guarantee: demand payment of a recovery from the bank, within the claim period.
/// The rest of the guarantee then covers nothing more.
#[utoipa::path(tag = "securities", request_body = SecurityInvocation, responses((status = 200, description = "The guarantee", body = SecurityView)))]
#[post("/securities/{id}/invocations")]
pub async fn invoke_security(web: web::Data<Web>, id: web::Path<SecurityId>, post: Post<SecurityInvocation>) -> Reply {
    let command = InvokeSecurity { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, render).await
}

/// Record money that the bank paid on an invocation: a receipt of the recovery it was invoked for.
#[utoipa::path(tag = "securities", request_body = SecurityReceipt, responses((status = 200, description = "The guarantee", body = SecurityView)))]
#[post("/securities/{id}/receipts")]
pub async fn record_security_receipt(
    web: web::Data<Web>,
    id: web::Path<SecurityId>,
    post: Post<SecurityReceipt>,
) -> Reply {
    let command = RecordSecurityReceipt {
        id: id.into_inner(),
        seen_version: post.version()?,
        form: post.body,
        credit_follows: false,
    };
    web.run(post.call, command, render).await
}

/// Release a guarantee that is no longer needed.
#[utoipa::path(tag = "securities", request_body = SecurityRelease, responses((status = 200, description = "The guarantee", body = SecurityView)))]
#[post("/securities/{id}/release")]
pub async fn release_security(web: web::Data<Web>, id: web::Path<SecurityId>, post: Post<SecurityRelease>) -> Reply {
    let command = ReleaseSecurity { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, render).await
}
