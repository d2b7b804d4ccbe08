-- Question grantees: Who was given how much for what in each year, for publication.
-- Asks: Who was given how much, for what, in which year? Only succeeded disbursements count.
-- A row means: One organisation, scheme, component and year of payment, with the number and the sum
-- of its payments.
-- Rule: GFR 2017, rule 230(2).
SELECT
    scheme_code || '/' || component || '/' || organisation_id || '/' || payment_year AS id,
    scheme_code,
    organisation_id,
    MAX(beneficiary) AS beneficiary,
    component AS purpose,
    payment_year,
    CAST(COUNT(*) AS BIGINT) AS payments,
    MIN(paid_on) AS first_paid_on,
    MAX(paid_on) AS last_paid_on,
    CAST(SUM(amount_paise) AS BIGINT) AS amount_paise
FROM disbursements
WHERE status = 'succeeded'
GROUP BY scheme_code, organisation_id, component, payment_year
