//! One milestone: what is needed and installed, how late it is and what that costs so far, its rounds of reports with
//! inspections, queries, and the forms of what its reader may do next.

use crate::service::milestone::milestone_desk::{MilestoneAct, NextMilestoneAct, WholeMilestone};
use crate::service::milestone::milestone_queries::{RaiseMilestoneQuery, ReplyToMilestoneQuery, ReturnMilestone};
use crate::service::milestone::milestones::VerifyMilestone;
use crate::service::recovery::recovery_grounds::NOTICE_PERMISSION;
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::effect::Effect;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::Typed;
use crate::web::portal::milestone::milestone_acts::rehearsed;
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Conflict, Sides, Warning, builder, over, typed_with_labels, whole};
use crate::web::portal::reference;
use crate::web::portal::texts::Language;
use crate::web::portal::upload::FILES;
use crate::web::portal::worklist::waits::{self, Wait};
use actix_web::web::{Path, Query};
use askama::Template;
use domain::base::calendar::Timestamp;
use domain::base::evidence::Evidence;
use domain::base::id::{EvidenceId, UserId};
use domain::base::queries::QueryRounds;
use domain::correction::correction::CorrectionKind;
use domain::milestone::milestone::{Milestone, MilestoneStatus, VerificationOutcome};
use domain::people::office::PersonThere;
use domain::recovery::recovery::Recovery;
use domain::scheme::value_chain::{ChainStage, InstalledCapacity};
use domain::worklist::matter::MatterKind;
use futures_util::future::join_all;

/// The language, the award and the code of the milestone in an address.
pub type At = Path<(Language, String, String)>;

/// What the reader may do, or may not for a reason that is told.
pub struct NextForm {
    pub act: MilestoneAct,
    pub form: Form,
    pub refusal: Option<Said>,
    /// What it would do, for the inspection.
    pub effect: Option<Effect>,
}

/// One stage of the chain: what is needed, and what was last installed as verified.
pub struct StageRow {
    pub name: String,
    /// The pointer of its field in the form of the inspection.
    pub pointer: String,
    pub needed: Option<i64>,
    pub reported: Option<i64>,
}

#[derive(Template)]
#[template(path = "templates/milestone/milestone.html", config = "src/web/askama.toml")]
struct MilestonePage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeMilestone,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm>,
    stages: Vec<StageRow>,
}

/// The page of one milestone.
pub async fn milestone_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("milestone:{}", file.file.milestone.id)]).await?;
    page.show(&view(&page, file, notice, None).await)
}

/// The milestone that an address names, if it exists for this person.
pub async fn read(page: &Page, at: &At) -> Result<WholeMilestone, Problem> {
    let missing = || Problem::edge("not_found", "there is no such milestone");
    let award = reference::number_of(&at.1).ok_or_else(missing)?;
    Ok(page.web.service.milestone_file(page.caller()?, award, at.2.clone()).await?)
}

/// The address of a milestone after the language.
pub fn record_of(award: &str, code: &str) -> String {
    format!("/awards/{}/milestones/{code}", reference::in_address(award))
}

/// The address of the milestone of a file.
pub fn record(file: &WholeMilestone) -> String {
    record_of(&file.award, &file.file.milestone.code)
}

/// The title of a milestone in the language of the page.
pub fn title_of(page: &Page, milestone: &Milestone) -> String {
    page.language.milestone_title(&milestone.code, &milestone.title)
}

fn frame_of(page: &Page, title: String, wrong: bool) -> Frame {
    let mut frame = Frame { wrong, ..page.frame(title) };
    frame.crumbs.push(page.crumb("nav-milestones", "/milestones"));
    frame
}

async fn view<'a>(
    page: &'a Page,
    file: WholeMilestone,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> MilestonePage<'a> {
    page.is_about(MatterKind::Milestone, file.file.milestone.id);
    page.knows(&file.who_can);
    let next: Vec<NextForm> = join_all(file.next.iter().map(|next| next_form(page, &file, next, trouble))).await;
    let warning = trouble.map(|trouble| match next.iter().find(|next| next.form.name == trouble.form) {
        Some(next) => Warning::of(trouble, &next.form, page.language),
        None => Warning::of(trouble, &form_of(page, &file, act_of(trouble), Some(trouble)), page.language),
    });
    let title = format!("{}: {}", file.award, title_of(page, &file.file.milestone));
    MilestonePage {
        frame: frame_of(page, title, warning.is_some()),
        stages: file.stages.iter().map(|stage| stage_row(page, &file.file.milestone, stage)).collect(),
        page,
        file,
        notice,
        warning,
        next,
    }
}

