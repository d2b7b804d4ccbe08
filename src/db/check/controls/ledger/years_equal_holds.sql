-- Control years_equal_holds (integrity): What each year holds is the sum of the tranches held in
-- it.
-- Asks: For each scheme, component and financial year, do the accounts of the appropriation ledger
-- hold exactly the sum of the tranches that are held in that year? Sanctioned and advised tranches
-- count as sanctioned, earlier ones as reserved. Rejected, expired and disbursed tranches hold
-- nothing.
-- A row means: One account of a year, reserved or sanctioned, whose balance differs from its
-- tranches.
-- Rule: GFR 2017, rule 25.
SELECT
    'account:appropriation:' || scheme_code || ':' || component || ':' || year || ':'
        || stage AS subject,
    'it holds ' || CAST(SUM(kept) AS TEXT) || ' paise, tranches say '
        || CAST(SUM(held) AS TEXT) AS found
FROM (
    SELECT
        scheme_code,
        component,
        held_in AS year,
        CASE
            WHEN status IN ('sanctioned', 'advised') THEN 'sanctioned'
            ELSE 'reserved'
        END AS stage,
        amount_paise AS held,
        0 AS kept
    FROM tranches
    WHERE status NOT IN ('rejected', 'expired', 'disbursed')
    UNION ALL
    SELECT scheme_code, component, financial_year AS year, stage, 0 AS held, balance_paise AS kept
    FROM accounts
    WHERE ledger = 'appropriation' AND stage IN ('reserved', 'sanctioned')
) AS both_sides
GROUP BY scheme_code, component, year, stage
HAVING SUM(kept) <> SUM(held)
