//! The style, script, fonts and icon of the pages. Each is served under a name with the digest of its content, so that
//! a browser may keep it for ever.

use crate::web::edge::gzip::{compressed, takes_gzip};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::base::digest::hex;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// A file as it is in this program: its name, its media type, its content.
type Source = (&'static str, &'static str, &'static [u8]);

/// A file that is named by others stands above them: its new name is put in where it is named.
const SOURCES: &[Source] = &[
    (
        "noto-sans-devanagari-400.woff2",
        "font/woff2",
        include_bytes!("assets/noto-sans-devanagari/noto-sans-devanagari-400.woff2"),
    ),
    (
        "noto-sans-devanagari-700.woff2",
        "font/woff2",
        include_bytes!("assets/noto-sans-devanagari/noto-sans-devanagari-700.woff2"),
    ),
    ("icon.svg", "image/svg+xml", include_bytes!("assets/icon.svg")),
    // One file, so that a browser asks once for all the script.
    (
        "portal.js",
        "text/javascript",
        concat!(include_str!("assets/govuk-frontend/govuk-frontend.js"), "\n", include_str!("assets/portal.js"))
            .as_bytes(),
    ),
    ("portal.css", "text/css; charset=utf-8", include_bytes!("assets/portal.css")),
];

struct Asset {
    /// Its name in the sources.
    name: &'static str,
    /// Its name in addresses: with a digest.
    address: String,
    media_type: &'static str,
    content: Vec<u8>,
    /// The content compressed, where that makes it smaller.
    gzip: Option<Vec<u8>>,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let mut made: Vec<Asset> = Vec::new();
    for source in SOURCES {
        made.push(make(source, &made));
    }
    made
});

fn make((name, media_type, content): &Source, above: &[Asset]) -> Asset {
    let mut content = content.to_vec();
    if let Ok(text) = std::str::from_utf8(&content) {
        let mut text = text.to_owned();
        for asset in above {
            text = text.replace(&format!("/{}", asset.name), &format!("/{}", asset.address));
        }
        content = text.into_bytes();
    }
    let digest = hex(&Sha256::digest(&content));
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let address = format!("{stem}.{}.{ending}", digest.get(..16).unwrap_or(&digest));
    let gzip = compressed(&content).filter(|gzip| gzip.len() < content.len());
    Asset { name, address, media_type, content, gzip }
}

/// The address of an asset by its name in the sources.
pub fn address(name: &str) -> String {
    let found = ASSETS.iter().find(|asset| asset.name == name);
    format!("/assets/{}", found.map_or(name, |asset| &asset.address))
}

/// One asset, which never changes under its name.
#[get("/assets/{name}")]
pub async fn show_asset(request: HttpRequest, name: web::Path<String>) -> Reply {
    let found = ASSETS.iter().find(|asset| asset.address == *name);
    let asset = found.ok_or_else(|| Problem::edge("not_found", "there is no such file"))?;
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(asset.media_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"));
    match &asset.gzip {
        Some(gzip) if takes_gzip(&request) => {
            Ok(answer.insert_header((header::CONTENT_ENCODING, "gzip")).body(gzip.clone()))
        }
        _ => Ok(answer.body(asset.content.clone())),
    }
}
