//! One payment: did the money arrive? And the form in which the disbursing officer records the bank's answer.

use crate::service::payment::disbursement_file::READ_PERMISSION as DISBURSEMENTS_PERMISSION;
use crate::service::payment::payment_advices::{MakePaymentAdvice, READ_PERMISSION as ADVICES_PERMISSION};
use crate::service::payment::payment_failures::ConfirmFailure;
use crate::service::payment::payments::SettlePayment;
use crate::service::payment::tranche_file::PaymentFile;
use crate::service::payment::treasury_lines::UnrecordedLine;
use crate::service::recovery::recovery_grounds::NOTICE_PERMISSION;
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::effect::{Effect, not_yet_written};
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::bank_ways::year_end;
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::payment::{advice_page, return_page};
use crate::web::portal::problem_page::{Conflict, Sides, Warning, builder, over, typed_with_labels, whole};
use crate::web::portal::sent::Sent;
use crate::web::portal::upload::{FILES, SentFiles, from_place};
use crate::web::portal::worklist::waits::{self, Wait};
use crate::web::portal::{numbers, reference};
use actix_web::web::Query;
use askama::Template;
use domain::base::permission::Step;
use domain::correction::correction::CorrectionKind;
use domain::payment::payment::{BankAnswer, PaymentStatus};
use domain::payment::payment_failure::FailureForm;
use domain::people::office::PersonThere;
use domain::people::organisation::mask;
use domain::worklist::matter::MatterKind;

const FORM: &str = "settle";
const CONFIRMATION: &str = "confirm";
/// Stands in a rehearsal for the reference that the bank will give; a rehearsal keeps nothing.
const UTR_NOT_YET_KNOWN: &str = "NOTYETKNOWN00000";
const FIELDS: &[&str] = &["/outcome", "/utr", "/paid_on", "/amount_paise", "/reason"];
/// The field of the form for money that came back; what is wrong with a hidden one leads to the whole form.
const CAME_BACK: &[&str] = &["/reason"];

#[derive(Template)]
#[template(path = "templates/payment/payment.html", config = "src/web/askama.toml")]
struct PaymentPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: PaymentFile,
    words: String,
    account: String,
    notice: Option<Notice>,
    warning: Option<Warning>,
    form: Form,
    effect: Option<Effect>,
    /// The form of a second person, with what it would do.
    confirmation: Option<(PaymentStatus, Form, Effect)>,
}

/// The page of one payment.
pub async fn payment_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let subjects = vec![format!("payment:{}", file.payment.id)];
    let notice = notice_of(&page, query.entry, subjects).await?;
    page.show(&view(&page, file, notice, None).await)
}

async fn read(page: &Page, at: &At) -> Result<PaymentFile, Problem> {
    let number = reference::number_of(&at.1).ok_or_else(|| Problem::edge("not_found", "there is no such payment"))?;
    Ok(page.web.service.payment_file(page.caller()?, number).await?)
}

fn record(file: &PaymentFile) -> String {
    format!("/payments/{}", reference::in_address(&file.payment.number))
}

/// Whether nothing can be recorded but that the money came back.
fn only_came_back(file: &PaymentFile) -> bool {
    file.said.answers == [PaymentStatus::FailedAfterSuccess]
}

fn form_of(page: &Page, file: &PaymentFile, trouble: Option<&Trouble>) -> Form {
    let path = format!("{}/settlement", record(file));
    let fields = if only_came_back(file) { CAME_BACK } else { FIELDS };
    Form::new(page, FORM, &path, fields, trouble).on_version(file.payment.version)
}

fn frame_of(page: &Page, title: String, wrong: bool) -> Frame {
    let mut frame = Frame { wrong, ..page.frame(title) };
    frame.crumbs.push(page.crumb("title-payments", "/payments"));
    frame
}

