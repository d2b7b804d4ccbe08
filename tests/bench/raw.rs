//! The database underneath: the statements of the service run directly, with every column read.

use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, SqliteConnection};

diesel::table! {
    disbursements (id) {
        id -> Text,
        number -> Text,
        scheme_code -> Text,
        component -> Text,
        organisation_id -> Text,
        beneficiary -> Text,
        award_id -> Text,
        claim_id -> Text,
        tranche_id -> Text,
        payment_id -> Text,
        performance_year -> Text,
        payment_year -> Text,
        paid_on -> Text,
        amount_paise -> BigInt,
        utr -> Text,
        status -> Text,
        recorded_at -> Text,
    }
}

/// A row as it is stored in the table.
#[derive(Queryable)]
#[allow(dead_code)] // read in full, as the service does, and thrown away
pub struct Row {
    id: String,
    number: String,
    scheme_code: String,
    component: String,
    organisation_id: String,
    beneficiary: String,
    award_id: String,
    claim_id: String,
    tranche_id: String,
    payment_id: String,
    performance_year: String,
    payment_year: String,
    paid_on: String,
    amount_paise: i64,
    utr: String,
    status: String,
    recorded_at: String,
}

/// Three filters, or none.
#[derive(Clone, Default)]
pub struct Selection(Option<[String; 3]>);

const YEAR: &str = "2029-30";
const FIRST_DAY: &str = "2029-04-01";
const LAST_DAY: &str = "2030-03-31";

impl Selection {
    pub fn of(beneficiary_id: &str) -> Selection {
        Selection(Some([YEAR.to_owned(), "capital_subsidy".to_owned(), beneficiary_id.to_owned()]))
    }

    /// The query string of the HTTP request.
    pub fn query(&self) -> String {
        match &self.0 {
            Some([year, component, beneficiary]) => {
                format!("payment_year={year}&component={component}&beneficiary_id={beneficiary}")
            }
            None => String::new(),
        }
    }
}

/// The measured queries, on either engine.
pub trait Raw {
    /// Newest first, after a day and id.
    fn page(&mut self, selection: &Selection, after: Option<&(String, String)>, limit: i64) -> Vec<Row>;
    /// The count and the sum.
    fn totals(&mut self, selection: &Selection) -> (i64, i64);
    /// Reads every row, oldest first, one after the other; returns the number of rows.
    fn everything(&mut self) -> usize;
}

macro_rules! raw {
    ($connection:ty, $backend:ty) => {
        impl Raw for $connection {
            fn page(&mut self, selection: &Selection, after: Option<&(String, String)>, limit: i64) -> Vec<Row> {
                use self::disbursements::dsl::*;
                let mut query = disbursements.into_boxed::<$backend>();
                if let Some([year, part, paid]) = &selection.0 {
                    query = query
                        .filter(organisation_id.eq(paid))
                        .filter(component.eq(part))
                        .filter(payment_year.eq(year))
                        .filter(paid_on.between(FIRST_DAY, LAST_DAY));
                }
                if let Some((day, last)) = after {
                    let behind = diesel::dsl::sql::<diesel::sql_types::Bool>("(paid_on, id) < (");
                    query = query.filter(behind.bind::<Text, _>(day).sql(", ").bind::<Text, _>(last).sql(")"));
                }
                query.order((paid_on.desc(), id.desc())).limit(limit).load(self).unwrap()
            }

            fn totals(&mut self, selection: &Selection) -> (i64, i64) {
                use self::disbursements::dsl::*;
                let mut query = disbursements.into_boxed::<$backend>();
                if let Some([year, part, paid]) = &selection.0 {
                    query = query
                        .filter(organisation_id.eq(paid))
                        .filter(component.eq(part))
                        .filter(payment_year.eq(year))
                        .filter(paid_on.between(FIRST_DAY, LAST_DAY));
                }
                query
                    .select((
                        diesel::dsl::sql::<BigInt>("COUNT(*)"),
                        diesel::dsl::sql::<BigInt>("CAST(COALESCE(SUM(amount_paise), 0) AS BIGINT)"),
                    ))
                    .first(self)
                    .unwrap()
            }

            fn everything(&mut self) -> usize {
                use self::disbursements::dsl::*;
                let rows =
                    disbursements.order((paid_on.asc(), id.asc())).load_iter::<Row, DefaultLoadingMode>(self).unwrap();
                rows.map(|row| std::hint::black_box(row.unwrap())).count()
            }
        }
    };
}

raw!(SqliteConnection, diesel::sqlite::Sqlite);
raw!(PgConnection, diesel::pg::Pg);
