//! One claim, whole: with whom it lies, from the amount claimed to the amount payable, its lines and documents, what
//! agency and company said to each other, and the forms of what its reader may do next.

use crate::service::budget::budget_instruments::ProposeBudgetInstrument;
use crate::service::claim::claim_file::{ClaimAct, ClaimReference, NextClaimAct, WholeClaim};
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::claim_acts::{command_of, rehearsed_release};
use crate::web::portal::claim::claim_changes::{changes_of, with_file_names};
use crate::web::portal::claim::claim_correction::rehearsed_submission;
use crate::web::portal::claim::claim_turn::{self, Ended, ToVerifyAgain};
use crate::web::portal::colour;
use crate::web::portal::effect::Effect;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::bank_ways::warning_of;
use crate::web::portal::payment::tranche_page::{At, Notice, notice_of};
use crate::web::portal::problem_page::{Change, Conflict, Sides, Warning, builder, over, typed_with_labels, whole};
use crate::web::portal::reference;
use crate::web::portal::text_upload::FILE;
use crate::web::portal::upload::FILES;
use crate::web::portal::worklist::waits::Wait;
use actix_web::web::Query;
use askama::Template;
use domain::base::calendar::Timestamp;
use domain::base::desk::Desk;
use domain::base::evidence::Evidence;
use domain::base::field_change::changes;
use domain::base::id::{EvidenceId, UserId};
use domain::base::permission::Step;
use domain::base::queries::QueryRounds;
use domain::claim::claim::{Claim, ClaimLineRecord, ClaimStatus};
use domain::claim::claim_lines_file::AMOUNT_COLUMN;
use domain::claim::claim_return::ClaimReturnView;
use domain::claim::statement::Statement;
use domain::payment::tranche::TrancheStatus;
use domain::people::office::PersonThere;
use domain::worklist::matter::MatterKind;
use futures_util::future::join_all;
use serde::Deserialize;

/// The field of the amount that is claimed with other lines.
const AMOUNT: &str = "/amount_claimed_paise";
/// How many lines a page shows.
const LINES: usize = 100;

/// Which part of a claim is shown, and the entry of the log of which the page gives notice.
#[derive(Default, Deserialize)]
pub struct ClaimQuery {
    entry: Option<i64>,
    /// The page of its lines, from 1.
    lines: Option<usize>,
}

/// What the reader may do, or may not for a reason that is told.
pub struct NextForm {
    pub act: ClaimAct,
    pub form: Form,
    pub refusal: Option<Said>,
    /// What it would do, where it moves money at once.
    pub effect: Option<Effect>,
}

#[derive(Template)]
#[template(path = "templates/claim/claim.html", config = "src/web/askama.toml")]
struct ClaimPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeClaim,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm>,
    /// The page of lines that is shown, from 1.
    lines_at: usize,
    /// Whether a file was chosen that must be chosen again.
    choose_again: bool,
}

/// The page of one claim.
pub async fn claim_page(page: Page, at: At, query: Query<ClaimQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("claim:{}", file.claim.id)]).await?;
    page.show(&view(&page, file, notice, (None, false), query.lines.unwrap_or(1)).await)
}

/// How an address names a claim.
pub fn reference_of(at: &At) -> Result<ClaimReference, Problem> {
    let missing = || Problem::edge("not_found", "there is no such claim");
    match at.1.parse() {
        Ok(id) => Ok(ClaimReference::Id(id)),
        Err(_) => Ok(ClaimReference::Number(reference::number_of(&at.1).ok_or_else(missing)?)),
    }
}

/// The claim that an address names, if it exists for this person.
pub async fn read(page: &Page, at: &At) -> Result<WholeClaim, Problem> {
    Ok(page.web.service.claim_file(page.caller()?, reference_of(at)?).await?)
}

/// The address of a claim after the language.
pub fn record_of(claim: &Claim) -> String {
    format!("/claims/{}", reference::in_address(&claim.name()))
}

/// The frame of a page of one claim.
pub fn frame_of(page: &Page, claim: &Claim, title: String, below: bool) -> Frame {
    let mut frame = page.frame(title);
    frame.crumbs.push(page.crumb("nav-claims", "/claims"));
    if below {
        let mut crumb = page.crumb("nav-claims", &record_of(claim));
        crumb.text = claim.name();
        frame.crumbs.push(crumb);
    }
    frame
}

