-- Records excuses.
-- Asks: All requests that days of a delay shall not count, also those that were refused.
-- A row means: One request, with the scheme of its award and the name of its organisation.
SELECT
    excuses.id,
    excuses.number,
    awards.scheme_code,
    excuses.milestone_id,
    excuses.award_id,
    excuses.organisation_id,
    organisations.name AS beneficiary,
    excuses.ground,
    excuses.asked_from,
    excuses.asked_to,
    excuses.status,
    excuses.asked_by,
    excuses.asked_at,
    excuses.granted_from,
    excuses.granted_to
FROM excuses
JOIN awards ON awards.id = excuses.award_id
JOIN organisations ON organisations.id = excuses.organisation_id
