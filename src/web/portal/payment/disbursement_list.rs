//! The list of disbursements, of all or of one award, the newest first, and what they come to.

use crate::service::payment::disbursement_file::DisbursementList;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::reference_of;
use crate::web::portal::colour;
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::disbursement_page::record_of;
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::reference;
use actix_web::web::Query;
use askama::Template;
use domain::payment::disbursement::{Disbursement, DisbursementStatus};

const LIST: &str = "/disbursements";

#[derive(Template)]
#[template(path = "templates/payment/disbursement_list.html", config = "src/web/askama.toml")]
struct DisbursementListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: DisbursementList,
    /// What the list has in all, in words.
    count: String,
    /// The list of one award has no filter.
    filter: Option<StatusFilter<DisbursementStatus>>,
    pages: Neighbours,
}

/// The list of all disbursements.
pub async fn disbursement_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of(LIST, &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.disbursement_list(page.caller()?, None, filter.status, place.number, ROWS).await?;
    let frame = page.frame(page.t("title-disbursements"));
    show(&page, frame, list, Some(filter), &place)
}

/// The list of the disbursements under one award.
pub async fn of_award(page: Page, at: At, query: Query<ListQuery>) -> Reply {
    let missing = || Problem::edge("not_found", "there is no such award");
    let award = reference_of(&at.1).ok_or_else(missing)?;
    let place = Place::of(&page, &page.path, &query);
    let list = page.web.service.disbursement_list(page.caller()?, Some(award), None, place.number, ROWS).await?;
    let number = list.award.clone().unwrap_or_default();
    let mut frame = page.frame(page.t1("title-disbursements-of", "award", &number));
    frame.crumbs.push(page.crumb("nav-awards", "/awards"));
    let mut crumb = page.crumb("nav-awards", &format!("/awards/{}", reference::in_address(&number)));
    crumb.text = number;
    frame.crumbs.push(crumb);
    show(&page, frame, list, None, &place)
}

fn show(
    page: &Page,
    frame: Frame,
    list: DisbursementList,
    filter: Option<StatusFilter<DisbursementStatus>>,
    place: &Place,
) -> Reply {
    if let Some(last) = place.last_instead(list.totals.count) {
        return Ok(last);
    }
    page.show(&DisbursementListPage {
        count: page.t1("count-disbursements", "n", list.totals.count),
        pages: place.neighbours(list.totals.count),
        page,
        frame,
        list,
        filter,
    })
}

impl DisbursementListPage<'_> {
    fn address(&self, row: &Disbursement) -> String {
        self.page.to(&record_of(&row.number))
    }

    fn colour(&self, row: &Disbursement) -> &'static str {
        colour::of(row.status)
    }

    /// What was paid, what came back, what stayed, and how much of that was set off.
    fn totals(&self) -> String {
        let totals = &self.list.totals;
        let values = [
            ("paid", totals.paid.to_string()),
            ("came_back", totals.came_back.to_string()),
            ("kept", totals.kept.to_string()),
            ("stayed", totals.stayed().to_string()),
            ("set_off", totals.set_off.to_string()),
            ("net", totals.net().to_string()),
        ];
        self.page.language.text_with("disbursement-totals", &values)
    }

    /// Why the list is empty, and what fills it.
    fn empty(&self) -> String {
        let narrowed = self.filter.as_ref().is_some_and(|filter| filter.status.is_some());
        self.page.t(if narrowed { "no-disbursements-with-status" } else { "no-disbursements" })
    }
}