/// The title of the page of a claim; a draft has no number yet.
pub fn title_of(page: &Page, claim: &Claim) -> String {
    claim.number.as_ref().map_or_else(|| page.t("title-claim-draft"), |number| page.t1("title-claim", "number", number))
}

async fn view<'a>(
    page: &'a Page,
    file: WholeClaim,
    notice: Option<Notice>,
    (trouble, chosen): (Option<&Trouble>, bool),
    lines_at: usize,
) -> ClaimPage<'a> {
    page.is_about(MatterKind::Claim, file.claim.id);
    page.knows(&file.who_can);
    let next: Vec<NextForm> = join_all(file.next.iter().map(|next| next_form(page, &file, next, trouble))).await;
    let warning = trouble.map(|trouble| {
        let own = next.iter().find(|next| next.form.name == trouble.form);
        match own {
            Some(next) if next.act == ClaimAct::Lines => {
                warning_of(trouble, &next.form, page.language, if chosen { FILE } else { "/text" })
            }
            Some(next) => Warning::of(trouble, &next.form, page.language),
            None => Warning::of(trouble, &form_of(page, &file, act_of(trouble), Some(trouble)), page.language),
        }
    });
    let mut frame = frame_of(page, &file.claim, title_of(page, &file.claim), false);
    frame.wrong = warning.is_some();
    let pages = file.lines.len().div_ceil(LINES).max(1);
    ClaimPage { page, frame, file, notice, warning, next, lines_at: lines_at.clamp(1, pages), choose_again: chosen }
}

fn act_of(trouble: &Trouble) -> ClaimAct {
    trouble.form.parse().unwrap_or(ClaimAct::Query)
}

async fn next_form(page: &Page, file: &WholeClaim, next: &NextClaimAct, trouble: Option<&Trouble>) -> NextForm {
    let form = form_of(page, file, next.act, trouble).on_version(file.claim.version);
    let effect = match (next.act, &next.refusal) {
        (ClaimAct::Release, None) => Some(rehearsed_release(page, &file.claim).await),
        (ClaimAct::Submit, None) => Some(rehearsed_submission(page, &file.claim).await),
        _ => None,
    };
    let refusal = match &effect {
        Some(effect) => effect.refusal().cloned(),
        None => next.refusal.as_ref().map(|refusal| page.told_here(refusal, command_of(next.act))),
    };
    NextForm { act: next.act, form, refusal, effect }
}

fn form_of(page: &Page, file: &WholeClaim, act: ClaimAct, trouble: Option<&Trouble>) -> Form {
    let record = record_of(&file.claim);
    let (path, fields): (String, &'static [&'static str]) = match act {
        ClaimAct::Verify => (format!("{record}/verification"), &[]),
        ClaimAct::Query => (format!("{record}/queries"), &["/question"]),
        ClaimAct::Reply => {
            let open = file.claim.queries.0.last().map_or(1, |round| round.round);
            (format!("{record}/queries/{open}/reply"), &["/text", FILES])
        }
        ClaimAct::Return => (format!("{record}/return"), &["/reasons", "/note"]),
        ClaimAct::Release => (format!("{record}/tranches"), &[]),
        ClaimAct::Lines => (format!("{record}/lines"), &[FILE, "/text", AMOUNT]),
        ClaimAct::Submit => (format!("{record}/submission"), &[]),
    };
    let form = Form::new(page, act.as_str(), &path, fields, trouble)
        .labelled([("/reasons", "field-reasons-for-company"), (FILES, "label-files")]);
    if act != ClaimAct::Lines {
        return form;
    }
    let labels =
        [(FILE, "label-text-file"), ("/text", "claim-lines-pasted"), (AMOUNT, "claim-part-amount_claimed_paise")];
    let form = form.labelled(labels);
    if trouble.is_some_and(|trouble| trouble.form == act.as_str()) {
        return form;
    }
    let amount = file.claim.amount_claimed_paise.to_string();
    form.with_values(vec![(format!("rupees:{AMOUNT}"), amount)])
}

/// The page again after a form was not taken: with what is wrong, or, if somebody else was faster, with both sides.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    again_after(page, at, trouble, false).await
}

