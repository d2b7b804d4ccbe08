-- Matters allocation.
-- Asks: Which runs of the allocation wait for concurrence or publication?
-- A row means: One run, with who drafted it, who concurred and who scrutinised its bids.
SELECT
    'allocation' AS kind,
    allocations.status AS state,
    allocations.id,
    allocations.number,
    CAST(NULL AS TEXT) AS title,
    allocations.scheme_code,
    CAST(NULL AS TEXT) AS organisation_id,
    CAST(NULL AS TEXT) AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    COALESCE(json(allocations.concurrence) ->> 'taken_at', allocations.drafted_at) AS since,
    CAST(NULL AS TEXT) AS day,
    'prepare:' || allocations.drafted_by
    || COALESCE(' concur:' || (json(allocations.concurrence) ->> 'taken_by'), '')
    || COALESCE(
        (
            SELECT string_agg(' verify:' || bid.scrutinised_by, '')
            FROM (
                SELECT DISTINCT json(json(result.value) ->> 'bid') ->> 'scrutinised_by' AS scrutinised_by
                FROM each_of(json(json(allocations.statement) ->> 'results')) AS result
            ) AS bid
        ),
        ''
    ) AS taken,
    CAST(NULL AS TEXT) AS details
FROM allocations
WHERE allocations.status IN ('draft', 'concurred')
