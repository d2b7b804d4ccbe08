-- Control steps_complete (integrity): No tranche stands where its steps did not lead.
-- Asks: Was each step taken that leads to the present status of a tranche? The list 'needed' has
-- the steps of each status.
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
)
SELECT
    'tranche:' || tranches.id AS subject,
    tranches.number || ' is ' || tranches.status || ' without the step ' || needed.step AS found
FROM tranches
JOIN needed ON needed.status = tranches.status
LEFT JOIN tranche_steps
    ON tranche_steps.tranche_id = tranches.id
    AND tranche_steps.step = needed.step
WHERE tranche_steps.step IS NULL
