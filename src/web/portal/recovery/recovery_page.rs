//! One recovery: why, how much is due today and how it is computed line by line, what was received or set off, notice,
//! reply and order, the steps that were taken, and the forms of what its reader may do next.

use crate::service::payment::bank_credits::READ_PERMISSION as CREDITS;
use crate::service::recovery::recovery_file::{RecoveryAct, RecoveryReference, WholeRecovery};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::Typed;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::recovery::recovery_forms::{
    InstalmentFields, NextForm, PARTS, act_of, conflict, form_of, instalment_fields, next_form, takes_more_rows,
};
use crate::web::portal::recovery::recovery_past::{Past, past};
use crate::web::portal::worklist::waits::{self, Wait};
use crate::web::portal::{numbers, reference};
use actix_web::web::Query;
use askama::Template;
use domain::base::calendar::Timestamp;
use domain::base::evidence::Evidence;
use domain::base::id::{EvidenceId, PaymentId, UserId};
use domain::base::money::BasisPoints;
use domain::base::permission::Step;
use domain::base::step::TrancheStep;
use domain::people::office::PersonThere;
use domain::recovery::interest::{InterestLine, Parts};
use domain::recovery::notice_withdrawal::NoticeWithdrawal;
use domain::recovery::recovery::{OrderOutcome, RecoveryStatus};
use domain::recovery::recovery_credit::{CreditStatus, RecoveryCredit};
use domain::recovery::recovery_relief::{ReliefKind, ReliefOutcome};
use futures_util::future::join_all;

#[derive(Template)]
#[template(path = "templates/recovery/recovery.html", config = "src/web/askama.toml")]
struct RecoveryPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeRecovery,
    words: String,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm>,
}

/// The page of one recovery.
pub async fn recovery_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("recovery:{}", file.recovery.id)]).await?;
    page.show(&view(&page, file, notice, None, None).await)
}

/// The recovery that an address names, if it exists for this person.
pub async fn read(page: &Page, at: &At) -> Result<WholeRecovery, Problem> {
    let missing = || Problem::edge("not_found", "there is no such recovery");
    let of = match at.1.parse() {
        Ok(id) => RecoveryReference::Id(id),
        Err(_) => RecoveryReference::Number(reference::number_of(&at.1).ok_or_else(missing)?),
    };
    Ok(page.web.service.recovery_file(page.caller()?, of).await?)
}

/// The address of a recovery after the language.
pub fn record_of(number: &str) -> String {
    format!("/recoveries/{}", reference::in_address(number))
}

/// The frame of a page of recoveries.
pub fn frame_of(page: &Page, title: String, wrong: bool) -> Frame {
    let mut frame = Frame { wrong, ..page.frame(title) };
    frame.crumbs.push(page.crumb("title-recoveries", "/recoveries"));
    frame
}

async fn view<'a>(
    page: &'a Page,
    file: WholeRecovery,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
    more: Option<&Typed>,
) -> RecoveryPage<'a> {
    let next: Vec<NextForm> = join_all(file.next.iter().map(|next| next_form(page, &file, next, trouble, more))).await;
    let warning = trouble.map(|trouble| match next.iter().find(|next| next.form.name == trouble.form) {
        Some(next) => Warning::of(trouble, &next.form, page.language),
        None => Warning::of(trouble, &form_of(page, &file, act_of(trouble), Some(trouble)), page.language),
    });
    let title = page.t1("title-recovery", "number", &file.recovery.number);
    RecoveryPage {
        frame: frame_of(page, title, warning.is_some()),
        words: numbers::in_words(file.statement.total_paise, page.language),
        page,
        file,
        notice,
        warning,
        next,
    }
}

/// The page again after a form was not taken: with what is wrong, or, if somebody else was faster, with both sides.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file, was.as_ref(), &trouble);
    }
    let shown = view(&page, file, None, Some(&trouble), None).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

/// The page with what was typed into the form of a plan, and with more rows in it. Nothing was done.
pub async fn with_rows(page: Page, at: At, typed: &Typed) -> Reply {
    let file = read(&page, &at).await?;
    page.show(&view(&page, file, None, None, Some(typed)).await)
}

