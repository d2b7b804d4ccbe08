//! Files that are made for one download. A file is first written completely to a nameless file on disk
//! (spooled). So its digest (RFC 9530) and length are in the headers of the answer, an interrupted download can
//! resume (RFC 9110, section 14), and memory does not depend on its size.

use crate::web::edge::conditional::is_known;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::edge_reason::EdgeReason;
use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::base::digest::hex;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

const BUFFER_BYTES: usize = 1 << 18;
/// Number of bytes that are sent at a time.
const PART_BYTES: usize = 1 << 16;

/// A file being written; its bytes are counted and digested on the way.
pub struct Spool {
    file: BufWriter<File>,
    hasher: Sha256,
    length: u64,
}

impl Spool {
    /// Creates a nameless file in a folder; it disappears when it is closed, whatever happens.
    pub fn open(folder: &Path) -> Result<Spool> {
        let file = BufWriter::with_capacity(BUFFER_BYTES, tempfile::tempfile_in(folder)?);
        Ok(Spool { file, hasher: Sha256::new(), length: 0 })
    }

    pub fn finish(self) -> Result<Spooled> {
        let file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        Ok(Spooled { file: Arc::new(file), length: self.length, digest: self.hasher.finalize().into() })
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> Result<()> {
        self.file.flush()
    }
}

/// A file that was written completely.
pub struct Spooled {
    file: Arc<File>,
    length: u64,
    digest: [u8; 32],
}

impl Spooled {
    /// SHA-256 of the whole file.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Reads its bytes, for tests of the writers.
    #[cfg(test)]
    pub fn read_into(self, bytes: &mut Vec<u8>) -> Result<usize> {
        use std::io::{Read, Seek, SeekFrom};
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(bytes)
    }

    /// The answer: the whole file, or the requested part of it.
    pub fn answer(&self, request: &HttpRequest, content_type: &str, file_name: &str) -> Reply {
        let tag = format!("\"{}\"", hex(&self.digest));
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        if is_known(request.headers(), &tag) {
            return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
        }
        // A part of another file would not fit the reader's first part, so the whole file is sent.
        let same = text(header::IF_RANGE).is_none_or(|seen| seen == tag);
        let part = text(header::RANGE).filter(|_| same).and_then(|range| part(range, self.length));
        if part.as_ref().is_some_and(Range::is_empty) {
            return Err(Problem::because(
                "range_not_satisfiable",
                EdgeReason::HasBytes { count: self.length as usize },
            ));
        }
        let mut answer = HttpResponse::Ok();
        if let Some(part) = &part {
            let range = format!("bytes {}-{}/{}", part.start, part.end - 1, self.length);
            answer.status(StatusCode::PARTIAL_CONTENT).insert_header((header::CONTENT_RANGE, range));
        }
        let part = part.unwrap_or(0..self.length);
        let stream = futures_util::stream::try_unfold((Arc::clone(&self.file), part.clone()), read);
        Ok(answer
            .content_type(content_type)
            .insert_header((header::ETAG, tag))
            .insert_header((header::ACCEPT_RANGES, "bytes"))
            .insert_header(("Repr-Digest", format!("sha-256=:{}:", STANDARD.encode(self.digest))))
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")))
            .no_chunking(part.end - part.start)
            .streaming(stream))
    }
}

type Rest = (Arc<File>, Range<u64>);

/// The next bytes of the part that is still to be sent.
async fn read((file, rest): Rest) -> std::io::Result<Option<(Bytes, Rest)>> {
    if rest.is_empty() {
        return Ok(None);
    }
    let size = (rest.end - rest.start).min(PART_BYTES as u64);
    let (file, bytes) = tokio::task::spawn_blocking(move || {
        let mut bytes = vec![0; size as usize];
        file.read_exact_at(&mut bytes, rest.start)?;
        Result::Ok((file, bytes))
    })
    .await
    .map_err(std::io::Error::other)??;
    Ok(Some((Bytes::from(bytes), (file, rest.start + size..rest.end))))
}

/// The part of a file that a `Range` header requests. `None` for an unsupported range (several parts, another
/// unit), which is answered with the whole file; an empty range if there is no such part.
fn part(range: &str, length: u64) -> Option<Range<u64>> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), last.trim()) {
        ("", last) => Some(length.saturating_sub(number(last)?)..length),
        (first, "") => Some(number(first)?..length),
        (first, last) => Some(number(first)?..number(last)?.checked_add(1)?.min(length)),
    }
    .map(|part| if part.start < part.end { part } else { 0..0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_was_asked_of_what_is_there() {
        assert_eq!(part("bytes=0-9", 100), Some(0..10));
        assert_eq!(part("bytes=90-", 100), Some(90..100));
        assert_eq!(part("bytes=-10", 100), Some(90..100));
        assert_eq!(part("bytes=-200", 100), Some(0..100));
        assert_eq!(part("bytes=50-999", 100), Some(50..100));
        assert_eq!(part("bytes=100-", 100), Some(0..0));
        assert_eq!(part("bytes=9-3", 100), Some(0..0));
        assert_eq!(part("bytes=0-1,5-6", 100), None);
        assert_eq!(part("lines=1-2", 100), None);
        assert_eq!(part("bytes=--", 100), None);
        assert_eq!(part("bytes=-18446744073709551616", 100), None);
    }
}
