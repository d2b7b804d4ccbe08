-- Control steps_complete (integrity): No tranche stands where its steps did not lead.
-- Asks: Was each step taken that leads to the present status of a tranche? The list 'needed' has
-- the steps of each status. A step that fell when the tranche was returned to its desk or an
-- earlier one does not count; the list 'desks' has the order of the desks.
-- A row means: One tranche and one step that its status needs and that nobody took.
-- Rule: docs/SECURITY.md, people.
WITH needed (status, step) AS (
    VALUES
        ('verified', 'verify'),
        ('recommended', 'verify'),
        ('recommended', 'recommend'),
        ('concurred', 'verify'),
        ('concurred', 'recommend'),
        ('concurred', 'concur'),
        ('sanctioned', 'verify'),
        ('sanctioned', 'recommend'),
        ('sanctioned', 'concur'),
        ('sanctioned', 'sanction'),
        ('advised', 'verify'),
        ('advised', 'recommend'),
        ('advised', 'concur'),
        ('advised', 'sanction'),
        ('advised', 'pay'),
        ('disbursed', 'verify'),
        ('disbursed', 'recommend'),
        ('disbursed', 'concur'),
        ('disbursed', 'sanction'),
        ('disbursed', 'pay')
),
desks (step, place) AS (
    VALUES
        ('prepare', 1),
        ('submit', 1),
        ('verify', 2),
        ('recommend', 3),
        ('concur', 4),
        ('sanction', 5),
        ('pay', 6)
),
standing AS (
    SELECT taken.tranche_id, taken.step
    FROM tranche_steps AS taken
    WHERE NOT EXISTS (
        SELECT 1
        FROM tranche_returns
        JOIN desks AS own ON own.step = taken.step
        JOIN desks AS back ON back.step = tranche_returns.to_desk
        WHERE tranche_returns.tranche_id = taken.tranche_id
          AND taken.position <= tranche_returns.steps_before
          AND own.place >= back.place
    )
)
SELECT
    'tranche:' || tranches.id AS subject,
    tranches.number || ' is ' || tranches.status || ' without the step ' || needed.step AS found
FROM tranches
JOIN needed ON needed.status = tranches.status
LEFT JOIN standing
    ON standing.tranche_id = tranches.id
    AND standing.step = needed.step
WHERE standing.step IS NULL
