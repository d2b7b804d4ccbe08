//! Problems as people see them: the one place where a problem becomes a page. The status is that of the interface, and
//! the problem is the only input.

use crate::config::Portal;
use crate::web::edge::extract;
use crate::web::edge::middleware::{RequestId, Whole, has_nul};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::edge_reason::EdgeReason;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::Typed;
use crate::web::portal::page::{Frame, Link, Page, Said};
use crate::web::portal::reference;
use crate::web::portal::refusal_words::in_words;
use crate::web::portal::session::{Renewed, keeping};
use crate::web::portal::sign_in_page;
use crate::web::portal::texts::Language;
pub use crate::web::portal::typed_words::typed_with_labels;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, HttpResponseBuilder};
use askama::Template;
use domain::base::refusal::Refusal;

const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    // Every feature that Chromium can switch off: the pages use none. A test asks the browser for what is left.
    (
        "permissions-policy",
        "accelerometer=(), aria-notify=(), autoplay=(), browsing-topics=(), camera=(), \
         captured-surface-control=(), clipboard-read=(), clipboard-write=(), compute-pressure=(), \
         cross-origin-isolated=(), deferred-fetch=(), deferred-fetch-minimal=(), \
         digital-credentials-create=(), digital-credentials-get=(), display-capture=(), \
         encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), \
         identity-credentials-get=(), idle-detection=(), interest-cohort=(), keyboard-map=(), \
         language-detector=(), language-model=(), local-fonts=(), local-network=(), \
         local-network-access=(), loopback-network=(), magnetometer=(), \
         media-playback-while-not-visible=(), microphone=(), midi=(), on-device-speech-recognition=(), \
         otp-credentials=(), payment=(), picture-in-picture=(), private-state-token-issuance=(), \
         private-state-token-redemption=(), publickey-credentials-create=(), publickey-credentials-get=(), \
         screen-wake-lock=(), serial=(), speaker-selection=(), storage-access=(), summarizer=(), \
         sync-xhr=(), translator=(), unload=(), usb=(), window-management=(), xr-spatial-tracking=()",
    ),
];

/// A page is kept by nobody, unless it says otherwise itself.
const KEPT_BY_NOBODY: &str = "no-store";

/// What a browser is told where the cookie has its prefix, that is, where TLS is. Without TLS browsers ignore it.
const TLS_ONLY: (&str, &str) = ("strict-transport-security", "max-age=31536000");

/// Wraps every page: a problem becomes a page, and the answer gets the headers of pages and a fresh cookie.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let answered = if has_nul(&request) {
        request.error_response(Problem::because("bad_parameter", EdgeReason::NoNul))
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let mut answered = match problem_of(&answered) {
        Some(problem) => {
            let request = answered.request().clone();
            let page = shown(&request, problem).await?;
            answered.into_response(page)
        }
        None => answered,
    };
    let renewed = answered.request().extensions_mut().remove::<Renewed>();
    if let Ok(web) = extract::web_of(answered.request()) {
        add_headers(answered.headers_mut(), &web.service.portal, renewed);
    }
    Ok(answered)
}

/// The headers of pages, and a fresh cookie if the old one was not.
fn add_headers(headers: &mut HeaderMap, settings: &Portal, renewed: Option<Renewed>) {
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT_BY_NOBODY));
    }
    if !settings.plain_cookie {
        headers.insert(HeaderName::from_static(TLS_ONLY.0), HeaderValue::from_static(TLS_ONLY.1));
    }
    // Signing in or out has set its own.
    let cookie = renewed.filter(|_| !headers.contains_key(header::SET_COOKIE));
    if let Some(value) = cookie.and_then(|cookie| HeaderValue::from_str(&keeping(settings, &cookie.0)).ok()) {
        headers.insert(header::SET_COOKIE, value);
    }
}

/// The problem of an answer that no page stands for yet.
fn problem_of(answered: &ServiceResponse) -> Option<Problem> {
    let status = answered.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    if answered.response().extensions().contains::<Whole>() {
        return None;
    }
    let known = answered.response().error().and_then(|error| error.as_error::<Problem>().cloned());
    Some(known.unwrap_or_else(|| Problem::of_status(status)))
}

async fn shown(request: &actix_web::HttpRequest, problem: Problem) -> Result<HttpResponse, actix_web::Error> {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    let typed = request.extensions_mut().remove::<Typed>();
    let problem = Problem { request_id: id, ..problem };
    let mut page = match Page::of(request.clone()).await {
        Ok(page) => page,
        // Who reads cannot be known now; the page does without.
        Err(_) => Page::of_nobody(request)?,
    };
    page.carried = typed.as_ref().map(|typed| typed.sent_again().into());
    let problem = on_record(&page, problem).await;
    let answer = match problem.code.as_str() {
        "unauthenticated" | "session_ended" => sign_in_page::asked(&page, request, typed),
        _ => page.show_with(builder(&problem), &ProblemPage::new(&page, &problem)),
    };
    Ok(whole(answer?, &problem))
}

