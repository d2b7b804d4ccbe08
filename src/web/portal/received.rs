//! A form with files as it is received. Its fields are kept in memory and limited all together; a file goes piece by
//! piece where its form says, and only after the seal of the form was found good.

use crate::web::edge::problem::Problem;
use crate::web::edge_reason::EdgeReason;
use crate::web::portal::form::{SEAL, Typed};
use crate::web::portal::multipart::{Part, Parts, Unread};
use crate::web::portal::page::Page;
use crate::web::portal::seal;
use crate::web::portal::sent::{Sent, require_from_here};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use std::sync::OnceLock;
use std::time::Duration;

/// Where the files of a form go.
pub(super) trait Kept: Sized {
    /// The field of the files.
    const FIELD: &'static str;
    /// The largest number of files; one more is received, so that its form can say that it is too much.
    const MOST: usize;

    /// The largest file.
    fn bytes_most(page: &Page) -> u64;

    /// Begins a file with this name and media type, for a person whose form has a good seal.
    async fn begin(page: &Page, name: String, media_type: &str) -> Result<Self, Problem>;

    /// Takes in the next piece; of a file that is too large nothing more.
    fn write(&mut self, piece: &[u8]) -> Result<(), Problem>;
}

/// A form with the files that were sent with it.
pub(super) struct Received<F> {
    pub sent: Sent,
    pub files: Vec<F>,
    /// Whether files were chosen: a browser does not choose them again by itself.
    pub chosen: bool,
}

/// Receives a form with files; or one without, such as one that comes back after signing in.
pub(super) async fn receive<F: Kept>(request: HttpRequest, mut payload: Payload) -> Result<Received<F>, Problem> {
    let web = crate::web::edge::extract::web_of(&request)?;
    let page = Page::of_nobody(&request)?;
    let most = web.json_bytes_most as u64 + F::bytes_most(&page).saturating_mul(F::MOST as u64 + 1);
    if !is_in_parts(&request) {
        return without_files(&request, &mut payload).await;
    }
    require_from_here(request.headers())?;
    let parts = Parts::of(&request, payload, most).ok_or_else(|| problem(Unread::Malformed))?;
    let page = Page::of(request.clone()).await?;
    let time = Duration::from_secs(web.body_seconds_most.saturating_mul(10));
    let mut reader =
        Reader::<F> { page, typed: Typed::default(), files: Vec::new(), chosen: Vec::new(), key: None, text_bytes: 0 };
    let read = tokio::time::timeout(time, reader.read(parts)).await;
    read.map_err(|_| Problem::edge("body_too_slow", "send the whole form in time"))??;
    let Reader { mut page, typed, files, chosen, key, .. } = reader;
    // For the sign-in page, should the session have ended meanwhile: with the names of the files, as a form without
    // parts has them.
    let names = chosen.iter().map(|name| (F::FIELD.to_owned(), name.clone()));
    let with_names = Typed(typed.0.iter().cloned().chain(names).collect());
    page.carried = Some(with_names.sent_again().into());
    request.extensions_mut().insert(with_names);
    Ok(Received { sent: Sent { page, typed, key, about: OnceLock::new() }, files, chosen: !chosen.is_empty() })
}

fn is_in_parts(request: &HttpRequest) -> bool {
    request.content_type().eq_ignore_ascii_case("multipart/form-data")
}

/// A form that has the names of its files only.
async fn without_files<F: Kept>(request: &HttpRequest, payload: &mut Payload) -> Result<Received<F>, Problem> {
    let mut sent = Sent::from_request(request, payload).await?;
    let fields = sent.typed.0.len();
    sent.typed.0.retain(|(name, _)| name != F::FIELD);
    let chosen = sent.typed.0.len() < fields;
    Ok(Received { sent, files: Vec::new(), chosen })
}

/// Reads the parts of a form.
struct Reader<F> {
    page: Page,
    typed: Typed,
    files: Vec<F>,
    /// The names of the files that were chosen.
    chosen: Vec<String>,
    /// The key of the seal, once the seal was read and found good.
    key: Option<String>,
    /// The length of all fields together, with their names: they are kept in memory.
    text_bytes: usize,
}

impl<F: Kept> Reader<F> {
    async fn read(&mut self, mut parts: Parts) -> Result<(), Problem> {
        while let Some(mut part) = parts.next().await.map_err(problem)? {
            match part.file_name.take() {
                Some(name) => self.read_file(name, part).await?,
                None => self.read_field(part).await?,
            }
        }
        Ok(())
    }

    async fn read_field(&mut self, mut part: Part) -> Result<(), Problem> {
        self.count(part.name.len())?;
        let mut text = Vec::new();
        while let Some(piece) = part.piece().await.map_err(problem)? {
            self.count(piece.len())?;
            text.extend_from_slice(&piece);
        }
        let text = String::from_utf8(text).map_err(|_| problem(Unread::Malformed))?.replace("\r\n", "\n");
        if part.name == SEAL
            && let Some(visitor) = &self.page.visitor
        {
            self.key = seal::open(&self.page.web.service.tokens, visitor.session_id, &text);
        }
        self.typed.0.push((part.name, text));
        Ok(())
    }

    async fn read_file(&mut self, name: String, mut part: Part) -> Result<(), Problem> {
        // Nothing is kept for somebody who may not send this form, or beyond the number of files.
        let mut file = None;
        if !name.is_empty() {
            self.count(name.len())?;
            self.chosen.push(name.clone());
            if self.key.is_some() && self.files.len() <= F::MOST {
                file = Some(F::begin(&self.page, name, &part.media_type).await?);
            }
        }
        while let Some(piece) = part.piece().await.map_err(problem)? {
            file.as_mut().map_or(Ok(()), |file| file.write(&piece))?;
        }
        self.files.extend(file);
        Ok(())
    }

    /// All fields together may be as long as a form without files; a part counts even if it is empty.
    fn count(&mut self, bytes: usize) -> Result<(), Problem> {
        self.text_bytes += bytes + 1;
        if self.text_bytes > self.page.web.json_bytes_most {
            return Err(problem(Unread::TooLong));
        }
        Ok(())
    }
}

fn problem(unread: Unread) -> Problem {
    match unread {
        Unread::Malformed => Problem::because("malformed_json", EdgeReason::NoForm),
        Unread::TooLong => Problem::because("body_too_large", EdgeReason::TooLong),
    }
}
