-- Control providers_take_no_step (compliance): Nobody who changed a year's budget took a step on
-- its money.
-- Asks: Did a person who proposed or decided an approved budget instrument take a step on a tranche
-- that is held in the same year, scheme and component?
-- A row means: One step on a tranche, and the budget instrument of the same person.
-- Rule: docs/SECURITY.md, people.
SELECT
    'tranche:' || tranches.id AS subject,
    tranches.number || ': the step ' || tranche_steps.step
        || ' was taken by a person of budget instrument ' || budget_instruments.number AS found
FROM budget_instruments
JOIN tranches
    ON tranches.scheme_code = budget_instruments.scheme_code
    AND tranches.held_in = budget_instruments.financial_year
    AND (
        tranches.component = budget_instruments.component
        OR tranches.component = budget_instruments.to_component
    )
JOIN tranche_steps
    ON tranche_steps.tranche_id = tranches.id
    AND (
        tranche_steps.taken_by = budget_instruments.proposed_by
        OR tranche_steps.taken_by = budget_instruments.decided_by
    )
WHERE budget_instruments.status = 'approved'
