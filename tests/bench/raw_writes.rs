//! The cost of a disbursement in the database alone: the rows that the service writes for one confirmed
//! payment, by plain statements of diesel (on PostgreSQL also whole sets), without any rules around
//! them.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel::{PgConnection, SqliteConnection, sql_query};

diesel::table! { idempotency_keys (actor_id, key) { actor_id -> Text, key -> Text, fingerprint -> Text, body -> Text, created_at -> Text, } }
diesel::table! { accounts (id) { id -> BigInt, balance_paise -> BigInt, } }
diesel::table! { journals (id) { id -> Text, kind -> Text, reference -> Text, posted_at -> Text, audit_sequence -> BigInt, } }
diesel::table! { entries (journal_id, line) { journal_id -> Text, line -> BigInt, account_id -> BigInt, amount_paise -> BigInt, } }
diesel::table! { audit_head (id) { id -> BigInt, sequence -> BigInt, hash -> Text, } }
diesel::table! { counters (name) { name -> Text, value -> BigInt, } }
diesel::table! { tranches (id) { id -> Text, status -> Text, version -> BigInt, } }
diesel::table! {
    audit_log (sequence) {
        sequence -> BigInt, recorded_at -> Text, actor_id -> Text, command -> Text, subject -> Text, outcome -> Text, details -> Text,
        journal_digest -> Text, previous_hash -> Text, hash -> Text,
    }
}
diesel::table! {
    payments (id) {
        id -> Text, status -> Text, utr -> Text, paid_on -> Text, settled_by -> Text, settled_at -> Text, version -> BigInt,
    }
}

/// The values that are the same in every raw disbursement.
#[derive(Clone)]
pub struct Given {
    pub user_id: String,
    pub instant: String,
    pub paid_on: String,
    /// The four accounts of the journal, and the change of each by one payment.
    pub accounts: Vec<(i64, i64)>,
    /// The answer stored under each idempotency key, and the details in the audit log.
    pub body: String,
    pub details: String,
    /// Scheme, component, organisation, award, claim and year of the seeds.
    pub like: Vec<String>,
}

/// The ids of the seeded payment and its tranche, and of the rows that are written for it.
pub struct Ids {
    pub payment: String,
    pub tranche: String,
    pub disbursement: String,
    pub journal: String,
    pub key: String,
    pub hash: String,
    pub utr: String,
    pub number: i64,
}

impl Ids {
    pub fn of(number: i64) -> Ids {
        Ids {
            payment: super::seeds::payment_id(number),
            tranche: super::seeds::tranche_id(number),
            disbursement: uuid::Uuid::now_v7().to_string(),
            journal: uuid::Uuid::now_v7().to_string(),
            key: uuid::Uuid::new_v4().to_string(),
            hash: format!("{:064x}", uuid::Uuid::new_v4().as_u128()),
            utr: format!("RAWUTR{number:012}"),
            number,
        }
    }
}

const DISBURSEMENT: &str = "id, number, scheme_code, component, organisation_id, beneficiary, award_id, claim_id, tranche_id, payment_id, \
    performance_year, payment_year, paid_on, amount_paise, utr, status, recorded_at";

