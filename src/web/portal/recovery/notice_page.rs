//! The form of a show-cause notice, for a payment or for a late milestone, with what it would ask.

use crate::service::recovery::recoveries::IssueShowCause;
use crate::service::recovery::recovery_grounds::{Found, GroundReference, NoticeGround};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::effect::{Effect, not_yet_written};
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::Typed;
use crate::web::portal::page::{Frame, Link, Page};
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::recovery::recovery_page::record_of;
use crate::web::portal::reference;
use crate::web::portal::sent::Sent;
use crate::web::portal::texts::Language;
use actix_web::web::Path;
use askama::Template;
use domain::recovery::recovery::{Recovery, RecoveryKind};
use domain::recovery::recovery_credit::ShowCauseForm;

const FORM: &str = "notice";
/// The fields that a person fills in; what is wrong with a hidden one leads to the whole form.
const FIELDS: &[&str] = &["/amount_paise", "/charged_to", "/grounds", "/reply_due_on"];

/// The language, the award and the code of the milestone in an address.
type MilestoneAt = Path<(Language, String, String)>;

#[derive(Template)]
#[template(path = "templates/recovery/notice.html", config = "src/web/askama.toml")]
struct NoticePage<'a> {
    page: &'a Page,
    frame: Frame,
    ground: NoticeGround,
    form: Form,
    warning: Option<Warning>,
    /// For a payment, that all of it is asked back; for a milestone, the damages until today.
    effect: Effect,
}

/// The form of a notice for a payment.
pub async fn for_payment(page: Page, at: At) -> Reply {
    let ground = read(&page, payment_at(&at)?).await?;
    page.show(&view(&page, ground, None).await)
}

/// The form of a notice for a milestone that is late.
pub async fn for_milestone(page: Page, at: MilestoneAt) -> Reply {
    let ground = read(&page, milestone_at(&at)?).await?;
    page.show(&view(&page, ground, None).await)
}

fn missing() -> Problem {
    Problem::edge("not_found", "a notice is about a payment or a milestone")
}

fn payment_at(at: &At) -> Result<GroundReference, Problem> {
    Ok(GroundReference::Payment(reference::number_of(&at.1).ok_or_else(missing)?))
}

fn milestone_at(at: &MilestoneAt) -> Result<GroundReference, Problem> {
    Ok(GroundReference::Milestone(reference::number_of(&at.1).ok_or_else(missing)?, at.2.clone()))
}

async fn read(page: &Page, of: GroundReference) -> Result<NoticeGround, Problem> {
    Ok(page.web.service.notice_ground(page.caller()?, of).await?)
}

/// Where the form for this ground is: below the page of the payment or of the milestone.
fn address_of(ground: &Found) -> String {
    match ground {
        Found::Payment { number, .. } => format!("/payments/{}/notice", reference::in_address(number)),
        Found::Milestone { award, code, .. } => {
            format!("{}/notice", milestone_path(award, code))
        }
    }
}

async fn view<'a>(page: &'a Page, ground: NoticeGround, trouble: Option<&Trouble>) -> NoticePage<'a> {
    let form = Form::new(page, FORM, &address_of(&ground.found), FIELDS, trouble).labelled([
        ("/amount_paise", "notice-amount"),
        ("/charged_to", "notice-charged-to"),
        ("/grounds", "recovery-grounds"),
        ("/reply_due_on", "recovery-reply-due"),
    ]);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    let frame = frame_of(page, &ground, warning.is_some());
    let typed = Trouble::typed_into(trouble, FORM);
    NoticePage { effect: rehearsed(page, &ground, typed).await, page, frame, ground, form, warning }
}

fn milestone_path(award: &str, code: &str) -> String {
    format!("/awards/{}/milestones/{code}", reference::in_address(award))
}

/// The way to the form: by the payment or the milestone that it is about, to which its address belongs.
fn frame_of(page: &Page, ground: &NoticeGround, wrong: bool) -> Frame {
    let mut frame = Frame { wrong, ..page.frame(page.t("title-notice")) };
    let (key, list, record, name) = match &ground.found {
        Found::Payment { number, .. } => {
            ("title-payments", "/payments", format!("/payments/{}", reference::in_address(number)), number.clone())
        }
        Found::Milestone { award, code, title, .. } => {
            let name = page.language.milestone_title(code, title);
            ("nav-milestones", "/milestones", milestone_path(award, code), name)
        }
    };
    frame.crumbs.push(page.crumb(key, list));
    frame.crumbs.push(Link { text: name, ..page.crumb(key, &record) });
    frame
}

