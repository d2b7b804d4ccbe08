//! Reading the audit log.

use crate::web::Web;
use crate::web::edge::extract::Signed;
use crate::web::edge::listing::{Page, page_answer, rows_within};
use crate::web::edge::reply::{Reply, json};
use actix_web::{HttpRequest, get, web};
use domain::log::audit::AuditEntry;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const ENTRIES_DEFAULT: usize = 100;
const ENTRIES_MOST: usize = 1_000;

/// The filter for audit entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only entries after this sequence; 0 unless given.
    pub after: Option<i64>,
    /// 1 to 1000; 100 unless given.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// The `next` of the previous page: the sequence after which the page starts.
    pub cursor: Option<i64>,
}

/// One page of the log.
#[derive(Serialize, ToSchema)]
pub struct AuditEntryList {
    pub data: Vec<AuditEntry>,
    pub page: Page,
}

/// List entries, oldest first: every act and every refused attempt.
#[utoipa::path(tag = "audit log", params(AuditQuery), responses((status = 200, description = "One page", body = AuditEntryList)))]
#[get("/audit-log")]
pub async fn list_audit_log(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<AuditQuery>,
    request: HttpRequest,
) -> Reply {
    let AuditQuery { after, limit, cursor } = query.into_inner();
    let limit = rows_within(limit, ENTRIES_DEFAULT, ENTRIES_MOST)?;
    let found = web.service.audit_log(signed.0, after, cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.facts.sequence.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(AuditEntryList { data, page }), address))
}
