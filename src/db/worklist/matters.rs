//! Matters that wait for somebody: one query for each kind, a file below `worklist/matters/` that is named after
//! it, and one statement of all that are asked for. Every kind is bounded, the oldest first.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::dialect;
use crate::db::engine::dialect::sql_file;
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::base::calendar::FinancialYear;
use domain::base::id::OrganisationId;
use domain::base::money::Paise;
use domain::worklist::details::{parse_since, parse_taken};
use domain::worklist::matter::{Matter, MatterKind};
use domain::worklist::waiting::start_of;

/// Which matters are asked for.
pub struct MatterQuery<'q> {
    /// The kinds, and of each the states.
    pub kinds: Vec<(MatterKind, Vec<&'static str>)>,
    pub organisation: Option<OrganisationId>,
    pub scheme_code: Option<&'q str>,
    /// Code and version of the schemes that award an eligible application without an allocation.
    pub awarding_directly: &'q [(&'q str, i64)],
    /// Only those of these records, in the form in which ids are stored; of all records if it is empty.
    pub records: &'q [String],
    pub today: NaiveDate,
    /// Days of the calendar after this one are not listed yet.
    pub horizon: NaiveDate,
    /// What was rejected before this day is not listed any more.
    pub rejected_from: NaiveDate,
    /// A payment that was to be made before this day should have been answered.
    pub unanswered_from: NaiveDate,
    /// The least that is paid.
    pub payment_unit: Paise,
}

/// One matter, and how many of its kind meet the query.
pub struct FoundMatter {
    pub matter: Matter,
    pub of_kind: i64,
}

/// How many matters of a kind are in a state.
pub struct StateCount {
    pub kind: MatterKind,
    pub state: String,
    pub count: i64,
}

#[derive(QueryableByName)]
struct MatterRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<Text>)]
    number: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    scheme_code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    organisation_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    company: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    amount_paise: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    since: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    day: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    taken: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    details: Option<String>,
    #[diesel(sql_type = BigInt)]
    of_kind: i64,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn corrupt(column: &'static str) -> impl Fn(String) -> DbError {
    move |why| DbError::Corrupt { table: "worklist", column, why }
}

impl MatterRow {
    fn matter(self, today: NaiveDate) -> Result<FoundMatter, DbError> {
        let day = self.day.map(|day| day.parse().map_err(|_| corrupt("day")(day))).transpose()?;
        let matter = Matter {
            kind: self.kind.parse().map_err(corrupt("kind"))?,
            state: self.state,
            id: self.id,
            number: self.number,
            title: self.title,
            scheme_code: self.scheme_code,
            organisation_id: self.organisation_id,
            company: self.company,
            amount_paise: self.amount_paise,
            held_paise: None,
            arrived: self.since.as_deref().map(parse_since).transpose().map_err(corrupt("since"))?,
            day,
            taken: self.taken.as_deref().map(parse_taken).unwrap_or_default(),
            pauses: Vec::new(),
            named: None,
            back_from: None,
            carried_by: None,
        };
        let matter = match self.details {
            Some(details) => matter.with_details(&details, today).map_err(corrupt("details"))?,
            None => matter,
        };
        Ok(FoundMatter { matter, of_kind: self.of_kind })
    }
}

/// A statement and the values that are bound to it, in order.
struct Asked {
    text: String,
    values: Vec<String>,
}

impl Asked {
    /// The place of the next value.
    fn bind(&mut self, value: &str, sqlite: bool) -> String {
        self.values.push(value.to_owned());
        if sqlite { "?".to_owned() } else { format!("${}", self.values.len()) }
    }

