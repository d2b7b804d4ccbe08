-- Question periods_claimed_twice: Pairs of live claims of one award and component whose periods
-- overlap.
-- Asks: Which live claims of the same award and component are for periods that overlap? A claim is
-- live while it is submitted or verified. Supplementary claims do not count.
-- A row means: One pair of claims. Each pair is listed once, the older claim first.
-- Rule: the scheme's claims; supplements for held quantities are not counted.
SELECT
    one.id || '/' || other.id AS id,
    one.number AS first_claim,
    other.number AS second_claim,
    one.organisation_id,
    organisations.name AS beneficiary,
    one.award_id,
    one.component,
    one.period_from AS first_from,
    one.period_to AS first_to,
    other.period_from AS second_from,
    other.period_to AS second_to
FROM claims AS one
JOIN claims AS other
    ON other.award_id = one.award_id
    AND other.component = one.component
    AND other.id > one.id
    AND other.period_from <= one.period_to
    AND one.period_from <= other.period_to
JOIN organisations ON organisations.id = one.organisation_id
WHERE one.status IN ('submitted', 'returned', 'verified')
  AND other.status IN ('submitted', 'returned', 'verified')
  AND one.supplements IS NULL
  AND other.supplements IS NULL
