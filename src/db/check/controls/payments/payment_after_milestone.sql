-- Control payment_after_milestone (integrity): No capital subsidy was paid before its milestone was
-- verified.
-- Asks: Was the milestone behind each disbursement verified, fully or in part, before the
-- disbursement was recorded? Only claims for capital subsidy have a milestone.
-- A row means: One disbursement that was recorded before any verification of its milestone.
-- Rule: the scheme's milestones.
SELECT
    'disbursement:' || disbursements.id AS subject,
    disbursements.number || ' was paid before milestone ' || milestones.code
        || ' was verified' AS found
FROM disbursements
JOIN claims ON claims.id = disbursements.claim_id
JOIN milestones ON milestones.id = claims.milestone_id
WHERE NOT EXISTS (
      SELECT 1
      FROM each_of(json(milestones.rounds)) AS one
      WHERE json(one.value) -> 'verification' ->> 'outcome' IN ('verified', 'partly_verified')
        AND json(one.value) -> 'verification' ->> 'verified_at' <= disbursements.recorded_at
  )
