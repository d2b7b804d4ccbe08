-- Control instruments_by_two (integrity): Every budget instrument was decided by a second person.
-- Asks: Was a budget instrument approved or refused by the person who proposed it?
-- A row means: One budget instrument that a single person proposed and decided.
-- Rule: docs/BUDGET.md, budget instruments.
SELECT
    'budget_instrument:' || id AS subject,
    number || ' is ' || status || ' by the person who proposed it' AS found
FROM budget_instruments
WHERE status IN ('approved', 'refused') AND decided_by = proposed_by
