-- Matters application.
-- Asks: Which applications are drafted, under scrutiny, with a query open, eligible, to be opened, in a run of the
-- allocation, to be awarded, or proposed to be ended?
-- A row means: One application, with the last day of its window while it is a draft, and its rounds
-- of queries while it is examined. A scheme without an allocation awards what is eligible. A run that is not published
-- has taken all eligible applications of its version, and whoever scrutinised one of them takes no step on it. While a
-- window is open or another bid waits for its scrutiny, sealed bids are not opened.
SELECT
    'application' AS kind,
    CASE
        WHEN applications.status = 'submitted' AND position_of(applications.queries, '"reply":null') > 0
            THEN 'query_open'
        WHEN json(applications.place) ->> 'end_proposed' IS NOT NULL AND applications.status = 'eligible'
            THEN 'end_proposed'
        WHEN sealing.sealed_id IS NOT NULL AND sealing.waits = 1 THEN 'sealed'
        WHEN sealing.sealed_id IS NOT NULL AND sealing.asked_by IS NOT NULL THEN 'opening_asked'
        WHEN sealing.sealed_id IS NOT NULL THEN 'opening_due'
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
        CASE
            WHEN applications.status = 'eligible'
                THEN json(applications.place) -> 'end_proposed' ->> 'proposed_at'
        END,
        CASE WHEN sealing.waits = 0 THEN COALESCE(sealing.asked_at, sealing.closed_at) END,
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
        (
            SELECT MAX(bid_openings.opened_at) FROM bid_openings
            WHERE bid_openings.scheme_code = applications.scheme_code AND applications.status = 'eligible'
              AND position_of(bid_openings.bids, applications.id) > 0
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
        WHEN json(applications.place) ->> 'end_proposed' IS NOT NULL
            THEN 'prepare:' || (json(applications.place) -> 'end_proposed' ->> 'proposed_by')
        WHEN sealing.sealed_id IS NOT NULL THEN COALESCE('prepare:' || sealing.asked_by, '')
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
LEFT JOIN (
    SELECT
        sealed.id AS sealed_id,
        opening.asked_by,
        opening.asked_at,
        CASE
            WHEN EXISTS (
                SELECT 1 FROM windows
                WHERE windows.scheme_code = sealed.scheme_code
                  AND windows.opens_on <= :today AND windows.closes_on >= :today
            ) OR EXISTS (
                SELECT 1 FROM applications AS unseen
                WHERE unseen.scheme_code = sealed.scheme_code AND unseen.status = 'submitted'
            ) THEN 1
            ELSE 0
        END AS waits,
        (
            SELECT MAX(edge.at) FROM (
                SELECT windows.closes_on || 'T18:30:00.000000Z' AS at FROM windows
                WHERE windows.scheme_code = sealed.scheme_code AND windows.closes_on < :today
                UNION ALL
                SELECT json(other.scrutiny) ->> 'scrutinised_at' FROM applications AS other
                WHERE other.scheme_code = sealed.scheme_code AND other.status = 'eligible'
            ) AS edge
        ) AS closed_at
    FROM applications AS sealed
    LEFT JOIN bid_openings AS opening ON opening.scheme_code = sealed.scheme_code AND opening.status = 'asked'
    WHERE sealed.status = 'eligible' AND json(sealed.receipt) ->> 'bid' IS NOT NULL
      AND json(sealed.receipt) -> 'bid' ->> 'salt' IS NULL
) AS sealing ON sealing.sealed_id = applications.id
WHERE applications.status IN ('draft', 'submitted')
   OR (
       applications.status = 'eligible'
       AND (applications.place IS NULL OR json(applications.place) ->> 'outcome' = 'allotted')
   )