/// The page of a problem of an address that is none of the pages.
pub fn of_nothing(page: &Page, problem: &Problem) -> Reply {
    let mut answer = whole(page.show_with(builder(problem), &ProblemPage::new(page, problem))?, problem);
    add_headers(answer.headers_mut(), &page.web.service.portal, None);
    Ok(answer)
}

/// The same problem once the attempt is on record; what keeps it from there is the problem instead.
async fn on_record(page: &Page, problem: Problem) -> Problem {
    let (Some(act), Some(visitor)) = (problem.attempt.as_deref().copied(), &page.visitor) else { return problem };
    let noun = page.path.split('/').nth(1).unwrap_or_default();
    match page.web.service.note_attempt(visitor.caller, act, noun).await {
        Ok(()) => problem,
        Err(error) => error.into(),
    }
}

/// Marks a page so that nothing is put in its place.
pub fn whole(mut answer: HttpResponse, problem: &Problem) -> HttpResponse {
    answer.extensions_mut().insert(Whole { cause: problem.cause.clone() });
    answer
}

/// An answer with the status of a problem.
pub fn builder(problem: &Problem) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST));
    if let Some(seconds) = problem.retry_after_seconds {
        answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    if let Some(allow) = &problem.allow {
        answer.insert_header((header::ALLOW, &**allow));
    }
    answer
}

/// The page of a problem without a form.
#[derive(Template)]
#[template(path = "templates/problem.html", config = "src/web/askama.toml")]
struct ProblemPage<'a> {
    page: &'a Page,
    frame: Frame,
    lead: String,
    request_id: Option<&'a str>,
}

impl<'a> ProblemPage<'a> {
    fn new(page: &'a Page, problem: &'a Problem) -> Self {
        let kind = match problem.code.as_str() {
            // One page for both, so that nothing is said about what exists.
            "not_permitted" | "not_found" | "method_not_allowed" => "not_found",
            "form_not_ours" => "form_not_ours",
            "unavailable" => "unavailable",
            "body_too_large" => "body_too_large",
            "internal" => "internal",
            _ => "bad_request",
        };
        let request_id = problem.request_id.as_deref().filter(|_| kind == "internal");
        let frame = Frame { wrong: true, ..page.frame(page.word("problem-title", kind)) };
        ProblemPage { page, frame, lead: page.word("problem-lead", kind), request_id }
    }
}

/// The code for a form whose page was only asked for in another language. No client of the interface gets it.
pub const REDRAWN: &str = "redrawn";

/// The same for one that was asked for once more in its own language.
pub const SHOWN_AGAIN: &str = "shown_again";

/// That a form is only shown, and nothing of it was done.
pub fn redrawn(code: &str) -> Problem {
    let ok = StatusCode::OK.as_u16();
    Problem { code: code.to_owned(), status: ok, ..Problem::edge("form_not_ours", "only shown") }
}

/// Whether a form is only shown, and nothing is wrong with it.
pub fn is_redrawn(code: &str) -> bool {
    code == REDRAWN || code == SHOWN_AGAIN
}

/// Whether the form comes back after this problem: something to correct, to wait for, or to see first.
pub fn brings_the_form_back(problem: &Problem) -> bool {
    let elsewhere = ["not_permitted", "not_found", "unauthenticated", "session_ended", "idempotency_key_reused"];
    problem.status != 500 && !elsewhere.contains(&problem.code.as_str())
}

/// What a page with a form that comes back says above it.
pub struct Warning {
    /// Faults of fields, each with the id of the field.
    pub faults: Vec<(String, Said)>,
    /// What a rule said, when no field is at fault.
    pub refusal: Option<Said>,
    /// The field that the rule is about, by its id.
    pub place: Option<String>,
    /// The code, for the page that explains it.
    pub code: String,
}

impl Warning {
    /// The warning of a form that comes back.
    pub fn of(trouble: &Trouble, form: &Form, language: Language) -> Warning {
        let faults = form.all_faults();
        let refusal = faults.is_empty().then(|| told(&trouble.problem, language));
        Warning { faults, refusal, place: form.refused_at(), code: trouble.problem.code.clone() }
    }

    /// Whether nothing is wrong, and the form is only shown in another language.
    pub fn is_redrawn(&self) -> bool {
        is_redrawn(&self.code)
    }
}

/// What a problem says to people, in the language of the page where there is a text for it, in English otherwise.
pub fn told(problem: &Problem, language: Language) -> Said {
    if is_redrawn(&problem.code) {
        let key = if problem.code == REDRAWN { "form-redrawn" } else { "form-shown_again" };
        return Said { text: language.text(key), language };
    }
    let key = format!("refusal-{}", problem.code);
    if problem.arguments.is_empty() && Language::has(&key) {
        return Said { text: language.text(&key), language };
    }
    match &problem.refusal {
        Some(refusal) => Said { text: in_words(refusal, language), language },
        None => Said { text: problem.clone().told_in(language).detail, language },
    }
}

