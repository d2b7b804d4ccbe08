-- Question recoveries_outstanding: What is demanded and not yet paid back, by age.
-- Asks: Which demanded recoveries are not settled, and how old are they? The age is counted from
-- the due day. Interest runs every day and is posted with the next credit; the rows of :interest
-- are what ran since, up to the day of the question, computed by the rates of the scheme.
-- A row means: One recovery, with its age group and what is due as principal, interest and damages,
-- with the interest up to the day of the question.
-- Rule: CAG's yearly question; interest as the scheme says.
SELECT
    recoveries.id,
    recoveries.number,
    recoveries.kind,
    recoveries.organisation_id,
    organisations.name AS beneficiary,
    json(recoveries.demand) ->> 'demanded_on' AS demanded_on,
    json(recoveries.demand) ->> 'due_on' AS due_on,
    CASE
        WHEN json(recoveries.demand) ->> 'due_on' >= :today THEN 'not_yet_due'
        WHEN json(recoveries.demand) ->> 'due_on' >= :days_ago_30 THEN '1_to_30_days'
        WHEN json(recoveries.demand) ->> 'due_on' >= :days_ago_90 THEN '31_to_90_days'
        WHEN json(recoveries.demand) ->> 'due_on' >= :days_ago_365 THEN '91_to_365_days'
        ELSE 'over_365_days'
    END AS age,
    recoveries.principal_due_paise,
    recoveries.interest_due_paise + CAST(COALESCE(grown.column2, 0) AS BIGINT) AS interest_due_paise,
    recoveries.damages_due_paise,
    recoveries.principal_due_paise + recoveries.interest_due_paise + recoveries.damages_due_paise
        + CAST(COALESCE(grown.column2, 0) AS BIGINT) AS due_paise
FROM recoveries
JOIN organisations ON organisations.id = recoveries.organisation_id
LEFT JOIN :interest AS grown ON grown.column1 = recoveries.id
WHERE recoveries.status = 'demanded' AND recoveries.demand IS NOT NULL
