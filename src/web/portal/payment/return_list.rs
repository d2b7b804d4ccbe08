//! What the treasury answered: the list of its return files, the answers that contradict the records, and the form
//! into which such a file is pasted.

use crate::service::payment::treasury_files::ReturnList;
use crate::service::payment::treasury_returns::ReturnFile;
use crate::service::running::runner::Call;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS};
use crate::web::portal::page::{Frame, Link, Page};
use crate::web::portal::payment::bank_ways::{FIELDS, LABELS, PastedFile, address_made, warning_of, ways};
use crate::web::portal::payment::return_page::{payment_of, record_of};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::sent::Sent;
use actix_web::web::Query;
use askama::Template;
use domain::base::id::TreasuryReturnId;
use domain::base::permission::Permission;
use domain::payment::payment_advice::FileFormat;

const PATH: &str = "/treasury";
const FORM: &str = "return";

#[derive(Template)]
#[template(path = "templates/bank/return_list.html", config = "src/web/askama.toml")]
struct ReturnListPage<'a> {
    page: &'a Page,
    frame: Frame,
    ways: Vec<Link>,
    list: ReturnList,
    count: String,
    pages: Neighbours,
    /// For a person who may record such a file.
    form: Option<Form>,
    warning: Option<Warning>,
}

/// The list of return files.
pub async fn return_list(page: Page, query: Query<ListQuery>) -> Reply {
    let place = Place::of(&page, PATH, &query);
    let list = page.web.service.return_list(page.caller()?, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&view(&page, list, &place, None))
}

fn view<'a>(page: &'a Page, list: ReturnList, place: &Place, trouble: Option<&Trouble>) -> ReturnListPage<'a> {
    let form = Form::new(page, FORM, PATH, FIELDS, trouble).labelled(LABELS.iter().copied());
    let warning = trouble.map(|trouble| warning_of(trouble, &form, page.language));
    ReturnListPage {
        frame: Frame { wrong: warning.is_some(), ..page.frame(page.t("title-treasury-returns")) },
        ways: ways(page),
        count: page.t1("count-returns", "n", list.all),
        pages: place.neighbours(list.all),
        form: page.may(Permission::UploadTreasuryReturn).then_some(form),
        page,
        list,
        warning,
    }
}

/// Takes in a return file whole, applies each of its answers, and leads to its page.
pub async fn upload(sent: Sent) -> Reply {
    match taken_in(&sent).await {
        Ok(address) => Ok(sent.page.see_other(&address)),
        Err(problem) => sent.answer(Err(problem), PATH, FORM, again).await,
    }
}

async fn taken_in(sent: &Sent) -> Result<String, Problem> {
    let (PastedFile { format, content, .. }, call) = sent.call()?;
    let service = &sent.page.web.service;
    service.begin_treasury_return(&Call::unkeyed(call.caller)).await?;
    let answered = match service.begin_treasury_return(&call).await? {
        Some(answered) => answered,
        None => {
            let render = |(file, _): ReturnFile, _| record_of(file.id);
            service.upload_treasury_return(call, format, content.into_bytes(), render).await?
        }
    };
    Ok(address_made(&answered))
}

async fn again(page: Page, trouble: Trouble) -> Reply {
    let place = Place::of(&page, PATH, &ListQuery::default());
    let list = page.web.service.return_list(page.caller()?, place.number, ROWS).await?;
    let shown = view(&page, list, &place, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl ReturnListPage<'_> {
    fn address(&self, id: &TreasuryReturnId) -> String {
        self.page.to(&record_of(*id))
    }

    fn payment(&self, number: &str) -> Option<String> {
        payment_of(self.page, number)
    }

    fn formats(&self) -> &'static [FileFormat] {
        FileFormat::ALL
    }
}
