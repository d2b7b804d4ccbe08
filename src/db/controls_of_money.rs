//! The questions of the standing controls about accounts, budgets, payments and the log: each is
//! one query over the whole data, whose rows (`subject`, `found`) are counter-examples.

use crate::domain::control::ControlCode;

/// The query of a control about money; nothing for one that is asked elsewhere.
#[allow(clippy::too_many_lines)] // a table of questions
pub(in crate::db) fn question(control: ControlCode) -> Option<&'static str> {
    use ControlCode as C;
    let query = match control {
        C::JournalsBalance => {
            "SELECT 'journal:' || journals.id AS subject, journals.kind || ' of ' || journals.reference || ': its entries in ' \
             || uneven.ledger || ' sum to ' || CAST(uneven.total AS TEXT) || ' paise' AS found \
             FROM (SELECT entries.journal_id, accounts.ledger, SUM(entries.amount_paise) AS total FROM entries \
             JOIN accounts ON accounts.id = entries.account_id GROUP BY entries.journal_id, accounts.ledger \
             HAVING SUM(entries.amount_paise) <> 0) AS uneven JOIN journals ON journals.id = uneven.journal_id"
        }
        C::NoAccountBelowFloor => {
            "SELECT 'account:' || code AS subject, 'it holds ' || CAST(balance_paise AS TEXT) || ' paise' AS found \
             FROM accounts WHERE balance_paise < 0"
        }
        C::JournalsInLog => {
            "SELECT 'journal:' || journals.id AS subject, \
             journals.kind || ' of ' || journals.reference || ': no act of the log posted it' AS found \
             FROM journals LEFT JOIN audit_log ON audit_log.sequence = journals.audit_sequence \
             AND audit_log.outcome = 'done' AND audit_log.journal_digest IS NOT NULL WHERE audit_log.sequence IS NULL \
             UNION ALL SELECT 'audit_entry:' || CAST(audit_log.sequence AS TEXT) AS subject, 'its journal is gone' AS found \
             FROM audit_log LEFT JOIN journals ON journals.audit_sequence = audit_log.sequence \
             WHERE audit_log.journal_digest IS NOT NULL AND journals.id IS NULL"
        }
        C::LogUnbroken => {
            "SELECT 'audit_entry:' || CAST(sequence AS TEXT) AS subject, 'it does not follow the entry before it' AS found \
             FROM (SELECT sequence, previous_hash, LAG(hash) OVER (ORDER BY sequence) AS hash_before, \
             LAG(sequence) OVER (ORDER BY sequence) AS sequence_before FROM audit_log) AS linked \
             WHERE sequence <> COALESCE(sequence_before, 0) + 1 OR previous_hash <> COALESCE(hash_before, \
             '0000000000000000000000000000000000000000000000000000000000000000') \
             UNION ALL SELECT 'audit_head:1' AS subject, 'the log does not end where its head says' AS found \
             FROM audit_head WHERE sequence <> (SELECT COALESCE(MAX(sequence), 0) FROM audit_log) \
             OR (sequence > 0 AND NOT EXISTS (SELECT 1 FROM audit_log \
             WHERE audit_log.sequence = audit_head.sequence AND audit_log.hash = audit_head.hash))"
        }
        C::ActorsKnown => {
            "SELECT 'audit_entry:' || CAST(audit_log.sequence AS TEXT) AS subject, \
             audit_log.command || ' was done by nobody who has an account' AS found \
             FROM audit_log LEFT JOIN users ON users.id = audit_log.actor_id \
             WHERE users.id IS NULL AND audit_log.actor_id <> '00000000-0000-0000-0000-000000000000'"
        }
        C::YearsEqualHolds => {
            "SELECT 'account:appropriation:' || scheme_code || ':' || component || ':' || year || ':' || stage AS subject, \
             'it holds ' || CAST(SUM(kept) AS TEXT) || ' paise, tranches say ' || CAST(SUM(held) AS TEXT) AS found FROM ( \
             SELECT scheme_code, component, held_in AS year, \
             CASE WHEN status IN ('sanctioned', 'advised') THEN 'sanctioned' ELSE 'reserved' END AS stage, \
             amount_paise AS held, 0 AS kept FROM tranches WHERE status NOT IN ('rejected', 'expired', 'disbursed') \
             UNION ALL SELECT scheme_code, component, financial_year AS year, stage, 0 AS held, balance_paise AS kept \
             FROM accounts WHERE ledger = 'appropriation' AND stage IN ('reserved', 'sanctioned')) AS both_sides \
             GROUP BY scheme_code, component, year, stage HAVING SUM(kept) <> SUM(held)"
        }
        C::QuarterTotalsKept => {
            "SELECT 'month:' || scheme_code || ':' || month AS subject, CAST(SUM(kept) AS TEXT) || ' paise are kept as paid, ' \
             || 'disbursements say ' || CAST(SUM(counted) AS TEXT) AS found FROM ( \
             SELECT scheme_code, month, paid_paise AS kept, 0 AS counted FROM last_quarter_spending \
             UNION ALL SELECT scheme_code, substr(paid_on, 1, 7) AS month, 0 AS kept, amount_paise AS counted \
             FROM disbursements WHERE status = 'succeeded' AND substr(paid_on, 6, 2) <= '03') AS both_sides \
             GROUP BY scheme_code, month HAVING SUM(kept) <> SUM(counted)"
        }
        C::DisbursedWithinCeiling => {
            "SELECT 'award:' || ceilings.id AS subject, ceilings.number || ', ' || ceilings.component || ': ' \
             || CAST(paid.total AS TEXT) || ' paise were paid, the ceiling is ' || CAST(ceilings.ceiling AS TEXT) AS found \
             FROM (SELECT awards.id, awards.number, json(one.value) ->> 'component' AS component, \
             CAST(json(one.value) ->> 'amount_paise' AS BIGINT) AS ceiling FROM awards, each_of(json(awards.ceilings)) AS one) AS ceilings \
             JOIN (SELECT award_id, component, SUM(amount_paise) AS total FROM disbursements WHERE status = 'succeeded' \
             GROUP BY award_id, component) AS paid ON paid.award_id = ceilings.id AND paid.component = ceilings.component \
             WHERE paid.total > ceilings.ceiling"
        }
        C::RefundsEqualRecoveries => {
            "SELECT 'disbursement:' || disbursements.id AS subject, disbursements.number || ' says ' \
             || CAST(disbursements.under_recovery_paise AS TEXT) || ' paise of it are under recovery, its recoveries ask ' \
             || CAST(COALESCE(asked.total, 0) AS TEXT) AS found FROM disbursements LEFT JOIN (SELECT disbursement_id, \
             SUM(amount_paise) AS total FROM recoveries GROUP BY disbursement_id) AS asked \
             ON asked.disbursement_id = disbursements.id WHERE disbursements.under_recovery_paise <> COALESCE(asked.total, 0)"
        }
        C::PaymentAfterSanction => {
            "SELECT 'payment:' || payments.id AS subject, payments.number || ': tranche ' || tranches.number \
             || ' had no sanction when it was advised' AS found FROM payments \
             JOIN tranches ON tranches.id = payments.tranche_id \
             LEFT JOIN tranche_steps ON tranche_steps.tranche_id = tranches.id AND tranche_steps.step = 'sanction' \
             WHERE tranches.sanction IS NULL OR tranche_steps.taken_at > payments.advised_at"
        }
        C::PaymentsAreDisbursements => {
            "SELECT 'payment:' || payments.id AS subject, payments.number || ' is ' || payments.status \
             || ' and its disbursement ' || COALESCE(disbursements.status, 'is missing') AS found \
             FROM payments LEFT JOIN disbursements ON disbursements.payment_id = payments.id \
             WHERE (payments.status IN ('succeeded', 'failed_after_success') OR disbursements.id IS NOT NULL) \
             AND payments.status <> COALESCE(disbursements.status, '')"
        }
        C::DisbursementsEqualPayments => {
            "SELECT 'disbursement:' || disbursements.id AS subject, disbursements.number || ' differs from payment ' \
             || payments.number || ' in amount, set-off, tranche, payee or day' AS found \
             FROM disbursements JOIN payments ON payments.id = disbursements.payment_id \
             WHERE disbursements.amount_paise <> payments.amount_paise + payments.set_off_paise \
             OR disbursements.set_off_paise <> payments.set_off_paise OR disbursements.tranche_id <> payments.tranche_id \
             OR disbursements.organisation_id <> payments.organisation_id \
             OR disbursements.paid_on <> COALESCE(payments.paid_on, '')"
        }
        C::UtrOnBothSides => {
            "SELECT 'disbursement:' || disbursements.id AS subject, disbursements.number || ' bears UTR ' || disbursements.utr \
             || ', payment ' || payments.number || ' bears ' || COALESCE(payments.utr, 'none') AS found \
             FROM disbursements JOIN payments ON payments.id = disbursements.payment_id \
             WHERE disbursements.utr = '' OR disbursements.utr <> COALESCE(payments.utr, '')"
        }
        C::UtrOnce => {
            "SELECT 'payment:' || MAX(id) AS subject, 'UTR ' || plain || ' stands in ' || CAST(COUNT(*) AS TEXT) \
             || ' payments' AS found FROM (SELECT id, UPPER(REPLACE(REPLACE(utr, ' ', ''), '-', '')) AS plain \
             FROM payments WHERE utr IS NOT NULL) AS written GROUP BY plain HAVING COUNT(*) > 1"
        }
        C::PayeeAccountAsRegistered => {
            "SELECT 'payment:' || payments.id AS subject, payments.number || ' goes to another account than the payee registered' \
             AS found FROM payments JOIN organisations ON organisations.id = payments.organisation_id \
             WHERE payments.bank_account <> organisations.bank_account OR payments.ifsc <> organisations.ifsc"
        }
        C::AdvisedAwaitsAnswer => {
            "SELECT 'tranche:' || tranches.id AS subject, tranches.number || ' is ' || tranches.status || ' and has ' \
             || CAST(COALESCE(waiting.payments, 0) AS TEXT) || ' payments with the bank' AS found \
             FROM tranches LEFT JOIN (SELECT tranche_id, COUNT(*) AS payments FROM payments \
             WHERE status IN ('advised', 'accepted', 'unknown') GROUP BY tranche_id) AS waiting \
             ON waiting.tranche_id = tranches.id \
             WHERE COALESCE(waiting.payments, 0) <> CASE WHEN tranches.status = 'advised' THEN 1 ELSE 0 END"
        }
        C::ConfirmedOnScroll => {
            "SELECT 'disbursement:' || disbursements.id AS subject, disbursements.number || ' is recorded as paid on ' \
             || disbursements.paid_on || ', and no scroll of the bank names it' AS found FROM disbursements \
             WHERE disbursements.status = 'succeeded' AND EXISTS (SELECT 1 FROM bank_scrolls \
             WHERE bank_scrolls.period_from <= disbursements.paid_on AND bank_scrolls.period_to >= disbursements.paid_on) \
             AND NOT EXISTS (SELECT 1 FROM bank_scroll_lines \
             WHERE bank_scroll_lines.payment_id = disbursements.payment_id AND bank_scroll_lines.outcome <> 'accepted') \
             AND NOT EXISTS (SELECT 1 FROM bank_differences \
             WHERE bank_differences.payment_id = disbursements.payment_id AND bank_differences.kind = 'not_on_scroll')"
        }
        C::AdvicesEqualPayments => {
            "SELECT 'payment_advice:' || payment_advices.id AS subject, payment_advices.message_id || ' says ' \
             || CAST(payment_advices.control_total_paise AS TEXT) || ' paise, its payments ' \
             || CAST(COALESCE(sums.total, 0) AS TEXT) AS found FROM payment_advices LEFT JOIN ( \
             SELECT payment_advice_lines.advice_id, COUNT(*) AS payments, SUM(payments.amount_paise) AS total \
             FROM payment_advice_lines JOIN payments ON payments.id = payment_advice_lines.payment_id \
             GROUP BY payment_advice_lines.advice_id) AS sums ON sums.advice_id = payment_advices.id \
             WHERE payment_advices.control_total_paise <> COALESCE(sums.total, 0) \
             OR payment_advices.payment_count <> COALESCE(sums.payments, 0)"
        }
        C::DisbursementsInLog => {
            "SELECT 'disbursement:' || disbursements.id AS subject, disbursements.number \
             || ' has no journal of its payment, or that journal no act on it' AS found \
             FROM disbursements JOIN payments ON payments.id = disbursements.payment_id \
             LEFT JOIN journals ON journals.reference = payments.number AND journals.kind = 'payment_disbursed' \
             LEFT JOIN audit_log ON audit_log.sequence = journals.audit_sequence \
             AND audit_log.subject = 'payment:' || payments.id WHERE audit_log.sequence IS NULL"
        }
        _ => return None,
    };
    Some(query)
}
