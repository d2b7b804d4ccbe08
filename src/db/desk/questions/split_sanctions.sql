-- Question split_sanctions: Sanctions of one award and component in one month, where there are
-- several: ask with largest_paise_to and total_paise_from at the delegated limit.
-- Asks: For which award and component were several sanctions given in one month? Ask with
-- largest_paise_to and total_paise_from at a delegated limit to see sanctions that are below it one
-- by one and above it together.
-- A row means: One award, component and month, with the number, the largest and the sum of its
-- sanctions.
-- Rule: CAG Gujarat (splitting); delegation of financial powers.
SELECT
    MIN(tranches.id) AS id,
    tranches.scheme_code,
    tranches.component,
    tranches.organisation_id,
    organisations.name AS beneficiary,
    tranches.award_id,
    substr(json(tranches.sanction) ->> 'sanctioned_on', 1, 7) AS month,
    CAST(COUNT(*) AS BIGINT) AS sanctions,
    MAX(tranches.amount_paise) AS largest_paise,
    CAST(SUM(tranches.amount_paise) AS BIGINT) AS total_paise
FROM tranches
JOIN organisations ON organisations.id = tranches.organisation_id
WHERE tranches.sanction IS NOT NULL AND tranches.status IN ('sanctioned', 'advised', 'disbursed')
GROUP BY
    tranches.scheme_code,
    tranches.component,
    tranches.organisation_id,
    organisations.name,
    tranches.award_id,
    substr(json(tranches.sanction) ->> 'sanctioned_on', 1, 7)
HAVING COUNT(*) > 1