macro_rules! one {
    ($connection:ty) => {
        impl One for $connection {
            fn one(&mut self, given: &Given, ids: &Ids) {
                let conn = self;
                diesel::insert_into(idempotency_keys::table)
                    .values((
                        idempotency_keys::actor_id.eq(&given.user_id),
                        idempotency_keys::key.eq(&ids.key),
                        idempotency_keys::fingerprint.eq(&ids.hash),
                        idempotency_keys::body.eq(&given.body),
                        idempotency_keys::created_at.eq(&given.instant),
                    ))
                    .execute(conn)
                    .unwrap();
                diesel::insert_into(journals::table)
                    .values((
                        journals::id.eq(&ids.journal),
                        journals::kind.eq("payment_disbursed"),
                        journals::reference.eq(&ids.utr),
                        journals::posted_at.eq(&given.instant),
                        journals::audit_sequence.eq(1_000_000_000 + ids.number),
                    ))
                    .execute(conn)
                    .unwrap();
                for (line, (account, change)) in given.accounts.iter().enumerate() {
                    let guarded = accounts::table.find(*account).filter((accounts::balance_paise + *change).ge(0));
                    let changed = diesel::update(guarded)
                        .set(accounts::balance_paise.eq(accounts::balance_paise + *change))
                        .execute(conn)
                        .unwrap();
                    assert_eq!(changed, 1);
                    diesel::insert_into(entries::table)
                        .values((
                            entries::journal_id.eq(&ids.journal),
                            entries::line.eq(line as i64 + 1),
                            entries::account_id.eq(*account),
                            entries::amount_paise.eq(*change),
                        ))
                        .execute(conn)
                        .unwrap();
                }
                diesel::update(payments::table.find(&ids.payment).filter(payments::version.eq(1)))
                    .set((
                        payments::status.eq("succeeded"),
                        payments::utr.eq(&ids.utr),
                        payments::paid_on.eq(&given.paid_on),
                        payments::settled_by.eq(&given.user_id),
                        payments::settled_at.eq(&given.instant),
                        payments::version.eq(2),
                    ))
                    .execute(conn)
                    .unwrap();
                diesel::update(tranches::table.find(&ids.tranche))
                    .set((tranches::status.eq("disbursed"), tranches::version.eq(tranches::version + 1)))
                    .execute(conn)
                    .unwrap();
                conn.disbursement(given, ids);
                diesel::insert_into(audit_log::table)
                    .values((
                        audit_log::sequence.eq(1_000_000_000 + ids.number),
                        audit_log::recorded_at.eq(&given.instant),
                        audit_log::actor_id.eq(&given.user_id),
                        audit_log::command.eq("settle_payment"),
                        audit_log::subject.eq(&ids.payment),
                        audit_log::outcome.eq("done"),
                        audit_log::details.eq(&given.details),
                        audit_log::journal_digest.eq(&ids.hash),
                        audit_log::previous_hash.eq(&ids.hash),
                        audit_log::hash.eq(&ids.hash),
                    ))
                    .execute(conn)
                    .unwrap();
                diesel::update(audit_head::table.find(1)).set(audit_head::hash.eq(&ids.hash)).execute(conn).unwrap();
            }

            fn disbursement(&mut self, given: &Given, ids: &Ids) {
                use self::disbursements::dsl as d;
                diesel::insert_into(d::disbursements)
                    .values((
                        (
                            d::id.eq(&ids.disbursement),
                            d::number.eq(&ids.utr),
                            d::scheme_code.eq(&given.like[0]),
                            d::component.eq(&given.like[1]),
                            d::organisation_id.eq(&given.like[2]),
                            d::beneficiary.eq("Sample"),
                            d::award_id.eq(&given.like[3]),
                            d::claim_id.eq(&given.like[4]),
                        ),
                        d::tranche_id.eq(&ids.tranche),
                        d::payment_id.eq(&ids.payment),
                        d::performance_year.eq(&given.like[5]),
                        d::payment_year.eq(&given.like[5]),
                        d::paid_on.eq(&given.paid_on),
                        d::amount_paise.eq(super::seeds::AMOUNT_PAISE),
                        d::utr.eq(&ids.utr),
                        d::status.eq("succeeded"),
                        d::recorded_at.eq(&given.instant),
                    ))
                    .execute(self)
                    .unwrap();
            }
        }
    };
}

/// Writes one disbursement inside an open transaction.
pub trait One {
    fn one(&mut self, given: &Given, ids: &Ids);
    /// The row of the disbursement itself, written after the tranche's.
    fn disbursement(&mut self, given: &Given, ids: &Ids);
}

one!(SqliteConnection);
one!(PgConnection);

diesel::table! {
    disbursements (id) {
        id -> Text, number -> Text, scheme_code -> Text, component -> Text, organisation_id -> Text, beneficiary -> Text,
        award_id -> Text, claim_id -> Text, tranche_id -> Text, payment_id -> Text, performance_year -> Text,
        payment_year -> Text, paid_on -> Text, amount_paise -> BigInt, utr -> Text, status -> Text, recorded_at -> Text,
    }
}

/// One after the other in transactions of `size`.
pub fn in_turn<C: Connection + One + SimpleConnection>(
    conn: &mut C,
    given: &Given,
    numbers: std::ops::Range<i64>,
    size: usize,
) {
    let numbers: Vec<i64> = numbers.collect();
    for chunk in numbers.chunks(size) {
        conn.transaction(|conn| {
            chunk.iter().for_each(|number| conn.one(given, &Ids::of(*number)));
            diesel::QueryResult::Ok(())
        })
        .unwrap();
    }
}

/// In sets of `size`: one statement for each table and set.
pub fn in_sets(conn: &mut PgConnection, given: &Given, numbers: std::ops::Range<i64>, size: usize) {
    let numbers: Vec<i64> = numbers.collect();
    for chunk in numbers.chunks(size) {
        let ids: Vec<Ids> = chunk.iter().map(|number| Ids::of(*number)).collect();
        conn.transaction(|conn| set(conn, given, &ids)).unwrap();
    }
}

