//! Numbers of records in addresses, where `NDFEB/2028-29/TRN/0001` is `NDFEB-2028-29-TRN-0001`, and on pages, where a
//! line may end behind a slash and nowhere else in them.

use crate::web::portal::page::Page;
use askama::filters::{Escaper, Html, HtmlSafe};
use domain::base::permission::Permission;
use domain::correction::correction::CorrectionKind;
use std::fmt::{self, Display, Formatter};

/// A text with the places at which a browser may end a line within its long words: behind each slash of a number, and
/// behind the sign of an e-mail address. What a reader copies out of the page is the text alone.
pub struct Foldable(String);

/// A word of so many letters and digits is no word, but what names a file of the treasury.
const CODE_LEAST: usize = 20;

impl Display for Foldable {
    fn fmt(&self, page: &mut Formatter<'_>) -> fmt::Result {
        for word in self.0.split_inclusive(char::is_whitespace) {
            let core = word.trim_matches(|letter: char| !letter.is_alphanumeric());
            let (before, after) = word.split_once(core).unwrap_or_default();
            let is_number = number_of(&in_address(core)).is_some();
            let is_code = core.len() >= CODE_LEAST && core.bytes().all(|byte| byte.is_ascii_alphanumeric());
            Html.write_escaped_str(&mut *page, before)?;
            page.write_str(match (is_number, is_code) {
                (true, _) => "<span class=\"ms-folds\">",
                (false, true) => "<span class=\"ms-code\">",
                (false, false) => "",
            })?;
            for (place, part) in core.split_inclusive(if is_number { '/' } else { '@' }).enumerate() {
                page.write_str(if place > 0 { "<wbr>" } else { "" })?;
                Html.write_escaped_str(&mut *page, part)?;
            }
            page.write_str(if is_number || is_code { "</span>" } else { "" })?;
            Html.write_escaped_str(&mut *page, after)?;
        }
        Ok(())
    }
}

/// Everything in it is escaped above, except its own two elements.
impl HtmlSafe for Foldable {}

impl Page {
    /// The number of a record, or a text that may have one, with the places at which a line may end.
    pub fn foldable(&self, text: impl Display) -> Foldable {
        Foldable(text.to_string())
    }
}

/// A number as it stands in an address.
pub fn in_address(number: &str) -> String {
    number.replace('/', "-")
}

/// The number in an address, read from the right: serial, kind, year, prefix. `None` for a text that is none.
pub fn number_of(address: &str) -> Option<String> {
    let mut parts = address.rsplitn(5, '-');
    let (serial, kind, last, first, prefix) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let digits = |text: &str, least: usize| text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_kind = kind.len() == 3 && kind.bytes().all(|byte| byte.is_ascii_uppercase());
    let good = digits(serial, 4) && is_kind && digits(last, 2) && digits(first, 4) && !prefix.is_empty();
    good.then(|| format!("{prefix}/{first}-{last}/{kind}/{serial}"))
}

/// Where a correction of this kind is proposed for the record of a number; that of a milestone is the number of its
/// award and its code.
fn correction_of(kind: CorrectionKind, number: &str) -> String {
    format!("/corrections?kind={kind}&about={}#correction", in_address(number).replace(' ', "+"))
}

impl Page {
    /// The same for whoever may propose it, where the record is one that can be corrected so.
    pub fn correction_address(&self, kind: CorrectionKind, number: &str, can_be: bool) -> Option<String> {
        let may = can_be && self.may(Permission::ProposeCorrection);
        may.then(|| self.to(&correction_of(kind, number)))
    }
}

/// What a link to such a form says of its record: its number, and behind it the code of a milestone.
pub fn record_in(about: &str) -> String {
    let (number, code) = about.split_once(' ').map_or((about, None), |(number, code)| (number, Some(code)));
    let number = number_of(number).unwrap_or_else(|| number.to_owned());
    code.map_or_else(|| number.clone(), |code| format!("{number} {code}"))
}

