-- Records claims.
-- Asks: All claims, also drafts.
-- A row means: One claim, with the name of its organisation.
SELECT
    claims.id,
    claims.number,
    claims.scheme_code,
    claims.scheme_version,
    claims.component,
    claims.organisation_id,
    organisations.name AS beneficiary,
    claims.award_id,
    claims.milestone_id,
    claims.performance_year,
    claims.period_from,
    claims.period_to,
    claims.amount_claimed_paise,
    claims.entitlement_paise,
    claims.deferred_paise,
    claims.withheld_paise,
    claims.eligible_kg,
    claims.held_kg,
    claims.status,
    claims.prepared_by,
    claims.submitted_by,
    claims.submitted_at,
    claims.verified_by,
    claims.verified_at,
    claims.certificate_due_on,
    claims.certified_at,
    claims.created_at
FROM claims
JOIN organisations ON organisations.id = claims.organisation_id
