//! A form that was sent: where it comes from is checked before anything is read, and its seal before anything is done.

use crate::service::running::error::Error;
use crate::service::running::runner::{Answered, Call, Command, IdempotencyKey};
use crate::web::edge::body::Mended;
use crate::web::edge::extract;
use crate::web::edge::problem::{FieldProblem, Problem};
use crate::web::edge::reply::Reply;
use crate::web::edge_reason::EdgeReason;
use crate::web::portal::field::Trouble;
use crate::web::portal::form::{SEAL, Typed, VERSION, with_what_rules_say};
use crate::web::portal::lost_form::Sender;
use crate::web::portal::page::Page;
use crate::web::portal::problem_page::{self, REDRAWN, is_redrawn, redrawn};
use crate::web::portal::seal;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::FutureExt;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;

/// What the answer of a command is stored as: pages read the record anew.
pub(super) const DONE: &str = "{\"done\":true}";

/// A form that a person sent from a page of this service.
pub struct Sent {
    pub page: Page,
    pub typed: Typed,
    /// The key of the seal, if it was made for this session.
    pub key: Option<String>,
    /// The record of its command, once that was made.
    pub about: OnceLock<String>,
}

impl FromRequest for Sent {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        receive(request.clone(), payload.take()).boxed_local()
    }
}

async fn receive(request: HttpRequest, payload: Payload) -> Result<Sent, Problem> {
    require_from_here(request.headers())?;
    if extract::media_type(&request) != "application/x-www-form-urlencoded" {
        return Err(Problem::because("unsupported_media_type", EdgeReason::NoForm));
    }
    let web = extract::web_of(&request)?;
    let body = extract::receive(&web, payload, web.json_bytes_most, ("malformed_json", "form")).await?;
    let typed = Typed::parse(&body)?;
    // For the sign-in page, should the session have ended meanwhile.
    request.extensions_mut().insert(typed.clone());
    let page = Page { carried: Some(typed.sent_again().into()), ..Page::of(request).await? };
    let sealed = page.visitor.as_ref().zip(typed.named(SEAL));
    let key = sealed.and_then(|(visitor, text)| seal::open(&page.web.service.tokens, visitor.session_id, text));
    Ok(Sent { page, typed, key, about: OnceLock::new() })
}

pub(super) fn not_ours() -> Problem {
    Problem::edge("form_not_ours", "the form was not made by this service for this session")
}

/// Refuses a form that no page of this service sent.
pub(super) fn require_from_here(headers: &HeaderMap) -> Result<(), Problem> {
    if is_from_here(headers) { Ok(()) } else { Err(not_ours()) }
}

/// Whether a browser says that a page of this service sent the form. All browsers that are still maintained send at
/// least one of the two headers; what sends neither is no browser, or hides where it comes from.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text("sec-fetch-site");
    let origin = text(header::ORIGIN.as_str());
    let host = text(header::HOST.as_str());
    // `none` is a person's own doing, such as the browser's button to load a page again.
    let good_site = site.is_none_or(|site| site == "same-origin" || site == "none");
    let named = |origin: &str| origin.split_once("://").map(|(_, rest)| rest.to_owned());
    let good_origin = origin.is_none_or(|origin| named(origin).as_deref() == host);
    good_site && good_origin && (site.is_some() || origin.is_some())
}

impl Sent {
    /// Runs the command of a form, under the key of its seal.
    pub async fn act<T: DeserializeOwned, C: Command>(
        &self,
        make: impl Fn(T, i64) -> Result<C, Problem>,
    ) -> Result<Answered, Problem> {
        let (command, call) = self.command(|body| make(body, self.typed.version()?)).await?;
        self.about.get_or_init(|| command.subject());
        self.run(call, command, |_| DONE.to_owned()).await
    }

    /// The command of a form, and the call under the key of its seal. Where a field cannot be read, the command is
    /// rehearsed with something in its place, so that what the rules say of the other fields is told at once.
    pub async fn command<T: DeserializeOwned, C: Command>(
        &self,
        make: impl Fn(T) -> Result<C, Problem>,
    ) -> Result<(C, Call), Problem> {
        let problem = match self.read::<T>() {
            Ok((body, call)) => return Ok((make(body)?, call)),
            Err(problem) => problem,
        };
        let mended = self.typed.mended::<T>().filter(|_| problem.code == "invalid_fields");
        let Some(Mended { least, most, places }) = mended else { return Err(problem) };
        let mut said = [Vec::new(), Vec::new()];
        for (body, said) in [least, most].into_iter().zip(&mut said) {
            *said = match make(body) {
                Ok(command) => self.faults_of(command).await,
                Err(refused) => refused.errors,
            };
            if said.is_empty() {
                return Err(problem);
            }
        }
        Err(with_what_rules_say(problem, &places, said))
    }