/// The same after a form with a file, which may have been chosen.
pub async fn again_after(page: Page, at: At, trouble: Trouble, chosen: bool) -> Reply {
    let file = read(&page, &at).await?;
    // A file of lines cannot be sent once more by the page itself: its form comes back for the claim as it is now.
    if trouble.problem.code == "stale_version" && act_of(&trouble) != ClaimAct::Lines {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file, was.as_ref(), &trouble);
    }
    let shown = view(&page, file, None, (Some(&trouble), chosen), 1).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, file: &WholeClaim, was: Option<&WholeClaim>, trouble: &Trouble) -> Reply {
    let act = act_of(trouble);
    let fresh =
        Trouble { form: trouble.form, typed: trouble.typed.clone(), problem: trouble.problem.clone(), key: None };
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let mut frame = frame_of(page, &file.claim, page.t("title-conflict"), true);
    frame.wrong = true;
    let shown = Conflict {
        yours: typed_with_labels(page, &trouble.typed),
        theirs: sides_of(page, was, file),
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.word("claim-do", act)),
        over: over(page, file.next.iter().find(|next| next.act == act).map(|next| next.refusal.as_ref())),
        record: page.to(&record_of(&file.claim)),
        form: form_of(page, file, act, Some(&fresh)).on_version(file.claim.version),
        page,
        frame,
    };
    shown.answer(&trouble.problem)
}

/// The claim as it was when the person looked and as it is now: what its page shows, and field by field what changed in
/// its form.
pub fn sides_of(page: &Page, was: Option<&WholeClaim>, now: &WholeClaim) -> Sides {
    let form = |file: &WholeClaim| file.claim.form(&file.lines);
    let changed = was.map(|was| changes(&form(was), &form(now))).unwrap_or_default();
    let files = was.into_iter().chain([now]).flat_map(|file| file.evidence.values());
    Sides::of(page, was, now, as_it_is).with(with_file_names(changes_of(page, &changed), files))
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &WholeClaim) -> Vec<(String, String)> {
    let mut rows = vec![
        (page.t("label-status"), page.word("claim-status", file.claim.status)),
        (page.t("claim-amount-claimed"), file.claim.amount_claimed_paise.to_string()),
        (page.t("label-lines"), file.lines.len().to_string()),
    ];
    rows.extend(file.claim.submitted_at.map(|at| (page.t("claim-submitted"), page.instant(&at))));
    rows.extend(file.claim.verified_at.map(|at| (page.t("claim-decided"), page.instant(&at))));
    if let Some(round) = file.claim.queries.0.last() {
        rows.push((page.t("field-question"), round.question.clone()));
        rows.extend(round.reply.as_ref().map(|reply| (page.t("field-text"), reply.text.clone())));
    }
    rows
}

