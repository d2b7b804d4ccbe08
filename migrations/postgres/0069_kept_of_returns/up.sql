-- What of a payment that the bank took back was kept for recoveries: it stands beside gross, returned and net.
ALTER TABLE disbursements ADD COLUMN kept_paise BIGINT NOT NULL DEFAULT 0
    CHECK (kept_paise >= 0 AND kept_paise <= amount_paise);
UPDATE disbursements SET kept_paise = (
    SELECT CAST(SUM(recovery_credits.principal_paise + recovery_credits.interest_paise) AS BIGINT)
    FROM recovery_credits
    WHERE recovery_credits.kind = 'bank_return' AND recovery_credits.payment_id = disbursements.payment_id
)
WHERE status = 'failed_after_success' AND EXISTS (
    SELECT 1
    FROM recovery_credits
    WHERE recovery_credits.kind = 'bank_return' AND recovery_credits.payment_id = disbursements.payment_id
);
-- The totals of lists are read from these alone.
DROP INDEX disbursements_unusual;
CREATE INDEX disbursements_unusual ON disbursements (status, amount_paise, set_off_paise, kept_paise)
    WHERE status = 'failed_after_success' OR set_off_paise > 0;
DROP INDEX disbursements_by_day;
CREATE INDEX disbursements_by_day
    ON disbursements (paid_on, id, scheme_code, payment_year, status, amount_paise, set_off_paise, kept_paise);
