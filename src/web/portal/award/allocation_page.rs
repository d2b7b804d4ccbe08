//! One allocation: the scheme whose bids competed, how much capacity the run gave and what is left of it, each bid and
//! what became of it, who drafted, concurred and published, and the forms of whoever comes next.

use crate::service::award::allocation_file::{AllocationAct, BidRow, NextAllocationAct, WholeAllocation};
use crate::service::award::allocations::{ConcurAllocation, PublishAllocation, WithdrawAllocation};
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::{Act, Field, Kind, NextForm, Place, conflict, reference_of, warning_of};
use crate::web::portal::award::allocation_acts::rehearsed;
use crate::web::portal::award::loss_words::why_lost;
use crate::web::portal::colour;
use crate::web::portal::field::Trouble;
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Sides, Warning, builder, whole};
use crate::web::portal::reference;
use crate::web::portal::worklist::waits::{self, Wait};
use actix_web::web::Query;
use askama::Template;
use domain::award::allocation::{AllocationStatus, AllocationStep};
use domain::award::allocation_statement::{BidResult, LossReason, Outcome};
use domain::base::permission::Step;
use domain::people::office::PersonThere;
use domain::worklist::matter::MatterKind;
use futures_util::future::join_all;

#[derive(Template)]
#[template(path = "templates/award/allocation.html", config = "src/web/askama.toml")]
struct AllocationPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: &'a WholeAllocation,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm<AllocationAct>>,
}

impl Act for AllocationAct {
    fn name(self) -> &'static str {
        self.as_str()
    }

    fn fields(self) -> &'static [Field] {
        match self {
            AllocationAct::Concur | AllocationAct::Publish => &[Field("/note", "field-note", Kind::Text)],
            AllocationAct::Withdraw => &[Field("/reason", "field-reason", Kind::Text)],
        }
    }

    fn path(self) -> &'static str {
        match self {
            AllocationAct::Concur => "concurrence",
            AllocationAct::Publish => "publication",
            AllocationAct::Withdraw => "withdrawal",
        }
    }

    fn command(self) -> &'static str {
        match self {
            AllocationAct::Concur => ConcurAllocation::NAME,
            AllocationAct::Publish => PublishAllocation::NAME,
            AllocationAct::Withdraw => WithdrawAllocation::NAME,
        }
    }
}

/// The page of one allocation.
pub async fn allocation_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("allocation:{}", file.allocation.id)]).await?;
    page.show(&view(&page, &file, notice, None).await)
}

/// The allocation that an address names.
pub async fn read(page: &Page, at: &At) -> Result<WholeAllocation, Problem> {
    let missing = || Problem::edge("not_found", "there is no such allocation");
    Ok(page.web.service.allocation_file(page.caller()?, reference_of(&at.1).ok_or_else(missing)?).await?)
}

/// The address of an allocation after the language.
pub fn record_of(number: &str) -> String {
    format!("/allocations/{}", reference::in_address(number))
}

fn frame_of(page: &Page, title: String) -> Frame {
    let mut frame = page.frame(title);
    frame.crumbs.push(page.crumb("title-allocations", "/allocations"));
    frame
}

async fn view<'a>(
    page: &'a Page,
    file: &'a WholeAllocation,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> AllocationPage<'a> {
    page.is_about(MatterKind::Allocation, file.allocation.id);
    page.knows(&file.who_can);
    let next = join_all(file.next.iter().map(|next| next_form(page, file, next, trouble))).await;
    let warning = warning_of(page, trouble, &next);
    let frame = frame_of(page, page.t1("title-allocation", "number", &file.allocation.number));
    AllocationPage { frame: Frame { wrong: warning.is_some(), ..frame }, page, file, notice, warning, next }
}

async fn next_form(
    page: &Page,
    file: &WholeAllocation,
    next: &NextAllocationAct,
    trouble: Option<&Trouble>,
) -> NextForm<AllocationAct> {
    let record = record_of(&file.allocation.number);
    let at = Place { record: &record, version: file.allocation.version };
    let made = NextForm::new(page, next.act, &at, next.refusal.as_ref(), trouble);
    if made.refusal.is_some() { made } else { made.with_effect(rehearsed(page, file, next.act).await) }
}

