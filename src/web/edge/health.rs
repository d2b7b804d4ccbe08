//! Liveness and readiness: whether the process is alive, and whether it can serve.

use crate::web::Web;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use actix_web::{HttpResponse, get, web};

const BODY: &str = r#"{"status":"pass"}"#;

#[get("/health/live")]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("application/health+json").body(BODY)
}

/// Still serving, but not everything (in the words of the draft standard for this media type).
const MONEY_STOPPED: &str =
    r#"{"status":"warn","output":"money is stopped: an integrity control is red; see GET /api/v1/budget"}"#;

const CLOCK_IN_DOUBT: &str =
    r#"{"status":"warn","output":"the clock of this machine jumped: the service counts the time itself"}"#;

/// Readiness: succeeds when the database answers.
#[get("/health/ready")]
pub async fn ready(web: web::Data<Web>) -> Reply {
    let money_moves = web.service.ready().await.map_err(Problem::from)?;
    let body = match (money_moves, web.service.clock.is_in_doubt()) {
        (false, _) => MONEY_STOPPED,
        (true, true) => CLOCK_IN_DOUBT,
        (true, false) => BODY,
    };
    Ok(HttpResponse::Ok().content_type("application/health+json").body(body))
}
