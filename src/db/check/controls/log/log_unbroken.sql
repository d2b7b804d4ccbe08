-- Control log_unbroken (integrity): The audit log has no hole, no loose link and ends at its head.
-- Asks: Are the entries of the audit log numbered 1, 2, 3 and so on without a hole, does each carry
-- the hash of the entry before it, and is the last entry the one that the head of the log names?
-- The first entry carries 64 zeros in place of a hash.
-- A row means: One entry that does not follow the entry before it, or the head of the log if it
-- names another entry than the last. Somebody removed, inserted or changed entries.
-- Rule: docs/SECURITY.md, proof.
SELECT
    'audit_entry:' || CAST(sequence AS TEXT) AS subject,
    'it does not follow the entry before it' AS found
FROM (
    SELECT
        sequence,
        previous_hash,
        LAG(hash) OVER (ORDER BY sequence) AS hash_before,
        LAG(sequence) OVER (ORDER BY sequence) AS sequence_before
    FROM audit_log
) AS linked
WHERE sequence <> COALESCE(sequence_before, 0) + 1
  OR previous_hash <> COALESCE(
      hash_before,
      '0000000000000000000000000000000000000000000000000000000000000000'
  )
UNION ALL
SELECT 'audit_head:1' AS subject, 'the log does not end where its head says' AS found
FROM audit_head
WHERE sequence <> (SELECT COALESCE(MAX(sequence), 0) FROM audit_log)
  OR (
      sequence > 0
      AND NOT EXISTS (
          SELECT 1
          FROM audit_log
          WHERE audit_log.sequence = audit_head.sequence AND audit_log.hash = audit_head.hash
      )
  )
