-- Matters application.
-- Asks: Which applications are drafted, under scrutiny, with a query open, eligible, in a run of the allocation, or to
-- be awarded?
-- A row means: One application, with the last day of its window while it is a draft, and its rounds
-- of queries while it is examined. A scheme without an allocation awards what is eligible. A run that is not published
-- has taken all eligible applications of its version, and whoever scrutinised one of them takes no step on it.
SELECT
    'application' AS kind,
    CASE
        WHEN applications.status = 'submitted' AND position_of(applications.queries, '"reply":null') > 0
            THEN 'query_open'
        WHEN applications.status = 'eligible'
             AND (
                 applications.place IS NOT NULL
                 OR applications.scheme_code || ':' || CAST(applications.scheme_version AS TEXT)
                     IN (:awarding_directly)
             )
            THEN 'allotted'
        WHEN run.id IS NOT NULL THEN 'in_run'
        ELSE applications.status
    END AS state,
    applications.id,
    applications.number,
    CAST(NULL AS TEXT) AS title,
    applications.scheme_code,
    applications.organisation_id,
    organisations.name AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    COALESCE(
        (
            SELECT json(allocations.publication) ->> 'taken_at' FROM allocations
            WHERE allocations.id = json(applications.place) ->> 'allocation_id'
        ),
        (
            SELECT MAX(json(allocations.withdrawal) ->> 'taken_at') FROM allocations
            WHERE allocations.scheme_code = applications.scheme_code AND allocations.status = 'withdrawn'
              AND allocations.scheme_version = applications.scheme_version AND applications.status = 'eligible'
              AND allocations.drafted_at >= json(applications.scrutiny) ->> 'scrutinised_at'
        ),
        json(applications.scrutiny) ->> 'scrutinised_at',
        json(applications.receipt) ->> 'submitted_at', applications.created_at
    ) AS since,
    (
        SELECT MAX(windows.closes_on) FROM windows
        WHERE windows.scheme_code = applications.scheme_code AND applications.status = 'draft'
          AND windows.opens_on <= :today AND windows.closes_on >= :today
    ) AS day,
    CASE
        WHEN applications.status <> 'eligible' THEN 'prepare:' || applications.prepared_by
        WHEN applications.place IS NULL
             AND applications.scheme_code || ':' || CAST(applications.scheme_version AS TEXT)
                 NOT IN (:awarding_directly)
            THEN COALESCE(scrutinised.taken, '')
        ELSE 'verify:' || COALESCE(json(applications.scrutiny) ->> 'scrutinised_by', '')
    END AS taken,
    CASE
        WHEN applications.status = 'submitted' THEN applications.queries
        WHEN run.id IS NOT NULL THEN run.id || ' ' || run.number
    END AS details
FROM applications
JOIN organisations ON organisations.id = applications.organisation_id
LEFT JOIN allocations AS run
    ON run.scheme_code = applications.scheme_code AND run.scheme_version = applications.scheme_version
    AND run.status IN ('draft', 'concurred') AND applications.status = 'eligible' AND applications.place IS NULL
    AND run.drafted_at >= json(applications.scrutiny) ->> 'scrutinised_at'
LEFT JOIN (
    SELECT one.scheme_code, string_agg('verify:' || one.scrutinised_by, ' ') AS taken
    FROM (
        SELECT DISTINCT bid.scheme_code, json(bid.scrutiny) ->> 'scrutinised_by' AS scrutinised_by
        FROM applications AS bid WHERE bid.status = 'eligible'
    ) AS one
    GROUP BY one.scheme_code
) AS scrutinised ON scrutinised.scheme_code = applications.scheme_code
WHERE applications.status IN ('draft', 'submitted')
   OR (
       applications.status = 'eligible'
       AND (applications.place IS NULL OR json(applications.place) ->> 'outcome' = 'allotted')
   )
