//! A form that may bring files. The files go piece by piece into the evidence store, by the same function of the service
//! as an upload of the interface, and only after the seal of the form was found good. A file that is refused is a fault
//! of its field: the form comes back with all that was typed.

use crate::service::running::error::Error;
use crate::service::running::evidence_store::Upload;
use crate::service::running::runner::{Answered, Call, Command, IdempotencyKey};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::json;
use crate::web::portal::form::{SEAL, Typed};
use crate::web::portal::multipart::{Event, Head, Malformed, Splitter};
use crate::web::portal::page::Page;
use crate::web::portal::seal;
use crate::web::portal::sent::{DONE, Sent, not_ours, require_from_here};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use domain::base::evidence::MediaType;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::EvidenceId;
use futures_util::{FutureExt, StreamExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// The field of the files.
pub const FILES: &str = "/documents";
/// The largest number of files in one form.
pub const FILES_MOST: usize = 5;

/// A form that a person sent from a page of this service, with the files that they chose.
pub struct SentFiles {
    pub sent: Sent,
    files: Vec<Received>,
    /// Whether files were chosen: a browser does not choose them again by itself.
    pub chosen: bool,
}

/// A file that was received.
struct Received {
    name: String,
    media_type: Option<MediaType>,
    /// `None` for a file that is too large.
    upload: Option<Upload>,
}

impl FromRequest for SentFiles {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        receive(request.clone(), payload.take()).boxed_local()
    }
}

async fn receive(request: HttpRequest, mut payload: Payload) -> Result<SentFiles, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(splitter) = Splitter::of(kind) else {
        // A form without files, such as one that comes back after signing in.
        let sent = Sent::from_request(&request, &mut payload).await?;
        return Ok(SentFiles { sent, files: Vec::new(), chosen: false });
    };
    require_from_here(request.headers())?;
    let page = Page::of(request.clone()).await?;
    let time = Duration::from_secs(page.web.body_seconds_most.saturating_mul(10));
    let mut reader = Reader {
        page,
        splitter,
        typed: Typed::default(),
        files: Vec::new(),
        chosen: false,
        key: None,
        bytes: 0,
        text_bytes: 0,
    };
    let read = tokio::time::timeout(time, reader.read(payload)).await;
    read.map_err(|_| Problem::edge("body_too_slow", "send the whole form in time"))??;
    let Reader { page, typed, files, chosen, key, .. } = reader;
    // For the sign-in page, should the session have ended meanwhile.
    request.extensions_mut().insert(typed.clone());
    Ok(SentFiles { sent: Sent { page, typed, key }, files, chosen })
}

/// Where the content of a part goes.
enum Open {
    Field(String, Vec<u8>),
    File(Received),
    /// It is received and not kept.
    Nowhere,
}

/// Reads the parts of a form.
struct Reader {
    page: Page,
    splitter: Splitter,
    typed: Typed,
    files: Vec<Received>,
    chosen: bool,
    /// The key of the seal, once the seal was read and found good.
    key: Option<String>,
    bytes: u64,
    /// The length of all fields together, with their names: they are kept in memory.
    text_bytes: usize,
}

impl Reader {
    async fn read(&mut self, mut payload: Payload) -> Result<(), Problem> {
        let web = self.page.web.clone();
        let all_most =
            web.json_bytes_most as u64 + web.service.evidence_bytes_most().saturating_mul(FILES_MOST as u64 + 1);
        let mut open = Open::Nowhere;
        loop {
            let event = self.splitter.event().map_err(|Malformed| broken())?;
            match event {
                None => {
                    let piece = payload.next().await.ok_or_else(broken)?.map_err(|_| broken())?;
                    self.bytes += piece.len() as u64;
                    if self.bytes > all_most {
                        return Err(Problem::edge("body_too_large", format!("at most {all_most} bytes")));
                    }
                    self.splitter.push(&piece);
                }
                Some(Event::Begins(head)) => open = self.begin(head).await?,
                Some(Event::Content(bytes)) => self.take(&mut open, &bytes)?,
                Some(Event::Ends) => self.end(std::mem::replace(&mut open, Open::Nowhere))?,
                Some(Event::Over) => return Ok(()),
            }
        }
    }

    async fn begin(&mut self, head: Head) -> Result<Open, Problem> {
        let Some(name) = head.file_name else {
            self.count(head.name.len())?;
            return Ok(Open::Field(head.name, Vec::new()));
        };
        self.chosen |= !name.is_empty();
        // Nothing is stored for somebody who may not send this form, or beyond the number of files.
        let kept = self.key.is_some() && !name.is_empty() && self.files.len() <= FILES_MOST;
        if !kept {
            return Ok(Open::Nowhere);
        }
        self.page.web.service.may_upload(self.page.caller()?).await?;
        let media_type = head.media_type.parse().ok().or_else(|| by_ending(&name));
        Ok(Open::File(Received { name, media_type, upload: Some(self.page.web.service.begin_upload()?) }))
    }

    fn take(&mut self, open: &mut Open, bytes: &[u8]) -> Result<(), Problem> {
        match open {
            Open::Nowhere => {}
            Open::File(file) => {
                let fits = file.upload.as_mut().map_or(Ok(true), |upload| upload.write(bytes))?;
                if !fits {
                    file.upload = None;
                }
            }
            Open::Field(_, text) => {
                text.extend_from_slice(bytes);
                self.count(bytes.len())?;
            }
        }
        Ok(())
    }

