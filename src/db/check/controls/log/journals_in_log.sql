-- Control journals_in_log (integrity): Every journal was posted by one act of the log, and no act
-- lost its journal.
-- Asks: Was each journal posted by an act that the audit log records as done, and does each act
-- that posted a journal still have it?
-- A row means: One journal that no act of the audit log posted, or one entry of the audit log whose
-- journal is gone.
-- Rule: docs/SECURITY.md, proof.
SELECT
    'journal:' || journals.id AS subject,
    journals.kind || ' of ' || journals.reference || ': no act of the log posted it' AS found
FROM journals
LEFT JOIN audit_log
    ON audit_log.sequence = journals.audit_sequence
    AND audit_log.outcome = 'done'
    AND audit_log.journal_digest IS NOT NULL
WHERE audit_log.sequence IS NULL
UNION ALL
SELECT 'audit_entry:' || CAST(audit_log.sequence AS TEXT) AS subject, 'its journal is gone' AS found
FROM audit_log
LEFT JOIN journals ON journals.audit_sequence = audit_log.sequence
WHERE audit_log.journal_digest IS NOT NULL AND journals.id IS NULL
