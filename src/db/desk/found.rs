//! Finds records of every kind by an id, by a number of ours or a part of one, or by the reference of a bank or the
//! treasury: one statement for any number of kinds.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::dialect;
use crate::db::engine::error::DbError;
use crate::db::engine::notes::searched_texts::searched;
use crate::db::engine::transaction::ReadTx;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use domain::base::folding::folded;
use domain::base::id::OrganisationId;
use domain::desk::found::{FoundKind, FoundRecord};
use uuid::Uuid;

/// By what a record is found.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'w> {
    Id(Uuid),
    /// A part of its number.
    Part(&'w str),
    /// All of its number, in large or small letters.
    Whole(&'w str),
    /// The number of an invoice in one of its lines; only claims have lines.
    Invoice(&'w str),
    /// The company that it concerns.
    Company(Uuid),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<Text>)]
    number: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    part: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    organisation_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    company: Option<String>,
}

impl Row {
    fn record(self) -> Result<FoundRecord, DbError> {
        let corrupt = |why| DbError::Corrupt { table: "found", column: "kind", why };
        let Row { kind, id, number, part, organisation_id, company } = self;
        Ok(FoundRecord { kind: kind.parse().map_err(corrupt)?, id, number, part, organisation_id, company })
    }
}

/// Where the records of a kind are: the table as `one` with what is joined to it, and the columns of the number, of
/// what else names its page, and of the company.
struct Source(&'static str, &'static str, &'static str, &'static str);

fn source(kind: FoundKind) -> Source {
    const NONE: &str = "NULL";
    const OWN: &str = "one.organisation_id";
    let own = |table| Source(table, "one.number", NONE, OWN);
    match kind {
        FoundKind::Application => own("applications AS one"),
        FoundKind::Award => own("awards AS one"),
        FoundKind::Excuse => own("excuses AS one"),
        FoundKind::Claim => own("claims AS one"),
        FoundKind::Tranche => own("tranches AS one"),
        FoundKind::Payment => own("payments AS one"),
        FoundKind::Disbursement => own("disbursements AS one"),
        FoundKind::Recovery => own("recoveries AS one"),
        FoundKind::Letter => own("letters AS one"),
        FoundKind::Allocation => Source("allocations AS one", "one.number", NONE, NONE),
        FoundKind::Instrument => Source("budget_instruments AS one", "one.number", NONE, NONE),
        FoundKind::Milestone => {
            Source("milestones AS one JOIN awards ON awards.id = one.award_id", "awards.number", "one.code", OWN)
        }
        FoundKind::Certificate => Source(
            "final_certificates AS one JOIN claims ON claims.id = one.claim_id",
            "one.number",
            "claims.number",
            OWN,
        ),
        FoundKind::Guarantee => Source("securities AS one", "one.guarantee_number", NONE, OWN),
        FoundKind::Advice => Source("payment_advices AS one", "one.message_id", NONE, NONE),
        FoundKind::TreasuryFile => Source("treasury_returns AS one", "one.message_id", NONE, NONE),
        FoundKind::Scroll => Source("bank_scrolls AS one", "one.message_id", NONE, NONE),
        FoundKind::Difference => Source("bank_differences AS one", NONE, NONE, NONE),
        FoundKind::SchemeDraft => Source("scheme_drafts AS one", NONE, NONE, NONE),
        FoundKind::Company => Source("organisations AS one", "one.cin", NONE, "one.id"),
    }
}

/// The records of these kinds that are wanted, the newest first: at most `most`, and only those of a company if one is
/// given.
pub fn list(
    tx: &mut ReadTx<'_>,
    kinds: &[FoundKind],
    wanted: Wanted<'_>,
    only: Option<OrganisationId>,
    most: usize,
) -> Result<Vec<FoundRecord>, DbError> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let sqlite = matches!(tx.conn()?, DbConnection::Sqlite(_));
    let text = match wanted {
        Wanted::Id(_) | Wanted::Company(_) => None,
        Wanted::Part(text) | Wanted::Whole(text) | Wanted::Invoice(text) => Some(text),
    };
    let collation = if sqlite { "" } else { " COLLATE \"C\"" };
    let collated = |column: &str| format!("{column}{collation}");
    let text = match wanted {
        // It is compared with what is stored folded.
        Wanted::Whole(text) => Some(folded(text)),
        _ => text.map(str::to_owned),
    };
    let part = |(place, kind): (usize, &FoundKind)| {
        let Source(from, number, part, organisation) = source(*kind);
        let bound = if sqlite { "?".to_owned() } else { format!("${}", place + 1) };
        let condition = match wanted {
            // An id has digits and hyphens.
            Wanted::Id(id) => format!("one.id = '{id}'"),
            Wanted::Part(_) => dialect::of_engine(&format!("position_of({number}, {bound}) > 0"), sqlite),
            Wanted::Whole(_) => format!("{} = {bound}", searched(&collated(number))),
            Wanted::Invoice(_) => {
                format!("one.id IN (SELECT claim_id FROM claim_lines WHERE invoice_number = {bound})")
            }
            Wanted::Company(id) => format!("{organisation} = '{id}'"),
        };
        // Both sides of a comparison need the same collation in PostgreSQL, where a company is none too.
        let own = only.map(|id| format!(" AND {organisation} = '{id}'")).unwrap_or_default();
        format!(
            "SELECT '{kind}' AS kind, one.id AS id, CAST({number} AS TEXT) AS number, CAST({part} AS TEXT) AS part, \
             CAST({organisation} AS TEXT){collation} AS organisation_id FROM {from} WHERE {condition}{own}"
        )
    };
    let parts: Vec<String> = kinds.iter().enumerate().map(part).collect();
    let statement = format!(
        "SELECT found.*, organisations.name AS company FROM ({}) AS found \
         LEFT JOIN organisations ON organisations.id = found.organisation_id ORDER BY found.id DESC LIMIT {most}",
        parts.join(" UNION ALL ")
    );
    let rows: Vec<Row> = per_engine!(tx.conn()?, |conn| {
        let mut statement = diesel::sql_query(statement).into_boxed();
        for text in kinds.iter().filter_map(|_| text.clone()) {
            statement = statement.bind::<Text, _>(text);
        }
        statement.load(conn)?
    });
    rows.into_iter().map(Row::record).collect()
}