impl RecoveryPage<'_> {
    fn award_address(&self) -> String {
        self.page.to(&format!("/awards/{}", reference::in_address(&self.file.context.award)))
    }

    /// The address of the record itself.
    fn record(&self) -> String {
        self.page.to(&record_of(&self.file.recovery.number))
    }

    fn colour(&self) -> &'static str {
        colour::of(self.file.recovery.status)
    }

    /// That it is closed, and how it was. What would be due then stands nowhere on the page.
    fn closed(&self) -> Option<String> {
        self.page.recovery_closed(&self.file.recovery)
    }

    /// Whether it came to nothing: no amount of it was ever due.
    fn came_to_nothing(&self) -> bool {
        self.file.recovery.status == RecoveryStatus::Dropped
    }

    /// Whether the reader's company has to pay it.
    fn company_pays(&self) -> bool {
        self.page.is_of_company() && self.file.recovery.status == RecoveryStatus::Demanded
    }

    /// Where the credits of the bank are, of which alone a receipt is recorded, while it is to be paid.
    fn credits_address(&self) -> Option<String> {
        let demanded = self.file.recovery.status == RecoveryStatus::Demanded;
        (demanded && self.page.may(CREDITS)).then(|| self.page.to("/credits"))
    }

    fn waits(&self) -> Vec<Wait> {
        waits::all_in_words(self.page, &self.file.waiting, self.file.today)
    }

    /// Of which day the amount is, and until when it is to be paid; or that it only would be due if it were demanded.
    fn amount_is(&self) -> String {
        let today = self.page.day(&self.file.today);
        match (&self.file.recovery.demand, self.file.recovery.status) {
            (Some(demand), RecoveryStatus::Demanded) => {
                let values = [("day", today), ("by", self.page.day(&demand.due_on))];
                self.page.language.text_with("recovery-due-by", &values)
            }
            (_, RecoveryStatus::Demanded) => self.page.t1("recovery-due-on", "day", today),
            _ => self.page.t1("recovery-would-be-due-on", "day", today),
        }
    }

    /// What the order left of what the notice asked, where that is less.
    fn reduced(&self) -> Option<String> {
        let (notice, order) = (self.file.recovery.notice.as_ref()?, self.file.recovery.decision.as_ref()?);
        let values = [("asked", notice.asked_paise.to_string()), ("ordered", order.amount_paise.to_string())];
        let less = order.outcome == OrderOutcome::Reduced;
        less.then(|| self.page.language.text_with("recovery-reduced", &values))
    }

    fn past(&self) -> Vec<Past<'_>> {
        past(&self.file)
    }

    /// Money that came in, was set off or was given up, as a step.
    fn credit_said(&self, credit: &RecoveryCredit) -> String {
        let amount = credit.parts().total().unwrap_or_default();
        format!("{}: {amount}", self.page.word("credit", credit.kind))
    }

    /// The page of a payment, with its number.
    fn payment(&self, id: &PaymentId) -> Option<(String, String)> {
        let number = self.file.payments.get(id)?.clone();
        Some((self.page.to(&format!("/payments/{}", reference::in_address(&number))), number))
    }

    fn tranche_address(&self, number: &str) -> String {
        self.page.to(&format!("/tranches/{}", reference::in_address(number)))
    }

    /// The late milestone, by its title, with its page.
    fn milestone(&self) -> Option<(String, String)> {
        let (code, title) = self.file.context.milestone.as_ref()?;
        let award = reference::in_address(&self.file.context.award);
        let address = self.page.to(&format!("/awards/{award}/milestones/{code}"));
        Some((address, self.page.language.milestone_title(code, title)))
    }

    /// How damages come about, in one sentence.
    fn damages(&self) -> Option<String> {
        let damages = self.file.recovery.damages.as_ref()?;
        let values = [
            ("n", damages.days.to_string()),
            ("from", self.page.day(&damages.from)),
            ("to", self.page.day(&damages.to)),
            ("rate", damages.basis_points_per_day.map(|share| share.to_string()).unwrap_or_default()),
            ("sum", damages.paise_per_day.map(|sum| sum.to_string()).unwrap_or_default()),
            ("security", damages.security_paise.to_string()),
            ("amount", damages.amount_paise.to_string()),
        ];
        let key = if damages.paise_per_day.is_some() { "recovery-damages-by-sum" } else { "recovery-damages-are" };
        Some(self.page.language.text_with(key, &values))
    }

    /// That the scheme's limit cut the damages, with what was left of it.
    fn limited(&self) -> Option<String> {
        let damages = self.file.recovery.damages.as_ref()?;
        let most = damages.most_paise.filter(|most| *most == damages.amount_paise)?;
        Some(self.page.t1("recovery-damages-limited", "most", most))
    }

    /// The days that cost less than a whole day, each with its share.
    fn damage_spans(&self) -> Vec<String> {
        let spans = self.file.recovery.damages.iter().flat_map(|damages| &damages.spans);
        spans.map(|span| self.span(&span.from, &span.to, span.days, span.share)).collect()
    }

    fn span(&self, from: &chrono::NaiveDate, to: &chrono::NaiveDate, days: i64, share: BasisPoints) -> String {
        let values = [
            ("from", self.page.day(from)),
            ("to", self.page.day(to)),
            ("n", days.to_string()),
            ("share", share.to_string()),
        ];
        self.page.language.text_with("recovery-damages-span", &values)
    }

    /// Interest line by line: what counted with each credit, and what ran since the last one.
    fn interest(&self) -> Vec<&InterestLine> {
        let counted = self.file.credits.iter().filter(|credit| credit.status == CreditStatus::Done);
        let lines = counted.flat_map(|credit| &credit.accrued.0).chain(&self.file.statement.accrued.0);
        lines.filter(|line| line.days > 0).collect()
    }

    fn who(&self, id: &UserId, at: &Timestamp) -> Option<PersonThere> {
        self.file.people.person(*id, Some(*at), None)
    }

    /// Whoever withdrew the notice, with their office.
    fn who_withdrew(&self, withdrawal: &NoticeWithdrawal) -> Option<PersonThere> {
        let (by, at) = (withdrawal.withdrawn_by, withdrawal.withdrawn_at);
        self.file.people.person(by, Some(at), Some(Step::ShowCause))
    }

    fn who_stepped(&self, step: &TrancheStep) -> Option<PersonThere> {
        self.file.people.person(step.taken_by, Some(step.taken_at), Some(step.step))
    }

    fn documents(&self, ids: &[EvidenceId]) -> Vec<&Evidence> {
        ids.iter().filter_map(|id| self.file.evidence.get(id)).collect()
    }

    /// What a proposal gives up: the parts that it names, or all.
    fn given_up(&self, parts: &Option<Parts>) -> String {
        let Some(parts) = parts else { return self.page.t("recovery-give-up-all") };
        let amounts = [parts.principal_paise, parts.interest_paise, parts.damages_paise];
        let said = PARTS.iter().zip(amounts).filter(|(_, amount)| amount.0 != 0);
        let said = said.map(|(part, amount)| format!("{} {amount}", self.page.t(&format!("recovery-{part}"))));
        said.collect::<Vec<_>>().join("; ")
    }

    fn outcomes(&self) -> &'static [OrderOutcome] {
        OrderOutcome::ALL
    }

    fn relief_kinds(&self) -> &'static [ReliefKind] {
        ReliefKind::ALL
    }

    fn relief_outcomes(&self) -> &'static [ReliefOutcome] {
        ReliefOutcome::ALL
    }

    fn instalment_fields(&self, form: &Form) -> Vec<InstalmentFields> {
        instalment_fields(form)
    }

    fn takes_more_rows(&self, form: &Form) -> bool {
        takes_more_rows(form)
    }

    /// Where the button for more rows sends the form; the page that comes back begins at the form.
    fn rows_address(&self, form: &Form) -> String {
        format!("{}/rows#{}", form.action, form.name)
    }

    /// Pointer and label of each part that relief may name.
    fn part_fields(&self) -> Vec<(String, String)> {
        PARTS.iter().map(|part| (format!("/parts/{part}"), format!("recovery-give-up-{part}"))).collect()
    }
}