async fn view<'a>(
    page: &'a Page,
    file: PaymentFile,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> PaymentPage<'a> {
    page.is_about(MatterKind::Payment, file.payment.id);
    let form = form_of(page, &file, trouble);
    let confirmation = confirmation(page, &file, trouble).await;
    let of = |trouble: &Trouble| match &confirmation {
        Some((_, form, _)) if trouble.form == CONFIRMATION => Warning::of(trouble, form, page.language),
        _ => Warning::of(trouble, &form, page.language),
    };
    let warning = trouble.map(of);
    let title = page.t1("title-payment", "number", &file.payment.number);
    PaymentPage {
        frame: frame_of(page, title, warning.is_some()),
        words: numbers::in_words(file.payment.amount_paise, page.language),
        account: mask(&file.payment.bank_account),
        effect: rehearsed(page, &file).await,
        confirmation,
        page,
        file,
        notice,
        warning,
        form,
    }
}

/// What the answer that moves the money would do, if it can be recorded now: that all was paid today, or that what
/// was paid came back.
async fn rehearsed(page: &Page, file: &PaymentFile) -> Option<Effect> {
    let payment = &file.payment;
    let moves = [PaymentStatus::Succeeded, PaymentStatus::FailedAfterSuccess];
    let outcome = moves.into_iter().find(|outcome| file.said.answers.contains(outcome))?;
    let paid = outcome == PaymentStatus::Succeeded;
    let answer = BankAnswer {
        outcome,
        utr: paid.then(|| UTR_NOT_YET_KNOWN.to_owned()),
        paid_on: paid.then_some(file.today),
        amount_paise: paid.then_some(payment.amount_paise),
        reason: (!paid).then(not_yet_written),
    };
    let command = SettlePayment { id: payment.id, seen_version: payment.version, answer };
    Some(page.rehearse(command, |_| page.word("effect-answer", outcome)).await)
}

/// The form by which a second person of another office confirms that the money did not arrive.
async fn confirmation(
    page: &Page,
    file: &PaymentFile,
    trouble: Option<&Trouble>,
) -> Option<(PaymentStatus, Form, Effect)> {
    let (outcome, payment) = (file.said.to_confirm?, &file.payment);
    let form = FailureForm { outcome, reason: not_yet_written(), evidence: Vec::new() };
    let (id, seen_version) = (payment.id, payment.version);
    let command = ConfirmFailure { id, seen_version, form, evidence_follows: true };
    let effect = page.rehearse(command, |_| page.word("effect-confirmed", outcome)).await;
    Some((outcome, confirmation_form(page, file, trouble), effect))
}

fn confirmation_form(page: &Page, file: &PaymentFile, trouble: Option<&Trouble>) -> Form {
    let path = format!("{}/failure", record(file));
    let form = Form::new(page, CONFIRMATION, &path, &["/outcome", "/reason", FILES], trouble);
    form.labelled([("/reason", "field-reason"), (FILES, "failure-files")]).on_version(file.payment.version)
}

/// A second person confirms, with files, that the payment failed or came back.
pub async fn confirm(mut sent: SentFiles, at: At) -> Reply {
    let file = read(&sent.sent.page, &at).await?;
    let (id, attached) = (file.payment.id, sent.count());
    let check = |typed: &FailureForm| typed.check_with(attached);
    let make = |mut form: FailureForm, seen_version, documents| {
        form.evidence = documents;
        ConfirmFailure { id, seen_version, form, evidence_follows: false }
    };
    let done = sent.act_on_version(check, make).await.map_err(|problem| from_place("/evidence", problem));
    sent.answer(done, &record(&file), CONFIRMATION, |page, trouble| again(page, at, trouble)).await
}

/// Records the bank's answer.
pub async fn settle(sent: Sent, at: At) -> Reply {
    let file = read(&sent.page, &at).await?;
    let id = file.payment.id;
    let done = sent.act(|answer: BankAnswer, seen_version| Ok(SettlePayment { id, seen_version, answer })).await;
    sent.answer(done, &record(&file), FORM, |page, trouble| again(page, at, trouble)).await
}

