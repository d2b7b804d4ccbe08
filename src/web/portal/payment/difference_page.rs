//! One difference: the record beside the line of the bank, and the forms of the two people who settle it.

use crate::service::payment::bank_differences::{ProposeDifferenceSettlement, SettleDifference};
use crate::service::payment::reconciliation::{DifferenceAct, NextDifferenceAct, WholeDifference};
use crate::service::running::runner::{Answered, Command};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::Typed;
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::bank_ways::frame_below;
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::payment::{bank_words, scroll_page};
use crate::web::portal::problem_page::{Conflict, Sides, Warning, builder, over, whole};
use crate::web::portal::reference;
use crate::web::portal::sent::Sent;
use crate::web::portal::texts::Language;
use crate::web::portal::worklist::waits::{self, Wait};
use actix_web::web::{Path, Query};
use askama::Template;
use domain::base::calendar::Timestamp;
use domain::base::id::{BankDifferenceId, UserId};
use domain::base::permission::Step;
use domain::payment::bank_difference::{
    DifferenceDecision, DifferenceProposal, DifferenceResolution, DifferenceSettlement,
};
use domain::people::office::PersonThere;

/// The language and the difference of an address.
type At = Path<(Language, BankDifferenceId)>;

/// A step that the reader may take, or may not for a reason that is told.
struct NextForm {
    act: DifferenceAct,
    form: Form,
    refusal: Option<Said>,
}

#[derive(Template)]
#[template(path = "templates/payment/difference.html", config = "src/web/askama.toml")]
struct DifferencePage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeDifference,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm>,
}

/// The address of a difference, after the language.
pub fn record_of(id: BankDifferenceId) -> String {
    format!("/differences/{id}")
}

/// The page of one difference.
pub async fn difference_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("bank_difference:{}", at.1)]).await?;
    page.show(&view(&page, file, notice, None))
}

async fn read(page: &Page, at: &At) -> Result<WholeDifference, Problem> {
    Ok(page.web.service.difference_file(page.caller()?, at.1).await?)
}

fn frame_of(page: &Page, title: String, wrong: bool) -> Frame {
    Frame { wrong, ..frame_below(page, title, "title-differences", "/differences") }
}

fn view<'a>(
    page: &'a Page,
    file: WholeDifference,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> DifferencePage<'a> {
    page.knows(&file.who_can);
    let next: Vec<NextForm> = file.next.iter().map(|next| next_form(page, &file, next, trouble)).collect();
    let warning = trouble.map(|trouble| match next.iter().find(|next| next.form.name == trouble.form) {
        Some(next) => Warning::of(trouble, &next.form, page.language),
        None => Warning::of(trouble, &form_of(page, &file, act_of(trouble), Some(trouble)), page.language),
    });
    let title = page.t1("title-difference", "kind", page.word("finding", file.difference.kind));
    DifferencePage { frame: frame_of(page, title, warning.is_some()), page, file, notice, warning, next }
}

/// The operation of an act.
fn command_of(act: DifferenceAct) -> &'static str {
    match act {
        DifferenceAct::Propose => ProposeDifferenceSettlement::NAME,
        DifferenceAct::Settle => SettleDifference::NAME,
    }
}

fn next_form(page: &Page, file: &WholeDifference, next: &NextDifferenceAct, trouble: Option<&Trouble>) -> NextForm {
    let refusal = next.refusal.as_ref().map(|refusal| page.told_here(refusal, command_of(next.act)));
    let form = form_of(page, file, next.act, trouble).on_version(file.difference.version);
    NextForm { act: next.act, form, refusal }
}

fn form_of(page: &Page, file: &WholeDifference, act: DifferenceAct, trouble: Option<&Trouble>) -> Form {
    let (path, fields): (&str, &'static [&'static str]) = match act {
        DifferenceAct::Propose => ("proposal", &["/resolution", "/reason", "/reference"]),
        DifferenceAct::Settle => ("settlement", &["/outcome", "/note"]),
    };
    let form = Form::new(page, act.as_str(), &format!("{}/{path}", record_of(file.difference.id)), fields, trouble);
    form.labelled([
        ("/resolution", "difference-resolution"),
        ("/reference", "difference-reference"),
        ("/reason", "field-reason"),
        ("/outcome", "label-decision"),
        ("/note", "field-note"),
    ])
}

