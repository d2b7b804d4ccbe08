-- Control recoveries_in_time (warning): No demanded recovery is overdue.
-- Asks: Is a demanded recovery still unpaid after its due day?
-- A row means: One recovery that is overdue.
-- Rule: docs/RECOVERIES.md.
SELECT
    'recovery:' || id AS subject,
    number || ' was due on ' || (json(demand) ->> 'due_on') AS found
FROM recoveries
WHERE status = 'demanded' AND json(demand) ->> 'due_on' < :today