    /// `FROM` a kind `WHERE` the query holds. Days and words of the program are put into the text; what a person
    /// sent is bound.
    fn from(&mut self, kind: MatterKind, states: &[&str], query: &MatterQuery<'_>, sqlite: bool) -> String {
        let year = FinancialYear::containing(query.today);
        let last_day = year.last_day().unwrap_or(query.today);
        let source = dialect::statement(file(kind), sqlite)
            .replace(":today", &format!("'{}'", query.today))
            .replace(":rejected_from", &format!("'{}'", start_of(query.rejected_from)))
            .replace(":unanswered_from", &format!("'{}'", query.unanswered_from))
            .replace(":horizon", &format!("'{}'", query.horizon))
            .replace(":last_day", &format!("'{last_day}'"))
            .replace(":year", &format!("'{year}'"))
            .replace(":payment_unit", &query.payment_unit.0.to_string())
            .replace(":awarding_directly", &listed(query.awarding_directly));
        let states: Vec<String> = states.iter().map(|state| format!("'{state}'")).collect();
        let mut text = format!("FROM ({source}) AS matter WHERE matter.state IN ({})", states.join(", "));
        if let Some(id) = query.organisation {
            text.push_str(&format!(" AND matter.organisation_id = {}", self.bind(&id.to_string(), sqlite)));
        }
        if let Some(code) = query.scheme_code {
            text.push_str(&format!(" AND matter.scheme_code = {}", self.bind(code, sqlite)));
        }
        if !query.records.is_empty() {
            let places: Vec<String> = query.records.iter().map(|record| self.bind(record, sqlite)).collect();
            text.push_str(&format!(" AND matter.id IN ({})", places.join(", ")));
        }
        text
    }
}

/// Versions of schemes as the elements of a list in SQL. A code is letters, digits and hyphens; what is not is left
/// out.
fn listed(versions: &[(&str, i64)]) -> String {
    let is_code = |code: &str| code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let good = versions.iter().filter(|(code, _)| is_code(code));
    let listed: Vec<String> = good.map(|(code, version)| format!("'{code}:{version}'")).collect();
    if listed.is_empty() { "''".to_owned() } else { listed.join(", ") }
}

fn asked(
    tx: &mut ReadTx<'_>,
    query: &MatterQuery<'_>,
    part: impl Fn(&mut Asked, MatterKind, &[&str], bool) -> String,
) -> Result<Option<Asked>, DbError> {
    let sqlite = matches!(tx.conn()?, DbConnection::Sqlite(_));
    let mut asked = Asked { text: String::new(), values: Vec::new() };
    let mut parts = Vec::new();
    for (kind, states) in query.kinds.iter().filter(|(_, states)| !states.is_empty()) {
        parts.push(part(&mut asked, *kind, states, sqlite));
    }
    asked.text = parts.join(" UNION ALL ");
    Ok(Some(asked).filter(|asked| !asked.text.is_empty()))
}

/// The matters that meet a query: of each kind at most `most`, the longest-waiting first.
pub fn list(tx: &mut ReadTx<'_>, query: &MatterQuery<'_>, most: usize) -> Result<Vec<FoundMatter>, DbError> {
    let part = |asked: &mut Asked, kind, states: &[&str], sqlite| {
        let from = asked.from(kind, states, query, sqlite);
        format!(
            "SELECT * FROM (SELECT matter.*, COUNT(*) OVER () AS of_kind {from} \
             ORDER BY COALESCE(matter.day, matter.since), matter.since, matter.id LIMIT {most}) AS kind_{kind}"
        )
    };
    let Some(Asked { text, values }) = asked(tx, query, part)? else { return Ok(Vec::new()) };
    let rows: Vec<MatterRow> = per_engine!(tx.conn()?, |conn| {
        let mut statement = diesel::sql_query(text).into_boxed();
        for value in values {
            statement = statement.bind::<Text, _>(value);
        }
        statement.load(conn)?
    });
    rows.into_iter().map(|row| row.matter(query.today)).collect()
}

