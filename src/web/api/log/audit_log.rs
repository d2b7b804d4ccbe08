//! Reading the audit log.

use crate::web::Web;
use crate::web::edge::extract::Signed;
use crate::web::edge::listing::check_limit;
use crate::web::edge::reply::{Reply, list};
use actix_web::{get, web};
use domain::log::audit::AuditEntry;
use serde::Deserialize;
use utoipa::IntoParams;

const ENTRIES_DEFAULT: i64 = 100;
const ENTRIES_MOST: i64 = 1_000;

/// The filter for audit entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only entries after this sequence; 0 unless given.
    pub after: Option<i64>,
    /// 1 to 1000; 100 unless given.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

/// List entries, oldest first: every act and every refused attempt.
#[utoipa::path(tag = "audit log", params(AuditQuery), responses((status = 200, description = "Entries", body = crate::web::edge::reply::List<AuditEntry>)))]
#[get("/audit-log")]
pub async fn list_audit_log(web: web::Data<Web>, signed: Signed, query: web::Query<AuditQuery>) -> Reply {
    let limit = query.limit.unwrap_or(ENTRIES_DEFAULT);
    check_limit(limit, ENTRIES_MOST)?;
    list(web.service.audit_log(signed.0, query.after.unwrap_or(0), limit).await?)
}
