//! A form with files as browsers send it (multipart/form-data, RFC 7578), part by part and piece by piece, so that a
//! file is never in memory as a whole. The library `actix-multipart` takes it apart; this file has what it leaves to
//! its user: the limit of the whole form, names as browsers write them, and what is refused.

use actix_multipart::{Field, Multipart};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest};
use futures_util::{Stream, StreamExt};
use std::cell::Cell;
use std::rc::Rc;

/// Why a form cannot be read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is not what its head says, or it broke off.
    Malformed,
    /// It is longer than the whole form may be.
    TooLong,
}

/// The parts of a form, as they come.
pub struct Parts {
    multipart: Multipart,
    /// Whether the form went over its limit: the library says so in words of its own.
    over: Rc<Cell<bool>>,
}

/// One part of a form. Its content is read to the end before the next part.
pub struct Part {
    /// The name of the field.
    pub name: String,
    /// `Some` for a file; empty if none was chosen.
    pub file_name: Option<String>,
    /// In lower case, without parameters.
    pub media_type: String,
    field: Field,
    over: Rc<Cell<bool>>,
}

impl Parts {
    /// The parts of a request with a form of at most so many bytes; `None` if it has no form with files.
    pub fn of<S>(request: &HttpRequest, payload: S, bytes_most: u64) -> Option<Parts>
    where
        S: Stream<Item = Result<Bytes, PayloadError>> + 'static,
    {
        let kind = request.mime_type().ok().flatten()?;
        let boundary = kind.get_param("boundary").filter(|text| (1..=70).contains(&text.as_str().len()));
        if kind.essence_str() != "multipart/form-data" || boundary.is_none() {
            return None;
        }
        let over = Rc::new(Cell::new(false));
        let (noted, mut left) = (Rc::clone(&over), bytes_most);
        let limited = payload.map(move |piece| {
            let piece = piece?;
            left = left.checked_sub(piece.len() as u64).ok_or_else(|| {
                noted.set(true);
                PayloadError::Overflow
            })?;
            Ok(piece)
        });
        Some(Parts { multipart: Multipart::new(request.headers(), limited), over })
    }

    /// The next part; `None` behind the last one.
    pub async fn next(&mut self) -> Result<Option<Part>, Unread> {
        let Some(field) = self.multipart.next().await else { return Ok(None) };
        let field = field.map_err(|_| unread(&self.over))?;
        // The library would believe a length that a part states; no browser sends one (RFC 7578, section 4.8).
        if field.headers().contains_key(header::CONTENT_LENGTH) {
            return Err(Unread::Malformed);
        }
        let head = field.content_disposition().ok_or(Unread::Malformed)?;
        Ok(Some(Part {
            name: as_typed(head.get_name().ok_or(Unread::Malformed)?),
            file_name: head.get_filename().map(as_typed),
            media_type: field.content_type().map(|kind| kind.essence_str().to_owned()).unwrap_or_default(),
            field,
            over: Rc::clone(&self.over),
        }))
    }
}

impl Part {
    /// The next piece of the content; `None` behind the last one.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, Unread> {
        self.field.next().await.transpose().map_err(|_| unread(&self.over))
    }
}

fn unread(over: &Cell<bool>) -> Unread {
    if over.get() { Unread::TooLong } else { Unread::Malformed }
}

