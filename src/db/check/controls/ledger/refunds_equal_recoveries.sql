-- Control refunds_equal_recoveries (integrity): What of a payment is under recovery is what its
-- recoveries ask.
-- Asks: Does each disbursement state as under recovery exactly the sum of its recoveries?
-- A row means: One disbursement whose own figure differs from its recoveries.
-- Rule: docs/RECOVERIES.md.
SELECT
    'disbursement:' || disbursements.id AS subject,
    disbursements.number || ' says ' || CAST(disbursements.under_recovery_paise AS TEXT)
        || ' paise of it are under recovery, its recoveries ask '
        || CAST(COALESCE(asked.total, 0) AS TEXT) AS found
FROM disbursements
LEFT JOIN (
    SELECT disbursement_id, SUM(amount_paise) AS total
    FROM recoveries
    GROUP BY disbursement_id
) AS asked
    ON asked.disbursement_id = disbursements.id
WHERE disbursements.under_recovery_paise <> COALESCE(asked.total, 0)
