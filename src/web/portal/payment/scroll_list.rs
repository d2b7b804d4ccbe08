//! Scrolls of the bank: the list, and the form into which a scroll is pasted.

use crate::service::payment::bank_scrolls::ScrollFile;
use crate::service::payment::reconciliation::ScrollList;
use crate::service::running::runner::Call;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS};
use crate::web::portal::page::{Frame, Link, Page};
use crate::web::portal::payment::bank_ways::{FIELDS, LABELS, PastedFile, address_made, warning_of, ways};
use crate::web::portal::payment::scroll_page::record_of;
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::sent::Sent;
use actix_web::web::Query;
use askama::Template;
use domain::base::id::BankScrollId;
use domain::base::permission::Permission;
use domain::payment::payment_advice::FileFormat;

const PATH: &str = "/scrolls";
const FORM: &str = "scroll";

#[derive(Template)]
#[template(path = "templates/bank/scroll_list.html", config = "src/web/askama.toml")]
struct ScrollListPage<'a> {
    page: &'a Page,
    frame: Frame,
    ways: Vec<Link>,
    list: ScrollList,
    count: String,
    pages: Neighbours,
    /// For a person who may record such a file.
    form: Option<Form>,
    warning: Option<Warning>,
}

/// The list of scrolls.
pub async fn scroll_list(page: Page, query: Query<ListQuery>) -> Reply {
    let place = Place::of(&page, PATH, &query);
    let list = page.web.service.scroll_list(page.caller()?, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&view(&page, list, &place, None))
}

fn view<'a>(page: &'a Page, list: ScrollList, place: &Place, trouble: Option<&Trouble>) -> ScrollListPage<'a> {
    let form = Form::new(page, FORM, PATH, FIELDS, trouble).labelled(LABELS.iter().copied());
    let warning = trouble.map(|trouble| warning_of(trouble, &form, page.language));
    ScrollListPage {
        frame: Frame { wrong: warning.is_some(), ..page.frame(page.t("title-scrolls")) },
        ways: ways(page),
        count: page.t1("count-scrolls", "n", list.all),
        pages: place.neighbours(list.all),
        form: page.may(Permission::UploadBankScroll).then_some(form),
        page,
        list,
        warning,
    }
}

/// Takes in a scroll whole, holds it against the records, and leads to its page.
pub async fn upload(sent: Sent) -> Reply {
    match taken_in(&sent).await {
        Ok(address) => Ok(sent.page.see_other(&address)),
        Err(problem) => sent.answer(Err(problem), PATH, FORM, again).await,
    }
}

async fn taken_in(sent: &Sent) -> Result<String, Problem> {
    let (PastedFile { format, content, from, to }, call) = sent.call()?;
    let service = &sent.page.web.service;
    service.begin_bank_scroll(&Call::unkeyed(call.caller)).await?;
    let answered = match service.begin_bank_scroll(&call).await? {
        Some(answered) => answered,
        None => {
            let render = |file: ScrollFile| record_of(file.scroll.id);
            service.upload_bank_scroll(call, format, content.into_bytes(), (from, to), render).await?
        }
    };
    Ok(address_made(&answered))
}

async fn again(page: Page, trouble: Trouble) -> Reply {
    let place = Place::of(&page, PATH, &ListQuery::default());
    let list = page.web.service.scroll_list(page.caller()?, place.number, ROWS).await?;
    let shown = view(&page, list, &place, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl ScrollListPage<'_> {
    fn address(&self, id: &BankScrollId) -> String {
        self.page.to(&record_of(*id))
    }

    fn formats(&self) -> &'static [FileFormat] {
        FileFormat::ALL
    }
}
