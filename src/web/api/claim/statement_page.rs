//! The statement of a claim as a page to print, in English and in Hindi.

use crate::service::claim::statements::StatementFile;
use crate::web::edge::language::Language;
use actix_web::{HttpResponse, get};
use askama::Template;
use domain::base::calendar::Timestamp;
use domain::claim::entitlement_ladder::{clause_in_hindi, formula_without_words, official_hindi, title_in_hindi};
use domain::claim::statement::{CapApplied, InputOrigin, Statement, StatementRow, StatementTable};
use domain::scheme::rules::figure::Title;
use domain::scheme::rules::names::{Kind, Value, in_words};
use domain::scheme::rules::unit::Unit;
use domain::scheme::scheme::{Basis, Scheme};

/// The style of printed pages.
#[get("/print.css")]
pub async fn print_style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(include_str!("../../templates/print.css"))
}

#[derive(Template)]
#[template(path = "statement.html", config = "src/web/askama.toml")]
struct StatementPage<'a> {
    words: &'static Words,
    number: String,
    file: &'a StatementFile,
    statements: Vec<(&'static str, &'a Statement)>,
}

/// The page as HTML; text written by people is escaped.
pub fn page(file: &StatementFile, language: Language) -> Result<String, askama::Error> {
    let words = Words::in_language(language);
    StatementPage { words, number: file.claim.name(), file, statements: words.statements_of(file) }.render()
}

/// An exact number of a statement as people read it; as it is written where its unit is not known.
fn number(exact: &str, unit: Option<&Unit>) -> String {
    let read = exact.parse().ok().map(Value::Number).zip(unit);
    read.map_or_else(|| exact.to_owned(), |(value, unit)| in_words(Some(value), &Kind::Number(unit.clone())))
}

macro_rules! phrases {
    ($($name:ident: $english:literal, $hindi:literal;)*) => {
        /// The words of the page in one language.
        pub struct Words { pub language: &'static str, hindi: bool, $(pub $name: &'static str,)* }
        const ENGLISH: Words = Words { language: "en", hindi: false, $($name: $english,)* };
        const HINDI: Words = Words { language: "hi", hindi: true, $($name: $hindi,)* };
    };
}

phrases! {
    title: "Statement of the amount", "राशि का विवरण";
    beneficiary: "Beneficiary", "लाभार्थी";
    award: "Award", "अवार्ड";
    scheme: "Scheme", "योजना";
    version: "version", "संस्करण";
    digest: "Digest of the scheme's text (SHA-256)", "योजना के पाठ का सार (SHA-256)";
    milestone: "Milestone", "पड़ाव";
    period: "Period", "अवधि";
    performance_year: "Year in which it was earned", "अर्जन का वित्तीय वर्ष";
    claimed: "Amount claimed", "दावा की गई राशि";
    verified_by: "Verified by", "सत्यापन किसने किया";
    agency: "Verifier (project management agency)", "सत्यापनकर्ता (परियोजना प्रबंधन एजेंसी)";
    computed: "Computed on the way", "बीच में निकाले गए मान";
    tables: "Tables used", "प्रयुक्त तालिकाएँ";
    up_to: "Up to", "इस सीमा तक";
    above: "above", "इससे ऊपर";
    basis: "Basis and source", "आधार और स्रोत";
    decided: "As verified", "सत्यापन के अनुसार";
    certified: "As finally certified", "अंतिम प्रमाणन के अनुसार";
    result: "Result", "परिणाम";
    entitlement: "Entitlement", "देय हकदारी";
    payable: "Payable now", "अभी देय";
    deferred: "Waits for appropriation", "विनियोग की प्रतीक्षा में";
    withheld: "Waits for the final certificate", "अंतिम प्रमाणपत्र तक रोकी गई";
    receivable: "Has to come back", "वापसी योग्य";
    rounding: "Rounding", "पूर्णांकन";
    rounded_down: "each result down to the paisa", "प्रत्येक परिणाम पैसे तक नीचे की ओर";
    limits: "Limits, in the order of application", "सीमाएँ, लागू होने के क्रम में";
    rule: "Rule", "नियम";
    clause: "Clause and basis", "खंड और आधार";
    formula: "Formula and numbers", "सूत्र और अंक";
    limit: "Limit", "सीमा";
    after: "Amount after it", "इसके बाद राशि";
    binding: "Did it reduce the amount?", "क्या इससे राशि घटी?";
    headroom: "Room left", "शेष गुंजाइश";
    yes: "yes", "हाँ";
    no: "no", "नहीं";
    line_rules: "What of the lines does not count", "पंक्तियों का जो भाग नहीं गिना गया";
    lines: "Lines", "पंक्तियाँ";
    line: "Line", "पंक्ति";
    quantity: "Quantity", "मात्रा";
    amount: "Amount", "राशि";
    inputs: "Numbers used", "प्रयुक्त अंक";
    name: "Name", "नाम";
    value: "Value", "मान";
    unit: "Unit", "इकाई";
    origin: "Where it comes from", "स्रोत";
    invoice: "Invoice", "बीजक";
    date: "Date", "दिनांक";
    party: "Party", "पक्ष";
    counted: "Counts", "गिना गया";
    why_not: "Why not all of it", "पूरा क्यों नहीं";
    evidence: "Files the claim stands on (SHA-256)", "दावे के आधार दस्तावेज़ (SHA-256)";
}