fn set(conn: &mut PgConnection, given: &Given, ids: &[Ids]) -> QueryResult<()> {
    let texts = |field: fn(&Ids) -> &String| ids.iter().map(|id| field(id).clone()).collect::<Vec<_>>();
    let (keys, hashes, journals) = (texts(|id| &id.key), texts(|id| &id.hash), texts(|id| &id.journal));
    let (payments, tranches, utrs) = (texts(|id| &id.payment), texts(|id| &id.tranche), texts(|id| &id.utr));
    let disbursements = texts(|id| &id.disbursement);
    let sequences: Vec<i64> = ids.iter().map(|id| 1_000_000_000 + id.number).collect();
    sql_query("INSERT INTO idempotency_keys SELECT $1, k, h, $2, $3 FROM unnest($4, $5) AS u(k, h)")
        .bind::<Text, _>(&given.user_id)
        .bind::<Text, _>(&given.body)
        .bind::<Text, _>(&given.instant)
        .bind::<Array<Text>, _>(&keys)
        .bind::<Array<Text>, _>(&hashes)
        .execute(conn)?;
    let (accounts, changes): (Vec<i64>, Vec<i64>) = given.accounts.iter().copied().unzip();
    let totals: Vec<i64> = changes.iter().map(|change| change * ids.len() as i64).collect();
    let changed = sql_query(
        "UPDATE accounts SET balance_paise = balance_paise + c FROM unnest($1, $2) AS u(i, c) WHERE id = i AND balance_paise + c >= 0",
    )
    .bind::<Array<BigInt>, _>(&accounts)
    .bind::<Array<BigInt>, _>(&totals)
    .execute(conn)?;
    assert_eq!(changed, accounts.len());
    sql_query("INSERT INTO journals SELECT j, 'payment_disbursed', t, $1, s FROM unnest($2, $3, $4) AS u(j, t, s)")
        .bind::<Text, _>(&given.instant)
        .bind::<Array<Text>, _>(&journals)
        .bind::<Array<Text>, _>(&utrs)
        .bind::<Array<BigInt>, _>(&sequences)
        .execute(conn)?;
    sql_query("INSERT INTO entries SELECT j, row_number() OVER (PARTITION BY j), i, c FROM unnest($1) AS u(j), unnest($2, $3) AS a(i, c)")
        .bind::<Array<Text>, _>(&journals)
        .bind::<Array<BigInt>, _>(&accounts)
        .bind::<Array<BigInt>, _>(&changes)
        .execute(conn)?;
    sql_query(
        "UPDATE payments SET status = 'succeeded', utr = t, paid_on = $1, settled_by = $2, settled_at = $3, version = 2 \
         FROM unnest($4, $5) AS u(p, t) WHERE id = p AND version = 1",
    )
    .bind::<Text, _>(&given.paid_on)
    .bind::<Text, _>(&given.user_id)
    .bind::<Text, _>(&given.instant)
    .bind::<Array<Text>, _>(&payments)
    .bind::<Array<Text>, _>(&utrs)
    .execute(conn)?;
    sql_query("UPDATE tranches SET status = 'disbursed', version = version + 1 WHERE id = ANY($1)")
        .bind::<Array<Text>, _>(&tranches)
        .execute(conn)?;
    let fixed: Vec<String> = given.like.iter().map(|text| format!("'{text}'")).collect();
    sql_query(format!(
        "INSERT INTO disbursements ({DISBURSEMENT}) SELECT d, t, {}, {}, {}, 'Sample', {}, {}, tr, p, {}, {}, $1, {}, t, 'succeeded', $2 \
         FROM unnest($3, $4, $5, $6) AS u(d, tr, p, t)",
        fixed[0], fixed[1], fixed[2], fixed[3], fixed[4], fixed[5], fixed[5], super::seeds::AMOUNT_PAISE,
    ))
    .bind::<Text, _>(&given.paid_on)
    .bind::<Text, _>(&given.instant)
    .bind::<Array<Text>, _>(&disbursements)
    .bind::<Array<Text>, _>(&tranches)
    .bind::<Array<Text>, _>(&payments)
    .bind::<Array<Text>, _>(&utrs)
    .execute(conn)?;
    sql_query(
        "INSERT INTO audit_log (sequence, recorded_at, actor_id, command, subject, outcome, details, journal_digest, previous_hash, hash) \
         SELECT s, $1, $2, 'settle_payment', p, 'done', $3, h, h, h FROM unnest($4, $5, $6) AS u(s, p, h)",
    )
    .bind::<Text, _>(&given.instant)
    .bind::<Text, _>(&given.user_id)
    .bind::<Text, _>(&given.details)
    .bind::<Array<BigInt>, _>(&sequences)
    .bind::<Array<Text>, _>(&payments)
    .bind::<Array<Text>, _>(&hashes)
    .execute(conn)?;
    sql_query("UPDATE audit_head SET hash = $1").bind::<Text, _>(&hashes[0]).execute(conn)?;
    Ok(())
}
