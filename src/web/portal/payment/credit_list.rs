//! Credits of the bank: the list, and the form by which a finance officer records one from the statement.

use crate::service::payment::bank_credits::{CreditList, RecordBankCredit};
use crate::service::running::runner::Command;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS};
use crate::web::portal::page::{Frame, Link, Page};
use crate::web::portal::payment::bank_ways::{frame_of_list, ways};
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::upload::{FILES, SentFiles, from_place};
use actix_web::web::Query;
use askama::Template;
use domain::payment::bank_credit::{BankCredit, BankCreditForm};
use domain::people::office::PersonThere;

const PATH: &str = "/credits";
const FORM: &str = "credit";
const FIELDS: &[&str] = &["/utr", "/credited_on", "/amount_paise", FILES];
const LABELS: [(&str, &str); 4] =
    [("/utr", "field-utr"), ("/credited_on", "credit-day"), ("/amount_paise", "label-amount"), (FILES, "credit-files")];

#[derive(Template)]
#[template(path = "templates/payment/credit_list.html", config = "src/web/askama.toml")]
struct CreditListPage<'a> {
    page: &'a Page,
    frame: Frame,
    ways: Vec<Link>,
    list: CreditList,
    count: String,
    pages: Neighbours,
    notice: Option<Notice>,
    /// For a finance officer.
    form: Option<Form>,
    warning: Option<Warning>,
}

/// The list of credits of the bank.
pub async fn credit_list(page: Page, query: Query<ListQuery>, noticed: Query<NoticeQuery>) -> Reply {
    let place = Place::of(&page, PATH, &query);
    let list = page.web.service.credit_list(page.caller()?, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    let subjects = list.rows.iter().map(|credit| format!("bank_credit:{}", credit.id)).collect();
    let notice = notice_of(&page, noticed.entry, subjects).await?;
    page.show(&view(&page, list, &place, notice, None))
}

fn view<'a>(
    page: &'a Page,
    list: CreditList,
    place: &Place,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> CreditListPage<'a> {
    let form = Form::new(page, FORM, PATH, FIELDS, trouble).labelled(LABELS);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    CreditListPage {
        frame: Frame { wrong: warning.is_some(), ..frame_of_list(page, page.t("title-bank-credits"), PATH) },
        ways: ways(page),
        count: page.t1("count-credits", "n", list.all),
        pages: place.neighbours(list.all),
        form: page.may(RecordBankCredit::PERMISSION).then_some(form),
        page,
        list,
        notice,
        warning,
    }
}

/// A finance officer records a credit with the files that show it.
pub async fn record(mut sent: SentFiles) -> Reply {
    let attached = sent.count();
    let check = |typed: &BankCreditForm| typed.check_with(attached);
    let make = |mut form: BankCreditForm, documents| {
        form.evidence = documents;
        RecordBankCredit { form }
    };
    let done = sent.act(check, make).await.map_err(|problem| from_place("/evidence", problem));
    sent.answer(done, PATH, FORM, again).await
}

async fn again(page: Page, trouble: Trouble) -> Reply {
    let place = Place::of(&page, PATH, &ListQuery::default());
    let list = page.web.service.credit_list(page.caller()?, place.number, ROWS).await?;
    let shown = view(&page, list, &place, None, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl CreditListPage<'_> {
    fn who(&self, credit: &BankCredit) -> Option<PersonThere> {
        self.list.people.person(credit.recorded_by, Some(credit.recorded_at), None)
    }
}
