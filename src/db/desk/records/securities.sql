-- Records securities.
-- Asks: All bank guarantees, also released and invoked ones.
-- A row means: One guarantee, with the scheme of its award and the name of its organisation.
SELECT
    securities.id,
    securities.guarantee_number,
    securities.bank,
    awards.scheme_code,
    securities.award_id,
    securities.organisation_id,
    organisations.name AS beneficiary,
    securities.amount_paise,
    securities.issued_on,
    securities.expires_on,
    securities.claim_expires_on,
    securities.status,
    securities.invoked_paise,
    securities.received_paise,
    securities.lodged_by,
    securities.lodged_at
FROM securities
JOIN awards ON awards.id = securities.award_id
JOIN organisations ON organisations.id = securities.organisation_id
