-- Question evidence_used_twice: Files that were uploaded more than once, by their content.
-- Asks: Which files were uploaded more than once? Files are the same if their content has the same
-- SHA-256 digest.
-- A row means: One content, with the number of its uploads and of the organisations that uploaded
-- it.
-- Rule: GFR 2017, rule 234; CAG Goa (old works shown as new).
SELECT
    digest AS id,
    MIN(file_name) AS file_name,
    CAST(COUNT(*) AS BIGINT) AS uploads,
    CAST(COUNT(DISTINCT organisation_id) AS BIGINT) AS organisations,
    MIN(uploaded_at) AS first_uploaded_at,
    MAX(uploaded_at) AS last_uploaded_at
FROM evidence
GROUP BY digest
HAVING COUNT(*) > 1
