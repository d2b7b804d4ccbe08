//! Evidence files; the body of a request or answer is the file itself.

use crate::service::running::runner::{Call, IdempotencyKey};
use crate::web::Web;
use crate::web::edge::extract::{Signed, fingerprint, idempotency_key};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::{Reply, json, made, show};
use crate::web::edge_reason::EdgeReason;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use domain::base::argument::Size;
use domain::base::evidence::{Evidence, MediaType};
use domain::base::id::EvidenceId;
use futures_util::StreamExt;
use serde::Deserialize;
use std::time::Duration;
use utoipa::IntoParams;

/// The name of the file.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// A label, such as `board-resolution.pdf`.
    pub file_name: String,
}

/// Upload a file: PDF, PNG, JPEG, CSV or XLSX.
#[utoipa::path(tag = "evidence", params(UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file itself, under its own Content-Type"),
    responses((status = 201, description = "The record of the file", body = Evidence)))]
#[post("/evidence")]
pub async fn upload_evidence(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<UploadQuery>,
    request: HttpRequest,
    payload: web::Payload,
) -> Reply {
    let key = idempotency_key(&request)?;
    web.service.may_upload(signed.0).await?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_lowercase();
    let kinds = || MediaType::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    let wrong = |_| Problem::because("unsupported_media_type", EdgeReason::SendAs { kinds: kinds() });
    let media_type: MediaType = kind.parse().map_err(wrong)?;
    // A large file may take ten times as long as a JSON body.
    let time = Duration::from_secs(web.body_seconds_most.saturating_mul(10));
    let upload = tokio::time::timeout(time, receive(&web, payload)).await;
    let upload = upload.map_err(|_| Problem::edge("body_too_slow", "send the whole file in time"))??;
    let fingerprint = fingerprint(&request, upload.digest_so_far().as_bytes())?;
    let call = Call { caller: signed.0, key: Some(IdempotencyKey { key, fingerprint }), dry_run: false };
    let file_name = query.into_inner().file_name;
    Ok(made("/evidence", web.service.finish_upload(call, upload, media_type, file_name, json).await?))
}

async fn receive(
    web: &Web,
    mut payload: web::Payload,
) -> Result<crate::service::running::evidence_store::Upload, Problem> {
    let mut upload = web.service.begin_upload()?;
    while let Some(part) = payload.next().await {
        let part = part.map_err(|_| Problem::because("bad_header", EdgeReason::BrokeOff))?;
        if !upload.write(&part)? {
            return Err(too_large(web));
        }
    }
    Ok(upload)
}

fn too_large(web: &Web) -> Problem {
    let most = Size(web.service.evidence_bytes_most());
    Problem::because("body_too_large", EdgeReason::SizeMost { most })
}

/// Show the record of a file.
#[utoipa::path(tag = "evidence", responses((status = 200, description = "The record of the file", body = Evidence)))]
#[get("/evidence/{id}")]
pub async fn show_evidence(web: web::Data<Web>, signed: Signed, id: web::Path<EvidenceId>) -> Reply {
    show(web.service.evidence(signed.0, id.into_inner()).await?)
}

/// Download a file. Its digest is in `Repr-Digest` (RFC 9530).
#[utoipa::path(tag = "evidence", responses((status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream")))]
#[get("/evidence/{id}/content")]
pub async fn download_evidence(web: web::Data<Web>, signed: Signed, id: web::Path<EvidenceId>) -> Reply {
    let (record, content) = web.service.evidence_content(signed.0, id.into_inner()).await?;
    Ok(attachment(&record, content))
}

/// The name under which a browser stores a file (RFC 6266): that of its upload, with the ending of its kind. A browser
/// that does not read the encoded name takes the plain one.
fn disposition(record: &Evidence) -> String {
    let name = record.name_of_download();
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || " ._-()".contains(letter) { letter } else { '_' })
        .collect();
    if plain == name {
        return format!("attachment; filename=\"{plain}\"");
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encoded(&name))
}

/// A text with every byte but the plainest ones as `%` and two digits (RFC 8187).
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// The answer with a file, which a browser stores and never displays.
pub fn attachment(record: &Evidence, content: Vec<u8>) -> HttpResponse {
    use base64::Engine;
    use sha2::Digest;
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(&content));
    // A browser must never display the file itself, whatever it contains.
    HttpResponse::Ok()
        .content_type(record.media_type.as_str())
        .insert_header((header::CONTENT_DISPOSITION, disposition(record)))
        .insert_header(("Repr-Digest", format!("sha-256=:{digest}:")))
        .body(content)
}
