//! The list of allocations, the newest first, and whom each waits for; with the form that drafts the next run.

use crate::service::award::allocation_file::{AllocationList, AllocationRow};
use crate::service::award::allocations::DraftAllocation;
use crate::service::running::runner::{Answered, Command};
use crate::web::api::award::allocations::AllocationDraft;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::award::allocation_page::record_of;
use crate::web::portal::colour;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::bank_ways::address_made;
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::sent::Sent;
use actix_web::web::Query;
use askama::Template;
use domain::award::allocation::AllocationStatus;

const PATH: &str = "/allocations";
const FORM: &str = "run";

#[derive(Template)]
#[template(path = "templates/award/allocation_list.html", config = "src/web/askama.toml")]
struct AllocationListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: AllocationList,
    /// What the list has in all, in words.
    count: String,
    filter: StatusFilter<AllocationStatus>,
    pages: Neighbours,
    /// For a person who may draft a run, where a scheme ranks bids.
    form: Option<Form>,
    warning: Option<Warning>,
}

/// The list of allocations.
pub async fn allocation_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of(PATH, &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.allocation_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&view(&page, list, filter, &place, None))
}

fn view<'a>(
    page: &'a Page,
    list: AllocationList,
    filter: StatusFilter<AllocationStatus>,
    place: &Place,
    trouble: Option<&Trouble>,
) -> AllocationListPage<'a> {
    let drafts = page.may(DraftAllocation::PERMISSION) && !list.schemes.is_empty();
    let form = drafts.then(|| Form::new(page, FORM, PATH, &["/scheme_code"], trouble));
    let warning = trouble.zip(form.as_ref()).map(|(trouble, form)| Warning::of(trouble, form, page.language));
    AllocationListPage {
        frame: Frame { wrong: warning.is_some(), ..page.frame(page.t("title-allocations")) },
        count: page.t1("count-allocations", "n", list.all),
        pages: place.neighbours(list.all),
        filter,
        page,
        list,
        form,
        warning,
    }
}

/// Runs the calculation over the eligible bids of a scheme, and leads to the draft.
pub async fn draft(sent: Sent) -> Reply {
    match drafted(&sent).await {
        Ok(answered) => Ok(sent.page.see_other(&address_made(&answered))),
        Err(problem) => sent.answer(Err(problem), PATH, FORM, again).await,
    }
}

async fn drafted(sent: &Sent) -> Result<Answered, Problem> {
    let make = |AllocationDraft { scheme_code, scheme_version }| Ok(DraftAllocation { scheme_code, scheme_version });
    let (command, call) = sent.command(make).await?;
    // The answer is its address, which a form that is sent twice gets again.
    sent.run(call, command, |file| record_of(&file.allocation.number)).await
}

async fn again(page: Page, trouble: Trouble) -> Reply {
    let query = ListQuery::default();
    let filter = StatusFilter::of(PATH, &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.allocation_list(page.caller()?, filter.status, place.number, ROWS).await?;
    let shown = view(&page, list, filter, &place, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl AllocationListPage<'_> {
    fn address(&self, row: &AllocationRow) -> String {
        self.page.to(&record_of(&row.allocation.number))
    }

    fn colour(&self, row: &AllocationRow) -> &'static str {
        colour::of(row.allocation.status)
    }
}
