//! All schemes, the drafts of their versions, and the form of a new draft.

use crate::service::revision::scheme_book::SchemeBook;
use crate::service::revision::scheme_drafts::DraftScheme;
use crate::service::running::runner::Answered;
use crate::web::api::revision::scheme_drafts::SchemeText;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::bank_ways::address_made;
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::scheme::draft_page::record_of;
use crate::web::portal::scheme::scheme_page;
use crate::web::portal::text_upload::{FILE, SentText, at_the_file};
use actix_web::web::Query;
use askama::Template;
use domain::base::permission::Permission;
use domain::revision::scheme_draft::SchemeDraft;

const PATH: &str = "/schemes";
const FORM: &str = "draft";

#[derive(Template)]
#[template(path = "templates/scheme/scheme_list.html", config = "src/web/askama.toml")]
struct SchemeListPage<'a> {
    page: &'a Page,
    frame: Frame,
    book: SchemeBook,
    count: String,
    pages: Neighbours,
    /// For a person who may write drafts.
    form: Option<Form>,
    warning: Option<Warning>,
    /// Whether a file was chosen that must be chosen again.
    choose_again: bool,
}

/// The list of schemes and drafts.
pub async fn scheme_list(page: Page, query: Query<ListQuery>) -> Reply {
    let place = Place::of(&page, PATH, &query);
    let book = page.web.service.scheme_book(page.caller()?, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(book.all) {
        return Ok(last);
    }
    page.show(&view(&page, book, &place, None))
}

fn view<'a>(page: &'a Page, book: SchemeBook, place: &Place, trouble: Option<&Trouble>) -> SchemeListPage<'a> {
    let labels = [(FILE, "label-text-file"), ("/text", "draft-text")];
    let form = Form::new(page, FORM, PATH, &[FILE, "/text"], trouble).labelled(labels);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    SchemeListPage {
        frame: Frame { wrong: warning.is_some(), ..page.frame(page.t("title-schemes")) },
        count: page.t1("count-drafts", "n", book.all),
        pages: place.neighbours(book.all),
        form: page.may(Permission::DraftScheme).then_some(form),
        page,
        book,
        warning,
        choose_again: false,
    }
}

/// Takes in the text of a draft, chosen or pasted, and leads to its page.
pub async fn draft(mut sent: SentText) -> Reply {
    let done = drafted(&mut sent).await;
    let SentText { sent, chosen, .. } = sent;
    match done {
        Ok(answered) => Ok(sent.page.see_other(&address_made(&answered))),
        Err(problem) => sent.answer(Err(problem), PATH, FORM, |page, trouble| again(page, trouble, chosen)).await,
    }
}

async fn drafted(sent: &mut SentText) -> Result<Answered, Problem> {
    let (SchemeText { text }, call) = sent.call()?;
    let text = sent.text(text)?.into_text(FILE)?;
    // The answer is its address, which a form that is sent twice gets again.
    let render = |draft: SchemeDraft| record_of(draft.id);
    sent.sent.run(call, DraftScheme { text }, render).await
}

async fn again(page: Page, mut trouble: Trouble, chosen: bool) -> Reply {
    if chosen {
        at_the_file(&mut trouble.problem, "/text");
    }
    let place = Place::of(&page, PATH, &ListQuery::default());
    let book = page.web.service.scheme_book(page.caller()?, place.number, ROWS).await?;
    let shown = SchemeListPage { choose_again: chosen, ..view(&page, book, &place, Some(&trouble)) };
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl SchemeListPage<'_> {
    fn scheme_address(&self, code: &str) -> String {
        self.page.to(&scheme_page::record_of(code))
    }

    fn address(&self, draft: &SchemeDraft) -> String {
        self.page.to(&record_of(draft.id))
    }

    /// The name of the scheme that a draft changes; nothing for a scheme that has no version yet.
    fn name(&self, draft: &SchemeDraft) -> Option<&str> {
        let known = self.book.schemes.iter().find(|one| one.in_force.code == draft.scheme_code)?;
        Some(&known.in_force.name)
    }

    fn colour(&self, draft: &SchemeDraft) -> &'static str {
        colour::of(draft.status)
    }
}
