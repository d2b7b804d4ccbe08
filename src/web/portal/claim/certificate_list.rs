//! The list of final certificates that a person may see, the newest first.

use crate::service::claim::certificate_list::{CertificateList, ListedCertificate};
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::certificate_page::status_colour;
use crate::web::portal::list::{ListQuery, Neighbours, ROWS, StatusFilter};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::reference;
use actix_web::web::Query;
use askama::Template;
use domain::claim::final_certificate::CertificateStatus;

#[derive(Template)]
#[template(path = "templates/claim/certificate_list.html", config = "src/web/askama.toml")]
struct CertificateListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: CertificateList,
    /// What the list has in all, in words.
    count: String,
    filter: StatusFilter<CertificateStatus>,
    pages: Neighbours,
}

/// The list of final certificates.
pub async fn certificate_list(page: Page, query: Query<ListQuery>) -> Reply {
    let filter = StatusFilter::of("/certificates", &query)?;
    let place = filter.place(&page, &query);
    let list = page.web.service.certificate_list(page.caller()?, filter.status, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    page.show(&CertificateListPage {
        frame: page.frame(page.t("title-certificates")),
        count: page.t1("count-certificates", "n", list.all),
        pages: place.neighbours(list.all),
        filter,
        page: &page,
        list,
    })
}

impl CertificateListPage<'_> {
    fn claim_address(&self, row: &ListedCertificate) -> String {
        self.page.to(&format!("/claims/{}", reference::in_address(&row.claim)))
    }

    /// The page that shows all certificates of its claim.
    fn address(&self, row: &ListedCertificate) -> String {
        format!("{}/certificate", self.claim_address(row))
    }

    fn submitted_on(&self, row: &ListedCertificate) -> String {
        self.page.day(&row.certificate.submitted_at.date_in_india())
    }

    fn colour(&self, row: &ListedCertificate) -> &'static str {
        status_colour(row.certificate.status)
    }
}