impl Words {
    /// The words in a language.
    pub fn in_language(language: Language) -> &'static Words {
        match language {
            Language::English => &ENGLISH,
            Language::Hindi => &HINDI,
        }
    }

    /// The statements of a claim with their headings: as verified and, once there is one, as finally certified.
    pub fn statements_of<'f>(&self, file: &'f StatementFile) -> Vec<(&'static str, &'f Statement)> {
        let words = if self.hindi { &HINDI } else { &ENGLISH };
        let mut statements = vec![(words.decided, &file.statement)];
        statements.extend(file.final_statement.as_ref().map(|statement| (words.certified, statement)));
        statements
    }

    pub fn of<'a>(&self, title: &'a Title) -> &'a str {
        if self.hindi { official_hindi(&title.hi) } else { &title.en }
    }

    fn language_of(&self) -> Language {
        if self.hindi { Language::Hindi } else { Language::English }
    }

    /// The office that verified, and the day in India on which it did.
    pub fn verified(&self, at: &Timestamp) -> String {
        format!("{}, {}", self.agency, self.language_of().day(at.date_in_india()))
    }

    /// The bound of a row of a table with its unit.
    pub fn bound_of(&self, scheme: &Scheme, table: &StatementTable, row: &StatementRow) -> String {
        let unit = scheme.tables.get(&table.name).map(|written| &written.by.unit);
        row.up_to.as_ref().map_or_else(|| self.above.to_owned(), |bound| number(bound, unit))
    }

    /// The value of a row of a table with its unit: `13 %`.
    pub fn value_of(&self, scheme: &Scheme, table: &StatementTable, row: &StatementRow) -> String {
        number(&row.value, scheme.tables.get(&table.name).map(|written| &written.unit.unit))
    }

    /// The title of a limit.
    pub fn title_of<'a>(&self, cap: &'a CapApplied) -> &'a str {
        if self.hindi { title_in_hindi(cap) } else { &cap.title.en }
    }

    /// The milestone of the claim by its name.
    pub fn milestone_of(&self, milestone: &(String, String)) -> String {
        self.language_of().milestone_title(&milestone.0, &milestone.1)
    }

    /// The clause of a limit: that of the scheme, or the program's own words in the language.
    pub fn clause_of<'a>(&self, cap: &'a CapApplied) -> &'a str {
        clause_in_hindi(cap).filter(|_| self.hindi).unwrap_or(&cap.clause)
    }

    /// The formula of a limit with its numbers.
    pub fn formula_of(&self, cap: &CapApplied) -> String {
        if self.hindi { formula_without_words(cap) } else { cap.formula.clone() }
    }

    pub fn basis_of(&self, basis: &Basis) -> &'static str {
        match (basis, self.hindi) {
            (Basis::Official, false) => "official",
            (Basis::Reported, false) => "reported",
            (Basis::Assumption, false) => "assumption",
            (Basis::Official, true) => "आधिकारिक",
            (Basis::Reported, true) => "समाचार के अनुसार",
            (Basis::Assumption, true) => "अनुमान",
        }
    }

    pub fn origin_of(&self, origin: &InputOrigin) -> &'static str {
        match (origin, self.hindi) {
            (InputOrigin::Definition, false) => "definition",
            (InputOrigin::Scheme, false) => "figure of the scheme",
            (InputOrigin::Fact, false) => "fact",
            (InputOrigin::Lines, false) => "sum of the lines",
            (InputOrigin::Ledger, false) => "the accounts",
            (InputOrigin::Definition, true) => "परिभाषा",
            (InputOrigin::Scheme, true) => "योजना का अंक",
            (InputOrigin::Fact, true) => "तथ्य",
            (InputOrigin::Lines, true) => "पंक्तियों का योग",
            (InputOrigin::Ledger, true) => "लेखे",
        }
    }
}
