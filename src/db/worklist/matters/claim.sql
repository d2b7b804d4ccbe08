-- Matters claim.
-- Asks: Which claims are drafted, were returned, have a query open, or wait for their verification?
-- A row means: One claim, with what it asks for, who prepared and submitted it, and its rounds of
-- queries.
SELECT
    'claim' AS kind,
    CASE
        WHEN claims.status = 'submitted' AND position_of(dialogue.queries, '"reply":null') > 0 THEN 'query_open'
        ELSE claims.status
    END AS state,
    claims.id,
    claims.number,
    CAST(NULL AS TEXT) AS title,
    claims.scheme_code,
    claims.organisation_id,
    organisations.name AS company,
    claims.amount_claimed_paise AS amount_paise,
    CASE claims.status
        WHEN 'returned' THEN (SELECT MAX(back.returned_at) FROM claim_returns AS back WHERE back.claim_id = claims.id)
        ELSE COALESCE(claims.submitted_at, claims.created_at)
    END AS since,
    CAST(NULL AS TEXT) AS day,
    CASE claims.status
        WHEN 'draft' THEN 'prepare:' || claims.prepared_by
        ELSE 'prepare:' || claims.prepared_by || ' submit:' || COALESCE(claims.submitted_by, '')
    END AS taken,
    CASE claims.status WHEN 'submitted' THEN dialogue.queries END AS details
FROM claims
JOIN organisations ON organisations.id = claims.organisation_id
LEFT JOIN claim_dialogues AS dialogue ON dialogue.claim_id = claims.id
WHERE claims.status IN ('draft', 'submitted', 'returned')
