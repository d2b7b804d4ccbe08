//! One account: who it is for, what its roles may do, and the forms that change, disable or erase it, with what follows
//! from that first.

use crate::service::people::people_file::PersonFile;
use crate::service::people::users::ChangeUser;
use crate::service::running::runner::Answered;
use crate::web::api::people::users::{PersonalDataErasure, UserChange};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Conflict, Sides, Warning, builder, over, told, typed_with_labels, whole};
use crate::web::portal::sent::{DONE, Sent};
use actix_web::web::Query;
use askama::Template;
use domain::base::permission::Role;

const FORM: &str = "person";
const FIELDS: &[&str] = &["/name", "/roles", "/organisation_id", "/disabled"];
/// The form that erases name and address.
const ERASE: &str = "erase";

#[derive(Template)]
#[template(path = "templates/people/person.html", config = "src/web/askama.toml")]
struct PersonPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: PersonFile,
    notice: Option<Notice>,
    warning: Option<Warning>,
    form: Form,
    erase: Form,
}

/// The page of one account.
pub async fn person_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("user:{}", file.user.id)]).await?;
    page.show(&view(&page, file, notice, None))
}

async fn read(page: &Page, at: &At) -> Result<PersonFile, Problem> {
    let id = at.1.parse().map_err(|_| Problem::edge("not_found", "there is no such account"))?;
    Ok(page.web.service.person_file(page.caller()?, id).await?)
}

fn record(file: &PersonFile) -> String {
    format!("/people/{}", file.user.id)
}

/// The form, filled with what the account has unless it comes back with what was typed.
fn form_of(page: &Page, file: &PersonFile, trouble: Option<&Trouble>) -> Form {
    let form = Form::new(page, FORM, &format!("{}/change", record(file)), FIELDS, trouble);
    let form = form.labelled([("/organisation_id", "field-organisation_id")]).on_version(file.user.version);
    if trouble.is_some() {
        return form;
    }
    let user = &file.user;
    let roles = user.roles.0.iter().map(|role| ("each:/roles".to_owned(), role.to_string()));
    let company = user.organisation_id.map(|id| ("maybe:/organisation_id".to_owned(), id.to_string()));
    let disabled = if user.disabled_at.is_some() { "true" } else { "false" };
    let rest = [("/name".to_owned(), user.name.clone()), ("either:/disabled".to_owned(), disabled.to_owned())];
    form.with_values(roles.chain(company).chain(rest).collect())
}

fn frame_of(page: &Page, title: String, wrong: bool) -> Frame {
    let mut frame = Frame { wrong, ..page.frame(title) };
    frame.crumbs.push(page.crumb("title-people", "/people"));
    frame
}

fn view<'a>(page: &'a Page, file: PersonFile, notice: Option<Notice>, trouble: Option<&Trouble>) -> PersonPage<'a> {
    let form = form_of(page, &file, trouble.filter(|trouble| trouble.form == FORM));
    let erase = erase_form(page, &file, trouble);
    let own = |trouble: &Trouble| if trouble.form == ERASE { &erase } else { &form };
    let warning = trouble.map(|trouble| Warning::of(trouble, own(trouble), page.language));
    let frame = frame_of(page, title_of(page, &file), warning.is_some());
    PersonPage { page, frame, file, notice, warning, form, erase }
}

/// The title names the person; an erased account has no name any more.
fn title_of(page: &Page, file: &PersonFile) -> String {
    if file.user.erased_at.is_some() {
        page.t("title-person")
    } else {
        page.t1("title-person-of", "name", &file.user.name)
    }
}

fn erase_form(page: &Page, file: &PersonFile, trouble: Option<&Trouble>) -> Form {
    let form = Form::new(page, ERASE, &format!("{}/erasure", record(file)), &["/reference"], trouble);
    form.labelled([("/reference", "erase-reference")]).on_version(file.user.version)
}

/// Changes or disables the account.
pub async fn change(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.user.id;
    let make = |UserChange { name, roles, organisation_id, disabled }, seen_version| {
        Ok(ChangeUser { id, seen_version, name, roles, organisation_id, disabled })
    };
    let done = sent.act(make).await;
    sent.answer(done, &record(&file), FORM, |page, trouble| again(page, at, trouble)).await
}

/// Erases name and address for good.
pub async fn erase(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let done = erased(&sent, &file).await;
    sent.answer(done, &record(&file), ERASE, |page, trouble| again(page, at, trouble)).await
}

async fn erased(sent: &Sent, file: &PersonFile) -> Result<Answered, Problem> {
    let (PersonalDataErasure { reference }, call) = sent.call()?;
    let (id, seen) = (file.user.id, sent.typed.version()?);
    sent.about.get_or_init(|| format!("user:{id}"));
    Ok(sent.page.web.service.erase_personal_data(call, id, seen, reference, |_| DONE.to_owned()).await?)
}

async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file, was.as_ref(), &trouble);
    }
    let shown = view(&page, file, None, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, file: &PersonFile, was: Option<&PersonFile>, trouble: &Trouble) -> Reply {
    let erases = trouble.form == ERASE;
    let form = Form::new(page, FORM, &format!("{}/change", record(file)), FIELDS, None).on_version(file.user.version);
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let shown = Conflict {
        frame: frame_of(page, page.t("title-conflict"), true),
        yours: typed_with_labels(page, &trouble.typed).into_iter().map(|row| with_company(file, row)).collect(),
        theirs: Sides::of(page, was, file, as_it_is),
        form: if erases { erase_form(page, file, None) } else { form },
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.t(if erases { "do-erase" } else { "do-change-person" })),
        over: over(page, Some(file.erasure_refused.as_ref().filter(|_| erases))),
        record: page.to(&record(file)),
        page,
    };
    shown.answer(&trouble.problem)
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &PersonFile) -> Vec<(String, String)> {
    let roles: Vec<String> = file.user.roles.0.iter().map(|role| page.word("role", role)).collect();
    let disabled = if file.user.disabled_at.is_some() { "answer-yes" } else { "answer-no" };
    vec![
        (page.t("field-name"), file.user.name.clone()),
        (page.t("label-roles"), roles.join(", ")),
        (page.t("field-disabled"), page.t(disabled)),
    ]
}

/// A company that was chosen, by its name.
fn with_company(file: &PersonFile, (label, text): (String, String)) -> (String, String) {
    let company = file.companies.iter().find(|(id, _)| *id == text);
    (label, company.map_or(text.clone(), |(_, name)| name.clone()))
}

impl PersonPage<'_> {
    fn all_roles(&self) -> &'static [Role] {
        Role::ALL
    }

    fn roles(&self) -> Vec<(String, String)> {
        let told = |role: &Role| (self.page.word("role", role), self.page.word("role-does", role));
        self.file.user.roles.0.iter().map(told).collect()
    }

    /// Why name and address cannot be erased now.
    fn not_erasable(&self) -> Option<Said> {
        let refusal = self.file.erasure_refused.clone()?;
        Some(told(&Problem::from(refusal), self.page.language))
    }

    fn is_erased(&self) -> bool {
        self.file.user.erased_at.is_some()
    }
}