fn act_of(trouble: &Trouble) -> DifferenceAct {
    trouble.form.parse().unwrap_or(DifferenceAct::Propose)
}

/// One person proposes how it is settled.
pub async fn propose(sent: Sent, at: At) -> Reply {
    let id = at.1;
    let command = |form: DifferenceProposal, seen_version| Ok(ProposeDifferenceSettlement { id, seen_version, form });
    let done = sent.act(command).await;
    answer(sent, at, DifferenceAct::Propose, done).await
}

/// Another person settles it, or returns the proposal.
pub async fn settle(sent: Sent, at: At) -> Reply {
    let id = at.1;
    let done =
        sent.act(|form: DifferenceSettlement, seen_version| Ok(SettleDifference { id, seen_version, form })).await;
    answer(sent, at, DifferenceAct::Settle, done).await
}

async fn answer(sent: Sent, at: At, act: DifferenceAct, done: Result<Answered, Problem>) -> Reply {
    let record = record_of(at.1);
    sent.answer(done, &record, act.as_str(), |page, trouble| again(page, at, trouble)).await
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

fn conflict(page: &Page, file: &WholeDifference, was: Option<&WholeDifference>, trouble: &Trouble) -> Reply {
    let (act, difference) = (act_of(trouble), &file.difference);
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let shown = Conflict {
        frame: frame_of(page, page.t("title-conflict"), true),
        yours: yours(page, &trouble.typed),
        theirs: Sides::of(page, was, file, as_it_is),
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.word("difference-do", act)),
        over: over(page, file.next.iter().find(|next| next.act == act).map(|next| next.refusal.as_ref())),
        record: page.to(&record_of(difference.id)),
        form: form_of(page, file, act, None).on_version(difference.version),
        page,
    };
    shown.answer(&trouble.problem)
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &WholeDifference) -> Vec<(String, String)> {
    let difference = &file.difference;
    let mut rows = vec![(page.t("label-status"), page.word("difference-status", difference.status))];
    rows.extend(difference.resolution.map(|one| (page.t("difference-resolution"), page.word("resolution", one))));
    rows.extend(difference.reason.clone().map(|reason| (page.t("field-reason"), reason)));
    rows.extend(difference.note.clone().map(|note| (page.t("field-note"), note)));
    rows
}

/// What was typed, with labels.
fn yours(page: &Page, typed: &Typed) -> Vec<(String, String)> {
    let row = |(name, text): (&str, &str)| match name.rsplit('/').next().unwrap_or_default() {
        "resolution" => {
            let word = text.parse::<DifferenceResolution>().map(|word| page.word("resolution", word));
            (page.t("difference-resolution"), word.unwrap_or_else(|_| text.to_owned()))
        }
        "outcome" => {
            let word = text.parse::<DifferenceDecision>().map(|word| page.word("difference-outcome", word));
            (page.t("label-decision"), word.unwrap_or_else(|_| text.to_owned()))
        }
        "reference" => (page.t("difference-reference"), text.to_owned()),
        "note" => (page.t("field-note"), text.to_owned()),
        _ => (page.t("field-reason"), text.to_owned()),
    };
    typed.shown_again().filter(|(_, text)| !text.is_empty()).map(row).collect()
}

impl DifferencePage<'_> {
    fn colour(&self) -> &'static str {
        colour::of(self.file.difference.status)
    }

    fn waits(&self) -> Vec<Wait> {
        waits::or_nobody(self.page, &self.file.waiting, self.file.today)
    }

    fn detail(&self, detail: &str) -> Said {
        bank_words::of_scroll(self.page, detail)
    }

    fn scroll_address(&self) -> String {
        self.page.to(&scroll_page::record_of(self.file.scroll.id))
    }

    fn payment_address(&self, number: &str) -> String {
        self.page.to(&format!("/payments/{}", reference::in_address(number)))
    }

    fn who(&self, id: &UserId, at: &Option<Timestamp>, step: Step) -> Option<PersonThere> {
        self.file.people.person(*id, *at, Some(step))
    }

    fn resolutions(&self) -> &'static [DifferenceResolution] {
        DifferenceResolution::ALL
    }

    fn decisions(&self) -> &'static [DifferenceDecision] {
        DifferenceDecision::ALL
    }
}
