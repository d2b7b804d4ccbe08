-- Matters rejected_tranche.
-- Asks: Which tranches were rejected lately whose claim goes on?
-- A row means: One tranche that was rejected, since its rejection.
SELECT
    'rejected_tranche' AS kind,
    'told' AS state,
    tranches.id,
    tranches.number,
    CAST(NULL AS TEXT) AS title,
    tranches.scheme_code,
    tranches.organisation_id,
    organisations.name AS company,
    tranches.amount_paise,
    json(tranches.rejection) ->> 'rejected_at' AS since,
    CAST(NULL AS TEXT) AS day,
    CAST(NULL AS TEXT) AS taken,
    CAST(NULL AS TEXT) AS details
FROM tranches
JOIN organisations ON organisations.id = tranches.organisation_id
JOIN claims ON claims.id = tranches.claim_id
WHERE tranches.status = 'rejected' AND claims.status <> 'rejected'
  AND json(tranches.rejection) ->> 'rejected_at' >= :rejected_from
