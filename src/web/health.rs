//! Is the process alive; can it serve.

use crate::web::Web;
use crate::web::problem::Problem;
use crate::web::reply::Reply;
use actix_web::{HttpResponse, get, web};

const BODY: &str = r#"{"status":"pass"}"#;

#[get("/health/live")]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("application/health+json").body(BODY)
}

/// Ready when the database answers.
#[get("/health/ready")]
pub async fn ready(web: web::Data<Web>) -> Reply {
    web.service.ready().await.map_err(Problem::from)?;
    Ok(HttpResponse::Ok().content_type("application/health+json").body(BODY))
}