impl ClaimPage<'_> {
    /// The address of the record itself.
    fn record(&self) -> String {
        self.page.to(&record_of(&self.file.claim))
    }

    /// What stands in place of the tranches where there are none.
    fn no_tranches(&self) -> &'static str {
        if self.is_rejected() { "claim-no-tranches-rejected" } else { "claim-no-tranches" }
    }

    fn ended(&self) -> Option<Ended<'_>> {
        claim_turn::ended(self.page, &self.file)
    }

    /// When it was first submitted, where that is another time than the last one.
    fn first_submitted(&self) -> Option<Timestamp> {
        self.file.claim.first_submitted_at.filter(|first| Some(*first) != self.file.claim.submitted_at)
    }

    fn is_rejected(&self) -> bool {
        self.file.claim.status == ClaimStatus::Rejected
    }

    /// Whether a line was not rejected for a reason of its own, but with the whole claim.
    fn falls_with_claim(&self, line: &ClaimLineRecord) -> bool {
        self.is_rejected() && line.stands()
    }

    fn colour(&self) -> &'static str {
        colour::of(self.file.claim.status)
    }

    fn tranche_colour(&self, status: &TrancheStatus) -> &'static str {
        colour::of(status)
    }

    /// Where whoever provides appropriation proposes it, while the claim waits for that.
    fn proposal_address(&self) -> Option<String> {
        let waits = self.waits().iter().any(|wait| wait.acts.contains(&ProposeBudgetInstrument::NAME));
        let may = self.page.may(ProposeBudgetInstrument::PERMISSION);
        (waits && may).then(|| self.page.to("/budget/instruments/new"))
    }

    fn waits(&self) -> Vec<Wait> {
        claim_turn::waits(self.page, &self.file)
    }

    fn who(&self, id: &UserId, at: &Timestamp, step: Step) -> Option<PersonThere> {
        self.file.people.person(*id, Some(*at), Some(step))
    }

    /// A person of whom the step is not one on the money.
    fn who_said(&self, id: &UserId, at: &Timestamp) -> Option<PersonThere> {
        self.file.people.person(*id, Some(*at), None)
    }

    fn queries(&self) -> &QueryRounds {
        &self.file.claim.queries
    }

    fn lines(&self) -> &[ClaimLineRecord] {
        let from = (self.lines_at - 1) * LINES;
        let to = self.file.lines.len().min(from + LINES);
        self.file.lines.get(from..to).unwrap_or_default()
    }

    fn lines_address(&self, to: usize) -> String {
        self.page.to(&format!("{}?lines={to}#lines", record_of(&self.file.claim)))
    }

    fn earlier_lines(&self) -> Option<String> {
        (self.lines_at > 1).then(|| self.lines_address(self.lines_at - 1))
    }

    fn later_lines(&self) -> Option<String> {
        (self.lines_at * LINES < self.file.lines.len()).then(|| self.lines_address(self.lines_at + 1))
    }

    fn count_of_lines(&self) -> String {
        self.page.t1("count-lines", "n", self.file.lines.len())
    }

    fn below(&self, part: &str) -> String {
        self.page.to(&format!("{}/{part}", record_of(&self.file.claim)))
    }

    fn tranche_address(&self, number: &str) -> String {
        self.page.to(&format!("/tranches/{}", reference::in_address(number)))
    }

    fn claim_address(&self, number: &str) -> String {
        self.page.to(&format!("/claims/{}", reference::in_address(number)))
    }

    fn award_address(&self) -> String {
        self.page.to(&format!("/awards/{}", reference::in_address(&self.file.context.award)))
    }

    fn milestone_address(&self, code: &str) -> String {
        let award = reference::in_address(&self.file.context.award);
        self.page.to(&format!("/awards/{award}/milestones/{code}"))
    }

    fn documents(&self) -> Vec<&Evidence> {
        let own = self.file.claim.files(&self.file.lines);
        self.file.evidence.values().filter(|file| own.contains(&file.id)).collect()
    }

    /// The name of the column of the file of lines that has the amounts.
    fn amount_column(&self) -> &'static str {
        AMOUNT_COLUMN
    }

    fn reply_documents(&self, ids: &[EvidenceId]) -> Vec<&Evidence> {
        ids.iter().filter_map(|id| self.file.evidence.get(id)).collect()
    }

    fn changes(&self, returned: &ClaimReturnView) -> Vec<Change> {
        with_file_names(changes_of(self.page, &returned.changes), self.file.evidence.values())
    }

    fn to_verify_again(&self) -> Option<ToVerifyAgain<'_>> {
        claim_turn::to_verify_again(self.page, &self.file)
    }

    /// When it was decided; what was decided before a return holds no more.
    fn decided_at(&self) -> Option<Timestamp> {
        self.file.claim.verified_at.filter(|_| self.is_decided())
    }

    /// What it came to by a decision that holds.
    fn statement(&self) -> Option<&Statement> {
        self.file.claim.statement.as_ref().filter(|_| self.is_decided())
    }

    fn is_decided(&self) -> bool {
        matches!(self.file.claim.status, ClaimStatus::Verified | ClaimStatus::Rejected)
    }

    /// Whether the company sent it again after this return as it was.
    fn came_again_unchanged(&self, returned: &ClaimReturnView) -> bool {
        let still_there = self.is_last_return(returned) && self.file.claim.status == ClaimStatus::Returned;
        returned.to == Desk::Prepare && returned.changes.is_empty() && !still_there
    }

    fn is_last_return(&self, returned: &ClaimReturnView) -> bool {
        self.file.returns.last().is_some_and(|last| last.round == returned.round)
    }

    /// Whether the reader is of the company, which corrects a returned claim.
    fn is_to_correct(&self) -> bool {
        self.file.claim.status == ClaimStatus::Returned && self.page.is_of_company()
    }

    /// Whether the reader is of the company of a rejected claim, which reads what it can do.
    fn is_to_claim_anew(&self) -> bool {
        self.is_rejected() && self.page.is_of_company()
    }
}
