//! A form that was not taken comes back on the page of its record. If that page has no such form any more, because
//! somebody else acted meanwhile or because the reader may not, what was typed would be lost: then a page of its own
//! says why, shows what was typed, and leads to the record.

use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::form::Typed;
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::problem_page::{builder, is_redrawn, told, whole};
use crate::web::portal::typed_words::typed_with_labels;
use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use askama::Template;

#[derive(Template)]
#[template(path = "templates/lost_form.html", config = "src/web/askama.toml")]
struct LostForm<'a> {
    page: &'a Page,
    frame: Frame,
    refusal: Said,
    typed: Vec<(String, String)>,
    record: String,
}

/// What only the page with both sides has: it shows what was typed, with or without a form.
const BOTH_SIDES: &[u8] = b"id=\"both-sides\"";

/// What is needed to say what was typed, should the form not come back.
pub struct Sender {
    pub page: Page,
    pub typed: Typed,
    pub problem: Problem,
}

impl Sender {
    /// The page as it is shown again, if the form is on it; otherwise the page of a form that is lost.
    pub fn or_lost(&self, record: &str, shown: HttpResponse) -> Reply {
        let (answer, body) = shown.into_parts();
        let bytes = match body.try_into_bytes() {
            Ok(bytes) => bytes,
            Err(body) => return Ok(answer.set_body(body)),
        };
        let action = format!("action=\"{}\"", self.page.to(&self.page.path));
        let is_back = holds(&bytes, action.as_bytes());
        let both_sides = holds(&bytes, BOTH_SIDES);
        let is_refused = answer.status().is_client_error() || is_redrawn(&self.problem.code);
        if !is_refused || is_back || both_sides || !self.loses_anything() {
            return Ok(answer.set_body(BoxBody::new(bytes)));
        }
        self.lost(record)
    }

    /// Whether something was typed; and a form that is not ours is told so without a word of a button.
    fn loses_anything(&self) -> bool {
        let typed = self.typed.shown_again().any(|(_, text)| !text.trim().is_empty());
        typed || self.problem.code == "form_not_ours"
    }

    fn lost(&self, record: &str) -> Reply {
        let page = &self.page;
        let refusal = match self.problem.code.as_str() {
            "form_not_ours" => page.said("problem-lead-form_not_ours"),
            _ => told(&self.problem, page.language),
        };
        let frame = Frame { wrong: true, ..page.frame(page.t("title-lost-form")) };
        let typed = typed_with_labels(page, &self.typed);
        let shown = LostForm { page, frame, refusal, typed, record: page.to(record) };
        Ok(whole(page.show_with(builder(&self.problem), &shown)?, &self.problem))
    }
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
