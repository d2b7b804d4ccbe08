//! Liveness and readiness: whether the process is alive, and whether it can serve.

use crate::web::Web;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use actix_web::{HttpResponse, get, web};
use serde_json::json;

const BODY: &str = r#"{"status":"pass"}"#;

#[get("/health/live")]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("application/health+json").body(BODY)
}

/// Still serving, but not everything (in the words of the draft standard for this media type).
const MONEY_STOPPED: &str = "money is stopped: an integrity control is red; see GET /api/v1/budget";
const EVIDENCE_MISSING: &str =
    "files of evidence are missing: put the folder back from the backup, and run verify, which names them";
const CLOCK_IN_DOUBT: &str = "the clock of this machine jumped: the service counts the time itself";

/// Readiness: succeeds when the database answers. Everything else is known from before, and nothing is waited for.
#[get("/health/ready")]
pub async fn ready(web: web::Data<Web>) -> Reply {
    let money_moves = web.service.ready().await.map_err(Problem::from)?;
    let all = [
        (!money_moves, MONEY_STOPPED),
        (web.service.misses_evidence(), EVIDENCE_MISSING),
        (web.service.clock.is_in_doubt(), CLOCK_IN_DOUBT),
    ];
    let told: Vec<&str> = all.into_iter().filter_map(|(is_so, what)| is_so.then_some(what)).collect();
    let body = match told.as_slice() {
        [] => BODY.to_owned(),
        told => json!({ "status": "warn", "output": told.join("; ") }).to_string(),
    };
    Ok(HttpResponse::Ok().content_type("application/health+json").body(body))
}