fn act_of(trouble: &Trouble) -> MilestoneAct {
    trouble.form.parse().unwrap_or(MilestoneAct::Query)
}

/// The name of a stage; one of a scheme that has other stages is shown by its code.
pub fn stage_name(page: &Page, stage: &ChainStage) -> String {
    let key = format!("chain-stage-{stage}");
    if Language::has(&key) { page.t(&key) } else { stage.to_string() }
}

fn stage_row(page: &Page, milestone: &Milestone, stage: &ChainStage) -> StageRow {
    let reported = milestone.rounds.0.last().and_then(|round| round.report.installed_mtpa.0.get(stage));
    StageRow {
        name: stage_name(page, stage),
        pointer: format!("/inspection/installed_mtpa/{stage}"),
        needed: milestone.needed_mtpa.0.get(stage).copied(),
        reported: reported.copied(),
    }
}

/// The operation of an act.
fn command_of(act: MilestoneAct) -> &'static str {
    match act {
        MilestoneAct::Inspect => VerifyMilestone::NAME,
        MilestoneAct::Query => RaiseMilestoneQuery::NAME,
        MilestoneAct::Reply => ReplyToMilestoneQuery::NAME,
        MilestoneAct::Return => ReturnMilestone::NAME,
    }
}

async fn next_form(page: &Page, file: &WholeMilestone, next: &NextMilestoneAct, trouble: Option<&Trouble>) -> NextForm {
    let refusal = next.refusal.as_ref().map(|refusal| page.told_here(refusal, command_of(next.act)));
    let form = form_of(page, file, next.act, trouble).on_version(file.file.milestone.version);
    let effect = match next.act {
        MilestoneAct::Inspect if refusal.is_none() => rehearsed(page, file).await,
        _ => None,
    };
    NextForm { act: next.act, form, refusal, effect }
}

const INSPECTION: &[&str] = &[
    "/outcome",
    "/inspection/inspected_on",
    "/inspection/place",
    "/inspection/installed_mtpa",
    "/inspection/remarks",
    FILES,
];

fn form_of(page: &Page, file: &WholeMilestone, act: MilestoneAct, trouble: Option<&Trouble>) -> Form {
    let record = record(file);
    let (path, fields): (String, &'static [&'static str]) = match act {
        MilestoneAct::Inspect => (format!("{record}/verification"), INSPECTION),
        MilestoneAct::Query => (format!("{record}/queries"), &["/question"]),
        MilestoneAct::Reply => {
            let open = file.file.milestone.queries.0.last().map_or(1, |round| round.round);
            (format!("{record}/queries/{open}/reply"), &["/text", FILES])
        }
        MilestoneAct::Return => (format!("{record}/return"), &["/reasons"]),
    };
    let stages = file.stages.iter().map(|stage| format!("/inspection/installed_mtpa/{stage}"));
    let form = Form::new(page, act.as_str(), &path, fields, trouble).with_fields(stages);
    let files = if act == MilestoneAct::Inspect { "inspection-files" } else { "label-files" };
    form.labelled([("/reasons", "field-reasons-for-company"), (FILES, files)])
}

/// The page again after a form was not taken: with what is wrong, or, if somebody else was faster, with both sides.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file, was.as_ref(), &trouble);
    }
    let shown = view(&page, file, None, Some(&trouble)).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, file: &WholeMilestone, was: Option<&WholeMilestone>, trouble: &Trouble) -> Reply {
    let act = act_of(trouble);
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let milestone = &file.file.milestone;
    let shown = Conflict {
        frame: frame_of(page, page.t("title-conflict"), true),
        yours: yours(page, &trouble.typed),
        theirs: Sides::of(page, was, file, as_it_is),
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.word("milestone-do", act)),
        over: over(page, file.next.iter().find(|next| next.act == act).map(|next| next.refusal.as_ref())),
        record: page.to(&record(file)),
        form: form_of(page, file, act, None).on_version(milestone.version),
        page,
    };
    shown.answer(&trouble.problem)
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &WholeMilestone) -> Vec<(String, String)> {
    let milestone = &file.file.milestone;
    let mut rows = vec![(page.t("label-status"), page.word("milestone-status", milestone.status))];
    if let Some(round) = milestone.queries.0.last() {
        rows.push((page.t("field-question"), round.question.clone()));
        rows.extend(round.reply.as_ref().map(|reply| (page.t("field-text"), reply.text.clone())));
    }
    rows
}

