-- Records budget_movements.
-- Asks: All entries of all journals, which is every movement of money between accounts.
-- A row means: One entry, with its journal and its account.
SELECT
    entries.journal_id || '/' || entries.line AS id,
    entries.journal_id,
    journals.kind,
    journals.reference,
    journals.posted_at,
    journals.audit_sequence,
    accounts.ledger,
    accounts.scheme_code,
    accounts.component,
    accounts.award_number,
    accounts.organisation_id,
    accounts.financial_year,
    accounts.stage,
    accounts.code AS account,
    entries.amount_paise
FROM entries
JOIN journals ON journals.id = entries.journal_id
JOIN accounts ON accounts.id = entries.account_id
