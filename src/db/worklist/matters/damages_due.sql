-- Matters damages_due.
-- Asks: Which late milestones have neither a recovery of damages nor an excuse that was granted or is still open?
-- A row means: One milestone, with its due day and its title, and when an excuse for it was refused last. What the
-- authority dropped is decided, and not asked for again; what the office withdrew is asked for again.
SELECT
    'damages_due' AS kind,
    'accrued' AS state,
    milestones.id,
    awards.number,
    milestones.code AS title,
    awards.scheme_code,
    milestones.organisation_id,
    organisations.name AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    (
        SELECT MAX(json(excuses.decision) ->> 'decided_at') FROM excuses WHERE excuses.milestone_id = milestones.id
    ) AS since,
    milestones.due_on AS day,
    (
        SELECT string_agg(
            'submit:' || excuses.asked_by
            || COALESCE(' recommend:' || (json(excuses.examination) ->> 'examined_by'), '')
            || COALESCE(' excuse:' || (json(excuses.decision) ->> 'decided_by'), ''), ' '
        )
        FROM excuses WHERE excuses.milestone_id = milestones.id
    ) AS taken,
    milestones.title AS details
FROM milestones
JOIN awards ON awards.id = milestones.award_id
JOIN organisations ON organisations.id = milestones.organisation_id
WHERE milestones.due_on < COALESCE(milestones.achieved_on, :today)
  AND NOT EXISTS (
      SELECT 1 FROM recoveries
      WHERE recoveries.milestone_id = milestones.id AND json(recoveries.notice) ->> 'withdrawal' IS NULL
  )
  AND NOT EXISTS (
      SELECT 1 FROM excuses WHERE excuses.milestone_id = milestones.id AND excuses.status <> 'refused'
  )
