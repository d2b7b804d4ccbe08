-- Matters claim.
-- Asks: Which claims are drafted, or wait for their verification?
-- A row means: One claim, with what it asks for and who prepared and submitted it.
SELECT
    'claim' AS kind,
    claims.status AS state,
    claims.id,
    claims.number,
    CAST(NULL AS TEXT) AS title,
    claims.scheme_code,
    claims.organisation_id,
    organisations.name AS company,
    claims.amount_claimed_paise AS amount_paise,
    COALESCE(claims.submitted_at, claims.created_at) AS since,
    CAST(NULL AS TEXT) AS day,
    CASE claims.status
        WHEN 'draft' THEN 'prepare:' || claims.prepared_by
        ELSE 'prepare:' || claims.prepared_by || ' submit:' || COALESCE(claims.submitted_by, '')
    END AS taken,
    CAST(NULL AS TEXT) AS details
FROM claims
JOIN organisations ON organisations.id = claims.organisation_id
WHERE claims.status IN ('draft', 'submitted')