/// A name as the person sees it: browsers write a quotation mark and the ends of lines in per cent signs (WHATWG's
/// standard of HTML).
fn as_typed(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use futures_util::stream;
    use proptest::prelude::*;

    /// Name, name of the file, media type and content.
    type Written = (String, Option<String>, String, Vec<u8>);

    fn field(name: &str, text: &str) -> Written {
        (name.to_owned(), None, String::new(), text.as_bytes().to_vec())
    }

    fn file(name: &str, content: &[u8]) -> Written {
        ("documents".to_owned(), Some(name.to_owned()), "application/pdf".to_owned(), content.to_vec())
    }

    fn written(parts: &[Written], boundary: &str) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, file_name, media_type, content) in parts {
            body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"").bytes());
            if let Some(file_name) = file_name {
                body.extend(format!("; filename=\"{}\"", file_name.replace('"', "%22")).bytes());
                body.extend(format!("\r\nContent-Type: {media_type}").bytes());
            }
            body.extend(b"\r\n\r\n");
            body.extend(content);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        body
    }

    /// The parts of a body that comes in pieces of these sizes, in turn.
    fn split(body: &[u8], boundary: &str, sizes: &[usize], most: u64) -> Result<Vec<Written>, Unread> {
        let mut pieces = Vec::new();
        let (mut rest, mut sizes) = (body, sizes.iter().cycle());
        while let Some(size) = sizes.next().filter(|_| !rest.is_empty()) {
            let (piece, behind) = rest.split_at((*size).min(rest.len()));
            pieces.push(Ok(Bytes::copy_from_slice(piece)));
            rest = behind;
        }
        let kind = format!("multipart/form-data; boundary={boundary}");
        let request = TestRequest::default().insert_header(("content-type", kind)).to_http_request();
        let read = async {
            let (mut parts, mut found) = (Parts::of(&request, stream::iter(pieces), most).unwrap(), Vec::new());
            while let Some(mut part) = parts.next().await? {
                let mut content = Vec::new();
                while let Some(piece) = part.piece().await? {
                    content.extend_from_slice(&piece);
                }
                found.push((part.name, part.file_name, part.media_type, content));
            }
            Ok(found)
        };
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read)
    }

    #[test]
    fn fields_and_files_are_taken_apart() {
        let parts = [
            field("seal", "x"),
            field("/text", "two\r\nlines"),
            file("नमूना \"1\".pdf", b"%PDF-\r\n--not the end\r\n-"),
            file("", b""),
        ];
        for size in [1_000, 7, 1] {
            assert_eq!(split(&written(&parts, "b"), "b", &[size], 10_000).unwrap(), parts, "{size}");
        }
        assert_eq!(split(&written(&[], "b"), "b", &[3], 10_000).unwrap(), []);
    }

    #[test]
    fn heads_are_read_as_programs_write_them() {
        let head = |text: &str| {
            let body = format!("--b\r\n{text}\r\n\r\nx\r\n--b--\r\n");
            split(body.as_bytes(), "b", &[11], 10_000).map(|parts| parts[0].clone())
        };
        let plain = head("content-disposition: form-data; name=a; filename=b.pdf\r\nContent-Type: Text/CSV; charset=x");
        let (name, file_name, kind, _) = plain.unwrap();
        assert_eq!((name.as_str(), file_name.as_deref(), kind.as_str()), ("a", Some("b.pdf"), "text/csv"));
        let quoted = head("Content-Disposition: form-data; name=\"a;b=c\"; filename=\"x\\\"y;.pdf\"").unwrap();
        assert_eq!((quoted.0.as_str(), quoted.1.as_deref()), ("a;b=c", Some("x\"y;.pdf")));
        for bad in [
            "Content-Type: text/csv",
            "Content-Disposition: attachment; name=\"a\"",
            "Content-Disposition: form-data; name=\"a",
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Length: 1",
        ] {
            assert_eq!(head(bad), Err(Unread::Malformed), "{bad}");
        }
    }

    #[test]
    fn what_is_no_form_with_files_is_refused() {
        for bad in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "text/plain; boundary=b",
            "multipart/mixed; boundary=b",
        ] {
            let request = TestRequest::default().insert_header(("content-type", bad)).to_http_request();
            assert!(Parts::of(&request, stream::empty(), 100).is_none(), "{bad}");
        }
        let split = |body: &[u8], size: usize| split(body, "b", &[size], 1_000_000);
        let whole = written(&[field("a", "b")], "b");
        for left_out in [3, 6, 9, 12] {
            assert_eq!(split(&whole[..whole.len() - left_out], 7), Err(Unread::Malformed), "{left_out} are missing");
        }
        assert!(split(b"--b\r\n\r\n\r\nx\r\n--b--\r\n", 7).is_err(), "a part without a name");
        assert!(split(b"--bXX", 7).is_err());
        let long = [b"--b\r\n".as_slice(), &[b'x'; 200_000]].concat();
        assert_eq!(split(&long, 700), Err(Unread::Malformed), "a head that never ends is not kept in memory");
    }

    #[test]
    fn a_form_has_a_limit_as_a_whole() {
        let whole = written(&[field("a", "b"), file("c.pdf", &[b'x'; 5_000])], "b");
        let length = whole.len() as u64;
        assert_eq!(split(&whole, "b", &[100], length).unwrap().len(), 2);
        assert_eq!(split(&whole, "b", &[100], length - 1), Err(Unread::TooLong));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_however_the_body_comes(
            contents in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..4),
            sizes in proptest::collection::vec(1..50_usize, 1..5),
        ) {
            let boundary = "----boundary-that-is-not-in-them";
            let parts: Vec<Written> = contents.iter().map(|content| file("a.pdf", content)).collect();
            prop_assert_eq!(split(&written(&parts, boundary), boundary, &sizes, 1_000_000), Ok(parts));
        }

        #[test]
        fn no_body_is_a_panic(body in proptest::collection::vec(any::<u8>(), 0..300), size in 1..20_usize) {
            let _ = split(&body, "b", &[size], 200);
            let text = [b"--b\r\n".as_slice(), &body].concat();
            let _ = split(&text, "b", &[size], 200);
        }
    }
}