#[derive(Template)]
#[template(path = "templates/done_before.html", config = "src/web/askama.toml")]
struct DoneBefore<'a> {
    page: &'a Page,
    frame: Frame,
    act: Option<String>,
    /// Labels and texts of what was typed now.
    typed: Vec<(String, String)>,
    record: String,
}

/// The page for a form that was sent before, with another text: what was done then, and where; and what was typed now,
/// which would be lost otherwise.
pub async fn done_before(page: &Page, key: String, typed: &Typed, record: &str) -> Reply {
    let entry = page.web.service.own_act_under_key(page.caller()?, key).await?;
    let act = entry.map(|entry| notice(page, &entry.facts.command, entry.facts.recorded_at));
    let frame = page.frame(page.t("title-done-before"));
    let shown = DoneBefore { page, frame, act, typed: typed_with_labels(page, typed), record: page.to(record) };
    let problem = Problem::from(Refusal::IdempotencyKeyReused);
    Ok(whole(page.show_with(builder(&problem), &shown)?, &problem))
}

/// What a person did, as a sentence: "Recommended by you, 12 Nov 2026, 14:02 IST".
pub fn notice(page: &Page, command: &str, at: domain::base::calendar::Timestamp) -> String {
    page.t1(&format!("done-{command}"), "at", page.instant(&at))
}

/// The page for a record that somebody changed in between: what was typed, beside what the record is now.
#[derive(Template)]
#[template(path = "templates/conflict.html", config = "src/web/askama.toml")]
pub struct Conflict<'a> {
    pub page: &'a Page,
    pub frame: Frame,
    /// Labels and texts of what was typed.
    pub yours: Vec<(String, String)>,
    /// The record as it is now, and what changed in it since the person looked.
    pub theirs: Sides,
    /// The same form on the new version, with what was typed.
    pub form: Form,
    pub typed: Vec<(String, String)>,
    /// The button of the form.
    pub button: String,
    /// Why what was typed cannot be done any more; then the page has no form, and leads to the record.
    pub over: Option<Said>,
    /// The page of the record.
    pub record: String,
}

/// One field that changed.
pub struct Change {
    pub field: String,
    pub before: String,
    pub after: String,
}

/// A record as it is now, in labels and texts, and what of it was another when the person looked.
#[derive(Default)]
pub struct Sides {
    pub now: Vec<(String, String)>,
    pub changed: Vec<Change>,
}

impl Sides {
    /// The record in the rows of its page; `was` is the record at the version that the person saw, where that is known.
    pub fn of<F>(page: &Page, was: Option<&F>, now: &F, rows: impl Fn(&Page, &F) -> Vec<(String, String)>) -> Sides {
        let shown = rows(page, now);
        let changed = was.map(|was| differences(&rows(page, was), &shown)).unwrap_or_default();
        Sides { now: shown, changed }
    }

    /// The same with further fields that changed.
    pub fn with(mut self, more: Vec<Change>) -> Sides {
        let known = |one: &Change| self.changed.iter().any(|change| change.field == one.field);
        let more: Vec<Change> = more.into_iter().filter(|one| !known(one)).collect();
        self.changed.extend(more);
        self
    }
}

/// The rows that differ, by their labels; a row that is on one side alone has a dash on the other.
fn differences(was: &[(String, String)], now: &[(String, String)]) -> Vec<Change> {
    let text_in = |rows: &[(String, String)], label: &str| {
        rows.iter().find(|(known, _)| known == label).map_or_else(|| "–".to_owned(), |(_, text)| text.clone())
    };
    let gone = was.iter().filter(|(label, _)| !now.iter().any(|(known, _)| known == label));
    let labels = now.iter().chain(gone).map(|(label, _)| label);
    let change =
        |label: &String| Change { field: label.clone(), before: text_in(was, label), after: text_in(now, label) };
    labels.map(change).filter(|change| change.before != change.after).collect()
}

/// Why an act cannot be taken on the record as it is now; `None` if it can. `next` is what the page of the record
/// offers for this act: nothing, or the act with what refuses it.
pub fn over(page: &Page, next: Option<Option<&Refusal>>) -> Option<Said> {
    match next {
        None => Some(page.said("conflict-over")),
        Some(refusal) => refusal.map(|refusal| told(&Problem::from(refusal.clone()), page.language)),
    }
}

impl Conflict<'_> {
    /// The number of the record, where its address has one.
    fn number(&self) -> Option<String> {
        self.record.split('/').find_map(reference::number_of)
    }

    /// 412 with the page. It has one shape whatever the record is: the same title, the record as the last step of the
    /// way, and of what was typed only what says something.
    pub fn answer(mut self, problem: &Problem) -> Reply {
        self.frame.title = self.page.t("title-conflict");
        self.frame.wrong = true;
        self.frame.crumbs.retain(|crumb| crumb.address != self.record);
        let text = self.number().unwrap_or_else(|| self.page.t("conflict-record"));
        self.frame.crumbs.push(Link { text, address: self.record.clone(), here: false });
        self.yours.retain(|(_, text)| !text.trim().is_empty());
        Ok(whole(self.page.show_with(builder(problem), &self)?, problem))
    }
}
