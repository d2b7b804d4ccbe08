//! One line of a claim on the page of its verification: what is stated, and what the program found.

use crate::service::claim::claim_verification::VerifiedClaim;
use crate::service::claim::claim_verification_file::{Found, VerificationFile};
use crate::web::portal::page::Page;
use crate::web::portal::texts::Language;
use domain::base::evidence::Evidence;
use domain::base::money::indian_grouping;
use domain::claim::claim::ClaimLineRecord;
use domain::claim::counted_lines::Excluded;
use domain::claim::likeness::{Likeness, Mark};
use domain::claim::statement::Statement;
use domain::scheme::fact::FactValue;
use domain::scheme::rules::figure::Title;
use domain::scheme::scheme::Component;

/// One finding: in order, or not.
pub struct FindingRow {
    pub good: bool,
    pub text: String,
}

/// A fact that the line states.
pub struct FactRow<'a> {
    pub title: String,
    pub value: String,
    pub evidence: Option<&'a Evidence>,
}

/// One line.
pub struct LineRow<'a> {
    pub line: &'a ClaimLineRecord,
    /// Its place in the form, as the pointers of its fields begin.
    pub pointer: String,
    pub accepted: String,
    pub reason: String,
    pub facts: Vec<FactRow<'a>>,
    pub findings: Vec<FindingRow>,
}

/// A title in the language of the page.
pub fn titled(title: &Title, language: Language) -> String {
    if language == Language::Hindi { title.hi.clone() } else { title.en.clone() }
}

/// The lines of a claim, at most `most`. `all` is the claim with every line accepted.
pub fn line_rows<'a>(
    page: &Page,
    file: &'a VerificationFile,
    all: Option<&VerifiedClaim>,
    most: usize,
) -> Vec<LineRow<'a>> {
    let counted = |line: i64| all.and_then(|all| all.lines.iter().find(|one| one.line == line));
    let statement = all.and_then(|all| all.claim.statement.as_ref());
    let component = file.whole.claim.component;
    let row = |(place, line): (usize, &'a ClaimLineRecord)| {
        let mut findings: Vec<FindingRow> =
            file.findings.iter().filter(|one| one.line == line.line).flat_map(|one| found(page, one)).collect();
        findings.extend(
            counted(line.line).zip(statement).into_iter().flat_map(|(one, of)| counts(page, one, of, component)),
        );
        LineRow {
            pointer: format!("/lines/{place}"),
            accepted: format!("/lines/{place}/accepted"),
            reason: format!("/lines/{place}/reason"),
            facts: facts(page, file, line),
            findings,
            line,
        }
    };
    file.whole.lines.iter().enumerate().take(most).map(row).collect()
}

fn facts<'a>(page: &Page, file: &'a VerificationFile, line: &'a ClaimLineRecord) -> Vec<FactRow<'a>> {
    let fact = |fact: &'a domain::scheme::fact::StatedFact| FactRow {
        title: file.facts.get(&fact.code).map_or_else(|| fact.code.clone(), |title| titled(title, page.language)),
        value: value(page, file, &fact.value),
        evidence: fact.evidence_id.and_then(|id| file.whole.evidence.get(&id)),
    };
    line.stated.facts.iter().map(fact).collect()
}

fn value(page: &Page, file: &VerificationFile, value: &FactValue) -> String {
    match value {
        FactValue::YesNo(yes) => page.t(if *yes { "claim-yes" } else { "claim-no" }),
        FactValue::Number(number) if *number >= 0 => indian_grouping(number.unsigned_abs()),
        FactValue::Number(number) => number.to_string(),
        FactValue::Date(day) => page.day(day),
        FactValue::Word(word) => {
            file.facts.get(word.as_str()).map_or_else(|| word.to_string(), |title| titled(title, page.language))
        }
    }
}

fn found(page: &Page, found: &Found) -> Vec<FindingRow> {
    let text = match &found.elsewhere {
        Some(claim) => page.t1("found-elsewhere", "claim", claim),
        None if found.in_period == Some(false) => page.t("found-outside-period"),
        None if found.in_period == Some(true) => page.t("found-once-in-period"),
        None => page.t("found-once"),
    };
    let own = FindingRow { good: found.elsewhere.is_none() && found.in_period != Some(false), text };
    // What has the identity of another line is said already.
    let marks = found.marks.iter().filter(|mark| mark.other.is_none() || found.elsewhere.is_none());
    [own].into_iter().chain(marks.map(|mark| like(page, mark))).collect()
}

/// Why a line could state the invoice of another one.
fn like(page: &Page, mark: &Mark) -> FindingRow {
    let key = match mark.likeness {
        Likeness::SameDocument => "found-same-document",
        Likeness::SameNumber => "found-same-number",
        Likeness::SameAmountAndDay => "found-same-amount-and-day",
        Likeness::OtherYear => "found-other-year",
    };
    let text = match &mark.other {
        Some(other) => page.language.text_with(key, &[("claim", other.claim.clone()), ("n", other.line.to_string())]),
        None => page.t(key),
    };
    FindingRow { good: false, text }
}

/// What of the line counts if every line is accepted, and which rule excludes the rest.
fn counts(page: &Page, line: &ClaimLineRecord, statement: &Statement, component: Component) -> Vec<FindingRow> {
    let Some(counted) = &line.counted else { return Vec::new() };
    if counted.excluded.is_empty() {
        return vec![FindingRow { good: true, text: page.t("found-counts") }];
    }
    let part = |part: &Excluded| {
        let rule = statement.line_rules.iter().find(|rule| rule.code == part.code);
        let rule = rule.map_or_else(|| part.code.clone(), |rule| titled(&rule.title, page.language));
        let part = page.counted(&component, &part.quantity_kg, &part.amount_paise);
        let values = [("rule", rule), ("part", part)];
        FindingRow { good: false, text: page.language.text_with("found-excluded", &values) }
    };
    counted.excluded.iter().map(part).collect()
}
