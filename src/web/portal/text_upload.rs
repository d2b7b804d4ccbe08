//! A form that takes one file of text, such as an answer of the treasury: chosen as a file, or pasted by whoever has
//! none. It is kept in memory for its command, never on disk, and only for a person who may send this form.

use crate::service::running::error::Error;
use crate::service::running::runner::Call;
use crate::service::running::text_file::TextFile;
use crate::web::edge::problem::Problem;
use crate::web::portal::page::Page;
use crate::web::portal::received::{Kept, Received, receive};
use crate::web::portal::route_table;
use crate::web::portal::sent::Sent;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::base::argument::Size;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use futures_util::FutureExt;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;

/// The field of the file.
pub const FILE: &str = "/file";

/// A form that a person sent from a page of this service, with the file that they chose.
pub struct SentText {
    pub sent: Sent,
    files: Vec<ChosenFile>,
    /// Whether a file was chosen: a browser does not choose it again by itself.
    pub chosen: bool,
}

/// A file that was chosen.
struct ChosenFile {
    name: String,
    content: Vec<u8>,
    /// Whether this person may send the form at all.
    is_allowed: bool,
    bytes_most: usize,
    is_too_large: bool,
}

impl FromRequest for SentText {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let received = receive(request.clone(), payload.take());
        received.map(|one| one.map(|Received { sent, files, chosen }| SentText { sent, files, chosen })).boxed_local()
    }
}

impl Kept for ChosenFile {
    const FIELD: &'static str = FILE;
    const MOST: usize = 1;

    fn bytes_most(page: &Page) -> u64 {
        page.web.service.treasury.return_bytes_most as u64
    }

    async fn begin(page: &Page, name: String, _: &str) -> Result<Self, Problem> {
        let is_allowed = route_table::permission_of_act(&page.path).is_none_or(|permission| page.may(permission));
        let bytes_most = page.web.service.treasury.return_bytes_most;
        Ok(ChosenFile { name, content: Vec::new(), is_allowed, bytes_most, is_too_large: false })
    }

    fn write(&mut self, piece: &[u8]) -> Result<(), Problem> {
        self.is_too_large |= self.content.len() + piece.len() > self.bytes_most;
        if self.is_too_large {
            self.content = Vec::new();
        } else if self.is_allowed {
            self.content.extend_from_slice(piece);
        }
        Ok(())
    }
}

/// A fault of the text is a fault of the file, where a file was chosen.
pub fn at_the_file(problem: &mut Problem, text: &str) {
    for error in problem.errors.iter_mut().filter(|error| error.pointer == text) {
        error.pointer = FILE.to_owned();
    }
}

impl SentText {
    /// The body of the form, and the call under the key of its seal, which is bound to the file too.
    pub fn call<T: DeserializeOwned>(&self) -> Result<(T, Call), Problem> {
        let (body, mut call) = self.sent.call::<T>()?;
        if let (Some(key), Some(file)) = (&mut call.key, self.files.first()) {
            let parts = [key.fingerprint.as_bytes(), file.name.as_bytes(), &file.content];
            key.fingerprint = self.sent.page.web.service.tokens.fingerprint(&parts);
        }
        Ok((body, call))
    }

    /// The file that was chosen, or what was pasted for it: one of the two.
    pub fn text(&mut self, pasted: String) -> Result<TextFile, Problem> {
        let mut errors = FieldErrors::new();
        let chosen = self.files.drain(..).next();
        let text = match chosen {
            Some(file) => {
                errors.require(pasted.trim().is_empty(), FILE, FieldReason::FileOrText);
                let most = Size(file.bytes_most as u64);
                errors.require(!file.is_too_large, FILE, FieldReason::SizeMost { most });
                let is_empty = file.content.is_empty() && file.is_allowed && !file.is_too_large;
                errors.require(!is_empty, FILE, FieldReason::FileEmpty);
                TextFile { name: Some(file.name), content: file.content }
            }
            None => {
                errors.require(!pasted.trim().is_empty(), FILE, FieldReason::Missing);
                TextFile { name: None, content: pasted.into_bytes() }
            }
        };
        errors.finish().map_err(Error::Invalid)?;
        Ok(text)
    }
}
