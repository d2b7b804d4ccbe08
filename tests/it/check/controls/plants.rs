//! One fault for each control, planted by SQL by somebody who owns the database.

use crate::harness::app::{App, Engine};
use crate::harness::people::SCHEME;

/// A fault that turns one control red, and the statement that undoes it.
pub struct Plant {
    pub control: &'static str,
    pub fault: String,
    pub undone: String,
}

/// Runs a statement; SQLite ignores its CHECK constraints for it.
pub fn runs(app: &App, statement: &str) {
    match app.engine {
        Engine::Sqlite => app.sql(&format!("PRAGMA ignore_check_constraints = ON; {statement}")),
        Engine::Postgres => app.sql(statement),
    }
}

/// One column of one row gets another value.
struct Spot<'a> {
    app: &'a App,
    table: &'a str,
    key: &'a str,
    column: &'a str,
}

impl Spot<'_> {
    /// Sets the column in the first row of the filter to the value of an SQL expression.
    fn becomes(&self, control: &'static str, filter: &str, expression: &str) -> Plant {
        let Spot { app, table, key, column } = self;
        let first = |what: &str, filter: &str| {
            let query = format!(
                "SELECT CAST({what} AS TEXT) AS value FROM {table} WHERE {filter} ORDER BY {key}, {what} LIMIT 1"
            );
            let found = app.values(&query).first().cloned();
            found.unwrap_or_else(|| panic!("{control}: nothing for {query}"))
        };
        let id = first(key, filter);
        // Steps need the filter to be told apart; for other tables the filter may name the changed column itself.
        let row =
            if *table == "tranche_steps" { format!("{key} = '{id}' AND {filter}") } else { format!("{key} = '{id}'") };
        let old = first(column, &row);
        let back = if old == "~" { "NULL".to_owned() } else { format!("'{}'", old.replace('\'', "''")) };
        Plant {
            control,
            fault: format!("UPDATE {table} SET {column} = {expression} WHERE {row}"),
            undone: format!("UPDATE {table} SET {column} = {back} WHERE {row}"),
        }
    }
}

fn spot<'a>(app: &'a App, table: &'a str, column: &'a str) -> Spot<'a> {
    let key = match table {
        "audit_log" => "sequence",
        "counters" => "name",
        "tranche_steps" => "tranche_id",
        "claim_lines" => "claim_id",
        _ => "id",
    };
    Spot { app, table, key, column }
}

fn account(component: &str, stage: &str) -> String {
    format!("outlay:{SCHEME}:{component}:{stage}")
}

/// Adds to the entry of an account in the journal of a kind, and to the account.
fn entry(code: &str, kind: &str, entry_by: i64, balance_by: i64) -> String {
    format!(
        "UPDATE entries SET amount_paise = amount_paise + ({entry_by}) \
         WHERE account_id = (SELECT id FROM accounts WHERE code = '{code}') \
         AND journal_id = (SELECT journals.id FROM journals JOIN entries AS one ON one.journal_id = journals.id \
         JOIN accounts ON accounts.id = one.account_id WHERE journals.kind = '{kind}' AND accounts.code = '{code}'); \
         UPDATE accounts SET balance_paise = balance_paise + ({balance_by}) WHERE code = '{code}';"
    )
}

const LOADED: &str = "outlay_authorised";

