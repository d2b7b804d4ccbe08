//! Verifying a claim line by line: what is stated beside its documents and what the program found, a decision on every
//! line, and what the claim comes to as it is ticked. The amount is that of the verification itself, rehearsed.

use crate::service::claim::claim_file::{ClaimAct, WholeClaim};
use crate::service::claim::claim_verification::{ComesTo, VerifiedClaim};
use crate::service::claim::claim_verification_file::VerificationFile;
use crate::service::running::rehearsal::Rehearsal;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::claim_page::{frame_of, record_of, reference_of, sides_of};
use crate::web::portal::claim::claim_turn::{self, ToVerifyAgain};
use crate::web::portal::claim::verification_faults::{all_faults, ticked};
use crate::web::portal::claim::verification_line::{LineRow, line_rows};
use crate::web::portal::effect::Change;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::Typed;
use crate::web::portal::numbers;
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::problem_page::{Conflict, Warning, builder, over, told, whole};
use crate::web::portal::texts::Language;
use askama::Template;
use domain::base::evidence::Evidence;
use domain::base::money::Paise;
use domain::budget::whole_rupees::PaymentUnit;
use domain::claim::claim::{ClaimStatus, LineDecision};
use domain::claim::statement::Statement;
use domain::scheme::balance_findings::{StepFinding, StockFinding};

/// The problem of a rehearsal that could not be run in time: nothing is wrong with the form.
pub const NOT_NOW: &str = "cannot_preview_now";
/// The name of the form.
pub const FORM: &str = "verify";
/// More lines than a person decides on one page; such a claim is verified through the interface.
const LINES_MOST: usize = 200;

/// What the claim comes to.
pub struct RehearsedAmount {
    /// "As ticked, the claim comes to …", or "If every line is accepted, …".
    pub lead: String,
    /// Whether anything is reserved: it is not where the year has no money.
    pub reserves: bool,
    pub words: String,
    pub statement: Statement,
    /// The title of the last limit that reduced the amount.
    pub bound_by: Option<String>,
    pub effect: Vec<Change>,
    pub warnings: Vec<Said>,
}

#[derive(Template)]
#[template(path = "templates/claim/verification.html", config = "src/web/askama.toml")]
struct VerificationPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: &'a WholeClaim,
    rows: Vec<LineRow<'a>>,
    warning: Option<Warning>,
    form: Form,
    rehearsed: Option<RehearsedAmount>,
    /// Why it would be refused even if every line were accepted.
    refusal: Option<Said>,
    /// Whether what the claim comes to cannot be shown right now.
    is_not_rehearsed: bool,
    /// Whether it is shown only when every line is decided.
    in_part: bool,
}

/// What the claim comes to as it is ticked.
enum Ticked {
    As(Box<Rehearsal<VerifiedClaim>>),
    /// It could not be found out; whether that is so because it took too long.
    Not(bool),
    /// Not every line is decided.
    InPart,
}

/// What is known of a claim when its page is made.
struct Desk {
    file: VerificationFile,
    /// The claim with every line accepted.
    all: Option<Result<Rehearsal<VerifiedClaim>, Problem>>,
}

/// The page on which a claim is verified.
pub async fn verification_page(page: Page, at: At) -> Reply {
    let desk = read(&page, &at).await?;
    page.show(&view(&page, &desk, None, None))
}

/// The claim of an address, for a person who may verify it.
pub async fn file_of(page: &Page, at: &At) -> Result<VerificationFile, Problem> {
    Ok(page.web.service.verification_file(page.caller()?, reference_of(at)?).await?)
}

/// The same, with what the claim would come to.
async fn read(page: &Page, at: &At) -> Result<Desk, Problem> {
    let caller = page.caller()?;
    let file = file_of(page, at).await?;
    let claim = &file.whole.claim;
    let all = if claim.status == ClaimStatus::Submitted && file.whole.lines.len() <= LINES_MOST {
        let lines = file.all_accepted();
        let rehearsed = page.web.service.rehearse_verification(caller, claim.id, claim.version, lines).await;
        Some(rehearsed.map_err(Problem::from))
    } else {
        None
    };
    Ok(Desk { file, all })
}

/// The form on which every line is decided.
fn form_of(page: &Page, desk: &Desk, trouble: Option<&Trouble>) -> Form {
    let claim = &desk.file.whole.claim;
    let path = format!("{}/verification", record_of(claim));
    let of_line = |place: usize| [format!("/lines/{place}/accepted"), format!("/lines/{place}/reason")];
    let fields = (0..desk.file.whole.lines.len().min(LINES_MOST)).flat_map(of_line);
    let form = Form::new(page, FORM, &path, &["/lines", "/remarks", "/reasons"], trouble).with_fields(fields);
    let form = form.labelled([("/reasons", "field-reasons-for-company")]);
    let form = if trouble.is_none() { form.with_values(as_before(&desk.file.whole)) } else { form };
    form.on_version(claim.version)
}

