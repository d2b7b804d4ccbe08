//! One company: its identity, the way to everything that it has here, and its group of companies with the form that
//! records it.

use crate::service::people::organisation_file::OrganisationFile;
use crate::service::people::organisations::RecordCompanyGroup;
use crate::web::api::people::organisations::CompanyGroupRecord;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Conflict, Sides, Warning, builder, over, typed_with_labels, whole};
use crate::web::portal::sent::Sent;
use actix_web::web::Query;
use askama::Template;
use domain::base::id::OrganisationId;
use domain::people::organisation::Organisation;

const FORM: &str = "group";
const FIELDS: &[&str] = &["/company_group", "/reason"];

#[derive(Template)]
#[template(path = "templates/people/organisation.html", config = "src/web/askama.toml")]
struct OrganisationPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: OrganisationFile,
    notice: Option<Notice>,
    warning: Option<Warning>,
    form: Form,
}

/// The address of a company, after the language.
pub fn record_of(id: impl std::fmt::Display) -> String {
    format!("/organisations/{id}")
}

/// The page of one company.
pub async fn organisation_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("organisation:{}", file.organisation.id)]).await?;
    page.show(&view(&page, file, notice, None))
}

async fn read(page: &Page, at: &At) -> Result<OrganisationFile, Problem> {
    Ok(page.web.service.organisation_file(page.caller()?, id_of(at)?).await?)
}

fn id_of(at: &At) -> Result<OrganisationId, Problem> {
    at.1.parse().map_err(|_| Problem::edge("not_found", "there is no such company"))
}

/// The form, filled with the group that is recorded unless it comes back with what was typed.
fn form_of(page: &Page, of: &Organisation, trouble: Option<&Trouble>) -> Form {
    let path = format!("{}/company-group", record_of(of.id));
    let form = Form::new(page, FORM, &path, FIELDS, trouble).on_version(of.version);
    if trouble.is_some() {
        return form;
    }
    let group = of.company_group.clone().map(|name| ("maybe:/company_group".to_owned(), name));
    form.with_values(group.into_iter().collect())
}

fn view<'a>(
    page: &'a Page,
    file: OrganisationFile,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> OrganisationPage<'a> {
    let form = form_of(page, &file.organisation, trouble);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    let mut frame = Frame { wrong: warning.is_some(), ..page.frame(file.organisation.name.clone()) };
    frame.crumbs.push(page.crumb("title-find", "/find"));
    OrganisationPage { page, frame, file, notice, warning, form }
}

/// Records the group of companies, or that it belongs to none.
pub async fn record_group(sent: Sent, at: At) -> Reply {
    let id = id_of(&at)?;
    let make = |CompanyGroupRecord { company_group, reason }, seen_version| {
        Ok(RecordCompanyGroup { id, seen_version, company_group, reason })
    };
    let done = sent.act(make).await;
    sent.answer(done, &record_of(id), FORM, |page, trouble| again(page, at, trouble)).await
}

async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file.organisation, was.as_ref().map(|was| &was.organisation), &trouble);
    }
    let shown = view(&page, file, None, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, now: &Organisation, was: Option<&Organisation>, trouble: &Trouble) -> Reply {
    let typed = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let shown = Conflict {
        frame: Frame { wrong: true, ..page.frame(page.t("title-conflict")) },
        yours: typed_with_labels(page, &trouble.typed),
        theirs: Sides::of(page, was, now, as_it_is),
        form: Form::new(page, FORM, &format!("{}/company-group", record_of(now.id)), FIELDS, None)
            .on_version(now.version),
        typed: typed.collect(),
        button: page.t1("apply-mine", "act", page.t("do-record-group")),
        over: over(page, Some(None)),
        record: page.to(&record_of(now.id)),
        page,
    };
    shown.answer(&trouble.problem)
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, organisation: &Organisation) -> Vec<(String, String)> {
    let group = organisation.company_group.clone().unwrap_or_else(|| page.t("company-group-none"));
    vec![(page.t("field-company_group"), group)]
}

impl OrganisationPage<'_> {
    /// Where everything that the company has here is listed.
    fn everything(&self) -> String {
        self.page.to(&format!("/find?q={}", self.file.organisation.cin))
    }

    fn address(&self, other: &Organisation) -> String {
        self.page.to(&record_of(other.id))
    }
}