fn of_the_ledger(app: &App) -> Vec<Plant> {
    let (spare, capital) = (account("administration", "available"), account("capital_subsidy", "available"));
    let outlay = account("administration", "authorised");
    let uneven = |by: i64| entry(&spare, LOADED, by, by) + &entry(&capital, "award_committed", -by, -by);
    let moved = |by: i64| entry(&spare, LOADED, -by, -by) + &entry(&capital, LOADED, by, by);
    let raised = |by: i64| entry(&spare, LOADED, by, by) + &entry(&outlay, LOADED, -by, by);
    let quarter = |paid: i64, advised: i64| {
        let insert = format!(
            "INSERT INTO last_quarter_spending (scheme_code, month, paid_paise, advised_paise) VALUES ('{SCHEME}', '2027-03', {paid}, {advised})"
        );
        (insert, "DELETE FROM last_quarter_spending WHERE month = '2027-03'".to_owned())
    };
    let plant = |control, fault, undone| Plant { control, fault, undone };
    let quiet = "(SELECT MIN(sequence) FROM audit_log WHERE journal_digest IS NULL)";
    let journal = format!(
        "INSERT INTO journals VALUES ('planted', 'outlay_changed', 'planted', '2026-05-01T06:30:00.000000Z', {quiet})"
    );
    let (paid, none) = quarter(1, 0);
    // Eleven crore were paid of the claim for capital, and a final certificate would have left ten.
    let capital_claim = "component = 'capital_subsidy' AND status = 'verified'";
    let entitled = &app.values(&format!(
        "SELECT CAST(entitlement_paise AS TEXT) AS value FROM claims WHERE {capital_claim} ORDER BY id"
    ))[0];
    let certified =
        format!("UPDATE claims SET entitlement_paise = 10000000000, certified_at = created_at WHERE {capital_claim}");
    let uncertified =
        format!("UPDATE claims SET entitlement_paise = {entitled}, certified_at = NULL WHERE {capital_claim}");
    vec![
        spot(app, "accounts", "balance_paise").becomes(
            "accounts_equal_entries",
            &format!("code = '{spare}'"),
            "balance_paise + 1",
        ),
        plant("journals_balance", uneven(1), uneven(-1)),
        plant("no_account_below_floor", moved(200_000_000_000), moved(-200_000_000_000)),
        plant("journals_in_log", journal, "DELETE FROM journals WHERE id = 'planted'".to_owned()),
        spot(app, "audit_log", "previous_hash").becomes("log_unbroken", "sequence = 5", "hash"),
        spot(app, "audit_log", "actor_id").becomes("actors_known", "sequence = 5", "'somebody'"),
        plant("outlay_as_published", raised(100), raised(-100)),
        spot(app, "budget_instruments", "posted_paise").becomes(
            "budget_equals_instruments",
            "status = 'approved'",
            "posted_paise + 1",
        ),
        spot(app, "claims", "withheld_paise").becomes(
            "records_equal_ledger",
            "withheld_paise > 0",
            "withheld_paise - 1",
        ),
        spot(app, "tranches", "held_in").becomes("years_equal_holds", "status = 'verified'", "'2027-28'"),
        plant("quarter_totals_kept", paid, none),
        spot(app, "awards", "ceilings").becomes(
            "disbursed_within_ceiling",
            "number IS NOT NULL",
            "replace(ceilings, '\"amount_paise\":', '\"amount_paise\":1,\"before\":')",
        ),
        spot(app, "claims", "entitlement_paise").becomes(
            "claims_within_entitlement",
            "component = 'sales_linked_incentive' AND status = 'verified'",
            "entitlement_paise - 1",
        ),
        spot(app, "disbursements", "under_recovery_paise").becomes(
            "refunds_equal_recoveries",
            "under_recovery_paise > 0",
            "under_recovery_paise - 1",
        ),
        plant("paid_less_recovered", certified, uncertified),
    ]
}

