-- Matters milestone.
-- Asks: Which milestones are due soon or late, returned, or reported and not yet inspected?
-- A row means: One milestone, with its due day and its rounds of reports.
SELECT
    'milestone' AS kind,
    milestones.status AS state,
    milestones.id,
    awards.number,
    milestones.code AS title,
    awards.scheme_code,
    milestones.organisation_id,
    organisations.name AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    awards.awarded_at AS since,
    milestones.due_on AS day,
    CAST(NULL AS TEXT) AS taken,
    milestones.rounds AS details
FROM milestones
JOIN awards ON awards.id = milestones.award_id
JOIN organisations ON organisations.id = milestones.organisation_id
WHERE milestones.status = 'reported'
   OR (milestones.status IN ('due', 'returned') AND milestones.due_on <= :horizon)
