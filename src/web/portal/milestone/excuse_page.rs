//! One excuse: the days that are asked for, recommended and granted beside the delay of the milestone, the documents,
//! and the forms with which the agency examines it and the competent authority decides.

use crate::service::milestone::excuse_file::{ExcuseAct, NextExcuseAct, WholeExcuse};
use crate::service::milestone::excuses::{AskExcuse, DecideExcuse, ExamineExcuse};
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::{Act, Field, Kind, NextForm, Place, conflict, reference_of, warning_of};
use crate::web::portal::colour;
use crate::web::portal::field::Trouble;
use crate::web::portal::form::day_fields;
use crate::web::portal::milestone::excuse_acts::rehearsed;
use crate::web::portal::milestone::milestone_page;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Sides, Warning, builder, whole};
use crate::web::portal::reference;
use crate::web::portal::upload::FILES;
use crate::web::portal::worklist::waits::{self, Wait};
use actix_web::web::Query;
use askama::Template;
use domain::base::calendar::Timestamp;
use domain::base::days::Span;
use domain::base::evidence::Evidence;
use domain::base::id::UserId;
use domain::base::permission::Step;
use domain::milestone::excuse::{ExaminationOutcome, ExcuseOutcome};
use domain::people::office::PersonThere;
use domain::worklist::matter::MatterKind;
use futures_util::future::join_all;

#[derive(Template)]
#[template(path = "templates/milestone/excuse.html", config = "src/web/askama.toml")]
struct ExcusePage<'a> {
    page: &'a Page,
    frame: Frame,
    file: &'a WholeExcuse,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm<ExcuseAct>>,
}

impl Act for ExcuseAct {
    fn name(self) -> &'static str {
        self.as_str()
    }

    fn fields(self) -> &'static [Field] {
        match self {
            ExcuseAct::Ask => &[
                Field("/ground", "excuse-ground", Kind::Word("excuse-ground")),
                Field("/text", "excuse-text", Kind::Text),
                Field("/days", "excuse-days", Kind::Id),
                Field("/days/from", "claim-part-period_from", Kind::Day),
                Field("/days/to", "claim-part-period_to", Kind::Day),
                Field(FILES, "excuse-files", Kind::Id),
                Field("/evidence", "stored-documents", Kind::Id),
            ],
            ExcuseAct::Examine => &[
                Field("/outcome", "excuse-recommendation", Kind::Word("excuse-examined")),
                Field("/days", "excuse-days", Kind::Id),
                Field("/days/from", "claim-part-period_from", Kind::Day),
                Field("/days/to", "claim-part-period_to", Kind::Day),
                Field("/note", "field-note", Kind::Text),
            ],
            ExcuseAct::Decide => &[
                Field("/outcome", "label-decision", Kind::Word("excuse-decided")),
                Field("/days", "excuse-days", Kind::Id),
                Field("/days/from", "claim-part-period_from", Kind::Day),
                Field("/days/to", "claim-part-period_to", Kind::Day),
                Field("/reference", "excuse-order", Kind::Text),
                Field("/dated_on", "field-dated_on", Kind::Day),
                Field("/reasons", "field-reasons", Kind::Text),
            ],
        }
    }

    fn path(self) -> &'static str {
        match self {
            ExcuseAct::Ask => "excuses",
            ExcuseAct::Examine => "examination",
            ExcuseAct::Decide => "decision",
        }
    }

    fn command(self) -> &'static str {
        match self {
            ExcuseAct::Ask => AskExcuse::NAME,
            ExcuseAct::Examine => ExamineExcuse::NAME,
            ExcuseAct::Decide => DecideExcuse::NAME,
        }
    }
}

/// The page of one excuse.
pub async fn excuse_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("excuse:{}", file.excuse.id)]).await?;
    page.show(&view(&page, &file, notice, None).await)
}

/// The excuse that an address names, if it exists for this person.
pub async fn read(page: &Page, at: &At) -> Result<WholeExcuse, Problem> {
    let missing = || Problem::edge("not_found", "there is no such excuse");
    Ok(page.web.service.excuse_file(page.caller()?, reference_of(&at.1).ok_or_else(missing)?).await?)
}

/// The address of an excuse after the language.
pub fn record_of(number: &str) -> String {
    format!("/excuses/{}", reference::in_address(number))
}

/// Days from one to another, with their number.
pub fn span(page: &Page, days: &Span) -> String {
    let values = [("from", page.day(&days.from)), ("to", page.day(&days.to)), ("n", days.count().to_string())];
    page.language.text_with("excuse-span", &values)
}

