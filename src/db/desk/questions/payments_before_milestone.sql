-- Question payments_before_milestone: Capital subsidy that was paid before its milestone was
-- achieved and verified.
-- Asks: Which succeeded payments were made although the milestone of their claim was not verified,
-- was never achieved, or was achieved after the day of payment?
-- A row means: One disbursement, with its milestone.
-- Rule: the scheme's milestones; CAG's usual test of regularity.
SELECT
    disbursements.id,
    disbursements.number,
    disbursements.scheme_code,
    disbursements.organisation_id,
    disbursements.beneficiary,
    milestones.code AS milestone_code,
    milestones.due_on,
    milestones.achieved_on,
    milestones.status AS milestone_status,
    disbursements.paid_on,
    disbursements.amount_paise
FROM disbursements
JOIN claims ON claims.id = disbursements.claim_id
JOIN milestones ON milestones.id = claims.milestone_id
WHERE disbursements.status = 'succeeded'
  AND (
      milestones.status <> 'verified'
      OR milestones.achieved_on IS NULL
      OR disbursements.paid_on < milestones.achieved_on
  )
