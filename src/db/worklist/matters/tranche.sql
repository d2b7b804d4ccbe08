-- Matters tranche.
-- Asks: Which tranches lie with which desk?
-- A row means: One tranche, with the day until which its money is held, who took which step, who provided the
-- money of its year, and the desk that returned it last; or the claim that carries the wait. A payment of one that is
-- sanctioned did not arrive where it is `not_arrived`.
SELECT
    'tranche' AS kind,
    CASE
        WHEN tranches.status = 'sanctioned' AND EXISTS (
            SELECT 1 FROM payments
            WHERE payments.tranche_id = tranches.id AND payments.status IN ('failed', 'failed_after_success')
        ) THEN 'not_arrived'
        ELSE tranches.status
    END AS state,
    tranches.id,
    tranches.number,
    CAST(NULL AS TEXT) AS title,
    tranches.scheme_code,
    tranches.organisation_id,
    organisations.name AS company,
    tranches.amount_paise,
    COALESCE(
        (
            SELECT MAX(moved.at) FROM (
                SELECT step.taken_at AS at FROM tranche_steps AS step WHERE step.tranche_id = tranches.id
                UNION ALL
                SELECT back.returned_at AS at FROM tranche_returns AS back WHERE back.tranche_id = tranches.id
                UNION ALL
                SELECT payments.settled_at AS at FROM payments
                WHERE payments.tranche_id = tranches.id AND payments.status IN ('failed', 'failed_after_success')
            ) AS moved
        ),
        tranches.created_at
    ) AS since,
    tranches.held_until AS day,
    (
        SELECT string_agg(acted.step || ':' || acted.person, ' ') FROM (
            SELECT step.step, step.taken_by AS person FROM tranche_steps AS step WHERE step.tranche_id = tranches.id
            UNION ALL
            SELECT back.from_desk AS step, back.returned_by AS person
            FROM tranche_returns AS back WHERE back.tranche_id = tranches.id
        ) AS acted
    ) || COALESCE(provided.taken, '') AS taken,
    CASE tranches.status
        WHEN 'returned' THEN (
            SELECT claims.id || ' ' || COALESCE(claims.number, claims.id) FROM claims
            WHERE claims.id = tranches.claim_id
        )
        ELSE (
            SELECT back.from_desk || ' ' || back.returned_at FROM tranche_returns AS back
            WHERE back.tranche_id = tranches.id ORDER BY back.round DESC LIMIT 1
        )
    END AS details
FROM tranches
JOIN organisations ON organisations.id = tranches.organisation_id
LEFT JOIN (
    SELECT part.scheme_code, part.component, of_year.financial_year,
        string_agg(' provide:' || part.person, '') AS taken
    FROM (
        SELECT one.scheme_code, one.component, one.financial_year, one.proposed_by AS person
        FROM budget_instruments AS one WHERE one.status = 'approved'
        UNION
        SELECT one.scheme_code, one.component, one.financial_year, one.decided_by AS person
        FROM budget_instruments AS one WHERE one.status = 'approved'
        UNION
        SELECT one.scheme_code, one.to_component AS component, one.financial_year, one.proposed_by AS person
        FROM budget_instruments AS one WHERE one.status = 'approved' AND one.to_component IS NOT NULL
        UNION
        SELECT one.scheme_code, one.to_component AS component, one.financial_year, one.decided_by AS person
        FROM budget_instruments AS one WHERE one.status = 'approved' AND one.to_component IS NOT NULL
    ) AS part
    JOIN (
        SELECT DISTINCT dated.financial_year FROM budget_instruments AS dated WHERE dated.financial_year IS NOT NULL
    ) AS of_year ON part.financial_year IS NULL OR part.financial_year = of_year.financial_year
    GROUP BY part.scheme_code, part.component, of_year.financial_year
) AS provided
    ON provided.scheme_code = tranches.scheme_code AND provided.component = tranches.component
    AND provided.financial_year = tranches.held_in
-- The list of statuses is that of the index `tranches_held`, word by word: SQLite uses it for nothing else.
WHERE tranches.status IN ('returned', 'verified', 'recommended', 'concurred', 'sanctioned')
