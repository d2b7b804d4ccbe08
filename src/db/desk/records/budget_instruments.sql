-- Records budget_instruments.
-- Asks: All instruments that change the budget, also proposed, refused and withdrawn ones.
-- A row means: One instrument, with the people who proposed and decided it.
SELECT
    id,
    number,
    kind,
    scheme_code,
    component,
    to_component,
    financial_year,
    amount_paise,
    posted_paise,
    reference,
    dated_on,
    status,
    proposed_by,
    proposed_at,
    decided_by,
    decided_at
FROM budget_instruments
