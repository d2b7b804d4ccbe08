-- Control invoice_once (compliance): An invoice stands in one live claim of an organisation.
-- Asks: Is an invoice claimed in more than one live claim of the same organisation? A claim is live
-- while it is submitted, returned or verified. Supplementary claims and rejected lines do not count.
-- A row means: One invoice that is in several live claims. The last of these claims is named.
-- Rule: docs/CLAIMS.md, invoice_claimed.
SELECT
    'claim:' || MAX(claims.id) AS subject,
    'invoice ' || MIN(claim_lines.invoice_number) || ' stands in '
        || CAST(COUNT(DISTINCT claims.id) AS TEXT) || ' live claims' AS found
FROM claim_lines
JOIN claims ON claims.id = claim_lines.claim_id
WHERE claims.status IN ('submitted', 'returned', 'verified')
  AND claims.supplements IS NULL
  AND COALESCE(claim_lines.accepted, 1) = 1
  AND claim_lines.invoice_key <> ''
GROUP BY claims.organisation_id, claim_lines.invoice_key
HAVING COUNT(DISTINCT claims.id) > 1
