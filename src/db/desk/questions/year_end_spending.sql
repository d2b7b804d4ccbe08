-- Question year_end_spending: What each scheme spent in March and in the last quarter of each year,
-- against the limits of that time.
-- Asks: Which share of its estimate did each scheme spend in the last quarter and in March of each
-- year, and is that more than the limits of that time allow? The estimate is the approved
-- provision, with the revisions if the limits of that time are based on revised estimates. The
-- placeholder :limits stands for the rows of config/finance/expenditure-limits.toml.
-- A row means: One scheme and year of payment. Shares are in basis points. The column 'beyond'
-- tells which limits were exceeded.
-- Rule: config/finance/expenditure-limits.toml.
SELECT
    scheme_code || '/' || payment_year AS id,
    scheme_code,
    payment_year,
    estimate AS estimate_paise,
    paid AS paid_paise,
    last_quarter AS last_quarter_paise,
    march AS march_paise,
    CASE
        WHEN estimate > 0 THEN last_quarter * 10000 / estimate
        ELSE 0
    END AS last_quarter_basis_points,
    CASE WHEN estimate > 0 THEN march * 10000 / estimate ELSE 0 END AS march_basis_points,
    last_quarter_limit AS last_quarter_limit_basis_points,
    march_limit AS march_limit_basis_points,
    CASE
        WHEN last_quarter * 10000 > last_quarter_limit * estimate
            THEN CASE
                WHEN march * 10000 > march_limit * estimate THEN 'both'
                ELSE 'last_quarter'
            END
        WHEN march * 10000 > march_limit * estimate THEN 'march'
        ELSE 'none'
    END AS beyond
FROM (
    SELECT
        spent.scheme_code,
        spent.payment_year,
        spent.paid,
        spent.last_quarter,
        spent.march,
        limits.last_quarter_limit,
        limits.march_limit,
        (
            SELECT CAST(COALESCE(SUM(posted_paise), 0) AS BIGINT)
            FROM budget_instruments
            WHERE status = 'approved'
              AND budget_instruments.scheme_code = spent.scheme_code
              AND financial_year = spent.payment_year
              AND (kind = 'provision' OR (kind = 'revision' AND limits.base = 're'))
        ) AS estimate
    FROM (
        SELECT
            scheme_code,
            payment_year,
            CAST(SUM(amount_paise) AS BIGINT) AS paid,
            CAST(
                SUM(CASE WHEN substr(paid_on, 6, 2) < '04' THEN amount_paise ELSE 0 END) AS BIGINT
            ) AS last_quarter,
            CAST(
                SUM(CASE WHEN substr(paid_on, 6, 2) = '03' THEN amount_paise ELSE 0 END) AS BIGINT
            ) AS march,
            CAST(CAST(substr(payment_year, 1, 4) AS INTEGER) + 1 AS TEXT) || '-03-31' AS ends_on
        FROM disbursements
        WHERE status = 'succeeded'
        GROUP BY scheme_code, payment_year
    ) AS spent
    JOIN :limits AS limits
        ON limits.effective_from <= spent.ends_on
        AND limits.effective_to >= spent.ends_on
) AS yearly
