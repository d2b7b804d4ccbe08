//! Operations on sealed bids and what becomes of an allotment: taking a bid back, opening the bids of a scheme, and
//! ending the allotment of a bidder who walks away.

use crate::service::award::allotment_ends::{EndAllotment, ProposeAllotmentEnd};
use crate::service::award::application_withdrawal::WithdrawApplication;
use crate::service::award::bid_openings::{AskBidOpening, OpenBids};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::reply::{List, Reply, json, list, show_version};
use crate::web::routes::{Nothing, Reason};
use actix_web::{HttpRequest, get, post, web};
use domain::award::application::Application;
use domain::award::sealed_bid::BidOpening;
use domain::base::id::{ApplicationId, BidOpeningId};

/// Take a submitted application back while the window is open: it is a draft again, to be changed and submitted anew.
#[utoipa::path(tag = "applications", request_body = Reason, responses((status = 200, description = "The draft", body = Application)))]
#[post("/applications/{id}/withdrawal")]
pub async fn withdraw_application(web: web::Data<Web>, id: web::Path<ApplicationId>, post: Post<Reason>) -> Reply {
    let command = WithdrawApplication { id: id.into_inner(), seen_version: post.version()?, reason: post.body.reason };
    web.run(post.call, command, json).await
}

/// Ask that the sealed bids of a scheme are opened; another officer opens them.
#[utoipa::path(tag = "allocations", request_body = Nothing, responses((status = 201, description = "The opening", body = BidOpening)))]
#[post("/schemes/{code}/bid-openings")]
pub async fn ask_bid_opening(web: web::Data<Web>, code: web::Path<String>, post: Post<Nothing>) -> Reply {
    let command = AskBidOpening { scheme_code: code.into_inner() };
    web.make(post.call, "/bid-openings", command, json).await
}

/// List the openings of the bids of a scheme.
#[utoipa::path(tag = "allocations", responses((status = 200, description = "Openings", body = List<BidOpening>)))]
#[get("/schemes/{code}/bid-openings")]
pub async fn list_bid_openings(web: web::Data<Web>, signed: Signed, code: web::Path<String>) -> Reply {
    list(web.service.list_bid_openings(signed.0, code.into_inner()).await?)
}

/// Show one opening.
#[utoipa::path(tag = "allocations", responses((status = 200, description = "The opening", body = BidOpening)))]
#[get("/bid-openings/{id}")]
pub async fn show_bid_opening(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<BidOpeningId>,
    request: HttpRequest,
) -> Reply {
    let opening = web.service.bid_opening(signed.0, id.into_inner()).await?;
    show_version(&request, opening.version, opening)
}

/// Open all sealed bids of the scheme, as another officer than the one who asked for it.
#[utoipa::path(tag = "allocations", request_body = Nothing, responses((status = 200, description = "The opening", body = BidOpening)))]
#[post("/bid-openings/{id}/opening")]
pub async fn open_bids(web: web::Data<Web>, id: web::Path<BidOpeningId>, post: Post<Nothing>) -> Reply {
    let command = OpenBids { id: id.into_inner(), seen_version: post.version()? };
    web.run(post.call, command, json).await
}

/// Propose to end the allotment of a bidder who walks away (section officer).
#[utoipa::path(tag = "allocations", request_body = Reason, responses((status = 200, description = "The application", body = Application)))]
#[post("/applications/{id}/allotment-end")]
pub async fn propose_allotment_end(web: web::Data<Web>, id: web::Path<ApplicationId>, post: Post<Reason>) -> Reply {
    let command = ProposeAllotmentEnd { id: id.into_inner(), seen_version: post.version()?, reason: post.body.reason };
    web.run(post.call, command, json).await
}

/// End an allotment that was proposed to be ended: its capacity goes to whoever waits (competent authority).
#[utoipa::path(tag = "allocations", request_body = Nothing, responses((status = 200, description = "The application", body = Application)))]
#[post("/applications/{id}/allotment-end/confirmation")]
pub async fn end_allotment(web: web::Data<Web>, id: web::Path<ApplicationId>, post: Post<Nothing>) -> Reply {
    let command = EndAllotment { id: id.into_inner(), seen_version: post.version()? };
    web.run(post.call, command, json).await
}
