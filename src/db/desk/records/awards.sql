-- Records awards.
-- Asks: All awards.
-- A row means: One award, with the name of its organisation.
SELECT
    awards.id,
    awards.number,
    awards.scheme_code,
    awards.scheme_version,
    awards.application_id,
    awards.organisation_id,
    organisations.name AS beneficiary,
    awards.capacity_mtpa,
    awards.rate_paise_per_kg,
    awards.security_required_paise,
    awards.awarded_on,
    awards.ends_on,
    awards.awarded_by,
    awards.commissioned_on
FROM awards
JOIN organisations ON organisations.id = awards.organisation_id
