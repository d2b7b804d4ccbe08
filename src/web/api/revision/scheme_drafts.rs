//! Drafts of scheme versions, up to their publication.

use crate::service::revision::scheme_drafts::{
    ApproveSchemeInstrument, DraftScheme, ProposeSchemeInstrument, SeenSheet, WithdrawSchemeDraft,
};
use crate::service::revision::scheme_publication::PublishScheme;
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, records_on_page};
use crate::web::edge::reply::{Reply, json, show, show_version};
use crate::web::routes::Reason;
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::SchemeDraftId;
use domain::revision::impact::ImpactSheet;
use domain::revision::scheme_draft::SchemeDraft;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A scheme version as text.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemeText {
    /// TOML, as in the files of `config/schemes`; at most 256 KiB.
    pub text: String,
}

/// A proposal for the reductions that a draft makes to awards already made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstrumentProposal {
    /// Number and date of the order.
    pub reference: String,
    pub reason: String,
    /// The digest of the impact sheet that the person saw.
    pub impact_digest: String,
}

/// A step on an impact sheet that the person saw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemePublication {
    /// The digest of the impact sheet that the person saw.
    pub impact_digest: String,
}

/// An approval on an impact sheet that the person saw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstrumentApproval {
    /// The noting on the file.
    pub note: String,
    /// The digest of the impact sheet that the person saw.
    pub impact_digest: String,
}

/// An impact sheet, and its digest, by which the next step refers to it.
#[derive(Serialize, ToSchema)]
pub struct ImpactView {
    pub digest: String,
    /// Numbers of awards that lose something: publishing then requires an approved instrument.
    pub worsened: Vec<String>,
    pub sheet: ImpactSheet,
}

/// Draft a version of a scheme, or the first version of a new one.
/// Faults of the text are reported by key and line.
#[utoipa::path(tag = "schemes", request_body = SchemeText, responses((status = 201, description = "The draft", body = SchemeDraft)))]
#[post("/scheme-drafts")]
pub async fn draft_scheme(web: web::Data<Web>, post: Post<SchemeText>) -> Reply {
    web.make(post.call, "/scheme-drafts", DraftScheme { text: post.body.text }, json).await
}

/// Which page of the drafts to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SchemeDraftQuery {
    /// 1 to 200; 200 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<SchemeDraftId>,
}

/// One page of drafts.
#[derive(Serialize, ToSchema)]
pub struct SchemeDraftList {
    pub data: Vec<SchemeDraft>,
    pub page: Page,
}

/// List the drafts of scheme versions, in the order in which they were made.
#[utoipa::path(tag = "schemes", params(SchemeDraftQuery), responses((status = 200, description = "One page", body = SchemeDraftList)))]
#[get("/scheme-drafts")]
pub async fn list_scheme_drafts(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<SchemeDraftQuery>,
    request: HttpRequest,
) -> Reply {
    let limit = records_on_page(query.limit)?;
    let found = web.service.list_scheme_drafts(signed.0, query.cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(SchemeDraftList { data, page }), address))
}

/// Show one draft of a scheme version.
#[utoipa::path(tag = "schemes", responses((status = 200, description = "The draft", body = SchemeDraft)))]
#[get("/scheme-drafts/{id}")]
pub async fn show_scheme_draft(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<SchemeDraftId>,
    request: HttpRequest,
) -> Reply {
    let draft = web.service.scheme_draft(signed.0, id.into_inner()).await?;
    show_version(&request, draft.version, draft)
}

/// Show what a draft would change for awards and claims.
/// After publication, it shows the sheet on which the draft was published.
#[utoipa::path(tag = "schemes", responses((status = 200, description = "The impact sheet", body = ImpactView)))]
#[get("/scheme-drafts/{id}/impact")]
pub async fn show_scheme_impact(web: web::Data<Web>, signed: Signed, id: web::Path<SchemeDraftId>) -> Reply {
    let SeenSheet { sheet, digest } = web.service.scheme_impact(signed.0, id.into_inner()).await?;
    let worsened = sheet.losses().into_iter().map(|loss| loss.award).collect();
    show(ImpactView { digest, worsened, sheet })
}

/// Propose an instrument for the reductions that a draft makes to awards already made.
#[utoipa::path(tag = "schemes", request_body = InstrumentProposal, responses((status = 200, description = "The draft", body = SchemeDraft)))]
#[post("/scheme-drafts/{id}/instrument")]
pub async fn propose_scheme_instrument(
    web: web::Data<Web>,
    id: web::Path<SchemeDraftId>,
    post: Post<InstrumentProposal>,
) -> Reply {
    let seen_version = post.version()?;
    let InstrumentProposal { reference, reason, impact_digest } = post.body;
    let command = ProposeSchemeInstrument { id: id.into_inner(), seen_version, reference, reason, impact_digest };
    web.run(post.call, command, json).await
}

/// Approve the instrument of a draft.
#[utoipa::path(tag = "schemes", request_body = InstrumentApproval, responses((status = 200, description = "The draft", body = SchemeDraft)))]
#[post("/scheme-drafts/{id}/instrument/approval")]
pub async fn approve_scheme_instrument(
    web: web::Data<Web>,
    id: web::Path<SchemeDraftId>,
    post: Post<InstrumentApproval>,
) -> Reply {
    let seen_version = post.version()?;
    let InstrumentApproval { note, impact_digest } = post.body;
    let command = ApproveSchemeInstrument { id: id.into_inner(), seen_version, note, impact_digest };
    web.run(post.call, command, json).await
}

/// Publish a draft: from now on it is a version of the scheme.
/// The first version of a new scheme authorises its outlay.
#[utoipa::path(tag = "schemes", request_body = SchemePublication, responses((status = 200, description = "The draft", body = SchemeDraft)))]
#[post("/scheme-drafts/{id}/publication")]
pub async fn publish_scheme(web: web::Data<Web>, id: web::Path<SchemeDraftId>, post: Post<SchemePublication>) -> Reply {
    let seen_version = post.version()?;
    let command = PublishScheme { id: id.into_inner(), seen_version, impact_digest: post.body.impact_digest };
    web.run(post.call, command, json).await
}

/// Withdraw a draft.
#[utoipa::path(tag = "schemes", request_body = Reason, responses((status = 200, description = "The draft", body = SchemeDraft)))]
#[post("/scheme-drafts/{id}/withdrawal")]
pub async fn withdraw_scheme_draft(web: web::Data<Web>, id: web::Path<SchemeDraftId>, post: Post<Reason>) -> Reply {
    let command = WithdrawSchemeDraft { id: id.into_inner(), seen_version: post.version()?, reason: post.body.reason };
    web.run(post.call, command, json).await
}
