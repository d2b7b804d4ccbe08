//! One scheme: the version in force, every version with its computed difference to the one before, windows with the form
//! that opens one, and drafts of the next version.

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
use crate::web::portal::sent::{DONE, Sent};
use actix_web::web::Query;
use askama::Template;
use domain::base::id::{SchemeDraftId, UserId};
use domain::people::office::PersonThere;
use domain::revision::scheme_difference::LeafChange;
use serde_json::Value;

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
}

/// The address of a scheme, after the language.
pub fn record_of(code: &str) -> String {
    format!("/schemes/{code}")
}

/// The page of one scheme.
pub async fn scheme_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = page.web.service.whole_scheme(page.caller()?, at.1.clone()).await?;
    let subjects = file.windows.iter().map(|window| format!("window:{}", window.id)).collect();
    let notice = notice_of(&page, query.entry, subjects).await?;
    page.show(&SchemePage { notice, ..view(&page, file, None) })
}

fn view<'a>(page: &'a Page, file: WholeScheme, trouble: Option<&Trouble>) -> SchemePage<'a> {
    let path = format!("{}/windows", record_of(&file.in_force.code));
    let fields = &["/opens_on", "/closes_on", "/reference"];
    let form = Form::new(page, FORM, &path, fields, trouble).labelled(LABELS);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    let mut frame = Frame { wrong: warning.is_some(), ..page.frame(file.in_force.name.clone()) };
    frame.crumbs.push(page.crumb("title-schemes", "/schemes"));
    let form = page.may(OpenWindow::PERMISSION).then_some(form);
    SchemePage { page, frame, file, notice: None, warning, form }
}

/// Opens a window.
pub async fn open_window(sent: Sent, at: At) -> Reply {
    let code = at.1.clone();
    let done = opened(&sent, code.clone()).await;
    sent.answer(done, &record_of(&code), FORM, |page, trouble| again(page, at, trouble)).await
}

async fn opened(sent: &Sent, scheme_code: String) -> Result<Answered, Problem> {
    let (WindowOpening { opens_on, closes_on, reference }, call) = sent.call()?;
    let command = OpenWindow { scheme_code, opens_on, closes_on, reference };
    Ok(sent.page.web.service.execute(call, command, |_| DONE.to_owned()).await?)
}

async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = page.web.service.whole_scheme(page.caller()?, at.1.clone()).await?;
    let shown = view(&page, file, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

/// A value that differs, as text.
pub struct LeafRow {
    pub key: String,
    pub before: String,
    pub after: String,
}

/// The values that differ, as text; a dash where there is none.
pub fn leaf_rows(changes: &[LeafChange]) -> Vec<LeafRow> {
    let text = |value: &Option<Value>| match value {
        None => "–".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let row = |change: &LeafChange| LeafRow {
        key: change.key.clone(),
        before: text(&change.before),
        after: text(&change.after),
    };
    changes.iter().map(row).collect()
}

impl SchemePage<'_> {
    /// The versions, the newest first.
    fn versions(&self) -> Vec<&SchemeVersion> {
        self.file.versions.iter().rev().collect()
    }

    fn is_in_force(&self, version: &SchemeVersion) -> bool {
        version.scheme.version == self.file.in_force.version
    }

    fn draft_address(&self, id: &SchemeDraftId) -> String {
        self.page.to(&draft_page::record_of(*id))
    }

    fn who(&self, id: &UserId) -> Option<PersonThere> {
        self.file.people.person(*id, None, None)
    }

    fn leaves(&self, version: &SchemeVersion) -> Vec<LeafRow> {
        leaf_rows(&version.difference)
    }
}
