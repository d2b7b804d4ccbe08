-- Control payee_account_as_registered (integrity): Every payment went to the payee's registered
-- account.
-- Asks: Does each payment go to the bank account and the IFSC that the payee registered?
-- A row means: One payment that goes to another account.
-- Rule: docs/PAYMENTS.md.
SELECT
    'payment:' || payments.id AS subject,
    payments.number || ' goes to another account than the payee registered' AS found
FROM payments
JOIN organisations ON organisations.id = payments.organisation_id
WHERE payments.bank_account <> organisations.bank_account OR payments.ifsc <> organisations.ifsc
