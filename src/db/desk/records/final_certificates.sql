-- Records final_certificates.
-- Asks: All final certificates of claims that were released in part, also those that were returned.
-- A row means: One certificate, with the scheme of its claim and the name of its organisation.
SELECT
    final_certificates.id,
    final_certificates.number,
    claims.scheme_code,
    final_certificates.claim_id,
    final_certificates.award_id,
    final_certificates.organisation_id,
    organisations.name AS beneficiary,
    final_certificates.certificate_number,
    final_certificates.issued_on,
    final_certificates.certified_kg,
    final_certificates.certified_amount_paise,
    final_certificates.status,
    final_certificates.submitted_by,
    final_certificates.submitted_at
FROM final_certificates
JOIN claims ON claims.id = final_certificates.claim_id
JOIN organisations ON organisations.id = final_certificates.organisation_id