async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file, was.as_ref(), &trouble);
    }
    let shown = view(&page, file, None, Some(&trouble)).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, file: &PaymentFile, was: Option<&PaymentFile>, trouble: &Trouble) -> Reply {
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let confirms = trouble.form == CONFIRMATION;
    // Another answer may be recorded now than the one that was chosen.
    let still = match trouble.typed.text("/outcome").parse::<PaymentStatus>() {
        Ok(outcome) if confirms => file.said.to_confirm == Some(outcome),
        Ok(outcome) => file.said.answers.contains(&outcome),
        Err(_) => !file.said.answers.is_empty(),
    };
    let (form, act) = match confirms {
        true => (confirmation_form(page, file, None), "do-confirm_failure"),
        false => (form_of(page, file, None), "do-record-outcome"),
    };
    let shown = Conflict {
        frame: frame_of(page, page.t("title-conflict"), true),
        yours: typed_with_labels(page, &trouble.typed),
        theirs: Sides::of(page, was, file, as_it_is),
        form,
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.t(act)),
        over: over(page, still.then_some(None)),
        record: page.to(&record(file)),
        page,
    };
    shown.answer(&trouble.problem)
}

fn as_it_is(page: &Page, file: &PaymentFile) -> Vec<(String, String)> {
    let payment = &file.payment;
    let mut rows = vec![(page.t("label-status"), page.word("payment-status", payment.status))];
    rows.extend(payment.settled_at.map(|at| (page.t("label-when"), page.instant(&at))));
    rows.extend(payment.utr.clone().map(|utr| (page.t("field-utr"), utr)));
    rows.extend(payment.reason.clone().map(|reason| (page.t("field-reason"), reason)));
    rows
}

/// An answer of the treasury of which nothing was recorded.
struct Unrecorded {
    says: String,
    result: String,
    why: Option<Said>,
    fate: String,
    file: String,
}

