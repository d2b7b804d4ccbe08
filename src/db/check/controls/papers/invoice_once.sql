-- Control invoice_once (compliance): An invoice stands in one live claim of an organisation and its group.
-- Asks: Is an invoice claimed in more than one live claim of the same organisation or group of companies?
-- A claim is live while it is submitted, returned or verified. Supplementary claims and rejected lines do not
-- count. An invoice is one by the GSTIN of its issuer, its type, number and financial year; where the GSTIN of
-- a line is not stated, by the folded name of the supplier in its place.
-- A row means: One invoice that is in several live claims. The last of these claims is named.
-- Rule: docs/CLAIMS.md, invoice_claimed.
SELECT
    'claim:' || MAX(claims.id) AS subject,
    'invoice ' || MIN(claim_lines.invoice_number) || ' stands in '
        || CAST(COUNT(DISTINCT claims.id) AS TEXT) || ' live claims' AS found
FROM claim_lines
JOIN claims ON claims.id = claim_lines.claim_id
JOIN organisations ON organisations.id = claims.organisation_id
WHERE claims.status IN ('submitted', 'returned', 'verified')
  AND claims.supplements IS NULL
  AND COALESCE(claim_lines.accepted, 1) = 1
  AND claim_lines.document_key IS NOT NULL
GROUP BY COALESCE('group:' || organisations.company_group, organisations.id), claim_lines.document_key
HAVING COUNT(DISTINCT claims.id) > 1
UNION ALL
SELECT
    'claim:' || MAX(claims.id) AS subject,
    'invoice ' || MIN(claim_lines.invoice_number) || ' stands in '
        || CAST(COUNT(DISTINCT claims.id) AS TEXT) || ' live claims' AS found
FROM claim_lines
JOIN claims ON claims.id = claim_lines.claim_id
JOIN organisations ON organisations.id = claims.organisation_id
WHERE claims.status IN ('submitted', 'returned', 'verified')
  AND claims.supplements IS NULL
  AND COALESCE(claim_lines.accepted, 1) = 1
  AND claim_lines.name_key <> ''
GROUP BY COALESCE('group:' || organisations.company_group, organisations.id), claim_lines.name_key
HAVING COUNT(DISTINCT claims.id) > 1
   AND COUNT(DISTINCT claim_lines.document_key) > 1
   AND COUNT(claim_lines.supplier_gstin) < COUNT(*)
