-- Matters excuse.
-- Asks: Which requests for excused days wait to be examined or decided?
-- A row means: One request, with who asked for it, who examined it, and the steps of the recoveries that charge late
-- days of its milestone, or charged them until they were dropped.
SELECT
    'excuse' AS kind,
    excuses.status AS state,
    excuses.id,
    excuses.number,
    CAST(NULL AS TEXT) AS title,
    awards.scheme_code,
    excuses.organisation_id,
    organisations.name AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    COALESCE(json(excuses.examination) ->> 'examined_at', excuses.asked_at) AS since,
    CAST(NULL AS TEXT) AS day,
    'submit:' || excuses.asked_by
    || COALESCE(' recommend:' || (json(excuses.examination) ->> 'examined_by'), '') AS taken,
    '{"days":{"from":"' || excuses.asked_from || '","to":"' || excuses.asked_to || '"},"recoveries":['
    || COALESCE(
        (
            SELECT string_agg('{"steps":' || recoveries.steps || ',"damages":' || recoveries.damages || '}', ',')
            FROM recoveries
            WHERE recoveries.milestone_id = excuses.milestone_id AND recoveries.damages IS NOT NULL
        ),
        ''
    ) || ']}' AS details
FROM excuses
JOIN awards ON awards.id = excuses.award_id
JOIN organisations ON organisations.id = excuses.organisation_id
WHERE excuses.status IN ('asked', 'examined')
