-- Question certificates_due: Final certificates that claims released in part still wait for;
-- reimbursements need no utilisation certificate.
-- Asks: Which verified claims still wait for their final certificate?
-- A row means: One claim, with the due day of its certificate, whether it is overdue, and what is
-- withheld until then.
-- Rule: GFR 2017, rule 230(3).
SELECT
    claims.id,
    claims.number,
    claims.scheme_code,
    claims.component,
    claims.organisation_id,
    organisations.name AS beneficiary,
    claims.certificate_due_on,
    CASE WHEN claims.certificate_due_on < :today THEN 'yes' ELSE 'no' END AS overdue,
    claims.withheld_paise,
    claims.entitlement_paise
FROM claims
JOIN organisations ON organisations.id = claims.organisation_id
WHERE claims.status = 'verified'
  AND claims.certificate_due_on IS NOT NULL
  AND claims.certified_at IS NULL
