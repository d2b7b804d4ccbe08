//! The languages of people, and what every text of one shares: how a request asks for it, and how it writes a day.

use actix_web::HttpMessage;
use actix_web::http::header::{ACCEPT_LANGUAGE, AcceptLanguage, Header, Preference, Quality};
use chrono::{Datelike, NaiveDate};
use domain::words;
use fluent_templates::{LanguageIdentifier, langid};

words! {
    /// A language for people.
    pub enum Language {
        English = "en",
        Hindi = "hi",
    }
}

static ENGLISH: LanguageIdentifier = langid!("en");
static HINDI: LanguageIdentifier = langid!("hi");

const ENGLISH_MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const HINDI_MONTHS: [&str; 12] =
    ["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"];

impl Language {
    /// The language that the request prefers (RFC 9110, section 12.5.4); English when it names none of ours, or
    /// when its header cannot be read. Of two that are preferred equally, the one that is named first.
    pub fn of(request: &impl HttpMessage) -> Language {
        if !request.headers().contains_key(ACCEPT_LANGUAGE) {
            return Language::English;
        }
        let accepted = AcceptLanguage::parse(request).map(|header| header.0).unwrap_or_default();
        let mut best = (Quality::ZERO, Language::English);
        for range in &accepted {
            let language = match &range.item {
                Preference::Any => Some(Language::English),
                Preference::Specific(tag) => tag.primary_language().to_ascii_lowercase().parse().ok(),
            };
            if let Some(language) = language
                && range.quality > best.0
            {
                best = (range.quality, language);
            }
        }
        best.1
    }

    /// The other language, to which the switch of a page leads.
    pub fn other(self) -> Language {
        match self {
            Language::English => Language::Hindi,
            Language::Hindi => Language::English,
        }
    }

    /// Its name in the files of texts.
    pub fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Language::English => &ENGLISH,
            Language::Hindi => &HINDI,
        }
    }

    /// The name of a month, 1 for January.
    pub fn month(self, number: u32) -> &'static str {
        let months = match self {
            Language::English => ENGLISH_MONTHS,
            Language::Hindi => HINDI_MONTHS,
        };
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| months.get(place)).copied().unwrap_or_default()
    }

    /// A day with the name of its month: `12 Nov 2026`, `12 नवंबर 2026`.
    pub fn day(self, day: NaiveDate) -> String {
        format!("{} {} {}", day.day(), self.month(day.month()), day.year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_reader_gets_the_language_that_they_ask_for_first() {
        for (header, language) in [
            ("", Language::English),
            ("hi", Language::Hindi),
            ("hi-IN,en;q=0.8", Language::Hindi),
            ("en,hi", Language::English),
            ("ta,hi;q=0.5,en;q=0.4", Language::Hindi),
            ("en;q=0.2,hi;q=0.9", Language::Hindi),
            ("hi;q=0,en;q=0.1", Language::English),
            ("hi;q=0", Language::English),
            ("ta", Language::English),
            ("*", Language::English),
            ("hi;q=x", Language::English),
        ] {
            let request = TestRequest::default().insert_header((ACCEPT_LANGUAGE, header)).to_http_request();
            assert_eq!(Language::of(&request), language, "{header}");
        }
        assert_eq!(Language::of(&TestRequest::default().to_http_request()), Language::English);
    }

    #[test]
    fn a_day_has_the_name_of_its_month() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 12).unwrap();
        assert_eq!(
            (Language::English.day(day), Language::Hindi.day(day)),
            ("12 Nov 2026".into(), "12 नवंबर 2026".into())
        );
    }
}
