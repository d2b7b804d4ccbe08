//! The query for each kind of record that can be selected: a file below `desk/records/`, or below
//! `desk/questions/` for a ready-made question, that is named after its kind. Its columns are the fields that
//! `domain/desk/selection_fields.rs` and `domain/desk/question_fields.rs` name.

use crate::db::engine::dialect;
use crate::db::engine::dialect::sql_file;
use chrono::{Days, NaiveDate};
use domain::base::id::RecoveryId;
use domain::base::money::Paise;
use domain::budget::expenditure_limit::{LimitRow, LimitTable};
use domain::desk::selection::Subject;

/// The day of the question, and what questions compare the data with.
pub struct OnDay<'r> {
    pub today: NaiveDate,
    pub limits: &'r LimitTable,
    /// The interest that ran since it was posted last, by recovery. Only a question about what is owed needs it.
    interest: Vec<(RecoveryId, Paise)>,
}

impl<'r> OnDay<'r> {
    pub fn new(today: NaiveDate, limits: &'r LimitTable) -> OnDay<'r> {
        OnDay { today, limits, interest: Vec::new() }
    }

    pub fn with_interest(self, interest: Vec<(RecoveryId, Paise)>) -> OnDay<'r> {
        OnDay { interest, ..self }
    }
}

/// The select of a kind of record, as this engine reads it.
pub fn source(subject: Subject, on: &OnDay<'_>, sqlite: bool) -> String {
    let text = dialect::statement(file(subject), sqlite);
    if !text.contains(':') {
        return text;
    }
    let mut text = text.replace(":limits", &limits(on.limits)).replace(":interest", &interest(&on.interest));
    let ago = [365, 90, 30].map(|days| (format!(":days_ago_{days}"), on.today.checked_sub_days(Days::new(days))));
    let ahead = (":in_90_days".to_owned(), on.today.checked_add_days(Days::new(90)));
    for (name, day) in ago.into_iter().chain([ahead, (":today".to_owned(), Some(on.today))]) {
        text = text.replace(&name, &format!("'{}'", day.unwrap_or(on.today)));
    }
    text
}

/// The limits on the last quarter as rows. They are read from a file of the operator; only days, numbers and
/// constant words are put into the text.
fn limits(table: &LimitTable) -> String {
    let row = |row: &LimitRow| {
        format!(
            "SELECT '{}' AS effective_from, '{}' AS effective_to, CAST({} AS BIGINT) AS last_quarter_limit, \
             CAST({} AS BIGINT) AS march_limit, '{}' AS base",
            row.effective_from,
            row.effective_to.map_or("9999-12-31".to_owned(), |day| day.to_string()),
            row.last_quarter_basis_points.0,
            row.march_basis_points.0,
            row.base,
        )
    };
    format!("({})", table.limits.iter().map(row).collect::<Vec<_>>().join(" UNION ALL "))
}

/// The interest as rows of an id and an amount, which both engines call `column1` and `column2`.
fn interest(grown: &[(RecoveryId, Paise)]) -> String {
    let rows: String = grown.iter().map(|(id, paise)| format!(", ('{id}', {})", paise.0)).collect();
    format!("(VALUES ('', 0){rows})")
}

/// The file of a kind of record.
fn file(subject: Subject) -> &'static str {
    use Subject as S;
    match subject {
        S::Disbursements => sql_file!("desk/records/disbursements"),
        S::Sanctions => sql_file!("desk/records/sanctions"),
        S::Claims => sql_file!("desk/records/claims"),
        S::Milestones => sql_file!("desk/records/milestones"),
        S::Awards => sql_file!("desk/records/awards"),
        S::Applications => sql_file!("desk/records/applications"),
        S::Recoveries => sql_file!("desk/records/recoveries"),
        S::Payments => sql_file!("desk/records/payments"),
        S::BudgetMovements => sql_file!("desk/records/budget_movements"),
        S::Acts => sql_file!("desk/records/acts"),
        S::PaymentsBeforeMilestone => sql_file!("desk/questions/payments_before_milestone"),
        S::PaymentsBeyondCeiling => sql_file!("desk/questions/payments_beyond_ceiling"),
        S::PeriodsClaimedTwice => sql_file!("desk/questions/periods_claimed_twice"),
        S::InvoicesClaimedTwice => sql_file!("desk/questions/invoices_claimed_twice"),
        S::InvoicesAlike => sql_file!("desk/questions/invoices_alike"),
        S::EvidenceUsedTwice => sql_file!("desk/questions/evidence_used_twice"),
        S::BankAccountsShared => sql_file!("desk/questions/bank_accounts_shared"),
        S::UtrsUsedTwice => sql_file!("desk/questions/utrs_used_twice"),
        S::SanctionsWithoutAppropriation => sql_file!("desk/questions/sanctions_without_appropriation"),
        S::SanctionsLapsed => sql_file!("desk/questions/sanctions_lapsed"),
        S::YearEndSpending => sql_file!("desk/questions/year_end_spending"),
        S::Surrenders => sql_file!("desk/questions/surrenders"),
        S::CertificatesDue => sql_file!("desk/questions/certificates_due"),
        S::GuaranteesExpiring => sql_file!("desk/questions/guarantees_expiring"),
        S::DamagesCharged => sql_file!("desk/questions/damages_charged"),
        S::RecoveriesOutstanding => sql_file!("desk/questions/recoveries_outstanding"),
        S::SplitSanctions => sql_file!("desk/questions/split_sanctions"),
        S::OverridesRefused => sql_file!("desk/questions/overrides_refused"),
        S::Grantees => sql_file!("desk/questions/grantees"),
        S::RegisterOfGrants => sql_file!("desk/questions/register_of_grants"),
        S::Tranches => sql_file!("desk/records/tranches"),
        S::Excuses => sql_file!("desk/records/excuses"),
        S::Securities => sql_file!("desk/records/securities"),
        S::FinalCertificates => sql_file!("desk/records/final_certificates"),
        S::BudgetInstruments => sql_file!("desk/records/budget_instruments"),
        S::PaymentAdvices => sql_file!("desk/records/payment_advices"),
        S::TreasuryReturns => sql_file!("desk/records/treasury_returns"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(question: bool) -> Vec<(&'static str, &'static str, [String; 2])> {
        let sentences = |subject: &Subject| match subject.question() {
            Some((what, rule)) => [format!("Question {subject}: {what}."), format!(" Rule: {rule}.")],
            None => [format!("Records {subject}."), String::new()],
        };
        let subjects = Subject::ALL.iter().filter(|subject| subject.question().is_some() == question);
        subjects.map(|subject| (subject.as_str(), file(*subject), sentences(subject))).collect()
    }

    #[test]
    fn every_question_is_a_file_that_an_auditor_can_read() {
        dialect::tests::check_files("src/db/desk/questions", &wanted(true));
        dialect::tests::check_files("src/db/desk/records", &wanted(false));
    }

    /// Each file can be run alone, so both files that need the appropriated amount repeat how it is computed.
    #[test]
    fn both_questions_about_appropriations_add_up_the_same_instruments() {
        let appropriated = |subject| {
            let text = dialect::statement(file(subject), true);
            let (_, behind) = text.split_once("SUM(given.paise), 0) AS BIGINT) FROM (").unwrap();
            behind.split_once(") AS given WHERE").unwrap().0.to_owned()
        };
        let one = appropriated(Subject::SanctionsWithoutAppropriation);
        assert!(one.contains("'re_appropriation'") && one == appropriated(Subject::Surrenders), "{one}");
    }
}
