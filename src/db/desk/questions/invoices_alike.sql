-- Question invoices_alike: Lines that could state an invoice of another line, and what was decided on them.
-- Asks: Which lines of claims were found to be like another line, by number, by amount and day, or
-- by the whole identity in a claim of a company outside the group, or have a number that names
-- another year than their date? A line is compared when its claim is submitted and when it is verified.
-- A row means: One mark on one line, with the line that it is like, the decision and its reason.
-- Rule: GFR 2017, rule 234 (no other bill for the same purpose).
SELECT
    line_likenesses.claim_id || '/' || CAST(line_likenesses.line AS TEXT)
        || '/' || CAST(line_likenesses.position AS TEXT) AS id,
    claims.number AS claim,
    organisations.name AS beneficiary,
    line_likenesses.line AS line,
    line_likenesses.likeness AS likeness,
    claim_lines.invoice_number AS invoice_number,
    claim_lines.invoice_date AS invoice_date,
    claim_lines.party AS party,
    claim_lines.amount_paise AS amount_paise,
    other_claims.number AS other_claim,
    other_beneficiaries.name AS other_beneficiary,
    line_likenesses.other_line AS other_line,
    other_lines.invoice_number AS other_invoice_number,
    other_lines.invoice_date AS other_invoice_date,
    other_lines.party AS other_party,
    CASE claim_lines.accepted WHEN 1 THEN 'accepted' WHEN 0 THEN 'rejected' ELSE 'open' END AS decision,
    NULLIF(claim_lines.reason, '') AS reason,
    claims.status AS status,
    line_likenesses.found_at AS found_at
FROM line_likenesses
JOIN claims ON claims.id = line_likenesses.claim_id
JOIN organisations ON organisations.id = claims.organisation_id
JOIN claim_lines
    ON claim_lines.claim_id = line_likenesses.claim_id
    AND claim_lines.line = line_likenesses.line
LEFT JOIN claims AS other_claims ON other_claims.id = line_likenesses.other_claim_id
LEFT JOIN organisations AS other_beneficiaries ON other_beneficiaries.id = other_claims.organisation_id
LEFT JOIN claim_lines AS other_lines
    ON other_lines.claim_id = line_likenesses.other_claim_id
    AND other_lines.line = line_likenesses.other_line
