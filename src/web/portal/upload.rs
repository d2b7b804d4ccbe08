//! A form that may bring files. The files go piece by piece into the evidence store, by the same function of the
//! service as an upload of the interface, and only after the seal of the form was found good. A file that is refused is
//! a fault of its field: the form comes back with all that was typed.

use crate::service::running::error::Error;
use crate::service::running::evidence::{OwnUpload, check_upload};
use crate::service::running::evidence_store::Upload;
use crate::service::running::runner::{Answered, Call, Command, IdempotencyKey};
use crate::web::edge::body::Mended;
use crate::web::edge::problem::{FieldProblem, Problem};
use crate::web::edge::reply::{Reply, json};
use crate::web::portal::field::Trouble;
use crate::web::portal::form::with_what_rules_say;
use crate::web::portal::page::Page;
use crate::web::portal::received::{Kept, Received, receive};
use crate::web::portal::sent::{DONE, Sent, not_ours};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::base::argument::Size;
use domain::base::evidence::MediaType;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::EvidenceId;
use futures_util::FutureExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use uuid::Uuid;

/// The field of the files.
pub const FILES: &str = "/documents";
/// The largest number of files in one form.
pub const FILES_MOST: usize = 5;

/// A form that a person sent from a page of this service, with the files that they chose.
pub struct SentFiles {
    pub sent: Sent,
    files: Vec<EvidenceFile>,
    /// Whether files were chosen: a browser does not choose them again by itself.
    pub chosen: bool,
}

/// A file on its way into the evidence store.
struct EvidenceFile {
    name: String,
    media_type: Option<MediaType>,
    /// `None` for a file that is too large.
    upload: Option<Upload>,
}

impl FromRequest for SentFiles {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let received = receive(request.clone(), payload.take());
        received
            .map(|received| received.map(|Received { sent, files, chosen }| SentFiles { sent, files, chosen }))
            .boxed_local()
    }
}

impl Kept for EvidenceFile {
    const FIELD: &'static str = FILES;
    const MOST: usize = FILES_MOST;

    fn bytes_most(page: &Page) -> u64 {
        page.web.service.evidence_bytes_most()
    }

    async fn begin(page: &Page, name: String, media_type: &str) -> Result<Self, Problem> {
        page.web.service.may_upload(page.caller()?).await?;
        let media_type = media_type.parse().ok().or_else(|| by_ending(&name));
        Ok(EvidenceFile { name, media_type, upload: Some(page.web.service.begin_upload()?) })
    }

    fn write(&mut self, piece: &[u8]) -> Result<(), Problem> {
        let fits = self.upload.as_mut().map_or(Ok(true), |upload| upload.write(piece))?;
        if !fits {
            self.upload = None;
        }
        Ok(())
    }
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

/// What is typed beside the files of a reply.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyText {
    text: String,
}

impl Page {
    /// Which files a form takes.
    pub fn files_hint(&self) -> String {
        self.files_hint_of("hint-files")
    }

    /// What is known of a stored document beside its name: since when it is stored, and with which record.
    pub fn about_upload(&self, upload: &OwnUpload) -> String {
        let day = self.day(&upload.file.uploaded_at.date_in_india());
        match &upload.record {
            Some(record) => self.language.text_with("upload-of-record", &[("day", day), ("record", record.clone())]),
            None => self.t1("upload-of-none", "day", day),
        }
    }

    /// The same in the text of a key that says what the files are for.
    pub fn files_hint_of(&self, key: &str) -> String {
        let megabytes = self.web.service.evidence_bytes_most() / (1 << 20);
        let values = [("n", FILES_MOST.to_string()), ("mb", megabytes.to_string())];
        self.language.text_with(key, &values)
    }
}

impl SentFiles {
    /// How many files were sent.
    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// Stores the files and runs the command of the form with them. The fields are checked first, so that no file is
    /// stored for a form that comes back.
    pub async fn act<T: DeserializeOwned, C: Command>(
        &mut self,
        check: impl Fn(&T) -> Result<(), FieldErrors>,
        make: impl FnOnce(T, Vec<EvidenceId>) -> C,
    ) -> Result<Answered, Problem> {
        let (body, call) = self.read::<T>(&check)?;
        let (call, stored) = self.stored(call, check(&body)).await?;
        self.sent.run(call, make(body, stored), |_| DONE.to_owned()).await
    }

    /// The same for a command on the version of the record that the person saw.
    pub async fn act_on_version<T: DeserializeOwned, C: Command>(
        &mut self,
        check: impl Fn(&T) -> Result<(), FieldErrors>,
        make: impl FnOnce(T, i64, Vec<EvidenceId>) -> C,
    ) -> Result<Answered, Problem> {
        let (body, call) = self.read::<T>(&check)?;
        let seen_version = self.sent.typed.version()?;
        let (call, stored) = self.stored(call, check(&body)).await?;
        let command = make(body, seen_version, stored);
        self.sent.about.get_or_init(|| command.subject());
        self.sent.run(call, command, |_| DONE.to_owned()).await
    }

