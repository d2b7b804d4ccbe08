-- Question damages_charged: Liquidated damages: accrued, recovered, given up and by whom, still
-- due.
-- Asks: How much was charged as liquidated damages, how much of it was recovered or given up, by
-- whom, and how much is still due?
-- A row means: One recovery of liquidated damages. Waivers and write-offs give money up; all other
-- credits recover it.
-- Rule: the scheme's milestones.
SELECT
    recoveries.id,
    recoveries.number,
    recoveries.organisation_id,
    organisations.name AS beneficiary,
    recoveries.award_id,
    recoveries.milestone_id,
    recoveries.amount_paise AS accrued_paise,
    CAST(COALESCE(credited.recovered, 0) AS BIGINT) AS recovered_paise,
    CAST(COALESCE(credited.waived, 0) AS BIGINT) AS waived_paise,
    recoveries.damages_due_paise AS due_paise,
    credited.waived_by,
    recoveries.status
FROM recoveries
JOIN organisations ON organisations.id = recoveries.organisation_id
LEFT JOIN (
    SELECT
        recovery_id,
        SUM(CASE WHEN kind IN ('waiver', 'write_off') THEN 0 ELSE damages_paise END) AS recovered,
        SUM(CASE WHEN kind IN ('waiver', 'write_off') THEN damages_paise ELSE 0 END) AS waived,
        MAX(
            CASE WHEN kind IN ('waiver', 'write_off') AND damages_paise > 0 THEN recorded_by END
        ) AS waived_by
    FROM recovery_credits
    WHERE status = 'done'
    GROUP BY recovery_id
) AS credited
    ON credited.recovery_id = recoveries.id
WHERE recoveries.kind = 'liquidated_damages'
