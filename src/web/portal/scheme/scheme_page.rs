//! One scheme: the version in force, every version with its computed difference to the one before, windows with the
//! form that opens one, and drafts of the next version.

use crate::service::revision::scheme_book::WholeScheme;
use crate::service::running::runner::{Answered, Command};
use crate::service::scheme::scheme_versions::SchemeVersion;
use crate::service::scheme::windows::OpenWindow;
use crate::web::api::scheme::schemes::WindowOpening;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::scheme::draft_page;
use crate::web::portal::scheme::leaf_words::{LeafRow, leaf_rows};
use crate::web::portal::scheme::opening_acts::{self, OpeningForms};
use crate::web::portal::sent::{DONE, Sent};
use crate::web::portal::texts::Language;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Path, Query};
use askama::Template;
use domain::base::id::{SchemeDraftId, UserId};
use domain::people::office::PersonThere;

/// The form that opens a window.
const FORM: &str = "window";
const LABELS: [(&str, &str); 3] =
    [("/opens_on", "field-opens_on"), ("/closes_on", "field-closes_on"), ("/reference", "draft-reference")];

#[derive(Template)]
#[template(path = "templates/scheme/scheme.html", config = "src/web/askama.toml")]
struct SchemePage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeScheme,
    notice: Option<Notice>,
    warning: Option<Warning>,
    /// For a person who may open windows.
    form: Option<Form>,
    /// For a person who may open bids.
    bids: OpeningForms,
}

/// The address of a scheme, after the language.
pub fn record_of(code: &str) -> String {
    format!("/schemes/{code}")
}

/// The page of one scheme.
pub async fn scheme_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = page.web.service.whole_scheme(page.caller()?, at.1.clone()).await?;
    let windows = file.windows.iter().map(|window| format!("window:{}", window.id));
    let subjects = windows.chain([format!("scheme:{}", file.in_force.code)]).collect();
    let notice = notice_of(&page, query.entry, subjects).await?;
    page.show(&SchemePage { notice, ..view(&page, file, None) })
}

fn view<'a>(page: &'a Page, file: WholeScheme, trouble: Option<&Trouble>) -> SchemePage<'a> {
    let path = format!("{}/windows", record_of(&file.in_force.code));
    let fields = &["/opens_on", "/closes_on", "/reference"];
    let form = Form::new(page, FORM, &path, fields, trouble).labelled(LABELS);
    let bids = opening_acts::forms(page, &file.in_force.code, &file.openings, trouble);
    let shown = [Some(&form), bids.ask.as_ref(), bids.open.as_ref()];
    let of = |trouble: &Trouble| shown.into_iter().flatten().find(|form| form.name == trouble.form).unwrap_or(&form);
    let warning = trouble.map(|trouble| Warning::of(trouble, of(trouble), page.language));
    let mut frame = Frame { wrong: warning.is_some(), ..page.frame(file.in_force.name.clone()) };
    frame.crumbs.push(page.crumb("title-schemes", "/schemes"));
    let form = page.may(OpenWindow::PERMISSION).then_some(form);
    SchemePage { page, frame, file, notice: None, warning, form, bids }
}

/// Opens a window.
pub async fn open_window(sent: Sent, at: At) -> Reply {
    let code = at.1.clone();
    let done = opened(&sent, code.clone()).await;
    sent.answer(done, &record_of(&code), FORM, |page, trouble| again(page, at, trouble)).await
}

async fn opened(sent: &Sent, scheme_code: String) -> Result<Answered, Problem> {
    let make = |WindowOpening { opens_on, closes_on, reference }| {
        Ok(OpenWindow { scheme_code: scheme_code.clone(), opens_on, closes_on, reference })
    };
    let (command, call) = sent.command(make).await?;
    sent.run(call, command, |_| DONE.to_owned()).await
}

/// The page again after a form was not taken.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = page.web.service.whole_scheme(page.caller()?, at.1.clone()).await?;
    let shown = view(&page, file, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

/// The text of one version, as it was published.
pub async fn version_text(page: Page, at: Path<(Language, String, i64)>) -> Reply {
    let (_, code, number) = at.into_inner();
    let file = page.web.service.whole_scheme(page.caller()?, code).await?;
    let found = file.versions.into_iter().find(|version| version.scheme.version == number);
    let version = found.ok_or_else(|| Problem::edge("not_found", "there is no such version"))?;
    let name = format!("attachment; filename=\"{}-{number}.toml\"", version.scheme.code);
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/toml; charset=utf-8");
    Ok(answer.insert_header((header::CONTENT_DISPOSITION, name)).body(version.document))
}

impl SchemePage<'_> {
    fn address_of(&self, code: &str) -> String {
        self.page.to(&record_of(code))
    }

    /// The versions, the newest first.
    fn versions(&self) -> Vec<&SchemeVersion> {
        self.file.versions.iter().rev().collect()
    }

    fn is_in_force(&self, version: &SchemeVersion) -> bool {
        version.scheme.version == self.file.in_force.version
    }

    /// Where the text of a version is downloaded.
    fn text_address(&self, version: &SchemeVersion) -> String {
        let record = record_of(&version.scheme.code);
        self.page.to(&format!("{record}/versions/{}/text.toml", version.scheme.version))
    }

    fn draft_address(&self, id: &SchemeDraftId) -> String {
        self.page.to(&draft_page::record_of(*id))
    }

    fn who(&self, id: &UserId) -> Option<PersonThere> {
        self.file.people.person(*id, None, None)
    }

    fn leaves(&self, version: &SchemeVersion) -> Vec<LeafRow> {
        leaf_rows(self.page, &version.scheme, &version.difference)
    }
}
