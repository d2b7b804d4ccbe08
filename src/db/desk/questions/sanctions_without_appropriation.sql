-- Question sanctions_without_appropriation: Sanctions that, with those before them in the year,
-- were more than what had been appropriated on that day.
-- Asks: Which sanctions were, together with all sanctions of the same scheme, component and year up
-- to the same day, more than what was appropriated by that day? Approved provisions, revisions and
-- supplementary grants appropriate money. A re-appropriation takes it from one component and gives
-- it to another. Recovered money does not count.
-- A row means: One sanction, with what was sanctioned and what was appropriated up to its day.
-- Rule: GFR 2017, rule 25.
SELECT
    sanctioned.id,
    sanctioned.number,
    sanctioned.scheme_code,
    sanctioned.component,
    sanctioned.organisation_id,
    organisations.name AS beneficiary,
    sanctioned.held_in,
    sanctioned.sanctioned_on,
    sanctioned.amount_paise,
    sanctioned.so_far AS sanctioned_so_far_paise,
    sanctioned.appropriated AS appropriated_paise
FROM (
    SELECT
        one.id,
        json(one.sanction) ->> 'number' AS number,
        one.scheme_code,
        one.component,
        one.organisation_id,
        one.held_in,
        json(one.sanction) ->> 'sanctioned_on' AS sanctioned_on,
        one.amount_paise,
        (
            SELECT CAST(SUM(other.amount_paise) AS BIGINT)
            FROM tranches AS other
            WHERE other.sanction IS NOT NULL
              AND other.status IN ('sanctioned', 'advised', 'disbursed')
              AND other.scheme_code = one.scheme_code
              AND other.component = one.component
              AND other.held_in = one.held_in
              AND json(other.sanction) ->> 'sanctioned_on' <= json(one.sanction) ->> 'sanctioned_on'
        ) AS so_far,
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
              AND given.financial_year = one.held_in
              AND given.dated_on <= json(one.sanction) ->> 'sanctioned_on'
        ) AS appropriated
    FROM tranches AS one
    WHERE one.sanction IS NOT NULL AND one.status IN ('sanctioned', 'advised', 'disbursed')
) AS sanctioned
JOIN organisations ON organisations.id = sanctioned.organisation_id
WHERE sanctioned.so_far > sanctioned.appropriated
