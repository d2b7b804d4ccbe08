-- Matters rejected_claim.
-- Asks: Which claims were rejected lately, by the agency or with their last tranche?
-- A row means: One claim that ended without money, since the decision that ended it.
SELECT
    'rejected_claim' AS kind,
    'told' AS state,
    told.id,
    told.number,
    CAST(NULL AS TEXT) AS title,
    told.scheme_code,
    told.organisation_id,
    told.company,
    told.amount_claimed_paise AS amount_paise,
    told.since,
    CAST(NULL AS TEXT) AS day,
    CAST(NULL AS TEXT) AS taken,
    CAST(NULL AS TEXT) AS details
FROM (
    SELECT
        claims.id,
        claims.number,
        claims.scheme_code,
        claims.organisation_id,
        organisations.name AS company,
        claims.amount_claimed_paise,
        (
            SELECT MAX(ended.at) FROM (
                SELECT claims.verified_at AS at
                UNION ALL
                SELECT json(tranches.rejection) ->> 'rejected_at' AS at
                FROM tranches WHERE tranches.claim_id = claims.id AND tranches.rejection IS NOT NULL
                UNION ALL
                SELECT audit_log.recorded_at AS at
                FROM tranches
                JOIN audit_log ON audit_log.subject = 'tranche:' || tranches.id
                WHERE tranches.claim_id = claims.id AND tranches.status = 'expired'
                  AND audit_log.command = 'expire_hold' AND audit_log.outcome = 'done'
            ) AS ended
        ) AS since
    FROM claims
    JOIN organisations ON organisations.id = claims.organisation_id
    WHERE claims.status = 'rejected'
) AS told
WHERE told.since >= :rejected_from
