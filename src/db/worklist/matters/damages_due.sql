-- Matters damages_due.
-- Asks: Which late milestones have late days that nobody excused and no notice charged, and which of them wait for an
-- excuse that is asked for, or for the recovery of their damages?
-- A row means: One milestone, with its due day and its title, and when an excuse for it was decided last; where another
-- record carries the wait, the id and the number of that one. What the authority dropped is decided, and not asked for
-- again; what the office withdrew is asked for again. While a milestone that has a notice is not reached, its late days
-- grow, and the rest is asked for once it is reached.
SELECT
    'damages_due' AS kind,
    CASE WHEN late.asked IS NOT NULL THEN 'excuse_asked' WHEN late.is_open THEN 'accrued' ELSE 'charged' END AS state,
    late.id,
    awards.number,
    late.code AS title,
    awards.scheme_code,
    late.organisation_id,
    organisations.name AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    (
        SELECT MAX(json(excuses.decision) ->> 'decided_at') FROM excuses WHERE excuses.milestone_id = late.id
    ) AS since,
    late.due_on AS day,
    (
        SELECT string_agg(
            'submit:' || excuses.asked_by
            || COALESCE(' recommend:' || (json(excuses.examination) ->> 'examined_by'), '')
            || COALESCE(' excuse:' || (json(excuses.decision) ->> 'decided_by'), ''), ' '
        )
        FROM excuses WHERE excuses.milestone_id = late.id
    ) AS taken,
    CASE WHEN late.asked IS NOT NULL THEN late.asked WHEN late.is_open THEN late.title ELSE late.charged END AS details
FROM (
    -- The days that are excused or charged.
    WITH covered AS (
        SELECT excuses.milestone_id, excuses.granted_from AS from_day, excuses.granted_to AS to_day
        FROM excuses WHERE excuses.status = 'granted'
        UNION ALL
        SELECT recoveries.milestone_id, json(recoveries.damages) ->> 'from', json(recoveries.damages) ->> 'to'
        FROM recoveries
        WHERE recoveries.milestone_id IS NOT NULL AND json(recoveries.notice) ->> 'withdrawal' IS NULL
          AND json(recoveries.damages) ->> 'spans' IS NULL
        UNION ALL
        SELECT recoveries.milestone_id, json(part.value) ->> 'from', json(part.value) ->> 'to'
        FROM recoveries, each_of(json(recoveries.damages) -> 'spans') AS part
        WHERE recoveries.milestone_id IS NOT NULL AND json(recoveries.notice) ->> 'withdrawal' IS NULL
    )
    SELECT
        milestones.id,
        milestones.award_id,
        milestones.organisation_id,
        milestones.code,
        milestones.title,
        milestones.due_on,
        (
            SELECT MAX(excuses.id || ' ' || excuses.number) FROM excuses
            WHERE excuses.milestone_id = milestones.id AND excuses.status IN ('asked', 'examined')
        ) AS asked,
        (
            SELECT MAX(recoveries.id || ' ' || recoveries.number) FROM recoveries
            WHERE recoveries.milestone_id = milestones.id AND recoveries.status NOT IN ('settled', 'dropped')
        ) AS charged,
        (
            milestones.achieved_on IS NOT NULL
            OR NOT EXISTS (
                SELECT 1 FROM recoveries
                WHERE recoveries.milestone_id = milestones.id AND json(recoveries.notice) ->> 'withdrawal' IS NULL
            )
        )
        -- The most that the scheme takes is asked for already.
        AND NOT EXISTS (
            SELECT 1 FROM recoveries
            WHERE recoveries.milestone_id = milestones.id AND json(recoveries.notice) ->> 'withdrawal' IS NULL
              AND json(recoveries.damages) ->> 'most_paise' = json(recoveries.damages) ->> 'amount_paise'
        )
        -- A day is open where the first late day, or the day after a span, lies in no other span.
        AND (
            NOT EXISTS (
                SELECT 1 FROM covered AS span
                WHERE span.milestone_id = milestones.id AND span.to_day > milestones.due_on
                  AND days_left_from(span.from_day) + 1 >= days_left_from(milestones.due_on)
            )
            OR EXISTS (
                SELECT 1 FROM covered AS span
                WHERE span.milestone_id = milestones.id AND span.to_day >= milestones.due_on
                  AND span.to_day < COALESCE(milestones.achieved_on, :today)
                  AND NOT EXISTS (
                      SELECT 1 FROM covered AS further
                      WHERE further.milestone_id = milestones.id AND further.to_day > span.to_day
                        AND days_left_from(further.from_day) + 1 >= days_left_from(span.to_day)
                  )
            )
        ) AS is_open
    FROM milestones
    WHERE milestones.due_on < COALESCE(milestones.achieved_on, :today)
) AS late
JOIN awards ON awards.id = late.award_id
JOIN organisations ON organisations.id = late.organisation_id
WHERE late.asked IS NOT NULL OR late.is_open OR late.charged IS NOT NULL
