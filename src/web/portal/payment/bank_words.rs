//! What the program noted of a line of the bank or of the treasury, in the words of the page. It is recorded in
//! English. Of a scroll the sentence is read back and said with its values in the language of the page; of an answer of
//! the treasury a page in another language says it by the code, and the figures stand beside it in the line.

use crate::web::edge::language::Language;
use crate::web::portal::field::as_a_sentence;
use crate::web::portal::page::{Page, Said};
use chrono::NaiveDate;
use domain::base::money::Paise;
use domain::payment::payment::PaymentStatus;
use domain::payment::scroll_detail::ScrollDetail;
use domain::payment::treasury_return::TreasuryReturnLine;

/// The codes of refusals for which pages have a sentence without figures.
pub const RETURN_CODES: &[&str] = &[
    "amount_differs",
    "answer_contradicted",
    "answer_too_early",
    "budget_exceeded",
    "date_not_allowed",
    "money_stopped",
    "not_as_logged",
    "payment_unknown",
    "same_person",
    "set_off_pending",
    "utr_already_used",
];

/// What a line of a scroll, or a difference, was found to be. What an earlier program said otherwise stays in its
/// English.
pub fn of_scroll(page: &Page, detail: &str) -> Said {
    match ScrollDetail::read(detail) {
        Some(read) => Said { text: worded(page, &read), language: page.language },
        None => Said { text: detail.to_owned(), language: Language::English },
    }
}

fn worded(page: &Page, read: &ScrollDetail) -> String {
    let values: Vec<(&'static str, String)> =
        read.values.iter().map(|(name, text)| (*name, value(page, name, text))).collect();
    page.language.text_with(&format!("scroll-detail-{}", read.code), &values)
}

/// A value as people read it: an amount, a day, a status; all else as it is.
fn value(page: &Page, name: &str, text: &str) -> String {
    let known = match name {
        "amount" | "said" => Paise::parse_rupees(text).ok().map(|amount| amount.to_string()),
        "day" => text.parse::<NaiveDate>().ok().map(|day| page.day(&day)),
        "status" => Some(page.word("payment-status", text)),
        _ => None,
    };
    known.unwrap_or_else(|| text.to_owned())
}

/// Why an answer of the treasury was not taken over.
pub fn of_return(page: &Page, line: &TreasuryReturnLine) -> Option<Said> {
    let detail = line.detail.clone()?;
    let english = Said { text: detail, language: Language::English };
    let code = line.code.as_deref().unwrap_or_default();
    if code == "answer_contradicted"
        && let Some(recorded) = recorded_as(page, &english.text)
    {
        let text = format!("{} {recorded}", page.t("return-why-answer_contradicted"));
        return Some(Said { text, language: page.language });
    }
    let known = page.language != Language::English && RETURN_CODES.contains(&code);
    let english = Said { text: as_a_sentence(&english.text), ..english };
    Some(if known { page.said(&format!("return-why-{code}")) } else { english })
}

/// What the records had of a payment when an answer contradicted them, read back from the sentence of the refusal.
fn recorded_as(page: &Page, detail: &str) -> Option<String> {
    let (_, rest) = detail.strip_prefix("payment ")?.split_once(" is ")?;
    let (recorded, _) = rest.split_once(", and now reported ")?;
    let (status, rest) = recorded.split_once(" with UTR ").unwrap_or((recorded, ""));
    let status: PaymentStatus = status.parse().ok()?;
    let status = page.word("payment-status", status);
    let said = match rest.split_once(" of ").map(|(utr, day)| (utr, day.parse::<NaiveDate>())) {
        Some((utr, Ok(day))) => {
            let values = [("status", status), ("utr", utr.to_owned()), ("day", page.day(&day))];
            page.language.text_with("return-recorded-utr", &values)
        }
        _ => page.t1("return-recorded", "status", status),
    };
    Some(said)
}
