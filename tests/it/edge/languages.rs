//! Problems in the language of their reader: what English says is what the rules' templates say, Hindi says the same
//! with the same arguments, and the request's `Accept-Language` chooses between them.

use crate::harness::app::App;
use crate::harness::people::registration;
use crate::tidy::{root, sources};
use domain::base::act::Act;
use domain::base::argument::{Argument, Arguments};
use domain::base::field_reason::FieldReason;
use domain::base::money::Paise;
use domain::base::permission::{Role, Step};
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::base::told::{Message, Template};
use domain::scheme::scheme::Scheme;
use magnet_scheme::web::edge::language::Language;
use magnet_scheme::web::edge::problem::{EDGE_CODES, PAGE_CODES};
use magnet_scheme::web::edge::texts::word_key;
use magnet_scheme::web::edge_reason::EdgeReason;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The lists of texts that rules say.
const LISTS: &[(&str, &[Template])] = &[
    (Refusal::LIST, Refusal::TEMPLATES),
    (Reason::LIST, Reason::TEMPLATES),
    (FieldReason::LIST, FieldReason::TEMPLATES),
    (EdgeReason::LIST, EdgeReason::TEMPLATES),
];

/// What stands in Latin letters in a Hindi text: units, names of headers and keys, as people must type them.
pub(in crate::edge) const LATIN: &[&str] = &[
    "2027-04-01T06:30:00Z",
    "true",
    "false",
    "MTPA",
    "NUL",
    "limit",
    "cursor",
    "totals",
    "next",
    "as_of",
    "known_at",
    "MH",
    "kg",
    "UUID",
    "/docs/",
    "Allow",
    "Content-Type",
    "Dry-Run",
    "ETag",
    "Retry-After",
    "Idempotency-Key",
    "NDFEB/2028-29/PAY/0001",
    "If-Match",
    "If-None-Match",
    "HTTP",
    "ASCII",
    "UTF-8",
    "JSON",
    "CSV",
    "PDF",
    "PNG",
    "JPEG",
    "XLSX",
    "CDATA",
    "XML",
    "GrpHdr",
    "HDR",
    "LIN",
    "TRL",
    "number_prefix",
    "period_from",
    "opens_on",
    "expires_on",
    "payment_id",
    "number",
    "capital_subsidy",
    "sales_linked_incentive",
    "accepted",
    "succeeded",
    "failed_after_success",
    "failed",
    "unknown",
    "liquidated_damages",
    "refund",
    "“C”",
    "Accepted",
    "Success",
    "Failed after success",
    "Failed",
    "U27320MH2021PTC123456",
    "27AAACS1234K1ZN",
    "GSTIN",
    "26012345AAAAAB1234",
    "UDIN",
    "supplier_gstin",
    "IRN",
    "CRN",
    "DBN",
    "AAACS1234K",
    "SBIN0001234",
    "CIN",
    "PAN",
    "IFSC",
];

/// The codes of scheme files that bind an amount, and the stages of the sample schemes.
const SCHEME_CODES: &[&str] = &[
    "award_ceiling",
    "component_outlay",
    "years_appropriation",
    "rate_per_kg",
    "share_of_turnover",
    "yearly_capacity",
    "share_of_investment",
    "milestone_share",
    "oxide_to_metal",
    "metal_to_alloy",
    "alloy_to_magnet",
];

/// The texts of a language by their keys.
fn texts(language: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("src/web/texts").join(language)).unwrap() {
        for line in std::fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (key, text) = line.split_once(" = ").unwrap_or_else(|| panic!("one line for a text: {line}"));
            assert_eq!(found.insert(key.to_owned(), text.to_owned()), None, "{key} is there twice");
        }
    }
    found
}

/// The names of the variables of a text.
fn variables(text: &str) -> BTreeSet<&str> {
    text.split("{ $").skip(1).filter_map(|rest| rest.split_once(" }")).map(|(name, _)| name).collect()
}