fn frame_of(page: &Page, title: String) -> Frame {
    let mut frame = page.frame(title);
    frame.crumbs.push(page.crumb("title-excuses", "/excuses"));
    frame
}

async fn view<'a>(
    page: &'a Page,
    file: &'a WholeExcuse,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> ExcusePage<'a> {
    page.is_about(MatterKind::Excuse, file.excuse.id);
    page.knows(&file.who_can);
    let next = join_all(file.next.iter().map(|next| next_form(page, file, next, trouble))).await;
    let warning = warning_of(page, trouble, &next);
    let frame = frame_of(page, page.t1("title-excuse", "number", &file.excuse.number));
    ExcusePage { frame: Frame { wrong: warning.is_some(), ..frame }, page, file, notice, warning, next }
}

async fn next_form(
    page: &Page,
    file: &WholeExcuse,
    next: &NextExcuseAct,
    trouble: Option<&Trouble>,
) -> NextForm<ExcuseAct> {
    let record = record_of(&file.excuse.number);
    let at = Place { record: &record, version: file.excuse.version };
    let mut made = NextForm::new(page, next.act, &at, next.refusal.as_ref(), trouble);
    // The days that are on record: those that were asked for, or those that the agency recommends.
    let days = file.to_grant();
    let from = day_fields("/days/from", days.from);
    made.form = made.form.prefilled(from.into_iter().chain(day_fields("/days/to", days.to)));
    if next.act != ExcuseAct::Decide || made.refusal.is_some() {
        return made;
    }
    made.with_example(rehearsed(page, file).await)
}

/// The page again after a form was not taken: with what is wrong, or, if somebody else was faster, with both sides.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        let theirs = Sides::of(&page, was.as_ref(), &file, as_it_is);
        let record = record_of(&file.excuse.number);
        let place = Place { record: &record, version: file.excuse.version };
        let frame = frame_of(&page, page.t("title-conflict"));
        let button = |act: ExcuseAct| page.word("excuse-do", act);
        let still = |act: ExcuseAct| file.next.iter().find(|next| next.act == act).map(|next| next.refusal.as_ref());
        return conflict(&page, frame, &trouble, &place, button, theirs, still);
    }
    let shown = view(&page, &file, None, Some(&trouble)).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &WholeExcuse) -> Vec<(String, String)> {
    let excuse = &file.excuse;
    let mut rows = vec![(page.t("label-status"), page.word("excuse-status", excuse.status))];
    if let Some(examination) = &excuse.examination {
        rows.push((page.t("excuse-recommendation"), page.word("excuse-examined", examination.outcome)));
        rows.extend(examination.days.map(|days| (page.t("excuse-days"), span(page, &days))));
    }
    if let Some(decision) = &excuse.decision {
        rows.push((page.t("label-decision"), page.word("excuse-decided", decision.outcome)));
        rows.push((page.t("field-reasons"), decision.reasons.clone()));
    }
    rows
}

impl ExcusePage<'_> {
    fn colour(&self) -> &'static str {
        colour::of(self.file.excuse.status)
    }

    fn waits(&self) -> Vec<Wait> {
        waits::or_nobody(self.page, &self.file.waiting, self.file.today)
    }

    fn span(&self, days: &Span) -> String {
        span(self.page, days)
    }

    fn asked(&self) -> String {
        self.span(&self.file.excuse.asked())
    }

    fn granted(&self) -> Option<String> {
        self.file.excuse.granted().map(|days| self.span(&days))
    }

    fn who(&self, id: &UserId, at: &Timestamp, step: Step) -> Option<PersonThere> {
        self.file.people.person(*id, Some(*at), Some(step))
    }

    fn documents(&self) -> Vec<&Evidence> {
        self.file.evidence.values().collect()
    }

    fn milestone_title(&self) -> String {
        milestone_page::title_of(self.page, &self.file.milestone.milestone)
    }

    fn milestone_address(&self) -> String {
        self.page.to(&milestone_page::record_of(&self.file.award, &self.file.milestone.milestone.code))
    }

    fn award_address(&self) -> String {
        self.page.to(&format!("/awards/{}", reference::in_address(&self.file.award)))
    }

    fn days(&self, n: &i64) -> String {
        self.page.t1("milestone-days", "n", n)
    }

    fn recommendations(&self) -> &'static [ExaminationOutcome] {
        ExaminationOutcome::ALL
    }

    fn decisions(&self) -> &'static [ExcuseOutcome] {
        ExcuseOutcome::ALL
    }
}
