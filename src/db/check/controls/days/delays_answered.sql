-- Control delays_answered (warning): Every late milestone has its damages or its excuse.
-- Asks: Does each late milestone have damages that were not dropped, or an excuse? A milestone is
-- late if it was achieved after its due day, or if it is not achieved and its due day is over.
-- A row means: One late milestone with neither.
-- Rule: the scheme's damages.
SELECT
    'milestone:' || milestones.id AS subject,
    milestones.code || ' of award ' || awards.number || ' was due on ' || milestones.due_on
        || ': neither damages nor an excuse' AS found
FROM milestones
JOIN awards ON awards.id = milestones.award_id
WHERE milestones.due_on < COALESCE(milestones.achieved_on, :today)
  AND NOT EXISTS (
      SELECT 1
      FROM recoveries
      WHERE recoveries.milestone_id = milestones.id AND recoveries.status <> 'dropped'
  )
  AND NOT EXISTS (SELECT 1 FROM excuses WHERE excuses.milestone_id = milestones.id)