/// The page again after a form was not taken: with what is wrong, or, if somebody else was faster, with both sides.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        let theirs = Sides::of(&page, was.as_ref(), &file, as_it_is);
        let record = record_of(&file.allocation.number);
        let place = Place { record: &record, version: file.allocation.version };
        let frame = frame_of(&page, page.t("title-conflict"));
        let button = |act: AllocationAct| page.word("allocation-do", act);
        let still =
            |act: AllocationAct| file.next.iter().find(|next| next.act == act).map(|next| next.refusal.as_ref());
        return conflict(&page, frame, &trouble, &place, button, theirs, still);
    }
    let shown = view(&page, &file, None, Some(&trouble)).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &WholeAllocation) -> Vec<(String, String)> {
    let allocation = &file.allocation;
    let mut rows = vec![(page.t("label-status"), page.word("allocation-status", allocation.status))];
    let steps = [&allocation.concurrence, &allocation.publication, &allocation.withdrawal];
    if let Some(step) = steps.into_iter().flatten().max_by_key(|step| step.taken_at) {
        rows.push((page.t("label-when"), page.instant(&step.taken_at)));
        rows.push((page.t("field-note"), step.note.clone()));
    }
    rows
}

/// A step that was taken on a run, as its page shows it.
struct StepTaken<'a> {
    name: String,
    step: &'a AllocationStep,
    who: Option<PersonThere>,
}

impl AllocationPage<'_> {
    fn why_lost(&self, reason: &LossReason) -> Said {
        why_lost(self.page, reason)
    }

    fn colour(&self) -> &'static str {
        colour::of(self.file.allocation.status)
    }

    fn waits(&self) -> Vec<Wait> {
        waits::all_in_words(self.page, &self.file.waiting, self.file.today)
    }

    /// Only a published run has given anything.
    fn is_published(&self) -> bool {
        self.file.allocation.status == AllocationStatus::Published
    }

    fn scheme_address(&self) -> String {
        self.page.to(&format!("/schemes/{}", self.file.allocation.scheme_code))
    }

    /// The version of the scheme whose bids competed.
    fn scheme(&self) -> String {
        let allocation = &self.file.allocation;
        let values = [("code", allocation.scheme_code.clone()), ("version", allocation.scheme_version.to_string())];
        self.page.language.text_with("allocation-scheme-version", &values)
    }

    /// Whether the reader may open the pages of schemes.
    fn may_see_schemes(&self) -> bool {
        self.page.may(crate::service::revision::scheme_drafts::READ_PERMISSION)
    }

    fn run_address(&self, number: &str) -> String {
        self.page.to(&record_of(number))
    }

    fn budget_address(&self) -> String {
        self.page.to(&format!("/budget?scheme={}", self.file.allocation.scheme_code))
    }

    fn application_address(&self, result: &BidResult) -> String {
        self.page.to(&format!("/applications/{}", reference::in_address(&result.bid.number)))
    }

    fn award_address(&self, number: &str) -> String {
        self.page.to(&format!("/awards/{}", reference::in_address(number)))
    }

    /// What a bid asked for: capacity, and the incentive for a kilogram.
    fn asked(&self, bid: &BidRow) -> String {
        let asked = &bid.result.bid;
        let values =
            [("capacity", self.page.tonnes(&asked.capacity_mtpa)), ("rate", asked.rate_paise_per_kg.to_string())];
        self.page.language.text_with("allocation-asked-at", &values)
    }

    /// The award that a bid has now.
    fn award_of<'b>(&self, bid: &'b BidRow) -> Option<&'b str> {
        bid.became.as_ref()?.award.as_ref().map(|(number, _)| number.as_str())
    }

    /// What became of an allotment without an award; a dash where nothing was allotted.
    fn without_award(&self, bid: &BidRow) -> String {
        let place = bid.became.as_ref().and_then(|became| became.place.as_ref());
        match (bid.result.outcome, place.map(|place| place.outcome)) {
            (Outcome::Allotted, Some(Outcome::Surrendered)) => self.page.t("place-surrendered"),
            (Outcome::Allotted, _) if self.is_published() => self.page.t("allocation-award-awaited"),
            _ => "–".to_owned(),
        }
    }

    fn drafted_by(&self) -> Option<PersonThere> {
        let allocation = &self.file.allocation;
        self.file.people.person(allocation.drafted_by, Some(allocation.drafted_at), Some(Step::Prepare))
    }

    /// The steps after the draft, in their order.
    fn steps(&self) -> Vec<StepTaken<'_>> {
        let allocation = &self.file.allocation;
        let taken = [
            (AllocationStatus::Concurred, &allocation.concurrence, Some(Step::Concur)),
            (AllocationStatus::Published, &allocation.publication, Some(Step::Sanction)),
            (AllocationStatus::Withdrawn, &allocation.withdrawal, None),
        ];
        let shown = taken.into_iter().filter_map(|(status, step, as_step)| {
            let step = step.as_ref()?;
            let who = self.file.people.person(step.taken_by, Some(step.taken_at), as_step);
            Some(StepTaken { name: self.page.word("allocation-status", status), step, who })
        });
        shown.collect()
    }
}
