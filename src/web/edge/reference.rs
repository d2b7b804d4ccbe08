//! The browsable reference of the interface at `/docs/`: Swagger UI, served from this binary. The program holds the
//! archive of its authors as it is; of the files in it a page needs two.

use crate::service::running::error::Error;
use crate::web::edge::gzip::takes_gzip;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use flate2::read::GzDecoder;
use std::io::{Cursor, Read};
use std::sync::LazyLock;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::CompressionMethod;
use zip::read::ZipArchive;
use zip::result::ZipResult;

const PAGE: &str = include_str!("assets/reference.html");
const INITIALIZER: &str = include_str!("assets/swagger-initializer.js");

/// The names of the files in the archive, and their media types.
const FILES: [(&str, &str); 2] =
    [("swagger-ui.css", "text/css; charset=utf-8"), ("swagger-ui-bundle.js", "text/javascript")];

/// The files of the archive, as gzip.
static UNPACKED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| unpacked().unwrap_or_default());

fn unpacked() -> ZipResult<Vec<Vec<u8>>> {
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let names: Vec<String> = archive.file_names().flatten().map(|name| name.into_owned()).collect();
    let mut files = Vec::new();
    for (file, _) in FILES {
        let ending = format!("/dist/{file}");
        let index = names.iter().find(|name| name.ends_with(&ending)).and_then(|name| archive.index_for_name(name));
        files.push(gzip(&mut archive, index.ok_or(zip::result::ZipError::FileNotFound)?)?);
    }
    Ok(files)
}

/// A file of the archive as gzip (RFC 1952). The archive holds it compressed by the same method, so only the header
/// and the trailer are new.
fn gzip(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize) -> ZipResult<Vec<u8>> {
    let mut file = archive.by_index_raw(index)?;
    if file.compression() != CompressionMethod::Deflated {
        return Err(zip::result::ZipError::UnsupportedArchive("the file is not compressed by deflate"));
    }
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
    file.read_to_end(&mut bytes)?;
    bytes.extend(file.crc32().to_le_bytes());
    bytes.extend((file.size() as u32).to_le_bytes());
    Ok(bytes)
}

/// The page and its files.
#[get("/docs/{file:.*}")]
pub async fn show_reference(request: HttpRequest, file: web::Path<String>) -> Reply {
    match file.as_str() {
        "" | "index.html" => return Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(PAGE)),
        "swagger-initializer.js" => return Ok(HttpResponse::Ok().content_type("text/javascript").body(INITIALIZER)),
        _ => {}
    }
    let place = FILES.iter().position(|(name, _)| *name == file.as_str());
    let found = place.and_then(|place| Some((FILES[place].1, UNPACKED.get(place)?)));
    let (media_type, gzip) = found.ok_or_else(|| Problem::edge("not_found", "there is no such file"))?;
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(media_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if takes_gzip(&request) {
        return Ok(answer.insert_header((header::CONTENT_ENCODING, "gzip")).body(gzip.clone()));
    }
    let mut content = Vec::new();
    GzDecoder::new(gzip.as_slice()).read_to_end(&mut content).map_err(Error::from)?;
    Ok(answer.body(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_has_the_files_whole() {
        let files = unpacked().unwrap();
        for ((name, _), gzip) in FILES.iter().zip(files) {
            let mut text = String::new();
            GzDecoder::new(gzip.as_slice()).read_to_string(&mut text).unwrap();
            assert!(text.len() > 100_000, "{name}");
        }
    }
}
