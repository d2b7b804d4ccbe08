//! Payments that wait for the bank's answer, copied from one of the story's, with the money for them in
//! the ledger; and a ledger with earlier entries.

use magnet_scheme::client::Person;
use serde_json::Value;

/// The amount of each seeded payment.
pub const AMOUNT_PAISE: i64 = 1_000;

pub fn payment_id(number: i64) -> String {
    format!("0191cccc-0000-7000-8000-{number:012x}")
}

pub fn tranche_id(number: i64) -> String {
    format!("0191dddd-0000-7000-8000-{number:012x}")
}

/// The disbursement that seeds are copied from, with its tranche and payment.
pub struct Template {
    pub disbursement: Value,
    pub tranche: Value,
}

impl Template {
    pub fn find(auditor: &Person) -> Template {
        let all = auditor.gets("/disbursements?limit=100&status=succeeded").unwrap();
        let disbursement = all["data"][0].clone();
        let tranche = auditor.gets(&format!("/tranches/{}", disbursement["tranche_id"].as_str().unwrap())).unwrap();
        Template { disbursement, tranche }
    }

    pub fn text(&self, field: &str) -> &str {
        self.disbursement[field].as_str().unwrap()
    }
}

/// How an engine writes the id that belongs to a number.
pub struct Spelling {
    pub id: &'static str,
}

pub const SQLITE: Spelling = Spelling { id: "printf('0191{}-0000-7000-8000-%012x', n)" };
pub const POSTGRES: Spelling = Spelling { id: "('0191{}-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))" };

/// Seeds payments `from..to`, as if `officer_id` had advised them.
pub fn payments(spelling: &Spelling, template: &Template, officer_id: &str, from: i64, to: i64) -> String {
    let (payment, tranche) = (spelling.id.replace("{}", "cccc"), spelling.id.replace("{}", "dddd"));
    let (tranche_like, payment_like) = (template.text("tranche_id"), template.text("payment_id"));
    let last = to - 1;
    let numbers = format!(
        "WITH RECURSIVE numbers(n) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
    );
    let award = template.text("award_id");
    let whole = AMOUNT_PAISE * (to - from);
    let (scheme, component) = (template.text("scheme_code"), template.text("component"));
    let year = template.tranche["held_in"].as_str().unwrap();
    let touched = format!(
        "scheme_code = '{scheme}' AND component = '{component}' AND \
         ((ledger = 'outlay' AND ((award_id = '{award}' AND stage = 'sanctioned') OR (award_id IS NULL AND stage = 'authorised'))) \
          OR (ledger = 'appropriation' AND financial_year = '{year}' AND stage IN ('authorised', 'sanctioned')))"
    );
    format!(
        "BEGIN; \
         {numbers} INSERT INTO tranches (id, number, claim_id, award_id, organisation_id, scheme_code, component, performance_year, \
             held_in, amount_paise, held_until, status, sanction, rejection, created_at, version) \
         SELECT {tranche}, 'SEED/' || n, claim_id, award_id, organisation_id, scheme_code, component, performance_year, held_in, \
             {AMOUNT_PAISE}, held_until, 'advised', sanction, NULL, created_at, 5 \
         FROM numbers, tranches t WHERE t.id = '{tranche_like}'; \
         {numbers} INSERT INTO tranche_steps (tranche_id, position, step, taken_by, taken_at, note) \
         SELECT {tranche}, position, step, CASE step WHEN 'pay' THEN '{officer_id}' ELSE taken_by END, taken_at, note \
         FROM numbers, tranche_steps s WHERE s.tranche_id = '{tranche_like}'; \
         {numbers} INSERT INTO payments (id, number, tranche_id, organisation_id, amount_paise, bank_account, ifsc, status, \
             advised_by, advised_at, version) \
         SELECT {payment}, 'SEED/' || n, {tranche}, organisation_id, {AMOUNT_PAISE}, bank_account, ifsc, 'advised', \
             '{officer_id}', advised_at, 1 \
         FROM numbers, payments p WHERE p.id = '{payment_like}'; \
         INSERT INTO journals SELECT 'seed {from}', 'outlay_authorised', 'SEED', '2026-01-01T00:00:00.000000Z', sequence + 1 FROM audit_head; \
         UPDATE audit_head SET sequence = sequence + 1; \
         INSERT INTO last_quarter_spending (scheme_code, month, paid_paise, advised_paise) \
         SELECT '{scheme}', substr(advised_at, 1, 7), 0, {whole} FROM payments \
         WHERE id = '{payment_like}' AND substr(advised_at, 6, 2) <= '03' \
         ON CONFLICT (scheme_code, month) DO UPDATE SET advised_paise = last_quarter_spending.advised_paise + {whole}; \
         INSERT INTO entries SELECT 'seed {from}', row_number() OVER (ORDER BY id), id, \
             CASE stage WHEN 'authorised' THEN -{whole} ELSE {whole} END FROM accounts WHERE {touched}; \
         UPDATE accounts SET balance_paise = balance_paise + {whole} WHERE {touched}; \
         COMMIT;"
    )
}

/// SQL that leaves no row proven, so that the next start adopts what was seeded: acts refuse rows that no act wrote.
pub const FORGET_NOTES_ON_SQLITE: &str = "BEGIN; DROP TRIGGER row_notes_no_delete; DELETE FROM row_notes; \
     DELETE FROM row_digests; CREATE TRIGGER row_notes_no_delete BEFORE DELETE ON row_notes \
     BEGIN SELECT RAISE(ABORT, 'row_notes is append-only'); END; COMMIT;";
/// The same for PostgreSQL.
pub const FORGET_NOTES_ON_POSTGRES: &str = "BEGIN; ALTER TABLE row_notes DISABLE TRIGGER row_notes_append_only; \
     DELETE FROM row_notes; DELETE FROM row_digests; \
     ALTER TABLE row_notes ENABLE TRIGGER row_notes_append_only; COMMIT;";

/// SQL for `rows` earlier ledger entries: journals of four lines that sum to zero, their audit entries,
/// and the idempotency keys of their requests.
pub fn past(spelling: &Spelling, rows: i64, random: &str) -> String {
    let journal = spelling.id.replace("0191{}", "0180eeee");
    let journals = rows / 4;
    let numbers = format!(
        "WITH RECURSIVE numbers(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {journals})"
    );
    format!(
        "BEGIN; \
         {numbers} INSERT INTO journals SELECT {journal}, 'past', 'PAST/' || n, '2025-01-01T00:00:00.000000Z', sequence + n FROM numbers, audit_head; \
         {numbers} INSERT INTO entries SELECT {journal}, line, account, paise FROM numbers, \
             (SELECT 1 AS line, MIN(id) AS account, 5 AS paise FROM accounts UNION ALL SELECT 2, MIN(id), -5 FROM accounts \
              UNION ALL SELECT 3, MAX(id), 5 FROM accounts UNION ALL SELECT 4, MAX(id), -5 FROM accounts) AS lines; \
         {numbers} INSERT INTO audit_log SELECT sequence + n, '2025-01-01T00:00:00.000000Z', '00000000-0000-0000-0000-000000000000', \
             'past', 'payment:' || {journal}, 'done', NULL, '{{}}', NULL, 'past', 'past ' || n FROM numbers, audit_head; \
         UPDATE audit_head SET sequence = sequence + {journals}; \
         {numbers} INSERT INTO idempotency_keys (actor_id, key, fingerprint, body, created_at) SELECT '00000000-0000-0000-0000-000000000000', {random} || n, 'past', '{{}}', \
             '2025-01-01T00:00:00.000000Z' FROM numbers; \
         COMMIT;"
    )
}