    /// All fields together may be as long as a form without files; a part counts even if it is empty.
    fn count(&mut self, bytes: usize) -> Result<(), Problem> {
        self.text_bytes += bytes + 1;
        if self.text_bytes > self.page.web.json_bytes_most {
            return Err(Problem::edge("body_too_large", "the text is longer than is accepted"));
        }
        Ok(())
    }

    fn end(&mut self, open: Open) -> Result<(), Problem> {
        match open {
            Open::Nowhere => {}
            Open::File(file) => self.files.push(file),
            Open::Field(name, text) => {
                let text = String::from_utf8(text).map_err(|_| broken())?.replace("\r\n", "\n");
                if name == SEAL
                    && let Some(visitor) = &self.page.visitor
                {
                    self.key = seal::open(&self.page.web.service.tokens, visitor.session_id, &text);
                }
                self.typed.0.push((name, text));
            }
        }
        Ok(())
    }
}

fn broken() -> Problem {
    Problem::edge("malformed_json", "this is not a form with files, or it broke off")
}

/// The kind of file by the ending of its name: not every browser knows every kind.
fn by_ending(name: &str) -> Option<MediaType> {
    match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "pdf" => Some(MediaType::Pdf),
        "png" => Some(MediaType::Png),
        "jpg" | "jpeg" => Some(MediaType::Jpeg),
        "csv" => Some(MediaType::Csv),
        "xlsx" => Some(MediaType::Xlsx),
        _ => None,
    }
}

/// The id in the record of a stored file.
#[derive(Deserialize)]
struct Recorded {
    id: EvidenceId,
}

impl SentFiles {
    /// Stores the files and runs the command of the form with them. The fields are checked first, so that no file is
    /// stored for a form that comes back.
    pub async fn act<T: DeserializeOwned, C: Command>(
        &mut self,
        check: impl FnOnce(&T) -> Result<(), FieldErrors>,
        make: impl FnOnce(T, Vec<EvidenceId>) -> C,
    ) -> Result<Answered, Problem> {
        let (body, call) = self.sent.call::<T>()?;
        let files = std::mem::take(&mut self.files);
        let mut errors = check(&body).err().unwrap_or_default();
        check_files(&mut errors, &files, self.sent.page.web.service.evidence_bytes_most());
        errors.finish().map_err(Error::Invalid)?;
        let mut stored = Vec::with_capacity(files.len());
        for file in files {
            stored.push(self.store(&call, file).await?);
        }
        let call = self.with_files(call, &stored);
        Ok(self.sent.page.web.service.execute(call, make(body, stored), |_| DONE.to_owned()).await?)
    }

    /// Stores one file under a key of its own, which follows from that of the form and from the file: the form that is
    /// sent twice stores it once, and another file may be chosen after a fault.
    async fn store(&self, call: &Call, file: Received) -> Result<EvidenceId, Problem> {
        let service = &self.sent.page.web.service;
        let (Some(upload), Some(media_type), Some(key)) = (file.upload, file.media_type, &call.key) else {
            return Err(not_ours());
        };
        let digest = upload.digest_so_far();
        let parts = [b"file of a form", key.key.as_bytes(), digest.as_bytes(), file.name.as_bytes()];
        let key = service.tokens.fingerprint(&parts);
        let call = Call { key: Some(IdempotencyKey { fingerprint: key.clone(), key }), ..call.clone() };
        let stored = service.finish_upload(call, upload, media_type, file.name, json).await;
        let answered = stored.map_err(|error| at_the_files(Problem::from(error)))?;
        let recorded: Result<Recorded, _> = serde_json::from_str(&answered.body);
        recorded.map(|one| one.id).map_err(|error| Error::Internal(error.to_string()).into())
    }

    /// The same call, bound to these files too.
    fn with_files(&self, mut call: Call, stored: &[EvidenceId]) -> Call {
        if let Some(key) = &mut call.key {
            let ids: Vec<String> = stored.iter().map(ToString::to_string).collect();
            let parts = [key.fingerprint.as_bytes(), ids.join(" ").as_bytes()].map(<[u8]>::to_vec);
            let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
            key.fingerprint = self.sent.page.web.service.tokens.fingerprint(&parts);
        }
        call
    }
}

/// Reports files that cannot be stored.
fn check_files(errors: &mut FieldErrors, files: &[Received], bytes_most: u64) {
    let most = FieldReason::AtMost { most: FILES_MOST as i64, what: "files" };
    errors.require(files.len() <= FILES_MOST, FILES, most);
    for file in files {
        errors.require(file.media_type.is_some(), FILES, FieldReason::FileKind);
        let most = i64::try_from(bytes_most).unwrap_or(i64::MAX);
        errors.require(file.upload.is_some(), FILES, FieldReason::AtMost { most, what: "bytes" });
    }
}

/// Whatever is wrong with a file is a fault of the field of the files.
fn at_the_files(mut problem: Problem) -> Problem {
    problem.errors.iter_mut().for_each(|error| error.pointer = FILES.to_owned());
    problem
}
