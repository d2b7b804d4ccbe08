-- Control disbursements_in_log (integrity): Every disbursement has its journal and its act in the
-- log.
-- Asks: Does each disbursement have the journal of its payment, and is that journal posted by an
-- act on this payment in the audit log?
-- A row means: One disbursement without that journal, or whose journal belongs to no act on its
-- payment.
-- Rule: docs/SECURITY.md, proof.
SELECT
    'disbursement:' || disbursements.id AS subject,
    disbursements.number || ' has no journal of its payment, or that journal no act on it' AS found
FROM disbursements
JOIN payments ON payments.id = disbursements.payment_id
LEFT JOIN journals ON journals.reference = payments.number AND journals.kind = 'payment_disbursed'
LEFT JOIN audit_log
    ON audit_log.sequence = journals.audit_sequence
    AND audit_log.subject = 'payment:' || payments.id
WHERE audit_log.sequence IS NULL