    /// The body of the form and its call. Where a field cannot be read, what is wrong with the others and with the
    /// files is told with it.
    fn read<T: DeserializeOwned>(&self, check: impl Fn(&T) -> Result<(), FieldErrors>) -> Result<(T, Call), Problem> {
        let problem = match self.sent.read::<T>() {
            Ok(read) => return Ok(read),
            Err(problem) => problem,
        };
        let mended = self.sent.typed.mended::<T>().filter(|_| problem.code == "invalid_fields");
        let Some(Mended { least, most, places }) = mended else { return Err(problem) };
        let said = [least, most].map(|body| {
            let mut errors = check(&body).err().unwrap_or_default();
            check_files(&mut errors, &self.files, self.sent.page.web.service.evidence_bytes_most());
            errors.0.into_iter().map(FieldProblem::from).collect()
        });
        Err(with_what_rules_say(problem, &places, said))
    }

    /// The same for a reply to what the version of the record that the person saw asks.
    pub async fn reply<C: Command>(
        &mut self,
        check: impl Fn(&str) -> Result<(), FieldErrors>,
        make: impl FnOnce(String, i64, Vec<EvidenceId>) -> C,
    ) -> Result<Answered, Problem> {
        let check = |reply: &ReplyText| check(&reply.text);
        self.act_on_version(check, |ReplyText { text }, version, documents| make(text, version, documents)).await
    }

    /// The answer to the form; one that comes back says that the files must be chosen again.
    pub async fn answer<F: Future<Output = Reply>>(
        mut self,
        done: Result<Answered, Problem>,
        record: &str,
        form: &'static str,
        again: impl FnOnce(Page, Trouble) -> F,
    ) -> Reply {
        self.sent.page.choose_again = self.chosen;
        self.sent.answer(done, record, form, again).await
    }

    /// Stores the files of a form whose fields were checked, and binds its call to them.
    async fn stored(
        &mut self,
        call: Call,
        checked: Result<(), FieldErrors>,
    ) -> Result<(Call, Vec<EvidenceId>), Problem> {
        let files = std::mem::take(&mut self.files);
        let mut errors = checked.err().unwrap_or_default();
        check_files(&mut errors, &files, self.sent.page.web.service.evidence_bytes_most());
        errors.finish().map_err(Error::Invalid)?;
        let mut stored = Vec::with_capacity(files.len());
        for file in files {
            stored.push(self.store(&call, file).await?);
        }
        Ok((self.with_files(call, &stored), stored))
    }

    /// Stores one file under a key of its own, which follows from that of the form and from the file: the form that is
    /// sent twice stores it once, and another file may be chosen after a fault.
    async fn store(&self, call: &Call, file: EvidenceFile) -> Result<EvidenceId, Problem> {
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

/// Reports files that cannot be stored, each by its name.
fn check_files(errors: &mut FieldErrors, files: &[EvidenceFile], bytes_most: u64) {
    let most = FieldReason::AtMost { most: FILES_MOST as i64, what: "files" };
    errors.require(files.len() <= FILES_MOST, FILES, most);
    for file in files {
        let of_file = |why: FieldReason| FieldReason::OfFile { file: file.name.clone(), why: why.message() };
        errors.require(file.media_type.is_some(), FILES, of_file(FieldReason::FileKind));
        errors.require(file.upload.is_some(), FILES, of_file(FieldReason::SizeMost { most: Size(bytes_most) }));
        if let (Some(media_type), Some(upload)) = (file.media_type, &file.upload) {
            let wrong = check_upload(upload, media_type, &file.name).0;
            wrong.into_iter().for_each(|error| errors.add(FILES, of_file(error.reason)));
        }
    }
}

/// Requires one document beside what else was checked: one that is stored already, or one that comes with the form.
pub fn require_one(
    checked: Result<(), FieldErrors>,
    stored: Option<EvidenceId>,
    attached: usize,
) -> Result<(), FieldErrors> {
    let mut errors = checked.err().unwrap_or_default();
    errors.require(usize::from(stored.is_some()) + attached == 1, FILES, FieldReason::PaymentOrNumber);
    errors.finish()
}

/// The document of a form that takes one: that which came with it, or else that which was chosen.
pub fn the_one(attached: &[EvidenceId], stored: Option<EvidenceId>) -> EvidenceId {
    // Without either the form was refused before; the id of no document is refused as well.
    attached.first().copied().or(stored).unwrap_or(EvidenceId(Uuid::nil()))
}

/// Whatever is wrong with a file is a fault of the field of the files.
fn at_the_files(mut problem: Problem) -> Problem {
    problem.errors.iter_mut().for_each(|error| error.pointer = FILES.to_owned());
    problem
}

/// The same for a command that has a place of its own for the files.
pub fn from_place(place: &str, mut problem: Problem) -> Problem {
    let at_place = problem.errors.iter_mut().filter(|error| error.pointer == place);
    at_place.for_each(|error| error.pointer = FILES.to_owned());
    problem
}
