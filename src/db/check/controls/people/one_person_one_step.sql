-- Control one_person_one_step (integrity): Nobody took two different steps on one rupee.
-- Asks: Did one person take two different steps on one tranche? Preparing, submitting and verifying
-- its claim are steps too, also those before a return; and whoever returned a tranche acted at the
-- desk where it lay.
-- A row means: One tranche on which one person took at least two steps. Two of them are named.
-- Rule: docs/SECURITY.md, people.
SELECT
    'tranche:' || tranche_id AS subject,
    'one person took the steps ' || MIN(step) || ' and ' || MAX(step) AS found
FROM (
    SELECT tranche_id, step, taken_by
    FROM tranche_steps
    UNION ALL
    SELECT tranches.id, 'prepare', claims.prepared_by
    FROM tranches
    JOIN claims ON claims.id = tranches.claim_id
    UNION ALL
    SELECT tranches.id, 'submit', claims.submitted_by
    FROM tranches
    JOIN claims ON claims.id = tranches.claim_id
    UNION ALL
    SELECT tranches.id, 'verify', claims.verified_by
    FROM tranches
    JOIN claims ON claims.id = tranches.claim_id
    UNION ALL
    SELECT tranche_id, from_desk, returned_by
    FROM tranche_returns
    UNION ALL
    SELECT tranches.id, 'prepare', claim_returns.prepared_by
    FROM tranches
    JOIN claim_returns ON claim_returns.claim_id = tranches.claim_id
    UNION ALL
    SELECT tranches.id, 'submit', claim_returns.submitted_by
    FROM tranches
    JOIN claim_returns ON claim_returns.claim_id = tranches.claim_id
) AS taken
WHERE taken_by IS NOT NULL
GROUP BY tranche_id, taken_by
HAVING MIN(step) <> MAX(step)
