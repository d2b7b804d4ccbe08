-- Control officers_of_no_company (compliance): Nobody of a manufacturer took an officer's step.
-- Asks: Was a step of an officer (verify, recommend, concur, sanction or pay) taken by a person of
-- a manufacturer?
-- A row means: One step that a person of a manufacturer took.
-- Rule: docs/SECURITY.md, people.
SELECT
    'tranche:' || tranche_steps.tranche_id AS subject,
    'the step ' || tranche_steps.step || ' was taken by somebody of a manufacturer' AS found
FROM tranche_steps
JOIN users ON users.id = tranche_steps.taken_by
WHERE users.organisation_id IS NOT NULL
  AND tranche_steps.step IN ('verify', 'recommend', 'concur', 'sanction', 'pay')
