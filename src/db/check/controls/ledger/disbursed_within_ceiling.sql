-- Control disbursed_within_ceiling (integrity): Nobody was paid more than the ceiling of the award.
-- Asks: Do the succeeded disbursements of each award and component stay within the ceiling of the
-- award?
-- A row means: One award and component of which more was paid than its ceiling.
-- Rule: the award.
SELECT
    'award:' || ceilings.id AS subject,
    ceilings.number || ', ' || ceilings.component || ': ' || CAST(paid.total AS TEXT)
        || ' paise were paid, the ceiling is ' || CAST(ceilings.ceiling AS TEXT) AS found
FROM (
    SELECT
        awards.id,
        awards.number,
        json(one.value) ->> 'component' AS component,
        CAST(json(one.value) ->> 'amount_paise' AS BIGINT) AS ceiling
    FROM awards, each_of(json(awards.ceilings)) AS one
) AS ceilings
JOIN (
    SELECT award_id, component, SUM(amount_paise) AS total
    FROM disbursements
    WHERE status = 'succeeded'
    GROUP BY award_id, component
) AS paid
    ON paid.award_id = ceilings.id
    AND paid.component = ceilings.component
WHERE paid.total > ceilings.ceiling
