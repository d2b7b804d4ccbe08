-- Question invoices_claimed_twice: Invoices that stand on more than one line of live claims.
-- Asks: Which invoices are on more than one line of live claims? A claim is live while it is
-- submitted, returned or verified. Supplementary claims and rejected lines do not count. An invoice
-- is one by the GSTIN of its issuer, its type, number and financial year; where the GSTIN of a line
-- is not stated, by the folded name of the supplier in its place.
-- A row means: One invoice, with the number of its lines, claims and organisations.
-- Rule: GFR 2017, rule 234 (no other bill for the same purpose).
SELECT
    claim_lines.document_key AS id,
    MIN(claim_lines.invoice_number) AS invoice_number,
    CAST(COUNT(*) AS BIGINT) AS lines,
    CAST(COUNT(DISTINCT claims.id) AS BIGINT) AS claims,
    CAST(COUNT(DISTINCT claims.organisation_id) AS BIGINT) AS organisations,
    MIN(claims.number) AS first_claim,
    MAX(claims.number) AS last_claim,
    CAST(SUM(claim_lines.amount_paise) AS BIGINT) AS amount_paise
FROM claim_lines
JOIN claims ON claims.id = claim_lines.claim_id
WHERE claims.status IN ('submitted', 'returned', 'verified')
  AND claims.supplements IS NULL
  AND COALESCE(claim_lines.accepted, 1) = 1
  AND claim_lines.document_key IS NOT NULL
GROUP BY claim_lines.document_key
HAVING COUNT(*) > 1
UNION ALL
SELECT
    'name|' || claim_lines.name_key AS id,
    MIN(claim_lines.invoice_number) AS invoice_number,
    CAST(COUNT(*) AS BIGINT) AS lines,
    CAST(COUNT(DISTINCT claims.id) AS BIGINT) AS claims,
    CAST(COUNT(DISTINCT claims.organisation_id) AS BIGINT) AS organisations,
    MIN(claims.number) AS first_claim,
    MAX(claims.number) AS last_claim,
    CAST(SUM(claim_lines.amount_paise) AS BIGINT) AS amount_paise
FROM claim_lines
JOIN claims ON claims.id = claim_lines.claim_id
WHERE claims.status IN ('submitted', 'returned', 'verified')
  AND claims.supplements IS NULL
  AND COALESCE(claim_lines.accepted, 1) = 1
  AND claim_lines.name_key <> ''
GROUP BY claim_lines.name_key
HAVING COUNT(DISTINCT claim_lines.document_key) > 1
   AND COUNT(claim_lines.supplier_gstin) < COUNT(*)
