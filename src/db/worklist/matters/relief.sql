-- Matters relief.
-- Asks: Which proposals to write off or waive a part of a recovery wait for their decision?
-- A row means: One recovery with a proposal, with what is due, its steps, and the excuses of a milestone whose late
-- days it charges.
SELECT
    'relief' AS kind,
    'proposed' AS state,
    recoveries.id,
    recoveries.number,
    json(recoveries.relief) ->> 'kind' AS title,
    recoveries.scheme_code,
    recoveries.organisation_id,
    organisations.name AS company,
    recoveries.principal_due_paise + recoveries.interest_due_paise + recoveries.damages_due_paise AS amount_paise,
    json(recoveries.relief) ->> 'proposed_at' AS since,
    CAST(NULL AS TEXT) AS day,
    (
        SELECT string_agg(step.step || ':' || step.taken_by, ' ')
        FROM tranche_steps AS step WHERE step.tranche_id = recoveries.tranche_id
    ) AS taken,
    '{"steps":' || recoveries.steps || ',"plan":null'
    || ',"damages":' || COALESCE(recoveries.damages, 'null') || ',"excuses":['
    || COALESCE(
        (
            SELECT string_agg(
                '{"days":{"from":"' || excuses.asked_from || '","to":"' || excuses.asked_to || '"},"taken":"submit:'
                || excuses.asked_by
                || COALESCE(' recommend:' || (json(excuses.examination) ->> 'examined_by'), '')
                || COALESCE(' excuse:' || (json(excuses.decision) ->> 'decided_by'), '') || '"}', ','
            )
            FROM excuses WHERE excuses.milestone_id = recoveries.milestone_id
        ),
        ''
    ) || ']}' AS details
FROM recoveries
JOIN organisations ON organisations.id = recoveries.organisation_id
WHERE recoveries.relief IS NOT NULL
