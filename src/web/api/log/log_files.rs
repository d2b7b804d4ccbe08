//! The audit log as files for mirrors and witnesses (C2SP `tlog-tiles`), under `/log/`: the newest checkpoint,
//! the key that verifies it, and the tiles of the tree. All are public; no entry is among them.

use crate::web::Web;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use actix_web::{HttpResponse, get, web};
use domain::log::tile_path::TilePath;

const TEXT: &str = "text/plain; charset=utf-8";

/// The newest checkpoint, as a signed note.
#[get("/log/checkpoint")]
pub async fn checkpoint(web: web::Data<Web>) -> Reply {
    let newest = web.service.newest_checkpoint().await?;
    Ok(HttpResponse::Ok().content_type(TEXT).body(newest.note))
}

/// The public key of the log, as a line in the form that verifiers read.
#[get("/log/key")]
pub async fn verifier_key(web: web::Data<Web>) -> HttpResponse {
    HttpResponse::Ok().content_type(TEXT).body(format!("{}\n", web.service.log_verifier_key()))
}

/// One tile, or the beginning of one. A tile that was once served never changes.
#[get("/log/tile/{path:.*}")]
pub async fn tile(web: web::Data<Web>, path: web::Path<String>) -> Reply {
    let none = || Problem::edge("not_found", "there is no such tile");
    let tile = TilePath::parse(&path).ok_or_else(none)?;
    let hashes = web.service.log_tile(tile).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(("cache-control", "public, max-age=31536000, immutable"))
        .body(hashes))
}
