-- Control recoveries_in_time (warning): No demanded recovery is overdue.
-- Asks: Is a demanded recovery still unpaid after the day by which it was to be paid? Where
-- instalments are granted, that is the day of the first one that is not paid in full, or of the
-- last one while anything is due.
-- A row means: One recovery that is overdue.
-- Rule: docs/RECOVERIES.md.
SELECT
    'recovery:' || dues.id AS subject,
    dues.number || ' was due on ' || MIN(dues.due_on) AS found
FROM (
    SELECT id, number, json(demand) ->> 'due_on' AS due_on
    FROM recoveries
    WHERE status = 'demanded' AND plan IS NULL
    UNION ALL
    SELECT planned.id, planned.number, planned.due_on
    FROM (
        SELECT
            recoveries.id,
            recoveries.number,
            json(one.value) ->> 'due_on' AS due_on,
            CAST(json(recoveries.plan) ->> 'credited_paise' AS BIGINT) AS credited,
            SUM(CAST(json(one.value) ->> 'amount_paise' AS BIGINT)) OVER (
                PARTITION BY recoveries.id ORDER BY json(one.value) ->> 'due_on'
            ) AS to_pay,
            MAX(json(one.value) ->> 'due_on') OVER (PARTITION BY recoveries.id) AS last_on
        FROM recoveries, each_of(json(recoveries.plan) -> 'instalments') AS one
        WHERE recoveries.status = 'demanded' AND recoveries.plan IS NOT NULL
    ) AS planned
    WHERE planned.to_pay > planned.credited OR planned.due_on = planned.last_on
) AS dues
WHERE dues.due_on < :today
GROUP BY dues.id, dues.number
