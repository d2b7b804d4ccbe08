-- Matters milestone.
-- Asks: Which milestones are due soon or late, returned, reported and not yet inspected, or have a
-- query open? Nothing more is built under an award that was ended.
-- A row means: One milestone, with its due day, its rounds of reports, those of queries, and its title.
SELECT
    'milestone' AS kind,
    CASE
        WHEN milestones.status = 'reported' AND position_of(milestones.queries, '"reply":null') > 0 THEN 'query_open'
        ELSE milestones.status
    END AS state,
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
    '{"rounds":' || milestones.rounds || ',"queries":' || milestones.queries || '}' || milestones.title AS details
FROM milestones
JOIN awards ON awards.id = milestones.award_id
JOIN organisations ON organisations.id = milestones.organisation_id
WHERE milestones.status = 'reported'
   OR (
       milestones.status IN ('due', 'returned') AND milestones.due_on <= :horizon
       AND NOT EXISTS (
           SELECT 1 FROM corrections
           WHERE corrections.subject_id = awards.id AND corrections.kind = 'end_award'
             AND corrections.status = 'approved'
       )
   )
