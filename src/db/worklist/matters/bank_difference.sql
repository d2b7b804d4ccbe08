-- Matters bank_difference.
-- Asks: Which differences between bank scrolls and the records are not settled?
-- A row means: One difference, with the day from which its age is counted and who proposed how to
-- settle it.
SELECT
    'bank_difference' AS kind,
    bank_differences.status AS state,
    bank_differences.id,
    payments.number,
    bank_differences.kind AS title,
    tranches.scheme_code,
    payments.organisation_id,
    organisations.name AS company,
    bank_differences.amount_paise,
    COALESCE(
        bank_differences.proposed_at,
        (
            SELECT MAX(audit_log.recorded_at) FROM audit_log
            WHERE audit_log.subject = 'bank_difference:' || bank_differences.id
              AND audit_log.command = 'settle_difference' AND audit_log.outcome = 'done'
        ),
        bank_differences.found_at
    ) AS since,
    bank_differences.dated_on AS day,
    COALESCE('propose_settlement:' || bank_differences.proposed_by || ' ', '')
    || COALESCE('pay:' || payments.advised_by, '') || COALESCE(' pay:' || payments.settled_by, '') AS taken,
    CAST(NULL AS TEXT) AS details
FROM bank_differences
LEFT JOIN payments ON payments.id = bank_differences.payment_id
LEFT JOIN tranches ON tranches.id = payments.tranche_id
LEFT JOIN organisations ON organisations.id = payments.organisation_id
WHERE bank_differences.status IN ('open', 'proposed')
