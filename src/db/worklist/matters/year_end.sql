-- Matters year_end.
-- Asks: What of the year is claimed by nothing, shortly before the year ends?
-- A row means: One component, with what is available of its appropriation.
SELECT
    'year_end' AS kind,
    'unspent' AS state,
    accounts.code AS id,
    CAST(NULL AS TEXT) AS number,
    accounts.component AS title,
    accounts.scheme_code,
    CAST(NULL AS TEXT) AS organisation_id,
    CAST(NULL AS TEXT) AS company,
    accounts.balance_paise AS amount_paise,
    CAST(NULL AS TEXT) AS since,
    :last_day AS day,
    CAST(NULL AS TEXT) AS taken,
    CAST(NULL AS TEXT) AS details
FROM accounts
WHERE accounts.ledger = 'appropriation' AND accounts.stage = 'available' AND accounts.balance_paise > 0
  AND accounts.award_id IS NULL AND accounts.financial_year = :year AND :last_day <= :horizon