impl PaymentPage<'_> {
    /// What its status means; while it stands in no file, the treasury has not been told of it.
    fn means(&self) -> String {
        let status = self.file.payment.status;
        match (status, &self.file.advice) {
            (PaymentStatus::Advised, None) => self.page.t("payment-means-without_file"),
            (PaymentStatus::Failed, _) if self.file.followed_by.is_some() => self.page.t("payment-means-sent-again"),
            (PaymentStatus::Unknown, _) if !self.page.may(SettlePayment::PERMISSION) => {
                self.page.t("payment-means-unknown-to-others")
            }
            _ => self.page.word("payment-means", status),
        }
    }

    /// The file for the treasury in which it stands, for whoever may read it: its address and name.
    fn advice(&self) -> Option<(String, &str)> {
        let advice = self.file.advice.as_ref().filter(|_| self.page.may(ADVICES_PERMISSION))?;
        Some((self.page.to(&advice_page::record_of(advice.id)), &advice.message_id))
    }

    /// Another attempt to pay the same tranche: the key of what it is to this one, its number and its address.
    fn attempts(&self) -> Vec<(&'static str, String, String)> {
        let attempts = [("payment-sent-again-as", &self.file.followed_by), ("payment-before", &self.file.before)];
        let link = |(key, number): (&'static str, &Option<String>)| {
            let number = number.clone()?;
            let address = self.page.to(&format!("/payments/{}", reference::in_address(&number)));
            Some((key, number, address))
        };
        attempts.into_iter().filter_map(link).collect()
    }

    /// Whoever recorded the bank's answer; a company reads the office.
    fn recorded_by(&self) -> Option<PersonThere> {
        let payment = &self.file.payment;
        self.file.people.person(payment.settled_by?, payment.settled_at, Some(Step::Pay))
    }

    /// Whoever confirmed as a second person that it failed or came back.
    fn confirmed_by(&self) -> Option<PersonThere> {
        let failure = self.file.said.failure.as_ref()?;
        let step = Some(Step::ConfirmFailure);
        self.file.people.person(failure.confirmed_by, Some(failure.confirmed_at), step)
    }

    /// That the bank paid before the day on which the treasury was told to pay.
    fn paid_early(&self) -> Option<String> {
        let (ordered, paid) = (self.file.advice.as_ref()?.execute_on, self.file.payment.paid_on?);
        (paid < ordered).then(|| self.page.t1("payment-paid-early", "day", self.page.day(&ordered)))
    }

    /// What happens at the year's end, for the office that pays, while the bank has not answered.
    fn year_end(&self) -> Option<String> {
        let day = self.file.advice.as_ref().map_or(self.file.today, |advice| advice.execute_on);
        let waits = self.file.payment.status.is_on_its_way() && !self.page.is_of_company();
        waits.then(|| year_end(self.page, day))
    }

    /// That an answer is offered although nobody was told to pay.
    fn told_nobody(&self) -> bool {
        self.file.payment.status == PaymentStatus::Advised && self.file.advice.is_none()
    }

    /// The hint below the day of payment, with the day on which the treasury was told to pay.
    fn hint_paid_on(&self) -> String {
        let hint = self.page.day_hint("hint-paid_on");
        match &self.file.advice {
            Some(advice) => {
                let ordered = self.page.t1("hint-ordered-day", "day", self.page.day(&advice.execute_on));
                format!("{hint} {ordered}")
            }
            None => hint,
        }
    }

    /// Answers of the treasury of which nothing was recorded: what each says, why, what became of it, and its file.
    fn unrecorded(&self) -> Vec<Unrecorded> {
        let shown = |one: &UnrecordedLine| Unrecorded {
            says: self.page.word("payment-status", one.line.outcome),
            result: self.page.word("line-result", one.line.result),
            why: return_page::why_not(self.page, &one.line),
            fate: self.page.t(return_page::fate_of(one)),
            file: self.page.to(&return_page::record_of(one.line.return_id)),
        };
        self.file.unrecorded.iter().map(shown).collect()
    }

    fn only_came_back(&self) -> bool {
        only_came_back(&self.file)
    }

    /// Where a section officer asks the money back, once it was paid.
    fn notice_address(&self) -> Option<String> {
        let payment = &self.file.payment;
        let may = self.page.may(NOTICE_PERMISSION) && payment.status == PaymentStatus::Succeeded;
        may.then(|| self.page.to(&format!("{}/notice", record(&self.file))))
    }

    /// Where a wrong UTR or day is corrected, for whoever may propose it.
    fn correction_address(&self) -> Option<String> {
        let payment = &self.file.payment;
        let was_paid = payment.status == PaymentStatus::Succeeded;
        self.page.correction_address(CorrectionKind::CorrectPayment, &payment.number, was_paid)
    }

    /// The page of the disbursement that it made, for whoever may read it.
    fn disbursement_address(&self) -> Option<String> {
        let number = self.file.disbursement.as_ref().filter(|_| self.page.may(DISBURSEMENTS_PERMISSION))?;
        Some(self.page.to(&format!("/disbursements/{}", reference::in_address(number))))
    }

    fn waits(&self) -> Vec<Wait> {
        waits::or_nobody(self.page, &self.file.waiting, self.file.today)
    }

    /// Where the payment is put into a file for the treasury, while it is in none.
    fn advices_address(&self) -> Option<String> {
        let waits = self.file.waiting.iter().any(|one| one.ends_with == MakePaymentAdvice::NAME);
        let address =
            || self.page.to(&format!("/advices?payment={}", reference::in_address(&self.file.payment.number)));
        (waits && self.page.may(MakePaymentAdvice::PERMISSION)).then(address)
    }

    fn tranche_address(&self) -> String {
        self.page.to(&format!("/tranches/{}", reference::in_address(&self.file.tranche.number)))
    }

    fn colour(&self) -> &'static str {
        colour::of_payment(self.file.payment.status)
    }
}
