-- Matters certificate_due.
-- Asks: Which claims released in part wait for their final certificate?
-- A row means: One claim, with the day by which its certificate is due and what is withheld until
-- then.
SELECT
    'certificate_due' AS kind,
    'awaited' AS state,
    claims.id,
    claims.number,
    CAST(NULL AS TEXT) AS title,
    claims.scheme_code,
    claims.organisation_id,
    organisations.name AS company,
    claims.withheld_paise AS amount_paise,
    (
        SELECT MAX(moved.at) FROM (
            SELECT claims.verified_at AS at
            UNION ALL
            SELECT json(final_certificates.decision) ->> 'decided_at' AS at FROM final_certificates
            WHERE final_certificates.claim_id = claims.id AND final_certificates.status = 'returned'
        ) AS moved
    ) AS since,
    claims.certificate_due_on AS day,
    'prepare:' || claims.prepared_by AS taken,
    (
        SELECT 'verify ' || MAX(json(final_certificates.decision) ->> 'decided_at') FROM final_certificates
        WHERE final_certificates.claim_id = claims.id AND final_certificates.status = 'returned'
    ) AS details
FROM claims
JOIN organisations ON organisations.id = claims.organisation_id
WHERE claims.certified_at IS NULL AND claims.status = 'verified'
  AND claims.certificate_due_on IS NOT NULL AND claims.certificate_due_on <= :horizon
  AND NOT EXISTS (
      SELECT 1 FROM final_certificates
      WHERE final_certificates.claim_id = claims.id AND final_certificates.status IN ('submitted', 'accepted')
  )
