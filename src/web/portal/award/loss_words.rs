//! Why a bid got nothing, in the words of the page. The statement of an allocation gives the reason as a code with its
//! figures, and in English.

use crate::web::edge::language::Language;
use crate::web::portal::page::{Page, Said};
use domain::award::allocation_statement::{LossReason, LossReasonCode};
use domain::base::money::Paise;

/// The reason in the language of the page. Where the statement says more than its figures, which is so for a capacity
/// that the scheme does not allow, the English page has the words of the statement.
pub fn why_lost(page: &Page, reason: &LossReason) -> Said {
    let text = match (reason.code, reason.need) {
        (LossReasonCode::CapacityNotAllowed, _) if page.language == Language::English => reason.detail.clone(),
        (LossReasonCode::PartNotAccepted, None) => figures(page, "loss-no_part_accepted", reason, plain),
        (LossReasonCode::OutlayExhausted, _) => figures(page, "loss-outlay_exhausted", reason, rupees),
        (code, _) => figures(page, &format!("loss-{code}"), reason, plain),
    };
    Said { text, language: page.language }
}

fn figures(page: &Page, key: &str, reason: &LossReason, write: fn(i64) -> String) -> String {
    let figure = |figure: Option<i64>| figure.map(write).unwrap_or_default();
    let component = reason.component.map(|component| page.word("component", component)).unwrap_or_default();
    let values = [("component", component), ("need", figure(reason.need)), ("room", figure(reason.room))];
    page.language.text_with(key, &values)
}

fn plain(figure: i64) -> String {
    figure.to_string()
}

fn rupees(paise: i64) -> String {
    Paise(paise).to_string()
}