/// The page of a number, by its kind; `None` for a kind that has none.
pub fn page_of(number: &str) -> Option<String> {
    let address = in_address(number);
    number_of(&address)?;
    match number.rsplit('/').nth(1)? {
        "APP" => Some(format!("/applications/{address}")),
        "AWD" => Some(format!("/awards/{address}")),
        "EXC" => Some(format!("/excuses/{address}")),
        "ALC" => Some(format!("/allocations/{address}")),
        "DIS" => Some(format!("/disbursements/{address}")),
        // A final certificate stands on the page of its claim, which only the record itself names.
        "FIN" => Some(format!("/find?q={address}")),
        "TRN" => Some(format!("/tranches/{address}")),
        "CLM" => Some(format!("/claims/{address}")),
        "PAY" => Some(format!("/payments/{address}")),
        "REC" => Some(format!("/recoveries/{address}")),
        "LTR" => Some(format!("/letters/{address}")),
        "BUD" => Some(format!("/budget/instruments/{address}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_behind_a_slash_of_a_number() {
        let shown = |text: &str| Foldable(text.to_owned()).to_string();
        assert_eq!(
            shown("Claim NDFEB/2028-29/CLM/0006: of A & B"),
            "Claim <span class=\"ms-folds\">NDFEB/<wbr>2028-29/<wbr>CLM/<wbr>0006</span>: of A &#38; B"
        );
        assert_eq!(shown("one@ministry.example"), "one@<wbr>ministry.example");
        assert_eq!(shown("<b>a/b</b> –"), "&#60;b&#62;a/b&#60;/b&#62; –");
        assert_eq!(shown("A test"), "A test");
        let code = "<span class=\"ms-code\">NDFEBDBTPAYREQ200320291</span>";
        assert_eq!(shown("File NDFEBDBTPAYREQ200320291"), format!("File {code}"));
    }

    #[test]
    fn a_link_to_a_correction_names_its_record() {
        let of_milestone = correction_of(CorrectionKind::ReopenMilestone, "N/2028-29/AWD/0001 oxide_to_metal");
        assert_eq!(
            of_milestone,
            "/corrections?kind=reopen_milestone&about=N-2028-29-AWD-0001+oxide_to_metal#correction"
        );
        assert_eq!(record_in("N-2028-29-AWD-0001 oxide_to_metal"), "N/2028-29/AWD/0001 oxide_to_metal");
        assert_eq!(record_in("N-2028-29-PAY-0001"), "N/2028-29/PAY/0001");
        assert_eq!(record_in("pay/1"), "pay/1");
    }

    #[test]
    fn a_number_goes_into_an_address_and_back() {
        for number in ["NDFEB/2028-29/TRN/0001", "A-B/2028-29/PAY/12345"] {
            assert_eq!(number_of(&in_address(number)).as_deref(), Some(number));
        }
        for wrong in ["", "TRN-0001", "NDFEB-2028-TRN-0001", "NDFEB-2028-29-trn-0001", "-2028-29-TRN-0001"] {
            assert_eq!(number_of(wrong), None, "{wrong}");
        }
        assert_eq!(page_of("NDFEB/2028-29/TRN/0001").as_deref(), Some("/tranches/NDFEB-2028-29-TRN-0001"));
        assert_eq!(page_of("NDFEB/2028-29/CLM/0001").as_deref(), Some("/claims/NDFEB-2028-29-CLM-0001"));
        assert_eq!(page_of("NDFEB/2028-29/REC/0001").as_deref(), Some("/recoveries/NDFEB-2028-29-REC-0001"));
        assert_eq!(page_of("NDFEB/2028-29/LTR/0001").as_deref(), Some("/letters/NDFEB-2028-29-LTR-0001"));
        assert_eq!(page_of("NDFEB/2028-29/FIN/0001").as_deref(), Some("/find?q=NDFEB-2028-29-FIN-0001"));
        assert_eq!(page_of("NDFEB/2028-29/XYZ/0001"), None);
    }
}
