-- Matters payment.
-- Asks: Which payments wait for an advice file or for the answer of the bank?
-- A row means: One payment, with the steps of its tranche.
SELECT
    'payment' AS kind,
    CASE
        WHEN payments.status = 'advised' AND NOT EXISTS (
            SELECT 1 FROM payment_advice_lines WHERE payment_advice_lines.payment_id = payments.id
        ) THEN 'without_file'
        ELSE payments.status
    END AS state,
    payments.id,
    payments.number,
    CAST(NULL AS TEXT) AS title,
    tranches.scheme_code,
    payments.organisation_id,
    organisations.name AS company,
    payments.amount_paise,
    (
        SELECT MAX(moved.at) FROM (
            SELECT payments.advised_at AS at
            UNION ALL
            SELECT payments.accepted_at AS at
            UNION ALL
            SELECT payments.settled_at AS at
            UNION ALL
            SELECT file.made_at AS at
            FROM payment_advices AS file
            JOIN payment_advice_lines AS line ON line.advice_id = file.id
            WHERE line.payment_id = payments.id
        ) AS moved
    ) AS since,
    CAST(NULL AS TEXT) AS day,
    (
        SELECT string_agg(acted.step || ':' || acted.person, ' ') FROM (
            SELECT step.step, step.taken_by AS person
            FROM tranche_steps AS step WHERE step.tranche_id = payments.tranche_id
            UNION ALL
            SELECT back.from_desk AS step, back.returned_by AS person
            FROM tranche_returns AS back WHERE back.tranche_id = payments.tranche_id
        ) AS acted
    ) AS taken,
    CAST(NULL AS TEXT) AS details
FROM payments
JOIN tranches ON tranches.id = payments.tranche_id
JOIN organisations ON organisations.id = payments.organisation_id
WHERE payments.status IN ('advised', 'accepted', 'unknown')