/// What the notice would ask that is typed, and otherwise the largest one that is possible today.
async fn rehearsed(page: &Page, ground: &NoticeGround, typed: Option<&Typed>) -> Effect {
    let (amount, day) =
        (typed.and_then(|typed| typed.part("/amount_paise")), typed.and_then(|typed| typed.part("/charged_to")));
    let chosen = amount.is_some() || day.is_some();
    let reply_due_on = ground.today.succ_opt().unwrap_or(ground.today);
    let form = |kind| ShowCauseForm {
        kind,
        disbursement_id: None,
        amount_paise: None,
        milestone_id: None,
        charged_to: None,
        grounds: not_yet_written(),
        reply_due_on,
    };
    let form = match &ground.found {
        Found::Payment { id, room, .. } => {
            let amount_paise = amount.or(Some(*room));
            ShowCauseForm { disbursement_id: Some(*id), amount_paise, ..form(RecoveryKind::Refund) }
        }
        Found::Milestone { id, .. } => ShowCauseForm {
            milestone_id: Some(*id),
            charged_to: day.or(Some(ground.today)),
            ..form(RecoveryKind::LiquidatedDamages)
        },
    };
    // Damages were never paid out, so they do not come back.
    let key = match &ground.found {
        Found::Payment { .. } if chosen => "effect-notice-typed",
        Found::Payment { .. } => "effect-notice",
        Found::Milestone { .. } if chosen => "effect-notice-damages-typed",
        Found::Milestone { .. } => "effect-notice-damages",
    };
    let then = |recovery: &Recovery| page.t1(key, "amount", recovery.amount_paise);
    page.rehearse(IssueShowCause { form }, then).await
}

/// Issues a notice for a payment, and leads to the page of the new recovery.
pub async fn issue_for_payment(sent: Sent, at: At) -> Reply {
    let of = payment_at(&at)?;
    issue(sent, of).await
}

/// Issues a notice for a milestone, and leads to the page of the new recovery.
pub async fn issue_for_milestone(sent: Sent, at: MilestoneAt) -> Reply {
    let of = milestone_at(&at)?;
    issue(sent, of).await
}

async fn issue(sent: Sent, of: GroundReference) -> Reply {
    match make(&sent).await {
        Ok(address) => Ok(sent.page.see_other(&address)),
        Err(problem) => sent.answer(Err(problem), "/recoveries", FORM, |page, trouble| again(page, of, trouble)).await,
    }
}

async fn make(sent: &Sent) -> Result<String, Problem> {
    let (command, call) = sent.command(|form: ShowCauseForm| Ok(IssueShowCause { form })).await?;
    // The answer is its address, which a form that is sent twice gets again.
    let answered = sent.run(call, command, |recovery: Recovery| record_of(&recovery.number)).await?;
    let entry = answered.log_entry.map(|entry| format!("?entry={entry}")).unwrap_or_default();
    Ok(format!("{}{entry}", answered.body))
}

async fn again(page: Page, of: GroundReference, trouble: Trouble) -> Reply {
    let ground = read(&page, of).await?;
    let shown = view(&page, ground, Some(&trouble)).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl NoticePage<'_> {
    fn days(&self, n: &i64) -> String {
        self.page.t1("milestone-days", "n", n)
    }

    fn grounds_hint(&self) -> String {
        self.page.t(match &self.ground.found {
            Found::Payment { .. } => "hint-notice-grounds",
            Found::Milestone { .. } => "hint-notice-grounds-damages",
        })
    }

    fn title_of(&self, code: &str, title: &str) -> String {
        self.page.language.milestone_title(code, title)
    }

    fn milestone_address(&self, award: &str, code: &str) -> String {
        self.page.to(&milestone_path(award, code))
    }

    fn payment_address(&self, number: &str) -> String {
        self.page.to(&format!("/payments/{}", reference::in_address(number)))
    }
}
