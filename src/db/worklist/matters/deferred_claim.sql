-- Matters deferred_claim.
-- Asks: Which verified claims have a deferred part that can be paid and for which the year has room?
-- A row means: One claim, with its deferred part, while the appropriation of the year has anything
-- left. Less than the unit of payments is not paid by itself.
SELECT
    'deferred_claim' AS kind,
    'deferred' AS state,
    claims.id,
    claims.number,
    CAST(NULL AS TEXT) AS title,
    claims.scheme_code,
    claims.organisation_id,
    organisations.name AS company,
    claims.deferred_paise AS amount_paise,
    claims.verified_at AS since,
    :last_day AS day,
    'prepare:' || claims.prepared_by || ' submit:' || COALESCE(claims.submitted_by, '') AS taken,
    CAST(NULL AS TEXT) AS details
FROM claims
JOIN organisations ON organisations.id = claims.organisation_id
WHERE claims.status = 'verified' AND claims.deferred_paise > 0
  AND claims.deferred_paise >= :payment_unit
  AND EXISTS (
      SELECT 1 FROM accounts
      WHERE accounts.ledger = 'appropriation' AND accounts.stage = 'available'
        AND accounts.balance_paise >= :payment_unit
        AND accounts.scheme_code = claims.scheme_code AND accounts.component = claims.component
        AND accounts.financial_year = :year AND accounts.award_id IS NULL
  )
