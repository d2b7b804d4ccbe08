-- Matters deferred_claim.
-- Asks: Which verified claims have a deferred part that can be paid, and has the year room for it?
-- A row means: One claim, with its deferred part, and whether the appropriation of the year has anything left. Less
-- than the unit of payments is not paid by itself.
SELECT
    'deferred_claim' AS kind,
    CASE WHEN room.account_code IS NULL THEN 'without_money' ELSE 'deferred' END AS state,
    claims.id,
    claims.number,
    CAST(NULL AS TEXT) AS title,
    claims.scheme_code,
    claims.organisation_id,
    organisations.name AS company,
    claims.deferred_paise AS amount_paise,
    claims.verified_at AS since,
    CASE WHEN room.account_code IS NOT NULL THEN :last_day END AS day,
    'prepare:' || claims.prepared_by || ' submit:' || COALESCE(claims.submitted_by, '') AS taken,
    CAST(NULL AS TEXT) AS details
FROM claims
JOIN organisations ON organisations.id = claims.organisation_id
LEFT JOIN (
    SELECT accounts.scheme_code, accounts.component, MAX(accounts.code) AS account_code
    FROM accounts
    WHERE accounts.ledger = 'appropriation' AND accounts.stage = 'available'
      AND accounts.balance_paise >= :payment_unit
      AND accounts.financial_year = :year AND accounts.award_id IS NULL
    GROUP BY accounts.scheme_code, accounts.component
) AS room ON room.scheme_code = claims.scheme_code AND room.component = claims.component
WHERE claims.status = 'verified' AND claims.deferred_paise > 0
  AND claims.deferred_paise >= :payment_unit
