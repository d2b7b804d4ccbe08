-- Records applications.
-- Asks: All applications, also drafts.
-- A row means: One application, with the name of the applicant.
SELECT
    applications.id,
    applications.number,
    applications.scheme_code,
    applications.scheme_version,
    applications.organisation_id,
    organisations.name AS applicant,
    applications.status,
    applications.prepared_by,
    applications.created_at
FROM applications
JOIN organisations ON organisations.id = applications.organisation_id
