//! One disbursement: its tranche, payment and award, what was paid under the award before and after, what stands at the
//! plant, what its payment moved in the ledger, and what was asked back of it.

use crate::service::payment::disbursement_file::{Moved, WholeDisbursement};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::reference_of;
use crate::web::portal::colour;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::{numbers, reference};
use askama::Template;
use domain::base::money::Paise;
use domain::correction::correction::CorrectionKind;
use domain::payment::disbursement::DisbursementStatus;

#[derive(Template)]
#[template(path = "templates/payment/disbursement.html", config = "src/web/askama.toml")]
struct DisbursementPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeDisbursement,
    words: String,
}

/// The page of one disbursement.
pub async fn disbursement_page(page: Page, at: At) -> Reply {
    let missing = || Problem::edge("not_found", "there is no such disbursement");
    let of = reference_of(&at.1).ok_or_else(missing)?;
    let file = page.web.service.disbursement_file(page.caller()?, of).await?;
    let one = &file.named.disbursement;
    let mut frame = page.frame(page.t1("title-disbursement", "number", &one.number));
    frame.crumbs.push(page.crumb("title-disbursements", "/disbursements"));
    let words = numbers::in_words(one.amount_paise, page.language);
    page.show(&DisbursementPage { page: &page, frame, file, words })
}

/// The address of a disbursement after the language.
pub fn record_of(number: &str) -> String {
    format!("/disbursements/{}", reference::in_address(number))
}

impl DisbursementPage<'_> {
    fn change(&self, moved: &Moved) -> String {
        numbers::signed(moved.by)
    }

    fn colour(&self) -> &'static str {
        colour::of(self.file.named.disbursement.status)
    }

    /// The page of a record around it, by its number.
    fn address(&self, list: &str, number: &str) -> String {
        self.page.to(&format!("/{list}/{}", reference::in_address(number)))
    }

    /// The claim by its number; one in progress has its id.
    fn claim(&self) -> String {
        let named = &self.file.named;
        named.claim.clone().unwrap_or_else(|| named.disbursement.claim_id.to_string())
    }

    fn claim_address(&self) -> String {
        self.address("claims", &self.claim())
    }

    /// The page of the scheme's year in which the bank paid it.
    fn budget_address(&self) -> String {
        let one = &self.file.named.disbursement;
        self.page.to(&format!("/budget?scheme={}&year={}", one.scheme_code, one.payment_year))
    }

    /// Where a wrong UTR or day of its payment is corrected, for whoever may propose it.
    fn correction_address(&self) -> Option<String> {
        let named = &self.file.named;
        let stands = named.disbursement.status == DisbursementStatus::Succeeded;
        self.page.correction_address(CorrectionKind::CorrectPayment, &named.payment, stands)
    }

    fn was_kept(&self) -> bool {
        self.file.named.disbursement.kept_paise > Paise::ZERO
    }

    /// The tranche, whose notes and letters are those of this payment.
    fn sheet_record(&self) -> String {
        self.address("tranches", &self.file.named.tranche)
    }

    /// Installed capacity; a dash while nothing is verified.
    fn installed(&self, mtpa: &Option<i64>) -> String {
        mtpa.map_or_else(|| self.page.t("disbursement-not-installed"), |mtpa| self.page.tonnes(&mtpa))
    }
}
