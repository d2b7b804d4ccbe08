-- Matters final_certificate.
-- Asks: Which final certificates wait for the agency?
-- A row means: One certificate, with the amount that it certifies, and the number of its claim as
-- its title.
SELECT
    'final_certificate' AS kind,
    final_certificates.status AS state,
    final_certificates.id,
    final_certificates.number,
    claims.number AS title,
    claims.scheme_code,
    final_certificates.organisation_id,
    organisations.name AS company,
    final_certificates.certified_amount_paise AS amount_paise,
    final_certificates.submitted_at AS since,
    CAST(NULL AS TEXT) AS day,
    'submit:' || final_certificates.submitted_by AS taken,
    CAST(NULL AS TEXT) AS details
FROM final_certificates
JOIN claims ON claims.id = final_certificates.claim_id
JOIN organisations ON organisations.id = final_certificates.organisation_id
WHERE final_certificates.status = 'submitted'