#[apply(plain!)]
fn every_text_of_a_rule_is_told_in_both_languages() {
    let (english, hindi) = (texts("en"), texts("hi"));
    let alone = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| -> Vec<String> {
        one.keys().filter(|key| !other.contains_key(*key)).cloned().collect()
    };
    assert_eq!((alone(&english, &hindi), alone(&hindi, &english)), (vec![], vec![]), "in one language alone");
    let mut used = BTreeSet::from(["joined-any_of".to_owned(), "title-refused".to_owned()]);
    for (list, templates) in LISTS {
        for Template { code, arguments, english: template } in *templates {
            let key = format!("{list}-{code}");
            let mut expected = (*template).to_owned();
            for name in *arguments {
                expected = expected.replace(&format!("{{{name}}}"), &format!("{{ ${name} }}"));
            }
            assert_eq!(english.get(&key), Some(&expected), "{key}");
            assert_eq!(variables(&hindi[&key]), variables(&expected), "{key}");
            used.insert(key);
        }
    }
    for (code, _, title) in EDGE_CODES {
        assert_eq!(english.get(&format!("title-{code}")).map(String::as_str), Some(*title));
        used.extend([format!("title-{code}"), format!("detail-{code}")]);
    }
    for (code, _, title) in PAGE_CODES {
        assert_eq!(english.get(&format!("title-{code}")).map(String::as_str), Some(*title));
        used.insert(format!("title-{code}"));
    }
    used.extend(explained().map(|(code, _)| format!("explain-{code}")));
    used.extend(milestones().into_iter().map(|(code, title)| {
        let key = format!("milestone-{code}");
        assert_eq!(english.get(&key), Some(&title));
        assert_eq!(Language::Hindi.milestone_title(&code, &title), hindi[&key]);
        assert_eq!(Language::English.milestone_title(&code, &title), title);
        key
    }));
    used.extend(english.keys().filter(|key| key.starts_with("word-")).cloned());
    assert_eq!(english.keys().filter(|key| !used.contains(*key)).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// Every code that a problem can have, with its title's key.
fn explained() -> impl Iterator<Item = (&'static str, String)> {
    let edge = EDGE_CODES.iter().chain(PAGE_CODES).map(|(code, ..)| (*code, format!("title-{code}")));
    edge.chain(Refusal::CODES.iter().map(|code| (*code, "title-refused".to_owned())))
}

#[apply(plain!)]
fn every_code_is_explained_in_words_of_its_own() {
    for (language, sentence_ends) in [("en", ". "), ("hi", "। ")] {
        let texts = texts(language);
        let mut said: BTreeMap<&str, &str> = BTreeMap::new();
        for (code, title) in explained() {
            assert!(texts.contains_key(&title), "{language}: there is no {title}");
            let key = format!("explain-{code}");
            let text = texts.get(&key).unwrap_or_else(|| panic!("{language}: {code} is not explained"));
            let sentences = text.matches(sentence_ends).count() + 1;
            assert!(text.chars().count() >= 60 && (2..=5).contains(&sentences), "{language}: {key} has {sentences}");
            assert!(text.ends_with(sentence_ends.trim_end()) && variables(text).is_empty(), "{language}: {key}");
            assert_eq!(said.insert(text, code), None, "{language}: {code} is explained like another");
        }
    }
}

/// Code and title of every milestone in the files of schemes.
fn milestones() -> BTreeSet<(String, String)> {
    let files = std::fs::read_dir(root().join("config/schemes")).unwrap().map(|entry| entry.unwrap().path());
    let schemes = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    schemes
        .flat_map(|path| Scheme::parse(&std::fs::read_to_string(path).unwrap()).unwrap().milestones)
        .map(|milestone| (milestone.code, milestone.title))
        .collect()
}

/// Every word that a refusal can contain: states, steps, roles, and what the rules write as literals.
fn words_in_use() -> BTreeSet<String> {
    let mut words: BTreeSet<String> = SCHEME_CODES.iter().map(|code| (*code).to_owned()).collect();
    words.extend(Step::ALL.iter().map(ToString::to_string));
    words.extend(Act::OTHERS.iter().map(ToString::to_string));
    words.extend(Role::ALL.iter().map(ToString::to_string));
    words.extend(
        ["the operator", "principal", "interest", "damages", "kg", "paise", "file", "organisation"].map(str::to_owned),
    );
    words.extend(["CIN", "PAN", "GSTIN", "bank account"].map(str::to_owned));
    for folder in ["src/domain", "src/service"] {
        for (_, text) in sources(folder) {
            for start in ["noun: \"", "needs: \"", "needs = \"", "is: \"", "what: \"", "wrong_state(\""] {
                let literals = text.split(start).skip(1).filter_map(|rest| rest.split_once('"'));
                words.extend(literals.map(|(word, _)| word.to_owned()));
            }
            for (start, name) in text.match_indices(".require(") {
                let call = text[start + name.len()..].split(")?").next().unwrap_or_default();
                let of_a_state = call.starts_with('&') || call.contains("Status::");
                let of_fields = ["errors", "faults"].iter().any(|faults| text[..start].ends_with(faults));
                if of_a_state && !of_fields {
                    words.extend(call.split('"').nth(1).map(str::to_owned));
                }
            }
            // Which states an answer of the bank may follow stands beside the word for them.
            for line in text.lines().filter(|line| line.contains("=> (&[")) {
                words.extend(line.split('"').nth(1).map(str::to_owned));
            }
            for block in text.split("words! {").skip(1) {
                let name = block.split("enum ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
                let states =
                    ["Criterion", "Outcome", "PinKind", "DocumentKind", "FactKind", "LimitedPeriod", "LimitBase"];
                let shown = name.ends_with("Status") && !name.starts_with("Public") && name != "ControlStatus";
                if shown || states.contains(&name) {
                    let body = block.split("\n    }").next().unwrap_or_default();
                    let literals = body.split(" = \"").skip(1).filter_map(|rest| rest.split_once('"'));
                    words.extend(literals.map(|(word, _)| word.to_owned()));
                }
            }
        }
    }
    words
}

#[apply(plain!)]
fn every_word_that_a_refusal_can_contain_is_translated() {
    let hindi = texts("hi");
    let used: BTreeSet<String> = words_in_use().iter().map(|word| word_key(word)).collect();
    let there: BTreeSet<String> = hindi.keys().filter(|key| key.starts_with("word-")).cloned().collect();
    assert_eq!(used.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "words without Hindi");
    assert_eq!(there.difference(&used).collect::<Vec<_>>(), Vec::<&String>::new(), "words that nothing says");
}

#[apply(plain!)]
fn hindi_is_written_in_hindi() {
    // A word that is a part of another would leave the rest of that one.
    let mut longest_first = LATIN.to_vec();
    longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for (key, text) in texts("hi") {
        let outside: String = text
            .split("{ $")
            .enumerate()
            .map(|(index, part)| if index == 0 { part } else { part.split_once(" }").map_or("", |(_, rest)| rest) })
            .collect();
        let plain = longest_first.iter().fold(outside, |text, word| text.replace(word, ""));
        assert!(!plain.contains(|letter: char| letter.is_ascii_alphabetic()), "{key}: {plain}");
    }
}

fn value() -> impl Strategy<Value = Argument> {
    let word = prop::sample::select(vec!["submitted", "recovery", "a_code_nobody_translated"]);
    prop_oneof![
        any::<i64>().prop_map(|paise| Argument::Paise(Paise(paise))),
        any::<i64>().prop_map(Argument::Kg),
        any::<i64>().prop_map(Argument::Mtpa),
        any::<i64>().prop_map(Argument::Days),
        any::<i64>().prop_map(Argument::Number),
        (0..90_000_u64).prop_map(|days| Argument::Day(chrono::NaiveDate::default() + chrono::Days::new(days))),
        word.prop_map(|word| Argument::Word(word.into())),
        Just(Argument::AnyOf(vec!["verifier", "auditor"])),
        "[A-Za-z0-9/ -]{0,20}".prop_map(Argument::Text),
        Just(Reason::WholeQuarter.message().into()),
    ]
}

#[apply(plain!)]
fn no_text_leaves_a_variable_open() {
    let all: Vec<(&'static str, &'static Template)> =
        LISTS.iter().flat_map(|(list, templates)| templates.iter().map(|template| (*list, template))).collect();
    proptest!(|(chosen in prop::sample::select(all), values in prop::collection::vec(value(), 12))| {
        let (list, template) = chosen;
        let arguments = Arguments(template.arguments.iter().copied().zip(values).collect());
        let message = Message { list, code: template.code, arguments, english: "not told".to_owned() };
        for language in [Language::English, Language::Hindi] {
            let said = language.said(&message);
            prop_assert!(said != "not told" && !said.contains(['{', '}']), "{}: {}", template.code, said);
        }
    });
}

#[apply(plain!)]
fn amounts_days_and_words_are_written_as_people_write_them() {
    let day = "2026-11-12".parse().unwrap();
    let held = Refusal::HoldExpired { tranche: "T-1".into(), until: day };
    assert_eq!(
        held.to_string(),
        "the money for tranche T-1 was held until 2026-11-12 and has gone back; the agency can release it again"
    );
    assert!(Language::English.said(&held.message()).contains("was held until 12 Nov 2026 and"));
    assert!(Language::Hindi.said(&held.message()).contains("T-1 की राशि 12 नवंबर 2026 तक"));
    let short = Refusal::BudgetExceeded { account: "A".into(), need: Paise(12_345_678_900), room: Paise(100) };
    assert!(Language::Hindi.said(&short.message()).contains("₹12,34,56,789.00 चाहिए"));
    let person = Refusal::SamePerson { earlier: Step::Verify.into(), now: Step::Sanction.into() };
    assert!(Language::Hindi.said(&person.message()).contains("(सत्यापन)"));
    let capacity = Refusal::CapacityExceeded { need_mtpa: 1_200_000, room_mtpa: 5 };
    assert!(Language::Hindi.said(&capacity.message()).starts_with("12,00,000 MTPA"));
}

#[apply(on_sqlite!)]
fn the_request_chooses_the_language(app: App) {
    let told = |header: Option<&str>| {
        let headers: Vec<(&str, &str)> = header.into_iter().map(|value| ("Accept-Language", value)).collect();
        let answer = app.client.send("GET", "/api/v1/nothing", &headers, None).unwrap();
        assert_eq!(answer.header("vary"), Some("Accept-Language"));
        assert_eq!(answer.json()["code"], "not_found");
        let language = answer.header("content-language").unwrap().to_owned();
        let title = if language == "hi" {
            "यहाँ ऐसा कुछ नहीं है"
        } else {
            "There is no such thing here"
        };
        assert_eq!(answer.json()["title"], title, "{header:?}");
        language
    };
    for english in [None, Some("en"), Some("fr"), Some("*"), Some("hi;q=0"), Some("hi;q=0.4, en-IN;q=0.5"), Some(",;=")]
    {
        assert_eq!(told(english), "en", "{english:?}");
    }
    for hindi in
        ["hi", "HI-in", "hi-IN,hi;q=0.9,en;q=0.8", "fr, hi;q=0.3", "en;q=0.4, hi;q=0.5", "hi, en", "hi, *;q=0.5"]
    {
        assert_eq!(told(Some(hindi)), "hi", "{hindi}");
    }
}

#[apply(on_both!)]
fn a_refusal_that_is_asked_again_is_told_in_the_language_of_that_request(app: App) {
    let preparer = app.preparer();
    let body = registration("second", 7).to_string();
    let joins = |language: &str| {
        let headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", "one-key-for-both"),
            ("Accept-Language", language),
        ];
        let answer = preparer.send("POST", "/organisations", &headers, Some(body.as_bytes())).unwrap();
        assert_eq!(answer.status, 409);
        assert_eq!(answer.header("content-language"), Some(language));
        assert_eq!(answer.json()["code"], "organisation_already_joined");
        answer.json()["detail"].as_str().unwrap().to_owned()
    };
    assert_eq!(joins("en"), "you already belong to an organisation");
    assert_eq!(joins("hi"), "आप पहले से एक संगठन से जुड़े हैं");
    assert_eq!(joins("en"), "you already belong to an organisation");
}

#[apply(on_sqlite!)]
fn wrong_fields_are_told_in_hindi_with_the_same_codes(app: App) {
    let preparer = app.preparer();
    let mut body = registration("second", 7);
    body["pan"] = "X".into();
    let sends = |language: &str| {
        let headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", "one-key-for-both"),
            ("Accept-Language", language),
        ];
        let answer = preparer.send("POST", "/organisations", &headers, Some(body.to_string().as_bytes())).unwrap();
        assert_eq!(answer.status, 422);
        answer.json()
    };
    let (english, hindi) = (sends("en"), sends("hi"));
    for told in [&english, &hindi] {
        assert_eq!(told["code"], "invalid_fields");
        assert_eq!((&told["errors"][0]["pointer"], &told["errors"][0]["code"]), (&"/pan".into(), &"pan".into()));
    }
    assert_eq!(english["errors"][0]["reason"], "a PAN is 10 characters like AAACS1234K");
    assert_eq!(hindi["errors"][0]["reason"], "PAN में 10 अक्षर होते हैं, जैसे AAACS1234K");
    assert_eq!(hindi["title"], "कुछ प्रविष्टियाँ गलत हैं");
    assert!(hindi["detail"].as_str().unwrap().contains("(/pan: PAN में 10"), "{hindi}");
}

#[apply(on_sqlite!)]
fn a_refusal_carries_what_it_is_about(app: App) {
    let headers = [("Accept-Language", "hi")];
    let problem = app.preparer().send("GET", "/audit-log", &headers, None).unwrap().json();
    assert_eq!(problem["code"], "not_permitted");
    assert_eq!(problem["detail"], "आपकी भूमिकाओं में इसकी अनुमति नहीं है; इसके लिए यह भूमिका चाहिए: लेखापरीक्षक");
    let holders = serde_json::json!({ "kind": "any_of", "value": ["auditor"] });
    assert_eq!(problem["arguments"]["holders"], holders);
}
