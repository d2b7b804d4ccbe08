-- Records tranches.
-- Asks: All tranches, wherever they lie, also those that ended.
-- A row means: One tranche, with the instant of its last step, its sanction, and the reason of its
-- rejection.
SELECT
    tranches.id,
    tranches.number,
    tranches.scheme_code,
    tranches.component,
    tranches.organisation_id,
    organisations.name AS beneficiary,
    tranches.award_id,
    tranches.claim_id,
    tranches.performance_year,
    tranches.held_in,
    tranches.amount_paise,
    tranches.status,
    tranches.held_until,
    COALESCE(
        (SELECT MAX(step.taken_at) FROM tranche_steps AS step WHERE step.tranche_id = tranches.id),
        tranches.created_at
    ) AS waits_since,
    json(tranches.sanction) ->> 'number' AS sanction_number,
    json(tranches.sanction) ->> 'sanctioned_on' AS sanctioned_on,
    json(tranches.rejection) ->> 'reason' AS reason,
    tranches.created_at
FROM tranches
JOIN organisations ON organisations.id = tranches.organisation_id
