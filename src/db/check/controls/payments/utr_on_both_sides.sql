-- Control utr_on_both_sides (integrity): No disbursement without the UTR of its payment.
-- Asks: Does each disbursement carry the reference of the bank (UTR) that its payment carries?
-- A row means: One disbursement without a UTR, or with another UTR than its payment.
-- Rule: docs/PAYMENTS.md.
SELECT
    'disbursement:' || disbursements.id AS subject,
    disbursements.number || ' bears UTR ' || disbursements.utr || ', payment ' || payments.number
        || ' bears ' || COALESCE(payments.utr, 'none') AS found
FROM disbursements
JOIN payments ON payments.id = disbursements.payment_id
WHERE disbursements.utr = '' OR disbursements.utr <> COALESCE(payments.utr, '')
