-- Question overrides_refused: Acts that were attempted and refused.
-- Asks: Which acts did people attempt that the service refused?
-- A row means: One entry of the audit log, with the code of the refusal.
-- Rule: the audit log.
SELECT sequence, recorded_at, actor_id, command, subject, code, details
FROM audit_log
WHERE outcome = 'refused'
