//! The excuses of one milestone, and the form with which the company asks that days of its delay do not count.

use crate::service::milestone::excuse_file::{ExcuseAct, MilestoneExcuses};
use crate::service::milestone::excuses::AskExcuse;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::{Act, NextForm, Place, conflict, warning_of};
use crate::web::portal::colour;
use crate::web::portal::field::Trouble;
use crate::web::portal::milestone::excuse_page::{record_of, span};
use crate::web::portal::milestone::milestone_page::{self, At};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Sides, Warning, builder, whole};
use crate::web::portal::reference;
use crate::web::portal::upload::{SentFiles, from_place};
use actix_web::web::Query;
use askama::Template;
use domain::base::days::Span;
use domain::base::id::EvidenceId;
use domain::milestone::excuse::{Excuse, ExcuseForm, ExcuseGround};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "templates/milestone/milestone_excuses.html", config = "src/web/askama.toml")]
struct MilestoneExcusesPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: &'a MilestoneExcuses,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm<ExcuseAct>>,
}

/// The page of a milestone's excuses.
pub async fn milestone_excuses(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let subjects = file.excuses.iter().map(|excuse| format!("excuse:{}", excuse.id)).collect();
    let notice = notice_of(&page, query.entry, subjects).await?;
    page.show(&view(&page, &file, notice, None))
}

async fn read(page: &Page, at: &At) -> Result<MilestoneExcuses, Problem> {
    let missing = || Problem::edge("not_found", "there is no such milestone");
    let award = reference::number_of(&at.1).ok_or_else(missing)?;
    Ok(page.web.service.milestone_excuses(page.caller()?, award, at.2.clone()).await?)
}

/// The address of the page after the language; its form is sent to the same.
fn milestone(file: &MilestoneExcuses) -> String {
    milestone_page::record_of(&file.award, &file.milestone.milestone.code)
}

/// What is typed beside the files: documents that are stored already are chosen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    ground: ExcuseGround,
    text: String,
    days: Span,
    #[serde(default)]
    evidence: Vec<EvidenceId>,
}

impl Asked {
    /// The request, with the documents that came with it behind those that were chosen.
    fn form(&self, attached: Vec<EvidenceId>) -> ExcuseForm {
        let evidence = self.evidence.iter().copied().chain(attached).collect();
        ExcuseForm { ground: self.ground, text: self.text.clone(), days: self.days, evidence }
    }
}

/// The signatory asks for an excuse, with the documents that show its ground.
pub async fn ask(mut sent: SentFiles, at: At) -> Reply {
    let file = read(&sent.sent.page, &at).await?;
    let milestone_id = file.milestone.milestone.id;
    let attached = sent.count();
    let check = |asked: &Asked| asked.form(Vec::new()).check_with(attached);
    let make = |asked: Asked, seen_version, files| AskExcuse { milestone_id, seen_version, form: asked.form(files) };
    let done = sent.act_on_version(check, make).await.map_err(|problem| from_place("/evidence", problem));
    let record = format!("{}/excuses", milestone(&file));
    sent.answer(done, &record, ExcuseAct::Ask.name(), |page, trouble| again(page, at, trouble)).await
}

fn frame_of(page: &Page, file: &MilestoneExcuses, title: String) -> Frame {
    let mut frame = page.frame(title);
    frame.crumbs.push(page.crumb("nav-milestones", "/milestones"));
    let mut crumb = page.crumb("nav-milestones", &milestone(file));
    crumb.text = milestone_page::title_of(page, &file.milestone.milestone);
    frame.crumbs.push(crumb);
    frame
}

fn view<'a>(
    page: &'a Page,
    file: &'a MilestoneExcuses,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> MilestoneExcusesPage<'a> {
    let record = milestone(file);
    let place = Place { record: &record, version: file.milestone.milestone.version };
    let ask = file.may_ask.then(|| NextForm::new(page, ExcuseAct::Ask, &place, None, trouble));
    let next: Vec<_> = ask.into_iter().collect();
    let warning = warning_of(page, trouble, &next);
    let title = milestone_page::title_of(page, &file.milestone.milestone);
    let frame = frame_of(page, file, page.t1("title-excuses-of", "milestone", title));
    MilestoneExcusesPage { frame: Frame { wrong: warning.is_some(), ..frame }, page, file, notice, warning, next }
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &MilestoneExcuses) -> Vec<(String, String)> {
    vec![(page.t("label-status"), page.word("milestone-status", file.milestone.milestone.status))]
}

/// The page again after the form was not taken.
async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let record = milestone(&file);
        let place = Place { record: &record, version: file.milestone.milestone.version };
        let frame = frame_of(&page, &file, page.t("title-conflict"));
        let button = |act: ExcuseAct| page.word("excuse-do", act);
        let was = page.as_seen(read(&page, &at)).await;
        let theirs = Sides::of(&page, was.as_ref(), &file, as_it_is);
        return conflict(&page, frame, &trouble, &place, button, theirs, |_| file.may_ask.then_some(None));
    }
    let shown = view(&page, &file, None, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl MilestoneExcusesPage<'_> {
    fn award_address(&self) -> String {
        self.page.to(&format!("/awards/{}", reference::in_address(&self.file.award)))
    }

    fn address(&self, excuse: &Excuse) -> String {
        self.page.to(&record_of(&excuse.number))
    }

    fn asked(&self, excuse: &Excuse) -> String {
        span(self.page, &excuse.asked())
    }

    fn granted(&self, excuse: &Excuse) -> Option<String> {
        excuse.granted().map(|days| span(self.page, &days))
    }

    fn colour(&self, excuse: &Excuse) -> &'static str {
        colour::of(excuse.status)
    }

    fn days(&self, n: &i64) -> String {
        self.page.t1("milestone-days", "n", n)
    }

    fn grounds(&self) -> &'static [ExcuseGround] {
        ExcuseGround::ALL
    }
}
