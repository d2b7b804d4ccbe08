//! The link that signs a person of the demo in once. No service has this page unless it plays the demo.

use crate::service::people::sign_in_links::Entered;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::page::Page;
use crate::web::portal::session::keeping;
use crate::web::portal::sign_in_page;
use crate::web::portal::texts::Language;
use actix_web::http::header;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

/// The address after the language.
pub const PATH: &str = "/demo/{secret}";

/// Signs in and goes on to what waits for the person. A browser that only loads ahead uses no link up.
pub async fn enter(page: Page, at: Path<(Language, String)>, request: HttpRequest) -> Reply {
    if request.headers().contains_key("sec-purpose") {
        return Ok(HttpResponse::ServiceUnavailable().finish());
    }
    match page.web.service.sign_in_by_link(&at.1).await? {
        Entered::In(token) => {
            let cookie = keeping(&page.web.service.portal, &token);
            let next = (header::LOCATION, page.to("/"));
            Ok(HttpResponse::SeeOther().insert_header(next).insert_header((header::SET_COOKIE, cookie)).finish())
        }
        Entered::UsedBefore => {
            let problem = Problem::edge("link_used", "this link has signed somebody in before");
            sign_in_page::instead(&page, page.t("demo-link-used"), &problem)
        }
    }
}
