-- Matters observation.
-- Asks: Which observations wait for the office or for the auditor?
-- A row means: One observation, with the day by which a reply is due, and its acts.
SELECT
    'observation' AS kind,
    observations.status AS state,
    observations.id,
    observations.number,
    observations.title,
    CAST(NULL AS TEXT) AS scheme_code,
    observations.organisation_id,
    organisations.name AS company,
    observations.amount_paise,
    observations.raised_at AS since,
    observations.due_on AS day,
    CAST(NULL AS TEXT) AS taken,
    observations.steps AS details
FROM observations
LEFT JOIN organisations ON organisations.id = observations.organisation_id
WHERE observations.status IN ('raised', 'replied', 'remarked')
