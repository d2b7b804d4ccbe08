-- Control evidence_exists (integrity): Every file that a claim, certificate or excuse names was
-- uploaded.
-- Asks: Was each evidence file uploaded that a claim, a final certificate or an excuse names?
-- A row means: One record, and the id of a file that it names and that does not exist.
-- Rule: docs/SECURITY.md, proof.
SELECT named.subject AS subject, 'it names a file that was never uploaded: ' || named.file AS found
FROM (
    SELECT 'claim:' || claims.id AS subject, one.value AS file
    FROM claims, each_of(json(claims.evidence)) AS one
    UNION ALL
    SELECT 'final_certificate:' || final_certificates.id, one.value
    FROM final_certificates, each_of(json(final_certificates.evidence)) AS one
    UNION ALL
    SELECT 'excuse:' || excuses.id, one.value
    FROM excuses, each_of(json(excuses.evidence)) AS one
) AS named
LEFT JOIN evidence ON evidence.id = named.file
WHERE evidence.id IS NULL
