-- Control disbursements_equal_payments (integrity): Every disbursement says what its payment says.
-- Asks: Does each disbursement agree with its payment in amount, set-off, tranche, payee and day?
-- The amount of a disbursement is what the bank paid plus what was set off against recoveries.
-- A row means: One disbursement that differs from its payment.
-- Rule: docs/LEDGER.md.
SELECT
    'disbursement:' || disbursements.id AS subject,
    disbursements.number || ' differs from payment ' || payments.number
        || ' in amount, set-off, tranche, payee or day' AS found
FROM disbursements
JOIN payments ON payments.id = disbursements.payment_id
WHERE disbursements.amount_paise <> payments.amount_paise + payments.set_off_paise
  OR disbursements.set_off_paise <> payments.set_off_paise
  OR disbursements.tranche_id <> payments.tranche_id
  OR disbursements.organisation_id <> payments.organisation_id
  OR disbursements.paid_on <> COALESCE(payments.paid_on, '')