/// What was decided before a return on lines that have not changed since, as it was ticked then.
fn as_before(file: &WholeClaim) -> Vec<(String, String)> {
    let ticked = |decision: &LineDecision| {
        let place = decision.line.saturating_sub(1);
        let reason = (format!("/lines/{place}/reason"), decision.reason.clone());
        [(format!("either:/lines/{place}/accepted"), decision.accepted.to_string()), reason]
    };
    file.earlier.iter().flat_map(ticked).collect()
}

fn view<'a>(
    page: &'a Page,
    desk: &'a Desk,
    trouble: Option<&Trouble>,
    ticked: Option<(&Typed, Ticked)>,
) -> VerificationPage<'a> {
    let whole = &desk.file.whole;
    let mut form = form_of(page, desk, trouble);
    let all = desk.all.as_ref().and_then(|all| all.as_ref().ok());
    let failed = desk.all.as_ref().and_then(|all| all.as_ref().err());
    let (rehearsed, is_not_rehearsed) = match &ticked {
        Some((typed, ticked)) => {
            if trouble.is_none() {
                form = form.filled(typed);
            }
            match ticked {
                Ticked::As(rehearsed) => (outcome_of(page, "claim-as-ticked", whole.unit, rehearsed), false),
                Ticked::Not(in_time) => (None, *in_time),
                Ticked::InPart => (None, false),
            }
        }
        None => {
            let late = failed.is_some_and(|problem| problem.code == NOT_NOW);
            (all.and_then(|all| outcome_of(page, "claim-if-all", whole.unit, all)), late)
        }
    };
    let in_part = matches!(ticked, Some((_, Ticked::InPart)));
    let refused = failed.filter(|problem| ticked.is_none() && problem.code != NOT_NOW);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    let title = page.t1("title-verification", "number", whole.claim.name());
    let found = all.map(|all| &all.answer);
    VerificationPage {
        frame: Frame { wrong: warning.is_some(), ..frame_of(page, &whole.claim, title, true) },
        rows: line_rows(page, &desk.file, found, LINES_MOST),
        file: whole,
        page,
        warning,
        form,
        rehearsed,
        refusal: refused.map(|problem| told(problem, page.language)),
        is_not_rehearsed,
        in_part,
    }
}

/// What a rehearsed verification comes to: what is reserved now, and what waits for appropriation.
fn outcome_of(
    page: &Page,
    lead: &str,
    unit: PaymentUnit,
    rehearsed: &Rehearsal<VerifiedClaim>,
) -> Option<RehearsedAmount> {
    let statement = rehearsed.answer.claim.statement.clone()?;
    let ComesTo { now, deferred, amount } = rehearsed.answer.comes_to(statement.deferred_paise, unit)?;
    let lead = match deferred {
        Some(_) if now == Paise::ZERO => format!("{lead}-deferred"),
        Some(_) => format!("{lead}-in-part"),
        None => lead.to_owned(),
    };
    let bound = statement.caps.iter().find(|cap| Some(&cap.cap) == statement.bound_by.as_ref());
    let title = |cap: &domain::claim::statement::CapApplied| match page.language {
        Language::English => cap.title.en.clone(),
        Language::Hindi => cap.title.hi.clone(),
    };
    Some(RehearsedAmount {
        lead: page.language.text_with(&lead, &[("amount", amount.to_string()), ("now", now.to_string())]),
        reserves: deferred.is_none() || now > Paise::ZERO,
        words: numbers::in_words(amount, page.language),
        bound_by: bound.map(title),
        effect: page.changes(&rehearsed.balances),
        warnings: page.warned(&rehearsed.warnings),
        statement,
    })
}

/// The page with what the claim comes to as it is ticked. Nothing was done.
pub async fn with_rehearsal(page: Page, at: At, typed: &Typed, rehearsed: Option<Rehearsal<VerifiedClaim>>) -> Reply {
    let desk = read(&page, &at).await?;
    let ticked = rehearsed.map_or(Ticked::Not(true), |one| Ticked::As(Box::new(one)));
    page.show(&view(&page, &desk, None, Some((typed, ticked))))
}

