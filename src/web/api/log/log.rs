//! The Merkle tree over the audit log (RFC 9162): its checkpoints and proofs. `web/api/log/log_files.rs` serves the
//! same to mirrors, as files.

use crate::service::log::log::{ConsistencyProof, InclusionProof};
use crate::service::log::log_witnesses::WitnessState;
use crate::web::Web;
use crate::web::edge::extract::Signed;
use crate::web::edge::listing::{Page, page_answer, rows_within};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::{Reply, json, list, show};
use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::log::checkpoint::KeptCheckpoint;
use domain::log::tile_path::TilePath;
use domain::people::disclosure::Disclosure;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const CHECKPOINTS_DEFAULT: usize = 100;
const CHECKPOINTS_MOST: usize = 1_000;

/// The filter for checkpoints.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CheckpointQuery {
    /// Only checkpoints that cover fewer entries than this.
    #[param(minimum = 1)]
    pub before: Option<i64>,
    /// 1 to 1000; 100 unless given.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// The `next` of the previous page: as `before`.
    #[param(minimum = 1)]
    pub cursor: Option<i64>,
}

/// One page of checkpoints.
#[derive(Serialize, ToSchema)]
pub struct CheckpointList {
    pub data: Vec<KeptCheckpoint>,
    pub page: Page,
}

/// List signed checkpoints of the audit log, the newest first.
#[utoipa::path(tag = "log", params(CheckpointQuery), responses((status = 200, description = "One page", body = CheckpointList)))]
#[get("/log/checkpoints")]
pub async fn list_log_checkpoints(
    web: web::Data<Web>,
    query: web::Query<CheckpointQuery>,
    request: HttpRequest,
) -> Reply {
    let CheckpointQuery { before, limit, cursor } = query.into_inner();
    let limit = rows_within(limit, CHECKPOINTS_DEFAULT, CHECKPOINTS_MOST)?;
    let found = web.service.checkpoints(before, cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.size.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(CheckpointList { data, page }), address))
}

/// Download a bundle of log entries, the input of the tree's leaves, for mirrors (auditor).
/// The form is that of C2SP `tlog-tiles`: 256 entries, or the first of them with `.p/<width>`; the number is written
/// in groups of three digits (`x001/234.p/17`). Each entry is the 32 bytes of its `hash`, after their length in two
/// bytes.
#[utoipa::path(tag = "log", params(("path" = String, Path, description = "<number>[.p/<width>]")),
    responses((status = 200, description = "The bundle", body = Vec<u8>, content_type = "application/octet-stream")))]
#[get("/log/tile/entries/{path:.*}")]
pub async fn show_log_entry_bundle(web: web::Data<Web>, signed: Signed, path: web::Path<String>) -> Reply {
    let none = || Problem::edge("not_found", "there is no such bundle");
    let tile = TilePath::parse_bundle(&path).ok_or_else(none)?;
    let bundle = web.service.log_entry_bundle(signed.0, tile).await?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header(("cache-control", "private, no-cache"));
    Ok(answer.content_type("application/octet-stream").body(bundle))
}

/// The entry and the size of the log.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InclusionQuery {
    /// The sequence of the entry.
    #[param(minimum = 1)]
    pub entry: i64,
    /// The size of the log, in entries, such as that of a checkpoint; the whole log unless given.
    #[param(minimum = 1)]
    pub size: Option<i64>,
}

/// Show the proof that an entry is in the log (RFC 9162).
#[utoipa::path(tag = "log", params(InclusionQuery), responses((status = 200, description = "The proof", body = InclusionProof)))]
#[get("/log/inclusion")]
pub async fn show_inclusion_proof(web: web::Data<Web>, query: web::Query<InclusionQuery>) -> Reply {
    show(web.service.inclusion_proof(query.entry, query.size).await?)
}

/// Two sizes of the log.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsistencyQuery {
    /// The smaller size, in entries, such as that of an earlier checkpoint.
    #[param(minimum = 1)]
    pub from: i64,
    /// The other size, in entries, not smaller; the whole log unless given.
    #[param(minimum = 1)]
    pub to: Option<i64>,
}

/// Show the proof that an earlier log is the beginning of a later one (RFC 9162).
#[utoipa::path(tag = "log", params(ConsistencyQuery), responses((status = 200, description = "The proof", body = ConsistencyProof)))]
#[get("/log/consistency")]
pub async fn show_consistency_proof(web: web::Data<Web>, query: web::Query<ConsistencyQuery>) -> Reply {
    show(web.service.consistency_proof(query.from, query.to).await?)
}

/// Show the receipt of an act of the caller (auditors: of any act), as one text (C2SP `tlog-proof`).
/// It contains the entry with the digests of its documents, its place in the log, and the signed checkpoint, and can
/// be checked without the service.
#[utoipa::path(tag = "log", params(("entry" = i64, Path, minimum = 1)),
    responses((status = 200, description = "The receipt", body = String, content_type = "text/plain")))]
#[get("/log/receipts/{entry}")]
pub async fn show_log_receipt(web: web::Data<Web>, signed: Signed, entry: web::Path<i64>) -> Reply {
    let entry = entry.into_inner();
    let receipt = web.service.log_receipt(signed.0, entry).await?;
    let name = format!("attachment; filename=\"entry-{entry}.tlog-proof\"");
    let mut answer = HttpResponse::Ok();
    answer.insert_header(("Content-Disposition", name)).content_type("text/plain; charset=utf-8");
    Ok(answer.body(receipt.to_string()))
}

/// List the witnesses that receive every new checkpoint, with the state of each (auditor).
#[utoipa::path(tag = "log", responses((status = 200, description = "Witnesses", body = crate::web::edge::reply::List<WitnessState>)))]
#[get("/log/witnesses")]
pub async fn list_log_witnesses(web: web::Data<Web>, signed: Signed) -> Reply {
    list(web.service.log_witnesses(signed.0).await?)
}

/// List the values withheld from an entry (auditor).
/// Each value has its salt, as a disclosure (RFC 9901) whose digest is in the entry's `_sd`. An erased value has no
/// disclosure.
#[utoipa::path(tag = "log", params(("entry" = i64, Path, minimum = 1)),
    responses((status = 200, description = "Disclosures", body = crate::web::edge::reply::List<Disclosure>)))]
#[get("/log/disclosures/{entry}")]
pub async fn list_log_disclosures(web: web::Data<Web>, signed: Signed, entry: web::Path<i64>) -> Reply {
    list(web.service.disclosures(signed.0, entry.into_inner()).await?)
}
