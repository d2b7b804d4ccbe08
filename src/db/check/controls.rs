//! The standing controls: the query of each, run on the data, and the stored runs. A query covers the whole
//! data, and its rows (`subject`, `found`) are counter-examples. Each query is a file below `check/controls/`
//! that is named after the code of its control.

use crate::db::engine::column::{Column, row};
use crate::db::engine::connection::DbConnection;
use crate::db::engine::dialect;
use crate::db::engine::dialect::sql_file;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::control_runs;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use diesel::sql_types::Text;
use domain::base::calendar::Timestamp;
use domain::base::id::{ControlRunId, UserId};
use domain::check::control::{COUNTEREXAMPLES_MOST, ControlCode, ControlResults, ControlRun, Counterexample, RunCause};

row! {
    RunRow in control_runs for ControlRun {
        id: ControlRunId, run_at: Timestamp, cause: RunCause, run_by: Option<UserId>, log_sequence: i64, red: i64,
        digest: String, results: ControlResults,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, run: &ControlRun) -> Result<(), DbError> {
    row_statement::insert(tx, &RunRow::of(run))
}

pub fn find(tx: &mut ReadTx<'_>, id: ControlRunId) -> Result<Option<ControlRun>, DbError> {
    let row = control_runs::table.find(id.raw()).select(RunRow::as_select()).get_result(tx.conn()?).optional()?;
    row.map(RunRow::record).transpose()
}

/// Runs, newest first; only those before one of them, if it is given.
pub fn list(tx: &mut ReadTx<'_>, before: Option<ControlRunId>, limit: i64) -> Result<Vec<ControlRun>, DbError> {
    let mut query = control_runs::table
        .order((control_runs::run_at.desc(), control_runs::id.desc()))
        .limit(limit)
        .select(RunRow::as_select())
        .into_boxed();
    if let Some(id) = before {
        let Some(run) = find(tx, id)? else { return Ok(Vec::new()) };
        let (at, id) = (run.run_at.raw(), id.raw());
        let same = control_runs::run_at.eq(at.clone()).and(control_runs::id.lt(id));
        query = query.filter(control_runs::run_at.lt(at).or(same));
    }
    query.load(tx.conn()?)?.into_iter().map(RunRow::record).collect()
}

/// Returns the time of the newest run.
pub fn newest_at(tx: &mut ReadTx<'_>) -> Result<Option<Timestamp>, DbError> {
    let newest: Option<String> =
        control_runs::table.select(diesel::dsl::max(control_runs::run_at)).get_result(tx.conn()?)?;
    let at = |text: String| {
        Timestamp::from_raw(text).map_err(|why| DbError::Corrupt { table: "control_runs", column: "run_at", why })
    };
    newest.map(at).transpose()
}

/// The file of a control. Nine controls have no file, because they need the rules of a scheme or of finance,
/// or are computed in steps; `service/check/control_rules.rs` and `service/check/money_stop.rs` answer them.
fn file(control: ControlCode) -> Option<&'static str> {
    use ControlCode as C;
    Some(match control {
        C::JournalsBalance => sql_file!("check/controls/ledger/journals_balance"),
        C::NoAccountBelowFloor => sql_file!("check/controls/ledger/no_account_below_floor"),
        C::JournalsInLog => sql_file!("check/controls/log/journals_in_log"),
        C::LogUnbroken => sql_file!("check/controls/log/log_unbroken"),
        C::ActorsKnown => sql_file!("check/controls/log/actors_known"),
        C::YearsEqualHolds => sql_file!("check/controls/ledger/years_equal_holds"),
        C::QuarterTotalsKept => sql_file!("check/controls/ledger/quarter_totals_kept"),
        C::DisbursedWithinCeiling => sql_file!("check/controls/ledger/disbursed_within_ceiling"),
        C::ClaimsWithinEntitlement => sql_file!("check/controls/ledger/claims_within_entitlement"),
        C::RefundsEqualRecoveries => sql_file!("check/controls/ledger/refunds_equal_recoveries"),
        C::PaidLessRecovered => sql_file!("check/controls/ledger/paid_less_recovered"),
        C::PaymentAfterSanction => sql_file!("check/controls/payments/payment_after_sanction"),
        C::PaymentsAreDisbursements => sql_file!("check/controls/payments/payments_are_disbursements"),
        C::DisbursementsEqualPayments => sql_file!("check/controls/payments/disbursements_equal_payments"),
        C::UtrOnBothSides => sql_file!("check/controls/payments/utr_on_both_sides"),
        C::UtrOnce => sql_file!("check/controls/payments/utr_once"),
        C::SanctionPaidOnce => sql_file!("check/controls/payments/sanction_paid_once"),
        C::PayeeAccountAsRegistered => sql_file!("check/controls/payments/payee_account_as_registered"),
        C::AdvisedAwaitsAnswer => sql_file!("check/controls/payments/advised_awaits_answer"),
        C::AdvicesEqualPayments => sql_file!("check/controls/payments/advices_equal_payments"),
        C::DisbursementsInLog => sql_file!("check/controls/log/disbursements_in_log"),
        C::SanctionSerials => sql_file!("check/controls/papers/sanction_serials"),
        C::DisbursementSerials => sql_file!("check/controls/papers/disbursement_serials"),
        C::StepsComplete => sql_file!("check/controls/people/steps_complete"),
        C::OnePersonOneStep => sql_file!("check/controls/people/one_person_one_step"),
        C::InstrumentsByTwo => sql_file!("check/controls/people/instruments_by_two"),
        C::AwardsOfEligible => sql_file!("check/controls/papers/awards_of_eligible"),
        C::MilestonesInspected => sql_file!("check/controls/papers/milestones_inspected"),
        C::PaymentAfterMilestone => sql_file!("check/controls/payments/payment_after_milestone"),
        C::EvidenceExists => sql_file!("check/controls/papers/evidence_exists"),
        C::InvoiceOnce => sql_file!("check/controls/papers/invoice_once"),
        C::OfficersOfNoCompany => sql_file!("check/controls/people/officers_of_no_company"),
        C::ProvidersTakeNoStep => sql_file!("check/controls/people/providers_take_no_step"),
        C::RolesApart => sql_file!("check/controls/people/roles_apart"),
        C::DisabledSignedOut => sql_file!("check/controls/people/disabled_signed_out"),
        C::SanctionsInTerm => sql_file!("check/controls/days/sanctions_in_term"),
        C::HoldsInTerm => sql_file!("check/controls/days/holds_in_term"),
        C::GuaranteesRun => sql_file!("check/controls/days/guarantees_run"),
        C::CertificatesInTime => sql_file!("check/controls/days/certificates_in_time"),
        C::RecoveriesInTime => sql_file!("check/controls/days/recoveries_in_time"),
        C::ConfirmedOnScroll => sql_file!("check/controls/payments/confirmed_on_scroll"),
        C::AccountsEqualEntries
        | C::OutlayAsPublished
        | C::BudgetEqualsInstruments
        | C::RecordsEqualLedger
        | C::CapacityWithinScheme
        | C::LastQuarterWithinLimits
        | C::BankLinesSettled
        | C::MaterialsAddUp
        | C::DelaysAnswered
        | C::PeopleAndPayeesAsLogged
        | C::RecordsAsLogged => return None,
    })
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    found: String,
}

