-- Records disbursements.
-- Asks: All payments that reached a beneficiary, also those that the bank returned later.
-- A row means: One disbursement. The quarter and the month are those of its day of payment. The
-- amount is gross; returned, kept and net are those of domain/payment/disbursement.rs.
SELECT
    id,
    number,
    scheme_code,
    component,
    organisation_id,
    beneficiary,
    award_id,
    claim_id,
    tranche_id,
    payment_id,
    performance_year,
    payment_year,
    payment_year
        || CASE
            WHEN substr(paid_on, 6, 2) < '04' THEN ' Q4'
            WHEN substr(paid_on, 6, 2) < '07' THEN ' Q1'
            WHEN substr(paid_on, 6, 2) < '10' THEN ' Q2'
            ELSE ' Q3'
        END AS payment_quarter,
    substr(paid_on, 1, 7) AS payment_month,
    paid_on,
    amount_paise,
    CASE status WHEN 'failed_after_success' THEN amount_paise ELSE 0 END AS returned_paise,
    kept_paise,
    set_off_paise,
    CASE status WHEN 'succeeded' THEN amount_paise - set_off_paise ELSE 0 END AS net_paise,
    utr,
    status,
    recorded_at
FROM disbursements