/// How many matters meet a query, by kind and state.
pub fn counts(tx: &mut ReadTx<'_>, query: &MatterQuery<'_>) -> Result<Vec<StateCount>, DbError> {
    let part = |asked: &mut Asked, kind, states: &[&str], sqlite| {
        let from = asked.from(kind, states, query, sqlite);
        format!("SELECT '{kind}' AS kind, matter.state, COUNT(*) AS count {from} GROUP BY matter.state")
    };
    let Some(Asked { text, values }) = asked(tx, query, part)? else { return Ok(Vec::new()) };
    let rows: Vec<CountRow> = per_engine!(tx.conn()?, |conn| {
        let mut statement = diesel::sql_query(text).into_boxed();
        for value in values {
            statement = statement.bind::<Text, _>(value);
        }
        statement.load(conn)?
    });
    let count = |row: CountRow| {
        Ok(StateCount { kind: row.kind.parse().map_err(corrupt("kind"))?, state: row.state, count: row.count })
    };
    rows.into_iter().map(count).collect()
}

/// The file of a kind.
fn file(kind: MatterKind) -> &'static str {
    use MatterKind as K;
    match kind {
        K::Tranche => sql_file!("worklist/matters/tranche"),
        K::Claim => sql_file!("worklist/matters/claim"),
        K::DeferredClaim => sql_file!("worklist/matters/deferred_claim"),
        K::RejectedClaim => sql_file!("worklist/matters/rejected_claim"),
        K::RejectedTranche => sql_file!("worklist/matters/rejected_tranche"),
        K::CertificateDue => sql_file!("worklist/matters/certificate_due"),
        K::FinalCertificate => sql_file!("worklist/matters/final_certificate"),
        K::Application => sql_file!("worklist/matters/application"),
        K::Milestone => sql_file!("worklist/matters/milestone"),
        K::DamagesDue => sql_file!("worklist/matters/damages_due"),
        K::Excuse => sql_file!("worklist/matters/excuse"),
        K::Guarantee => sql_file!("worklist/matters/guarantee"),
        K::GuaranteeExpiring => sql_file!("worklist/matters/guarantee_expiring"),
        K::Allocation => sql_file!("worklist/matters/allocation"),
        K::Payment => sql_file!("worklist/matters/payment"),
        K::TreasuryLine => sql_file!("worklist/matters/treasury_line"),
        K::BankDifference => sql_file!("worklist/matters/bank_difference"),
        K::Recovery => sql_file!("worklist/matters/recovery"),
        K::Relief => sql_file!("worklist/matters/relief"),
        K::BudgetInstrument => sql_file!("worklist/matters/budget_instrument"),
        K::Correction => sql_file!("worklist/matters/correction"),
        K::SchemeDraft => sql_file!("worklist/matters/scheme_draft"),
        K::Observation => sql_file!("worklist/matters/observation"),
        K::Requisition => sql_file!("worklist/matters/requisition"),
        K::Sample => sql_file!("worklist/matters/sample"),
        K::Letter => sql_file!("worklist/matters/letter"),
        K::LetterToAnswer => sql_file!("worklist/matters/letter_to_answer"),
        K::Control => sql_file!("worklist/matters/control"),
        K::Window => sql_file!("worklist/matters/window"),
        K::YearEnd => sql_file!("worklist/matters/year_end"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_file_that_a_reader_can_follow() {
        let wanted: Vec<_> = MatterKind::ALL
            .iter()
            .map(|kind| (kind.as_str(), file(*kind), [format!("Matters {kind}."), String::new()]))
            .collect();
        dialect::tests::check_files("src/db/worklist/matters", &wanted);
    }

    /// A file selects only the states that wait, and none of them is missing.
    #[test]
    fn every_state_that_waits_is_in_the_file_of_its_kind() {
        for kind in MatterKind::ALL {
            for state in kind.states() {
                let waits = kind.waits(state, false).is_ok_and(|waits| !waits.rules().is_empty());
                assert!(!waits || file(*kind).contains(&format!("'{state}'")), "{kind}.sql lacks {state}");
            }
        }
    }
}