/// What was typed, with labels; the outcome in the words of the page.
fn yours(page: &Page, typed: &Typed) -> Vec<(String, String)> {
    let outcome = typed.text("/outcome");
    let known = VerificationOutcome::ALL.iter().find(|known| known.as_str() == outcome);
    let said = known.map(|known| (page.t("inspection-outcome"), page.word("inspection", known)));
    let others = Typed(typed.0.iter().filter(|(name, _)| !name.ends_with("/outcome")).cloned().collect());
    said.into_iter().chain(typed_with_labels(page, &others)).collect()
}

impl MilestonePage<'_> {
    /// Where a verified milestone is opened again, for whoever may propose it.
    fn correction_address(&self) -> Option<String> {
        let milestone = &self.file.file.milestone;
        let is_verified = milestone.status == MilestoneStatus::Verified;
        let name = format!("{} {}", self.file.award, milestone.code);
        self.page.correction_address(CorrectionKind::ReopenMilestone, &name, is_verified)
    }

    /// Where a section officer asks for damages, once it is late.
    fn notice_address(&self) -> Option<String> {
        let may = self.page.may(NOTICE_PERMISSION) && self.file.file.standing.days_late > 0;
        may.then(|| self.page.to(&format!("{}/notice", record(&self.file))))
    }

    fn recovery_address(&self, notice: &Recovery) -> String {
        self.page.to(&format!("/recoveries/{}", reference::in_address(&notice.number)))
    }

    fn notice_colour(&self, notice: &Recovery) -> &'static str {
        colour::of(notice.status)
    }

    /// What a notice asked, and for which days.
    fn notice_said(&self, notice: &Recovery) -> String {
        let asked = notice.notice.as_ref().map_or(notice.amount_paise, |issued| issued.asked_paise);
        match &notice.damages {
            Some(damages) => {
                let days = [("from", self.page.day(&damages.from)), ("to", self.page.day(&damages.to))];
                let values: Vec<(&str, String)> = days.into_iter().chain([("amount", asked.to_string())]).collect();
                self.page.language.text_with("milestone-notice-asked", &values)
            }
            None => asked.to_string(),
        }
    }

    /// The address of the record itself.
    fn record(&self) -> String {
        self.page.to(&record(&self.file))
    }

    fn colour(&self) -> &'static str {
        colour::of(self.file.file.milestone.status)
    }

    fn waits(&self) -> Vec<Wait> {
        waits::or_nobody(self.page, &self.file.waiting, self.file.today)
    }

    /// Why the agency returned the last report, while it is to be made again.
    fn why_returned(&self) -> Option<&str> {
        let milestone = &self.file.file.milestone;
        let last = milestone.rounds.0.last().filter(|_| milestone.status == MilestoneStatus::Returned)?;
        let unseen = last.returned.as_ref().map(|returned| returned.reasons.0.as_str());
        unseen.or(last.verification.as_ref().map(|inspected| inspected.inspection.remarks.as_str()))
    }

    fn award_address(&self) -> String {
        self.page.to(&format!("/awards/{}", reference::in_address(&self.file.award)))
    }

    fn excuses_address(&self) -> String {
        self.page.to(&format!("{}/excuses", record(&self.file)))
    }

    fn queries(&self) -> &QueryRounds {
        &self.file.file.milestone.queries
    }

    fn who_said(&self, id: &UserId, at: &Timestamp) -> Option<PersonThere> {
        self.file.people.person(*id, Some(*at), None)
    }

    fn reply_documents(&self, ids: &[EvidenceId]) -> Vec<&Evidence> {
        ids.iter().filter_map(|id| self.file.evidence.get(id)).collect()
    }

    /// A capacity by stage, as one line.
    fn capacity(&self, installed: &InstalledCapacity) -> String {
        let of = |(stage, mtpa): (&ChainStage, &i64)| {
            format!("{}: {}", stage_name(self.page, stage), self.page.tonnes(mtpa))
        };
        installed.0.iter().map(of).collect::<Vec<_>>().join("; ")
    }

    fn days(&self, n: &i64) -> String {
        self.page.t1("milestone-days", "n", n)
    }

    /// The outcomes that an inspection can have: a part only where the scheme counts parts.
    fn outcomes(&self) -> Vec<VerificationOutcome> {
        let can_be =
            |outcome: &&VerificationOutcome| self.file.counts_parts || **outcome != VerificationOutcome::PartlyVerified;
        VerificationOutcome::ALL.iter().filter(can_be).copied().collect()
    }
}
