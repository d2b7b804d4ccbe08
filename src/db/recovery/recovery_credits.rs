//! Receipts, set-offs and reliefs of recoveries, and the proof that they, the recoveries and the
//! ledger agree.

use crate::db::engine::column::{read, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::{disbursements, payments, recoveries, recovery_credits};
use crate::db::engine::sets::Value;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::base::calendar::Timestamp;
use domain::base::id::{AwardId, OrganisationId, PaymentId, RecoveryCreditId, RecoveryId, SecurityId, UserId};
use domain::base::money::Paise;
use domain::budget::budget::Kept;
use domain::budget::ledger::Stage;
use domain::recovery::interest::{Dues, InterestLines};
use domain::recovery::recovery::RecoveryKind;
use domain::recovery::recovery_credit::{CreditKind, CreditStatus, RecoveryCredit};

row! {
    CreditRow in recovery_credits for RecoveryCredit {
        id: RecoveryCreditId, recovery_id: RecoveryId, kind: CreditKind, status: CreditStatus,
        credited_on: NaiveDate, principal_paise: Paise, interest_paise: Paise, damages_paise: Paise,
        accrued: InterestLines, dues_after: Dues, utr: Option<String>, payment_id: Option<PaymentId>,
        reference: String, recorded_by: UserId, recorded_at: Timestamp, security_id: Option<SecurityId>,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, credit: &RecoveryCredit) -> Result<(), DbError> {
    row_statement::insert(tx, &CreditRow::of(credit))
}

/// Stores the outcome of a held set-off. Only a held one changes.
pub fn finish(tx: &mut WriteTx<'_>, credit: &RecoveryCredit) -> Result<(), DbError> {
    let held = ("status", Value::Text(CreditStatus::Held.as_str()));
    let changed = row_statement::update(tx, &CreditRow::of(credit), &credit.id.to_string(), held)?;
    if changed { Ok(()) } else { Err(DbError::Conflict("recovery_credits".to_owned())) }
}

/// Stores the new allocation of a credit, and the interest computed for it.
pub fn resettle(tx: &mut WriteTx<'_>, credit: &RecoveryCredit) -> Result<(), DbError> {
    let done = ("status", Value::Text(CreditStatus::Done.as_str()));
    let changed = row_statement::update(tx, &CreditRow::of(credit), &credit.id.to_string(), done)?;
    if changed { Ok(()) } else { Err(DbError::Conflict("recovery_credits".to_owned())) }
}

/// The credits of one recovery, in the order of their days.
pub fn of_recovery(tx: &mut ReadTx<'_>, recovery: RecoveryId) -> Result<Vec<RecoveryCredit>, DbError> {
    let rows = recovery_credits::table
        .filter(recovery_credits::recovery_id.eq(recovery.to_string()))
        .order((recovery_credits::credited_on, recovery_credits::id))
        .select(CreditRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(CreditRow::record).collect()
}

/// The credits of any of these recoveries, and the set-offs that any of these payments holds or
/// has made, in the order in which they were recorded.
pub fn behind(tx: &mut ReadTx<'_>, recoveries: &[String], payments: &[String]) -> Result<Vec<RecoveryCredit>, DbError> {
    let rows = recovery_credits::table
        .filter(recovery_credits::recovery_id.eq_any(recoveries).or(recovery_credits::payment_id.eq_any(payments)))
        .order(recovery_credits::id)
        .select(CreditRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(CreditRow::record).collect()
}

/// The credits of damages, of one award or of all a person sees.
pub fn of_damages(
    tx: &mut ReadTx<'_>,
    award: Option<AwardId>,
    only: Option<OrganisationId>,
) -> Result<Vec<RecoveryCredit>, DbError> {
    let mut query = recovery_credits::table
        .inner_join(recoveries::table.on(recoveries::id.eq(recovery_credits::recovery_id)))
        .filter(recoveries::kind.eq(RecoveryKind::LiquidatedDamages.as_str()))
        .order(recovery_credits::id)
        .select(CreditRow::as_select())
        .into_boxed();
    if let Some(award) = award {
        query = query.filter(recoveries::award_id.eq(award.to_string()));
    }
    if let Some(id) = only {
        query = query.filter(recoveries::organisation_id.eq(id.to_string()));
    }
    query.load(tx.conn()?)?.into_iter().map(CreditRow::record).collect()
}

/// The credits of damages under these awards.
pub fn of_damages_under(tx: &mut ReadTx<'_>, awards: &[String]) -> Result<Vec<RecoveryCredit>, DbError> {
    let query = recovery_credits::table
        .inner_join(recoveries::table.on(recoveries::id.eq(recovery_credits::recovery_id)))
        .filter(recoveries::kind.eq(RecoveryKind::LiquidatedDamages.as_str()))
        .filter(recoveries::award_id.eq_any(awards))
        .order(recovery_credits::id)
        .select(CreditRow::as_select());
    query.load(tx.conn()?)?.into_iter().map(CreditRow::record).collect()
}

/// The set-offs that a payment holds or has made, oldest first.
pub fn set_offs_of(
    tx: &mut ReadTx<'_>,
    payment: PaymentId,
    status: CreditStatus,
) -> Result<Vec<RecoveryCredit>, DbError> {
    let rows = recovery_credits::table
        .filter(recovery_credits::payment_id.eq(payment.to_string()))
        .filter(recovery_credits::kind.eq(CreditKind::SetOff.as_str()))
        .filter(recovery_credits::status.eq(status.as_str()))
        .order(recovery_credits::id)
        .select(CreditRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(CreditRow::record).collect()
}

/// The number of the recovery that a UTR pays, if any.
pub fn recovery_of_utr(tx: &mut ReadTx<'_>, utr: &str) -> Result<Option<String>, DbError> {
    Ok(recovery_credits::table
        .inner_join(recoveries::table.on(recoveries::id.eq(recovery_credits::recovery_id)))
        .filter(recovery_credits::utr.eq(utr))
        .select(recoveries::number)
        .get_result(tx.conn()?)
        .optional()?)
}

/// The sums that the records of recoveries give for each award and component, by stage of the recovery ledger.
/// A sum below zero is money that was given back of what was disbursed.
pub fn record_sums(tx: &mut ReadTx<'_>) -> Result<Vec<(String, String, Stage, i64)>, DbError> {
    type DueRow = (String, String, Option<i64>, Option<i64>, Option<i64>);
    let dues: Vec<DueRow> = recoveries::table
        .group_by((recoveries::award_id, recoveries::component))
        .select((
            recoveries::award_id,
            recoveries::component,
            sql::<Nullable<BigInt>>("CAST(SUM(recoveries.principal_due_paise) AS BIGINT)"),
            sql::<Nullable<BigInt>>("CAST(SUM(recoveries.interest_due_paise) AS BIGINT)"),
            sql::<Nullable<BigInt>>("CAST(SUM(recoveries.damages_due_paise) AS BIGINT)"),
        ))
        .load(tx.conn()?)?;
    let mut sums = Vec::new();
    for (award, component, principal, interest, damages) in dues {
        let stages = [(Stage::PrincipalDue, principal), (Stage::InterestDue, interest), (Stage::DamagesDue, damages)];
        let row = |(stage, sum): (Stage, Option<i64>)| (award.clone(), component.clone(), stage, sum.unwrap_or(0));
        sums.extend(stages.map(row));
    }
    sums.extend(credit_sums(tx)?);
    sums.extend(paid_back_sums(tx)?);
    Ok(sums)
}

/// The amounts that payees had paid back of payments which the bank took back, and that are owed to them again.
fn paid_back_sums(tx: &mut ReadTx<'_>) -> Result<Vec<(String, String, Stage, i64)>, DbError> {
    let rows: Vec<(String, String, i64)> = disbursements::table
        .filter(disbursements::paid_back_paise.gt(0))
        .group_by((disbursements::award_id, disbursements::component))
        .select((
            disbursements::award_id,
            disbursements::component,
            sql::<BigInt>("CAST(SUM(disbursements.paid_back_paise) AS BIGINT)"),
        ))
        .load(tx.conn()?)?;
    let both = |(award, component, sum): (String, String, i64)| {
        [Stage::Receipts, Stage::Disbursed].map(|stage| (award.clone(), component.clone(), stage, sum))
    };
    Ok(rows.into_iter().flat_map(both).collect())
}

/// The principal that bank returns kept for recoveries, by scheme and day. The ledger has it as disbursed and as
/// recovered, while its payment was returned.
pub fn kept_principal(tx: &mut ReadTx<'_>) -> Result<Vec<(String, String, i64)>, DbError> {
    Ok(recovery_credits::table
        .inner_join(recoveries::table.on(recoveries::id.eq(recovery_credits::recovery_id)))
        .filter(recovery_credits::kind.eq(CreditKind::BankReturn.as_str()))
        .group_by((recoveries::scheme_code, recovery_credits::credited_on))
        .select((
            sql::<Text>("recoveries.scheme_code"),
            sql::<Text>("recovery_credits.credited_on"),
            sql::<BigInt>("CAST(SUM(recovery_credits.principal_paise) AS BIGINT)"),
        ))
        .load(tx.conn()?)?)
}

/// What bank returns kept, by award, component and the year in which the bank had paid.
pub fn kept(tx: &mut ReadTx<'_>) -> Result<Vec<Kept>, DbError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        scheme_code: String,
        #[diesel(sql_type = Text)]
        component: String,
        #[diesel(sql_type = Text)]
        number: String,
        #[diesel(sql_type = Text)]
        organisation_id: String,
        #[diesel(sql_type = Text)]
        payment_year: String,
        #[diesel(sql_type = BigInt)]
        principal: i64,
        #[diesel(sql_type = BigInt)]
        interest: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT disbursements.scheme_code, disbursements.component, awards.number, disbursements.organisation_id, \
         disbursements.payment_year, CAST(SUM(recovery_credits.principal_paise) AS BIGINT) AS principal, \
         CAST(SUM(recovery_credits.interest_paise) AS BIGINT) AS interest \
         FROM recovery_credits JOIN disbursements ON disbursements.payment_id = recovery_credits.payment_id \
         JOIN awards ON awards.id = disbursements.award_id WHERE recovery_credits.kind = 'bank_return' \
         GROUP BY disbursements.scheme_code, disbursements.component, awards.number, disbursements.organisation_id, \
         disbursements.payment_year",
    )
    .load(tx.conn()?)?;
    let kept = |row: Row| {
        Ok(Kept {
            scheme_code: row.scheme_code,
            component: read("disbursements", "component", row.component)?,
            award_number: row.number,
            organisation_id: read("disbursements", "organisation_id", row.organisation_id)?,
            paid_in: read("disbursements", "payment_year", row.payment_year)?,
            principal_paise: Paise(row.principal),
            interest_paise: Paise(row.interest),
        })
    };
    rows.into_iter().map(kept).collect()
}

/// The amount of each of these tranches that bank returns kept for recoveries.
pub fn kept_of_tranches(tx: &mut ReadTx<'_>, tranches: &[String]) -> Result<Vec<(String, i64)>, DbError> {
    Ok(recovery_credits::table
        .inner_join(payments::table.on(payments::id.nullable().eq(recovery_credits::payment_id)))
        .filter(recovery_credits::kind.eq(CreditKind::BankReturn.as_str()))
        .filter(payments::tranche_id.eq_any(tranches))
        .group_by(payments::tranche_id)
        .select((
            payments::tranche_id,
            sql::<BigInt>(
                "CAST(SUM(recovery_credits.principal_paise + recovery_credits.interest_paise \
                 + recovery_credits.damages_paise) AS BIGINT)",
            ),
        ))
        .load(tx.conn()?)?)
}

/// The interest that bank returns kept of each of these disbursements, where they kept any.
pub fn interest_kept(tx: &mut ReadTx<'_>, disbursements: &[String]) -> Result<Vec<(String, i64)>, DbError> {
    Ok(recovery_credits::table
        .inner_join(recoveries::table.on(recoveries::id.eq(recovery_credits::recovery_id)))
        .filter(recovery_credits::kind.eq(CreditKind::BankReturn.as_str()))
        .filter(recovery_credits::interest_paise.gt(0))
        .filter(recoveries::disbursement_id.eq_any(disbursements))
        .group_by(recoveries::disbursement_id)
        .select((
            sql::<Text>("recoveries.disbursement_id"),
            sql::<BigInt>("CAST(SUM(recovery_credits.interest_paise) AS BIGINT)"),
        ))
        .load(tx.conn()?)?)
}

fn credit_sums(tx: &mut ReadTx<'_>) -> Result<Vec<(String, String, Stage, i64)>, DbError> {
    type CreditSum = (String, String, String, Option<i64>, Option<i64>, Option<i64>);
    let credits: Vec<CreditSum> = recovery_credits::table
        .inner_join(recoveries::table.on(recoveries::id.eq(recovery_credits::recovery_id)))
        .filter(recovery_credits::status.eq(CreditStatus::Done.as_str()))
        .group_by((recoveries::award_id, recoveries::component, recovery_credits::kind))
        .select((
            sql::<Text>("recoveries.award_id"),
            sql::<Text>("recoveries.component"),
            sql::<Text>("recovery_credits.kind"),
            sql::<Nullable<BigInt>>("CAST(SUM(recovery_credits.principal_paise) AS BIGINT)"),
            sql::<Nullable<BigInt>>("CAST(SUM(recovery_credits.interest_paise) AS BIGINT)"),
            sql::<Nullable<BigInt>>("CAST(SUM(recovery_credits.damages_paise) AS BIGINT)"),
        ))
        .load(tx.conn()?)?;
    let mut sums = Vec::new();
    for (award, component, kind, principal, interest, damages) in credits {
        let (principal, interest, damages) = (principal.unwrap_or(0), interest.unwrap_or(0), damages.unwrap_or(0));
        let mut add = |stage: Stage, sum: i64| sums.push((award.clone(), component.clone(), stage, sum));
        match kind.as_str() {
            "write_off" => add(Stage::WrittenOff, principal + interest + damages),
            "waiver" => add(Stage::Waived, principal + interest + damages),
            _ => {
                let sign = if kind == "set_off_undone" { -1 } else { 1 };
                add(Stage::PrincipalRecovered, sign * principal);
                add(Stage::InterestRecovered, sign * interest);
                add(Stage::DamagesRecovered, sign * damages);
                // Interest that a bank return kept stays disbursed, although nothing is paid.
                let kept = if kind == "bank_return" { interest } else { -sign * principal };
                add(Stage::Disbursed, kept);
            }
        }
    }
    Ok(sums)
}

#[derive(QueryableByName)]
struct Numbered {
    #[diesel(sql_type = Text)]
    number: String,
}

/// The contradictions between recoveries, payments and disbursements, as sentences.
#[allow(clippy::too_many_lines)] // a table of questions
pub fn contradictions(tx: &mut ReadTx<'_>) -> Result<Vec<String>, DbError> {
    let checks = [
        (
            "disbursement {} says that another amount of it is under recovery than its recoveries do",
            "SELECT disbursements.number AS number FROM disbursements LEFT JOIN ( \
             SELECT disbursement_id, CAST(SUM(amount_paise) AS BIGINT) AS asked FROM recoveries \
             GROUP BY disbursement_id) AS under ON under.disbursement_id = disbursements.id \
             WHERE disbursements.under_recovery_paise <> COALESCE(under.asked, 0) ORDER BY disbursements.number",
        ),
        (
            "disbursement {} says that another amount of what came back was kept than the credits of its recoveries do",
            "SELECT disbursements.number AS number FROM disbursements LEFT JOIN ( \
             SELECT payment_id, CAST(SUM(principal_paise + interest_paise + damages_paise) AS BIGINT) AS kept \
             FROM recovery_credits WHERE kind = 'bank_return' GROUP BY payment_id) AS credits \
             ON credits.payment_id = disbursements.payment_id \
             WHERE disbursements.kept_paise <> COALESCE(credits.kept, 0) ORDER BY disbursements.number",
        ),
        (
            "payment {} keeps back another amount than its set-offs",
            "SELECT payments.number AS number FROM payments LEFT JOIN ( \
             SELECT payment_id, CAST(SUM(principal_paise + interest_paise + damages_paise) AS BIGINT) AS kept \
             FROM recovery_credits WHERE kind = 'set_off' GROUP BY payment_id) AS credits \
             ON credits.payment_id = payments.id \
             WHERE payments.set_off_paise <> COALESCE(credits.kept, 0) ORDER BY payments.number",
        ),
        (
            "payment {} and its set-off are not the disbursement",
            "SELECT payments.number AS number FROM payments \
             JOIN disbursements ON disbursements.payment_id = payments.id \
             WHERE disbursements.amount_paise <> payments.amount_paise + payments.set_off_paise \
             OR disbursements.set_off_paise <> payments.set_off_paise ORDER BY payments.number",
        ),
        (
            "recovery {} bears interest from another day than its payment",
            "SELECT recoveries.number AS number FROM recoveries \
             JOIN disbursements ON disbursements.id = recoveries.disbursement_id \
             WHERE recoveries.kind = 'refund' AND recoveries.interest_from <> disbursements.paid_on \
             ORDER BY recoveries.number",
        ),
        (
            "recovery {} says a set-off is held and none is, or none and one is",
            "SELECT recoveries.number AS number FROM recoveries LEFT JOIN recovery_credits \
             ON recovery_credits.recovery_id = recoveries.id AND recovery_credits.status = 'held' \
             GROUP BY recoveries.id, recoveries.number, recoveries.held_by \
             HAVING COUNT(recovery_credits.id) <> CASE WHEN recoveries.held_by IS NULL THEN 0 ELSE 1 END \
             ORDER BY recoveries.number",
        ),
        (
            "recovery {} was paid by a guarantee that did not receive it",
            "SELECT recoveries.number AS number FROM recovery_credits \
             JOIN recoveries ON recoveries.id = recovery_credits.recovery_id \
             LEFT JOIN security_events ON security_events.kind = 'received' \
             AND security_events.reference = recovery_credits.utr \
             AND security_events.security_id = recovery_credits.security_id \
             AND security_events.recovery_id = recovery_credits.recovery_id \
             AND security_events.amount_paise = recovery_credits.principal_paise \
             + recovery_credits.interest_paise + recovery_credits.damages_paise \
             WHERE recovery_credits.kind = 'guarantee' AND security_events.reference IS NULL \
             ORDER BY recoveries.number",
        ),
        (
            "guarantee {} says another amount was invoked or received than what happened to it",
            "SELECT securities.guarantee_number AS number FROM securities LEFT JOIN ( \
             SELECT security_id, \
             CAST(SUM(CASE WHEN kind = 'invoked' THEN amount_paise ELSE 0 END) AS BIGINT) AS invoked, \
             CAST(SUM(CASE WHEN kind = 'received' THEN amount_paise ELSE 0 END) AS BIGINT) AS received \
             FROM security_events GROUP BY security_id) AS events ON events.security_id = securities.id \
             WHERE securities.invoked_paise <> COALESCE(events.invoked, 0) \
             OR securities.received_paise <> COALESCE(events.received, 0) ORDER BY securities.guarantee_number",
        ),
        (
            "guarantee {} received money for a recovery that does not have it",
            "SELECT securities.guarantee_number AS number FROM security_events \
             JOIN securities ON securities.id = security_events.security_id \
             LEFT JOIN recovery_credits ON recovery_credits.utr = security_events.reference \
             AND recovery_credits.security_id = security_events.security_id \
             WHERE security_events.kind = 'received' AND security_events.recovery_id IS NOT NULL \
             AND recovery_credits.id IS NULL ORDER BY securities.guarantee_number",
        ),
    ];
    let mut found = Vec::new();
    for (says, query) in checks {
        let rows: Vec<Numbered> = diesel::sql_query(query).load(tx.conn()?)?;
        found.extend(rows.into_iter().map(|row| says.replace("{}", &row.number)));
    }
    Ok(found)
}
