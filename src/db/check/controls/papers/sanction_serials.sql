-- Control sanction_serials (integrity): Sanction orders are numbered without holes.
-- Asks: Are the sanction orders of each series numbered 1, 2, 3 and so on up to the counter of the
-- series, without a hole and without a double? A number consists of the name of its series, which
-- ends in /SAN, and its serial number. An order that was reversed keeps its number. Numbers that an
-- accepted loss burned are in use by nobody.
-- A row means: One counter that does not fit the numbers in use.
-- Rule: GFR 2017, rule 234.
SELECT
    'counter:' || counters.name AS subject,
    'it gave ' || CAST(counters.value AS TEXT) || ' numbers; ' || CAST(COUNT(given.number) AS TEXT)
        || ' are in use, the last is ' || CAST(COALESCE(MAX(given.serial), 0) AS TEXT) AS found
FROM counters
LEFT JOIN (
    SELECT
        number,
        substr(number, 1, position_of(number, '/SAN/') + 3) AS series,
        CAST(substr(number, position_of(number, '/SAN/') + 5) AS BIGINT) AS serial
    FROM (
        SELECT json(sanction) ->> 'number' AS number
        FROM tranches
        WHERE sanction IS NOT NULL
        UNION ALL
        SELECT json(reversed_sanction) ->> 'number' AS number
        FROM tranche_returns
        WHERE reversed_sanction IS NOT NULL
    ) AS numbers
    WHERE number IS NOT NULL
) AS given
    ON given.series = counters.name
LEFT JOIN (
    SELECT
        series,
        CAST(SUM(last_number - first_number + 1) AS BIGINT) AS many,
        MAX(last_number) AS last_number
    FROM burned_numbers
    GROUP BY series
) AS burned
    ON burned.series = counters.name
WHERE counters.name LIKE '%/SAN'
GROUP BY counters.name, counters.value, burned.many, burned.last_number
HAVING COUNT(DISTINCT given.serial) + COALESCE(burned.many, 0) <> counters.value
   OR COUNT(given.serial) + COALESCE(burned.many, 0) <> counters.value
   OR (COALESCE(MAX(given.serial), 0) <> counters.value AND COALESCE(burned.last_number, 0) <> counters.value)
   OR COUNT(CASE WHEN EXISTS (
       SELECT 1 FROM burned_numbers AS never
       WHERE never.series = counters.name AND given.serial BETWEEN never.first_number AND never.last_number
   ) THEN 1 END) > 0
