-- Control actors_known (integrity): Every act was done by somebody with an account.
-- Asks: Does each entry of the audit log name a person who has an account? The service itself acts
-- under the id of zeros and has no account.
-- A row means: One entry of the audit log whose person has no account.
-- Rule: docs/SECURITY.md, proof.
SELECT
    'audit_entry:' || CAST(audit_log.sequence AS TEXT) AS subject,
    audit_log.command || ' was done by nobody who has an account' AS found
FROM audit_log
LEFT JOIN users ON users.id = audit_log.actor_id
WHERE users.id IS NULL AND audit_log.actor_id <> '00000000-0000-0000-0000-000000000000'
