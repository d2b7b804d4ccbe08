-- Question payments_beyond_ceiling: Awards of which a component was paid more than its ceiling.
-- Asks: Of which component of which award was more paid than its ceiling allows? Only succeeded
-- disbursements count.
-- A row means: One award and component, with its ceiling, what was paid and the excess.
-- Rule: the award; CAG Gujarat (excess assistance).
SELECT
    ceilings.id || '/' || ceilings.component AS id,
    ceilings.number AS award_number,
    ceilings.organisation_id,
    organisations.name AS beneficiary,
    ceilings.component,
    ceilings.ceiling AS ceiling_paise,
    paid.total AS paid_paise,
    paid.total - ceilings.ceiling AS beyond_paise
FROM (
    SELECT
        awards.id,
        awards.number,
        awards.organisation_id,
        json(one.value) ->> 'component' AS component,
        CAST(json(one.value) ->> 'amount_paise' AS BIGINT) AS ceiling
    FROM awards, each_of(json(awards.ceilings)) AS one
) AS ceilings
JOIN (
    SELECT award_id, component, CAST(SUM(amount_paise) AS BIGINT) AS total
    FROM disbursements
    WHERE status = 'succeeded'
    GROUP BY award_id, component
) AS paid
    ON paid.award_id = ceilings.id
    AND paid.component = ceilings.component
JOIN organisations ON organisations.id = ceilings.organisation_id
WHERE paid.total > ceilings.ceiling
