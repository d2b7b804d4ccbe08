-- Matters application.
-- Asks: Which applications are drafted, under scrutiny, with a query open, eligible, or to be awarded?
-- A row means: One application, with the last day of its window while it is a draft, and its rounds
-- of queries while it is examined. A scheme without an allocation awards what is eligible.
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
        json(applications.scrutiny) ->> 'scrutinised_at',
        json(applications.receipt) ->> 'submitted_at', applications.created_at
    ) AS since,
    (
        SELECT MAX(windows.closes_on) FROM windows
        WHERE windows.scheme_code = applications.scheme_code AND applications.status = 'draft'
          AND windows.opens_on <= :today AND windows.closes_on >= :today
    ) AS day,
    CASE applications.status
        WHEN 'eligible' THEN 'verify:' || COALESCE(json(applications.scrutiny) ->> 'scrutinised_by', '')
        ELSE 'prepare:' || applications.prepared_by
    END AS taken,
    CASE applications.status WHEN 'submitted' THEN applications.queries END AS details
FROM applications
JOIN organisations ON organisations.id = applications.organisation_id
WHERE applications.status IN ('draft', 'submitted')
   OR (
       applications.status = 'eligible'
       AND (applications.place IS NULL OR json(applications.place) ->> 'outcome' = 'allotted')
   )
