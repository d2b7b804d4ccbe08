-- Records payments.
-- Asks: All payments that were sent to the bank, whatever became of them.
-- A row means: One payment, with the scheme and component of its tranche.
SELECT
    payments.id,
    payments.number,
    payments.tranche_id,
    tranches.scheme_code,
    tranches.component,
    tranches.award_id,
    tranches.claim_id,
    tranches.performance_year,
    payments.organisation_id,
    organisations.name AS beneficiary,
    payments.amount_paise,
    payments.set_off_paise,
    payments.status,
    payments.advised_by,
    payments.advised_at,
    payments.accepted_at,
    payments.utr,
    payments.paid_on,
    payments.reason,
    payments.settled_by,
    payments.settled_at
FROM payments
JOIN tranches ON tranches.id = payments.tranche_id
JOIN organisations ON organisations.id = payments.organisation_id