fn of_payments(app: &App) -> Vec<Plant> {
    let paid = "status = 'succeeded'";
    let tranche = "tranche_id = (SELECT MIN(tranche_id) FROM disbursements)";
    let utrs = app.values("SELECT utr AS value FROM disbursements ORDER BY utr");
    let spelled = format!("{} {}", utrs[0][..4].to_lowercase(), &utrs[0][4..]);
    let utr = |from: &str, to: &str| {
        format!(
            "UPDATE payments SET utr = '{to}' WHERE utr = '{from}'; UPDATE disbursements SET utr = '{to}' WHERE utr = '{from}'"
        )
    };
    vec![
        spot(app, "tranche_steps", "taken_at").becomes(
            "payment_after_sanction",
            &format!("{tranche} AND step = 'sanction'"),
            "'2030-01-01T00:00:00.000000Z'",
        ),
        spot(app, "payments", "status").becomes("payments_are_disbursements", paid, "'failed'"),
        spot(app, "payments", "paid_on").becomes("disbursements_equal_payments", paid, "'2026-04-30'"),
        spot(app, "disbursements", "utr").becomes("utr_on_both_sides", paid, "'SBINR52026060199999999'"),
        Plant { control: "utr_once", fault: utr(&utrs[1], &spelled), undone: utr(&spelled, &utrs[1]) },
        paid_once_more(),
        spot(app, "payments", "bank_account").becomes("payee_account_as_registered", paid, "'000000000000'"),
        spot(app, "tranches", "status").becomes("advised_awaits_answer", "status = 'advised'", "'sanctioned'"),
        spot(app, "payment_advices", "control_total_paise").becomes(
            "advices_equal_payments",
            "payment_count = 1",
            "control_total_paise + 1",
        ),
        spot(app, "audit_log", "subject").becomes(
            "disbursements_in_log",
            "sequence = (SELECT MIN(audit_sequence) FROM journals WHERE kind = 'payment_disbursed')",
            "'payment:another'",
        ),
        spot(app, "counters", "value").becomes("sanction_serials", "name LIKE '%/SAN'", "value + 1"),
        spot(app, "counters", "value").becomes("disbursement_serials", "name LIKE '%/DIS'", "value + 1"),
        spot(app, "tranche_steps", "step").becomes("steps_complete", &format!("{tranche} AND position = 4"), "'read'"),
    ]
}

/// A payment that is recorded as failed, on the sanction of one that was paid, and a scroll that says it was paid.
fn paid_once_more() -> Plant {
    let columns =
        "tranche_id, organisation_id, amount_paise, set_off_paise, bank_account, ifsc, advised_by, advised_at, version";
    let id = "00000000-0000-7000-8000-000000000001";
    let line = "UPDATE bank_scroll_lines SET payment_id =";
    Plant {
        control: "sanction_paid_once",
        fault: format!(
            "INSERT INTO payments (id, number, status, {columns}) SELECT '{id}', 'PLANTED', 'failed', {columns} \
             FROM payments WHERE id = (SELECT MIN(payment_id) FROM disbursements); {line} '{id}', outcome = 'succeeded'"
        ),
        undone: format!("{line} NULL; DELETE FROM payments WHERE id = '{id}'"),
    }
}

/// Claims that opened with 5 kg of magnets which nobody certified.
fn stock_from_nowhere(claims: &str) -> Plant {
    let stocks = "\"stocks\":[{\"material\":\"magnet\",\"opening_kg\":5,\"before_kg\":5,\"gap_kg\":0,\"left_kg\":0}],";
    let row =
        "{\"material\":\"magnet\",\"opening_kg\":5,\"in_kg\":0,\"scrap_kg\":0,\"closing_kg\":0,\"evidence_id\":\"";
    Plant {
        control: "materials_add_up",
        fault: format!(
            "UPDATE claims SET mass_balance = '{{\"materials\":[{row}' || (SELECT MIN(id) FROM evidence) \
             || '\"}}],\"dispatched_kg\":0}}', statement = replace(statement, '\"inputs\":', '{stocks}\"inputs\":') \
             WHERE {claims}"
        ),
        undone: format!(
            "UPDATE claims SET mass_balance = NULL, statement = replace(statement, '{stocks}', '') WHERE {claims}"
        ),
    }
}