/// The page again after the form was not taken.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let desk = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await.map(|was| was.file.whole);
        return conflict(&page, &desk, was.as_ref(), &trouble);
    }
    let (claim, lines) = (&desk.file.whole.claim, &desk.file.whole.lines);
    let below = page.path.rsplit('/').next().unwrap_or_default();
    let problem = all_faults(trouble.problem, &trouble.typed, &desk.file, below);
    let trouble = Trouble { problem, ..trouble };
    let ticked = match ticked(&trouble.typed, lines) {
        (decisions, true) => {
            let service = &page.web.service;
            let rehearsed = service.rehearse_verification(page.caller()?, claim.id, claim.version, decisions).await;
            rehearsed
                .map_or_else(|error| Ticked::Not(Problem::from(error).code == NOT_NOW), |one| Ticked::As(Box::new(one)))
        }
        _ => Ticked::InPart,
    };
    let shown = view(&page, &desk, Some(&trouble), Some((&trouble.typed, ticked)));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, desk: &Desk, was: Option<&WholeClaim>, trouble: &Trouble) -> Reply {
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let claim = &desk.file.whole.claim;
    let next = desk.file.whole.next.iter().find(|next| next.act == ClaimAct::Verify);
    let shown = Conflict {
        frame: Frame { wrong: true, ..frame_of(page, claim, page.t("title-conflict"), true) },
        yours: decisions_in_words(page, desk, &trouble.typed),
        theirs: sides_of(page, was, &desk.file.whole),
        form: form_of(page, desk, None),
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.t("claim-do-verify-and-reserve")),
        over: over(page, next.map(|next| next.refusal.as_ref())),
        record: page.to(&record_of(claim)),
        page,
    };
    shown.answer(&trouble.problem)
}

/// What was ticked and typed, line by line.
fn decisions_in_words(page: &Page, desk: &Desk, typed: &Typed) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for (place, line) in desk.file.whole.lines.iter().enumerate() {
        let key = match typed.text(&format!("/lines/{place}/accepted")) {
            "true" => "claim-accepted",
            "false" => "claim-rejected",
            _ => "claim-undecided",
        };
        let reason = typed.text(&format!("/lines/{place}/reason"));
        rows.push((page.t1("claim-line", "n", line.line), format!("{} {reason}", page.t(key)).trim().to_owned()));
    }
    for (key, pointer) in [("field-remarks", "/remarks"), ("field-reasons-for-company", "/reasons")] {
        rows.push((page.t(key), typed.text(pointer).to_owned()));
    }
    rows
}

impl VerificationPage<'_> {
    /// Whether the amount shown can only wait: then nothing is reserved.
    fn only_defers(&self) -> bool {
        self.rehearsed.as_ref().is_some_and(|told| !told.reserves)
    }

    fn verify_button(&self) -> &'static str {
        if self.only_defers() { "claim-do-verify" } else { "claim-do-verify-and-reserve" }
    }

    fn verify_hint(&self) -> &'static str {
        if self.only_defers() { "hint-verify-button-deferred" } else { "hint-verify-button" }
    }

    fn to_verify_again(&self) -> Option<ToVerifyAgain<'_>> {
        claim_turn::to_verify_again(self.page, self.file)
    }

    /// Whether the claim waits for its verification.
    fn is_open(&self) -> bool {
        self.file.claim.status == ClaimStatus::Submitted
    }

    fn is_too_long(&self) -> bool {
        self.file.lines.len() > LINES_MOST
    }

    fn record(&self) -> String {
        self.page.to(&record_of(&self.file.claim))
    }

    fn documents(&self) -> Vec<&Evidence> {
        self.file.evidence.values().collect()
    }

    fn below(&self, part: &str) -> String {
        format!("{}/{part}", self.form.action)
    }

    /// The two decisions on a line: what is sent, and the key of the label.
    fn choices(&self) -> [(&'static str, &'static str); 2] {
        [("true", "line-accept"), ("false", "line-reject")]
    }

    /// What each step of the chain explains, as a sentence.
    fn balance_found(&self) -> Vec<String> {
        let step = |found: &StepFinding| {
            let kg = |kg: i64| self.page.kilograms(&kg);
            let values = [
                ("from", self.page.word("material", found.from)),
                ("to", self.page.word("material", found.to)),
                ("used", kg(found.used_kg)),
                ("most", kg(found.most_kg)),
                ("made", kg(found.made_kg)),
            ];
            let key = if found.unexplained_kg > 0 { "balance-unexplained" } else { "balance-explained" };
            self.page.language.text_with(key, &values)
        };
        let gap = |found: &StockFinding| {
            let kg = |kg: i64| self.page.kilograms(&kg);
            let values = [
                ("material", self.page.word("material", found.material)),
                ("opening", kg(found.opening_kg)),
                ("before", kg(found.before_kg)),
                ("gap", kg(found.gap_kg)),
            ];
            self.page.language.text_with("balance-gap", &values)
        };
        let statement = || self.rehearsed.iter().map(|told| &told.statement);
        let gaps = statement().flat_map(|statement| &statement.stocks).filter(|found| found.gap_kg > 0).map(gap);
        gaps.chain(statement().flat_map(|statement| &statement.mass_balance).map(step)).collect()
    }
}
