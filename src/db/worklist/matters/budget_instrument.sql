-- Matters budget_instrument.
-- Asks: Which movements of appropriation are proposed and not yet decided?
-- A row means: One instrument, with who proposed it, and the scheme administrators who took a step on the money that it
-- changes.
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
    'provide:' || budget_instruments.proposed_by || COALESCE(
        (
            SELECT string_agg(' recommend:' || users.id, '') FROM users
            WHERE position_of(users.roles, 'scheme_administrator') > 0
              AND EXISTS (
                  SELECT 1
                  FROM tranches
                  JOIN tranche_steps AS step ON step.tranche_id = tranches.id
                  WHERE step.taken_by = users.id AND tranches.scheme_code = budget_instruments.scheme_code
                    AND tranches.component IN (budget_instruments.component, budget_instruments.to_component)
                    AND tranches.held_in = COALESCE(budget_instruments.financial_year, tranches.held_in)
              )
        ),
        ''
    ) AS taken,
    CAST(NULL AS TEXT) AS details
FROM budget_instruments
WHERE budget_instruments.status = 'proposed'