    /// What a command says of its fields.
    async fn faults_of<C: Command>(&self, command: C) -> Vec<FieldProblem> {
        let Ok(caller) = self.page.caller() else { return Vec::new() };
        let rehearsed = self.page.web.service.rehearse_for_page(caller, command).await;
        rehearsed.err().map(|error| Problem::from(error).errors).unwrap_or_default()
    }

    /// Runs a command. Where only the page is asked for in another language, the command is rehearsed, and nothing is
    /// done: what it would be refused with is told in that language.
    pub async fn run<C: Command>(
        &self,
        call: Call,
        command: C,
        render: impl FnOnce(C::Answer) -> String + Send + 'static,
    ) -> Result<Answered, Problem> {
        let service = &self.page.web.service;
        if !self.typed.redraws() {
            return Ok(service.execute(call, command, render).await?);
        }
        match service.rehearse_for_page(call.caller, command).await {
            Ok(_) | Err(Error::NotRehearsed(_)) => Err(redrawn(REDRAWN)),
            Err(error) => Err(error.into()),
        }
    }

    /// The body of a form, and the call under the key of its seal, for what is no command: where only the page is asked
    /// for in another language, nothing is done. Who may not act is told so before the form is read.
    pub fn call<T: DeserializeOwned>(&self) -> Result<(T, Call), Problem> {
        let read = self.read();
        let shows_only = self.page.path.ends_with("/rehearsal");
        if self.typed.redraws() && !shows_only { read.and(Err(redrawn(REDRAWN))) } else { read }
    }

    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<(T, Call), Problem> {
        let caller = self.page.caller()?;
        let key = self.key.clone().ok_or_else(not_ours)?;
        // That somebody tried was on record when the form was sent; in another language it is not tried again.
        let on_record =
            |problem: Problem| if self.typed.redraws() { Problem { attempt: None, ..problem } } else { problem };
        self.page.require_act().map_err(on_record)?;
        if let Some(shown) = self.typed.only_shown() {
            return Err(shown);
        }
        let read = self.typed.body::<T>();
        let (body, json) = if self.page.path.ends_with("/rehearsal") {
            read?
        } else {
            read.map_err(|problem| self.typed.with_what_is_empty(problem))?
        };
        let seen = self.typed.named(VERSION).unwrap_or_default();
        let parts = [b"POST", self.page.path.as_bytes(), json.as_bytes(), seen.as_bytes()];
        let fingerprint = self.page.web.service.tokens.fingerprint(&parts);
        Ok((body, Call { caller, key: Some(IdempotencyKey { key, fingerprint }), dry_run: false }))
    }

    /// The answer to a form: the page of the record with a notice, the form again with what is wrong, or the page of
    /// the problem.
    pub async fn answer<F: Future<Output = Reply>>(
        self,
        done: Result<Answered, Problem>,
        record: &str,
        form: &'static str,
        again: impl FnOnce(Page, Trouble) -> F,
    ) -> Reply {
        match done {
            Ok(answered) => {
                let entry = answered.log_entry.map(|entry| format!("?entry={entry}")).unwrap_or_default();
                Ok(self.page.see_other(&format!("{record}{entry}")))
            }
            Err(problem) if problem_page::brings_the_form_back(&problem) => {
                let Sent { mut page, typed, key, about } = self;
                page.redrawn = is_redrawn(&problem.code);
                if let Some(subject) = about.into_inner().filter(|_| problem.code == "stale_version") {
                    let seen = typed.version()?;
                    page.changed = Some(page.web.service.changed_since(page.caller()?, subject, seen).await?);
                }
                let sender = Sender { page: page.clone(), typed: typed.clone(), problem: problem.clone() };
                let shown = again(page, Trouble { form, typed, problem, key }).await?;
                sender.or_lost(record, shown)
            }
            Err(problem) if problem.code == "idempotency_key_reused" => {
                problem_page::done_before(&self.page, self.key.unwrap_or_default(), &self.typed, record).await
            }
            Err(problem) => Err(problem),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    #[test]
    fn a_form_comes_from_a_page_of_this_service() {
        let from_here = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("magnets.example:8443"));
            for (name, value) in pairs {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
            }
            is_from_here(&headers)
        };
        assert!(from_here(&[("sec-fetch-site", "same-origin")]));
        assert!(from_here(&[("origin", "https://magnets.example:8443")]));
        assert!(from_here(&[("origin", "https://magnets.example:8443"), ("sec-fetch-site", "same-origin")]));
        for foreign in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "https://magnets.example")],
            &[("origin", "null")],
            &[("origin", "https://magnets.example:8443"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(!from_here(foreign), "{foreign:?}");
        }
    }
}
