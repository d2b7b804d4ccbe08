-- Records recoveries.
-- Asks: All recoveries, also settled and dropped ones.
-- A row means: One recovery, with the name of the organisation that owes it.
SELECT
    recoveries.id,
    recoveries.number,
    recoveries.kind,
    recoveries.scheme_code,
    recoveries.component,
    recoveries.organisation_id,
    organisations.name AS payer,
    recoveries.award_id,
    recoveries.disbursement_id,
    recoveries.milestone_id,
    recoveries.amount_paise,
    recoveries.principal_due_paise,
    recoveries.interest_due_paise,
    recoveries.damages_due_paise,
    recoveries.status,
    recoveries.interest_from,
    recoveries.accrued_to,
    recoveries.created_at
FROM recoveries
JOIN organisations ON organisations.id = recoveries.organisation_id
