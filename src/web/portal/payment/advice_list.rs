//! Files for the treasury: the list, the payments that are in none yet, and the form that makes a file of them.

use crate::service::payment::payment_advices::MakePaymentAdvice;
use crate::service::payment::treasury_files::AdviceList;
use crate::web::api::payment::payment_advices::NewPaymentAdvice;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS};
use crate::web::portal::page::{Frame, Link, Page};
use crate::web::portal::payment::advice_page::record_of;
use crate::web::portal::payment::bank_ways::{address_made, frame_of_list, ways, year_end};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::reference;
use crate::web::portal::sent::Sent;
use actix_web::web::Query;
use askama::Template;
use domain::base::id::PaymentAdviceId;
use domain::base::permission::Permission;
use serde::Deserialize;

const PATH: &str = "/advices";
const FORM: &str = "advice";
const FIELDS: &[&str] = &["/payment_ids", "/execute_on"];
const LABELS: [(&str, &str); 2] = [("/payment_ids", "title-payments"), ("/execute_on", "advice-execute-on")];

#[derive(Template)]
#[template(path = "templates/payment/advice_list.html", config = "src/web/askama.toml")]
struct AdviceListPage<'a> {
    page: &'a Page,
    frame: Frame,
    ways: Vec<Link>,
    list: AdviceList,
    count: String,
    pages: Neighbours,
    /// For a person who may make a file, while payments wait for one.
    form: Option<Form>,
    warning: Option<Warning>,
}

/// The payment from whose page somebody comes.
#[derive(Default, Deserialize)]
pub struct Origin {
    payment: Option<String>,
}

impl Origin {
    /// That payment is chosen already, if it waits for a file.
    fn chosen(&self, list: &AdviceList) -> Vec<(String, String)> {
        let number = self.payment.as_deref().and_then(reference::number_of);
        let waits = list.waiting.iter().filter(|row| Some(&row.payment.number) == number.as_ref());
        waits.map(|row| ("each:/payment_ids".to_owned(), row.payment.id.to_string())).collect()
    }
}

/// The list of files for the treasury.
pub async fn advice_list(page: Page, query: Query<ListQuery>, from: Query<Origin>) -> Reply {
    let place = Place::of(&page, PATH, &query);
    let list = page.web.service.advice_list(page.caller()?, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    let chosen = from.chosen(&list);
    let mut shown = view(&page, list, &place, None);
    shown.form = shown.form.map(|form| form.prefilled(chosen));
    page.show(&shown)
}

fn view<'a>(page: &'a Page, list: AdviceList, place: &Place, trouble: Option<&Trouble>) -> AdviceListPage<'a> {
    let form = Form::new(page, FORM, PATH, FIELDS, trouble).labelled(LABELS);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    let may = page.may(Permission::MakePaymentAdvice) && !list.waiting.is_empty();
    AdviceListPage {
        frame: Frame { wrong: warning.is_some(), ..frame_of_list(page, page.t("title-advices"), PATH) },
        ways: ways(page),
        count: page.t1("count-advices", "n", list.all),
        pages: place.neighbours(list.all),
        form: may.then_some(form),
        page,
        list,
        warning,
    }
}

/// Makes a file of the chosen payments, and leads to its page.
pub async fn make(sent: Sent) -> Reply {
    match made(&sent).await {
        Ok(address) => Ok(sent.page.see_other(&address)),
        Err(problem) => sent.answer(Err(problem), PATH, FORM, again).await,
    }
}

async fn made(sent: &Sent) -> Result<String, Problem> {
    let source_system = || sent.page.web.service.treasury.source_system.clone();
    let make = |NewPaymentAdvice { payment_ids, execute_on }| {
        Ok(MakePaymentAdvice { payments: payment_ids, execute_on, source_system: source_system() })
    };
    let (command, call) = sent.command(make).await?;
    // The answer is its address, which a form that is sent twice gets again.
    Ok(address_made(&sent.run(call, command, |(advice, _)| record_of(advice.id)).await?))
}

async fn again(page: Page, trouble: Trouble) -> Reply {
    let place = Place::of(&page, PATH, &ListQuery::default());
    let list = page.web.service.advice_list(page.caller()?, place.number, ROWS).await?;
    let shown = view(&page, list, &place, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl AdviceListPage<'_> {
    fn year_end(&self) -> String {
        year_end(self.page, self.list.today)
    }

    fn address(&self, id: &PaymentAdviceId) -> String {
        self.page.to(&record_of(*id))
    }
}
