//! What a red control found, in the language of the page. A run stores it as one sentence in English, because its
//! digest stands for that text; the values are read out of it again by the form of the sentence.

use crate::web::portal::page::{Page, Said};
use crate::web::portal::texts::Language;
use chrono::NaiveDate;
use domain::base::money::Paise;
use domain::check::control::{ControlCode, Counterexample};

/// The form of what a control says, each value in braces with its kind behind a colon, where it is no plain text.
/// Controls of integrity are for whoever examines the ledger, and have none.
fn form(control: ControlCode) -> Option<&'static str> {
    use ControlCode as C;
    Some(match control {
        C::InvoiceOnce => "invoice {invoice} stands in {n} live claims",
        C::MaterialsAddUp => {
            "{number} opened with {opened:kg} kg of {material:material}, and the claim before leaves {left:kg} kg"
        }
        C::OfficersOfNoCompany => "the step {step:step} was taken by somebody of a manufacturer",
        C::ProvidersTakeNoStep => {
            "{number}: the step {step:step} was taken by a person of budget instrument {instrument}"
        }
        C::RolesApart => "it holds {roles:roles}",
        C::DisabledSignedOut => "it is disabled, and {n} sessions of it are open",
        C::CapacityWithinScheme => "awards share out {given:mtpa} tonnes a year, the scheme has {most:mtpa}",
        C::SanctionsInTerm => "{number} is sanctioned and was to be paid by {day:day}",
        C::HoldsInTerm => "{number} is {status:status} and was held until {day:day}",
        C::GuaranteesRun => "guarantee {number} ran until {day:day}, award {award} runs until {end:day}",
        C::CertificatesInTime => "{number} was to be certified by {day:day}",
        C::RecoveriesInTime => "{number} was due on {day:day}",
        C::DelaysAnswered => {
            "{milestone:milestone} of award {award} was due on {day:day}: neither damages nor an excuse for {n} days from {from:day} to {end:day}"
        }
        C::LastQuarterWithinLimits => {
            "{limit:limit} of {year}: {paid} paid and {advised} on their way, the limit is {ceiling}"
        }
        C::BankLinesSettled => "{finding:finding} of {day:day}, {amount:rupees}, is {status:difference-status}",
        C::ConfirmedOnScroll => "{number} is recorded as paid on {day:day}, and no scroll of the bank names it",
        _ => return None,
    })
}

/// The controls whose findings have a form.
pub fn formed() -> impl Iterator<Item = ControlCode> {
    ControlCode::ALL.iter().copied().filter(|control| form(*control).is_some())
}

/// The names of the values, which a text takes by name.
const NAMES: &[&str] = &[
    "advised",
    "amount",
    "award",
    "ceiling",
    "day",
    "end",
    "finding",
    "from",
    "given",
    "instrument",
    "invoice",
    "left",
    "limit",
    "material",
    "milestone",
    "most",
    "n",
    "number",
    "opened",
    "paid",
    "roles",
    "status",
    "step",
    "year",
];

/// What shows that a control is at fault: in the language of the page, or the stored sentence where it has no form.
pub fn said(page: &Page, control: ControlCode, example: &Counterexample) -> Said {
    let known = form(control).and_then(|form| values(page, form, &example.found));
    match known {
        Some(values) => {
            let text = page.language.text_with(&format!("control-found-{control}"), &values);
            Said { text, language: page.language }
        }
        None => Said { text: example.found.clone(), language: Language::English },
    }
}

/// The values of a sentence of this form, as the page writes them; `None` for any other sentence.
fn values(page: &Page, form: &str, sentence: &str) -> Option<Vec<(&'static str, String)>> {
    let read = read(form, sentence)?;
    let shown = |(name, kind, value): (&str, &str, &str)| {
        let name = NAMES.iter().find(|known| **known == name)?;
        Some((*name, value_in_words(page, kind, value)?))
    };
    read.into_iter().map(shown).collect()
}

fn value_in_words(page: &Page, kind: &str, value: &str) -> Option<String> {
    Some(match kind {
        "" => value.to_owned(),
        "day" => page.day(&value.parse::<NaiveDate>().ok()?),
        "rupees" => Paise::parse_rupees(value).ok()?.to_string(),
        "kg" => page.kilograms(&value.parse().ok()?),
        "mtpa" => page.tonnes(&value.parse().ok()?),
        "milestone" => page.language.milestone_of_code(value),
        "step" => page.word("step-name", value),
        "roles" => value.split(' ').map(|role| page.word("role", role)).collect::<Vec<_>>().join(", "),
        // The statuses of tranches, of differences, and the limits of the last quarter.
        kind => page.word(kind, value),
    })
}

/// The values of a sentence: name, kind and text of each.
fn read<'a>(form: &'a str, sentence: &'a str) -> Option<Vec<(&'a str, &'a str, &'a str)>> {
    let mut parts = form.split('{');
    let mut rest = sentence.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    for part in parts {
        let (value, literal) = part.split_once('}')?;
        let (name, kind) = value.split_once(':').unwrap_or((value, ""));
        let end = if literal.is_empty() { rest.len() } else { rest.find(literal)? };
        found.push((name, kind, rest.get(..end)?));
        rest = rest.get(end + literal.len()..)?;
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_gives_its_values_back() {
        let sentence = "metal_to_alloy of award NDFEB/2026-27/AWD/0001 was due on 2028-10-06: \
                        neither damages nor an excuse for 12 days from 2028-10-07 to 2028-10-18";
        let found = read(form(ControlCode::DelaysAnswered).unwrap(), sentence).unwrap();
        let wanted = [
            ("milestone", "milestone", "metal_to_alloy"),
            ("award", "", "NDFEB/2026-27/AWD/0001"),
            ("day", "day", "2028-10-06"),
            ("n", "", "12"),
            ("from", "day", "2028-10-07"),
            ("end", "day", "2028-10-18"),
        ];
        assert_eq!(found, wanted);
        let other = "metal_to_alloy of award NDFEB/2026-27/AWD/0001 was due on 2028-10-06";
        assert_eq!(read(form(ControlCode::DelaysAnswered).unwrap(), other), None);
    }

    #[test]
    fn every_value_of_a_form_has_its_name() {
        for form in ControlCode::ALL.iter().filter_map(|control| form(*control)) {
            for (name, ..) in read(form, form).unwrap() {
                let name = name.split(':').next().unwrap();
                assert!(NAMES.contains(&name), "{name} of {form}");
            }
        }
    }
}
