-- Matters tranche.
-- Asks: Which tranches lie with which desk?
-- A row means: One tranche, with the day until which its money is held, who took which step, and the desk that
-- returned it last.
SELECT
    'tranche' AS kind,
    tranches.status AS state,
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
    ) AS taken,
    (
        SELECT back.from_desk || ' ' || back.returned_at FROM tranche_returns AS back
        WHERE back.tranche_id = tranches.id ORDER BY back.round DESC LIMIT 1
    ) AS details
FROM tranches
JOIN organisations ON organisations.id = tranches.organisation_id
WHERE tranches.status IN ('verified', 'recommended', 'concurred', 'sanctioned')
