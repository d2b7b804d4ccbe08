-- Records sanctions.
-- Asks: All sanctions, whatever became of their tranches later.
-- A row means: One sanctioned tranche, with its sanction order and the person who sanctioned it.
SELECT
    tranches.id,
    json(tranches.sanction) ->> 'number' AS number,
    tranches.number AS tranche_number,
    tranches.scheme_code,
    tranches.component,
    tranches.organisation_id,
    organisations.name AS beneficiary,
    tranches.award_id,
    tranches.claim_id,
    tranches.performance_year,
    tranches.held_in,
    json(tranches.sanction) ->> 'sanctioned_on' AS sanctioned_on,
    tranche_steps.taken_by AS sanctioned_by,
    json(tranches.sanction) ->> 'met_from' AS met_from,
    tranches.held_until,
    tranches.amount_paise,
    tranches.status
FROM tranches
JOIN organisations ON organisations.id = tranches.organisation_id
JOIN tranche_steps
    ON tranche_steps.tranche_id = tranches.id
    AND tranche_steps.step = 'sanction'
    AND tranche_steps.position = (
        SELECT MAX(latest.position)
        FROM tranche_steps AS latest
        WHERE latest.tranche_id = tranches.id AND latest.step = 'sanction'
    )
WHERE tranches.sanction IS NOT NULL