fn of_people_and_papers(app: &App) -> Vec<Plant> {
    let user = |email: &str| format!("(SELECT id FROM users WHERE email = '{email}@sample.example')");
    let sales = "component = 'sales_linked_incentive' AND status = 'verified'";
    let verified = "status = 'verified' AND code = 'oxide_to_metal'";
    let nobodys = "'[\"00000000-0000-7000-8000-000000000001\"]'";
    let first_sales = format!("claim_id = (SELECT MAX(id) FROM claims WHERE {sales})");
    vec![
        spot(app, "claims", "prepared_by").becomes("one_person_one_step", sales, "submitted_by"),
        spot(app, "budget_instruments", "decided_by").becomes(
            "instruments_by_two",
            "status = 'approved'",
            "proposed_by",
        ),
        spot(app, "applications", "status").becomes("awards_of_eligible", "status = 'awarded'", "'eligible'"),
        spot(app, "milestones", "rounds").becomes(
            "milestones_inspected",
            verified,
            "replace(rounds, '\"inspection\":', '\"seen\":')",
        ),
        spot(app, "milestones", "rounds").becomes(
            "payment_after_milestone",
            verified,
            "replace(rounds, '\"verified_at\":\"2026', '\"verified_at\":\"2030')",
        ),
        spot(app, "claims", "evidence").becomes("evidence_exists", sales, nobodys),
        spot(app, "users", "created_at").becomes(
            "people_and_payees_as_logged",
            "email = 'spare@sample.example'",
            "'2026-04-30T06:30:00.000000Z'",
        ),
        spot(app, "awards", "awarded_at").becomes("records_as_logged", "1 = 1", "'2026-04-30T06:30:00.000000Z'"),
        spot(app, "claim_lines", "document_key").becomes(
            "invoice_once",
            &first_sales,
            &format!(
                "(SELECT document_key FROM claim_lines WHERE claim_id = (SELECT MIN(id) FROM claims WHERE {sales}))"
            ),
        ),
        stock_from_nowhere(sales),
        spot(app, "users", "organisation_id").becomes(
            "officers_of_no_company",
            "email = 'verifier@sample.example'",
            "(SELECT MIN(id) FROM organisations)",
        ),
        spot(app, "budget_instruments", "decided_by").becomes(
            "providers_take_no_step",
            "status = 'approved'",
            &user("finance"),
        ),
        spot(app, "users", "roles").becomes("roles_apart", "email = 'spare@sample.example'", "'administrator auditor'"),
        spot(app, "users", "disabled_at").becomes(
            "disabled_signed_out",
            "email = 'spare@sample.example'",
            "created_at",
        ),
        spot(app, "awards", "capacity_mtpa").becomes("capacity_within_scheme", "capacity_mtpa > 0", "100000"),
        spot(app, "tranches", "held_until").becomes("sanctions_in_term", "status = 'sanctioned'", "'2026-08-31'"),
        spot(app, "tranches", "held_until").becomes("holds_in_term", "status = 'verified'", "'2026-08-31'"),
        spot(app, "securities", "expires_on").becomes("guarantees_run", "status = 'confirmed'", "'2026-08-31'"),
        spot(app, "claims", "certificate_due_on").becomes(
            "certificates_in_time",
            "certificate_due_on IS NOT NULL",
            "'2026-08-31'",
        ),
        spot(app, "recoveries", "demand").becomes(
            "recoveries_in_time",
            "status = 'demanded'",
            "replace(demand, '\"due_on\":\"2028', '\"due_on\":\"2025')",
        ),
        spot(app, "milestones", "due_on").becomes("delays_answered", "status = 'due'", "'2026-08-31'"),
        Plant {
            control: "last_quarter_within_limits",
            fault: format!(
                "INSERT INTO last_quarter_spending (scheme_code, month, paid_paise, advised_paise) VALUES ('{SCHEME}', '2027-03', 0, 900000000000)"
            ),
            undone: "DELETE FROM last_quarter_spending WHERE month = '2027-03'".to_owned(),
        },
        spot(app, "bank_differences", "dated_on").becomes("bank_lines_settled", "status = 'open'", "'2026-08-01'"),
        spot(app, "bank_scrolls", "period_to").becomes("confirmed_on_scroll", "line_count = 1", "'2026-09-01'"),
    ]
}

/// In the order of the catalogue.
pub fn plants(app: &App) -> Vec<Plant> {
    of_the_ledger(app).into_iter().chain(of_payments(app)).chain(of_people_and_papers(app)).collect()
}
