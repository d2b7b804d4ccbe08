-- Question surrenders: Savings that were given back: whether late, and whether more than was saved.
-- Asks: Which savings were surrendered, was it on the last two days of the year or later, and was
-- more surrendered than was saved? The saving of a year is what was appropriated less what was
-- paid. Approved provisions, revisions and supplementary grants appropriate money. A
-- re-appropriation takes it from one component and gives it to another. Recovered money does not
-- count.
-- A row means: One approved surrender, with the saving of its year.
-- Rule: GFR 2017, rule 62; CAG Maharashtra (surrender on the last two days, and beyond the saving).
SELECT
    id,
    number,
    scheme_code,
    component,
    financial_year,
    dated_on,
    amount AS amount_paise,
    surrendered AS surrendered_in_year_paise,
    given - spent AS saving_paise,
    CASE
        WHEN surrendered > given - spent THEN surrendered - (given - spent)
        ELSE 0
    END AS beyond_saving_paise,
    CASE
        WHEN dated_on >= CAST(CAST(substr(financial_year, 1, 4) AS INTEGER) + 1 AS TEXT) || '-03-30'
            THEN 'yes'
        ELSE 'no'
    END AS late
FROM (
    SELECT
        one.id,
        one.number,
        one.scheme_code,
        one.component,
        one.financial_year,
        one.dated_on,
        one.posted_paise AS amount,
        (
            SELECT CAST(SUM(other.posted_paise) AS BIGINT)
            FROM budget_instruments AS other
            WHERE other.kind = 'surrender'
              AND other.status = 'approved'
              AND other.scheme_code = one.scheme_code
              AND other.component = one.component
              AND other.financial_year = one.financial_year
        ) AS surrendered,
        (
            SELECT CAST(COALESCE(SUM(given.paise), 0) AS BIGINT)
            FROM (
                SELECT
                    scheme_code,
                    component,
                    financial_year,
                    dated_on,
                    CASE
                        WHEN kind = 're_appropriation' THEN -posted_paise
                        ELSE posted_paise
                    END AS paise
                FROM budget_instruments
                WHERE status = 'approved'
                  AND kind IN ('provision', 'revision', 'supplementary', 're_appropriation')
                  AND COALESCE(source, '') <> 'recovered'
                UNION ALL
                SELECT scheme_code, to_component, financial_year, dated_on, posted_paise
                FROM budget_instruments
                WHERE status = 'approved'
                  AND kind = 're_appropriation'
                  AND COALESCE(source, '') <> 'recovered'
                  AND to_component IS NOT NULL
            ) AS given
            WHERE given.scheme_code = one.scheme_code
              AND given.component = one.component
              AND given.financial_year = one.financial_year
        ) AS given,
        (
            SELECT CAST(COALESCE(SUM(disbursements.amount_paise), 0) AS BIGINT)
            FROM disbursements
            WHERE disbursements.status = 'succeeded'
              AND disbursements.scheme_code = one.scheme_code
              AND disbursements.component = one.component
              AND disbursements.payment_year = one.financial_year
        ) AS spent
    FROM budget_instruments AS one
    WHERE one.kind = 'surrender' AND one.status = 'approved'
) AS given_back