/// Returns the counter-examples of a control, at most one more than are stored; `None` for a control that is
/// not a single query.
pub fn ask(
    tx: &mut ReadTx<'_>,
    control: ControlCode,
    today: NaiveDate,
) -> Result<Option<Vec<Counterexample>>, DbError> {
    let Some(file) = file(control) else { return Ok(None) };
    let conn = tx.conn()?;
    let question = dialect::statement(file, matches!(conn, DbConnection::Sqlite(_)))
        .replace(":today", &format!("'{}'", today.format("%Y-%m-%d")));
    let most = COUNTEREXAMPLES_MOST + 1;
    let rows: Vec<Row> = diesel::sql_query(format!(
        "SELECT subject, found FROM ({question}) AS red ORDER BY subject, found LIMIT {most}"
    ))
    .load(conn)?;
    let shown = |row: Row| Counterexample { subject: row.subject, found: row.found };
    Ok(Some(rows.into_iter().map(shown).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_is_a_file_that_an_auditor_can_read() {
        let one = |control: &ControlCode| {
            let first = format!("Control {control} ({}): {}.", control.kind(), control.title());
            Some((control.as_str(), file(*control)?, [first, format!(" Rule: {}.", control.source())]))
        };
        let wanted: Vec<_> = ControlCode::ALL.iter().filter_map(one).collect();
        dialect::tests::check_files("src/db/check/controls", &wanted);
    }

    /// Each file can be run alone, so both files repeat how serial numbers are counted.
    #[test]
    fn both_controls_of_serial_numbers_count_alike() {
        let counts = |control, series: &str| {
            let text = dialect::statement(file(control).unwrap_or_default(), true).replace(series, "/…");
            let (before, behind) = text.split_once(" AS serial FROM (").unwrap();
            format!("{before}{}", behind.split_once(") AS numbers WHERE").unwrap().1)
        };
        let one = counts(ControlCode::SanctionSerials, "/SAN");
        assert!(one.contains("'%/…'") && one == counts(ControlCode::DisbursementSerials, "/DIS"), "{one}");
    }
}
