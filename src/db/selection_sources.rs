//! Where the fields of each kind of record come from: one select for each, whose columns are the
//! fields that `domain/selection_fields.rs` names. One text for both engines; where they differ,
//! `db/dialect.rs` says so.

use crate::db::dialect;
use crate::db::question_sources;
use crate::domain::expenditure_limit::{LimitRow, LimitTable};
use crate::domain::selection::Subject;
use chrono::{Days, NaiveDate};

/// The day of the question, and the limits that questions hold the data against.
pub struct OnDay<'r> {
    pub today: NaiveDate,
    pub limits: &'r LimitTable,
}

/// The select of a kind of record, as this engine reads it.
pub fn source(subject: Subject, on: &OnDay<'_>, sqlite: bool) -> String {
    let text = question_sources::text(subject).unwrap_or_else(|| text(subject));
    let text = dialect::of_engine(text, sqlite);
    if !text.contains(':') {
        return text;
    }
    let mut text = text.replace(":limits", &limits(on.limits));
    let ago = [365, 90, 30].map(|days| (format!(":days_ago_{days}"), on.today.checked_sub_days(Days::new(days))));
    let ahead = (":in_90_days".to_owned(), on.today.checked_add_days(Days::new(90)));
    for (name, day) in ago.into_iter().chain([ahead, (":today".to_owned(), Some(on.today))]) {
        text = text.replace(&name, &format!("'{}'", day.unwrap_or(on.today)));
    }
    text
}

/// The limits on the last quarter as rows. They are read from a file of the operator, and only
/// days, numbers and words of ours are put into the text.
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

fn text(subject: Subject) -> &'static str {
    match subject {
        Subject::Disbursements => {
            "SELECT id, number, scheme_code, component, organisation_id, beneficiary, award_id, claim_id, tranche_id, payment_id, \
             performance_year, payment_year, \
             payment_year || CASE WHEN substr(paid_on, 6, 2) < '04' THEN ' Q4' WHEN substr(paid_on, 6, 2) < '07' THEN ' Q1' \
             WHEN substr(paid_on, 6, 2) < '10' THEN ' Q2' ELSE ' Q3' END AS payment_quarter, \
             substr(paid_on, 1, 7) AS payment_month, paid_on, amount_paise, set_off_paise, \
             amount_paise - set_off_paise AS net_paise, utr, status, recorded_at FROM disbursements"
        }
        Subject::Sanctions => {
            "SELECT tranches.id, json(tranches.sanction) ->> 'number' AS number, tranches.number AS tranche_number, \
             tranches.scheme_code, tranches.component, tranches.organisation_id, organisations.name AS beneficiary, \
             tranches.award_id, tranches.claim_id, tranches.performance_year, tranches.held_in, \
             json(tranches.sanction) ->> 'sanctioned_on' AS sanctioned_on, tranche_steps.taken_by AS sanctioned_by, \
             json(tranches.sanction) ->> 'met_from' AS met_from, tranches.held_until, tranches.amount_paise, tranches.status \
             FROM tranches JOIN organisations ON organisations.id = tranches.organisation_id \
             JOIN tranche_steps ON tranche_steps.tranche_id = tranches.id AND tranche_steps.step = 'sanction' \
             WHERE tranches.sanction IS NOT NULL"
        }
        Subject::Claims => {
            "SELECT claims.id, claims.number, claims.scheme_code, claims.scheme_version, claims.component, claims.organisation_id, \
             organisations.name AS beneficiary, claims.award_id, claims.milestone_id, claims.performance_year, \
             claims.period_from, claims.period_to, claims.amount_claimed_paise, claims.entitlement_paise, claims.deferred_paise, \
             claims.withheld_paise, claims.eligible_kg, claims.held_kg, claims.status, claims.prepared_by, claims.submitted_by, \
             claims.submitted_at, claims.verified_by, claims.verified_at, claims.certificate_due_on, claims.created_at \
             FROM claims JOIN organisations ON organisations.id = claims.organisation_id"
        }
        Subject::Milestones => {
            "SELECT milestones.id, milestones.award_id, awards.number AS award_number, milestones.organisation_id, \
             organisations.name AS beneficiary, milestones.code, milestones.title, milestones.due_on, milestones.achieved_on, \
             milestones.capital_share AS capital_share_basis_points, milestones.status \
             FROM milestones JOIN awards ON awards.id = milestones.award_id \
             JOIN organisations ON organisations.id = milestones.organisation_id"
        }
        Subject::Awards => {
            "SELECT awards.id, awards.number, awards.scheme_code, awards.scheme_version, awards.application_id, awards.organisation_id, \
             organisations.name AS beneficiary, awards.capacity_mtpa, awards.rate_paise_per_kg, awards.security_required_paise, \
             awards.awarded_on, awards.ends_on, awards.awarded_by, awards.commissioned_on \
             FROM awards JOIN organisations ON organisations.id = awards.organisation_id"
        }
        Subject::Applications => {
            "SELECT applications.id, applications.number, applications.scheme_code, applications.scheme_version, \
             applications.organisation_id, organisations.name AS applicant, applications.status, applications.prepared_by, \
             applications.created_at FROM applications JOIN organisations ON organisations.id = applications.organisation_id"
        }
        Subject::Recoveries => {
            "SELECT recoveries.id, recoveries.number, recoveries.kind, recoveries.scheme_code, recoveries.component, \
             recoveries.organisation_id, organisations.name AS payer, recoveries.award_id, recoveries.disbursement_id, \
             recoveries.milestone_id, recoveries.amount_paise, recoveries.principal_due_paise, recoveries.interest_due_paise, \
             recoveries.damages_due_paise, recoveries.status, recoveries.interest_from, recoveries.accrued_to, recoveries.created_at \
             FROM recoveries JOIN organisations ON organisations.id = recoveries.organisation_id"
        }
        Subject::Payments => {
            "SELECT payments.id, payments.number, payments.tranche_id, tranches.scheme_code, tranches.component, \
             payments.organisation_id, organisations.name AS beneficiary, payments.amount_paise, payments.set_off_paise, \
             payments.status, payments.advised_by, payments.advised_at, payments.accepted_at, payments.utr, payments.paid_on, \
             payments.reason, payments.settled_by, payments.settled_at \
             FROM payments JOIN tranches ON tranches.id = payments.tranche_id \
             JOIN organisations ON organisations.id = payments.organisation_id"
        }
        Subject::BudgetMovements => {
            "SELECT entries.journal_id || '/' || entries.line AS id, entries.journal_id, journals.kind, journals.reference, \
             journals.posted_at, journals.audit_sequence, accounts.ledger, accounts.scheme_code, accounts.component, \
             accounts.award_number, accounts.organisation_id, accounts.financial_year, accounts.stage, accounts.code AS account, \
             entries.amount_paise FROM entries JOIN journals ON journals.id = entries.journal_id \
             JOIN accounts ON accounts.id = entries.account_id"
        }
        Subject::Acts => {
            "SELECT sequence, recorded_at, actor_id, command, subject, outcome, code, details, journal_digest, hash FROM audit_log"
        }
        // The others are questions.
        _ => "",
    }
}
