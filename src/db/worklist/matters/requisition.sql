-- Matters requisition.
-- Asks: Which records that the auditor asked for are not answered?
-- A row means: One requisition, with the day by which its answer is due.
SELECT
    'requisition' AS kind,
    requisitions.status AS state,
    requisitions.id,
    requisitions.number,
    requisitions.title,
    CAST(NULL AS TEXT) AS scheme_code,
    requisitions.organisation_id,
    organisations.name AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    requisitions.asked_at AS since,
    requisitions.due_on AS day,
    CAST(NULL AS TEXT) AS taken,
    CAST(NULL AS TEXT) AS details
FROM requisitions
LEFT JOIN organisations ON organisations.id = requisitions.organisation_id
WHERE requisitions.status = 'asked'
