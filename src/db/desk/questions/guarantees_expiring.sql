-- Question guarantees_expiring: Guarantees in force that expired or expire within ninety days.
-- Asks: Which confirmed bank guarantees have expired, or expire within ninety days?
-- A row means: One guarantee. The column 'standing' tells whether it is expiring, has expired, or
-- can no longer be claimed.
-- Rule: the award: no tranche is paid while cover is short.
SELECT
    securities.id,
    securities.guarantee_number,
    securities.bank,
    awards.number AS award_number,
    securities.organisation_id,
    organisations.name AS beneficiary,
    securities.amount_paise,
    securities.expires_on,
    securities.claim_expires_on,
    CASE
        WHEN securities.claim_expires_on < :today THEN 'claim_period_over'
        WHEN securities.expires_on < :today THEN 'expired'
        ELSE 'expiring'
    END AS standing
FROM securities
JOIN awards ON awards.id = securities.award_id
JOIN organisations ON organisations.id = securities.organisation_id
WHERE securities.status = 'confirmed' AND securities.expires_on <= :in_90_days
