-- Control quarter_totals_kept (integrity): What is counted as paid in a last quarter is the sum of
-- its payments.
-- Asks: The service stores what was paid in each month from January to March, because the limits on
-- the last quarter are checked against these totals. Is each stored total the sum of the succeeded
-- disbursements of its month?
-- A row means: One month of one scheme whose stored total differs from its disbursements.
-- Rule: docs/BUDGET.md, limits on the last quarter.
SELECT
    'month:' || scheme_code || ':' || month AS subject,
    CAST(SUM(kept) AS TEXT) || ' paise are kept as paid, ' || 'disbursements say '
        || CAST(SUM(counted) AS TEXT) AS found
FROM (
    SELECT scheme_code, month, paid_paise AS kept, 0 AS counted
    FROM last_quarter_spending
    UNION ALL
    SELECT scheme_code, substr(paid_on, 1, 7) AS month, 0 AS kept, amount_paise AS counted
    FROM disbursements
    WHERE status = 'succeeded' AND substr(paid_on, 6, 2) <= '03'
) AS both_sides
GROUP BY scheme_code, month
HAVING SUM(kept) <> SUM(counted)
