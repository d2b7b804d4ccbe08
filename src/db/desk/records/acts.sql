-- Records acts.
-- Asks: The audit log: everything that anybody did or attempted.
-- A row means: One entry of the audit log.
SELECT
    sequence,
    recorded_at,
    actor_id,
    command,
    subject,
    outcome,
    code,
    details,
    journal_digest,
    hash
FROM audit_log
