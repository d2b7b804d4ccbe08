-- Control payments_are_disbursements (integrity): Every payment that succeeded is a disbursement,
-- and none else.
-- Asks: Does each payment that succeeded, also one that the bank returned later, have a
-- disbursement of the same status, and does no other payment have one?
-- A row means: One payment whose disbursement is missing, is one too many or has another status.
-- Rule: docs/LEDGER.md.
SELECT
    'payment:' || payments.id AS subject,
    payments.number || ' is ' || payments.status || ' and its disbursement '
        || COALESCE(disbursements.status, 'is missing') AS found
FROM payments
LEFT JOIN disbursements ON disbursements.payment_id = payments.id
WHERE (payments.status IN ('succeeded', 'failed_after_success') OR disbursements.id IS NOT NULL)
  AND payments.status <> COALESCE(disbursements.status, '')
