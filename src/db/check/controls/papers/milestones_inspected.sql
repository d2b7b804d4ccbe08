-- Control milestones_inspected (integrity): Every verified milestone has an inspection with
-- evidence.
-- Asks: Does the last round of each verified milestone contain an inspection with at least one
-- evidence file?
-- A row means: One verified milestone whose last round has no inspection, or an inspection without
-- evidence.
-- Rule: the scheme's milestones.
SELECT
    'milestone:' || id AS subject,
    code || ' is verified without an inspection that has evidence' AS found
FROM milestones
WHERE status = 'verified'
  AND COALESCE(
      json(rounds) -> (json_array_length(json(rounds)) - 1) -> 'verification' -> 'inspection' ->> 'evidence',
      '[]'
  ) = '[]'
