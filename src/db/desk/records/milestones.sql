-- Records milestones.
-- Asks: All milestones of all awards.
-- A row means: One milestone, with its award and organisation.
SELECT
    milestones.id,
    milestones.award_id,
    awards.number AS award_number,
    awards.scheme_code,
    milestones.organisation_id,
    organisations.name AS beneficiary,
    milestones.code,
    milestones.title,
    milestones.due_on,
    milestones.achieved_on,
    milestones.capital_share AS capital_share_basis_points,
    milestones.status
FROM milestones
JOIN awards ON awards.id = milestones.award_id
JOIN organisations ON organisations.id = milestones.organisation_id
