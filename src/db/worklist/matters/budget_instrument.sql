-- Matters budget_instrument.
-- Asks: Which movements of appropriation are proposed and not yet decided?
-- A row means: One instrument, with who proposed it.
SELECT
    'budget_instrument' AS kind,
    budget_instruments.status AS state,
    budget_instruments.id,
    budget_instruments.number,
    budget_instruments.kind AS title,
    budget_instruments.scheme_code,
    CAST(NULL AS TEXT) AS organisation_id,
    CAST(NULL AS TEXT) AS company,
    budget_instruments.amount_paise,
    budget_instruments.proposed_at AS since,
    CAST(NULL AS TEXT) AS day,
    'provide:' || budget_instruments.proposed_by AS taken,
    CAST(NULL AS TEXT) AS details
FROM budget_instruments
WHERE budget_instruments.status = 'proposed'
