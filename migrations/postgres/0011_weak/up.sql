-- What the bank took back pays what is owed of that payment; what a guarantee paid is a receipt of
-- the recovery it was invoked for.

-- What the payee had itself paid back of a payment that the bank then took back: owed to it again.
ALTER TABLE disbursements ADD COLUMN paid_back_paise BIGINT NOT NULL DEFAULT 0
    CHECK (paid_back_paise >= 0 AND paid_back_paise <= amount_paise);

-- The recovery for which a guarantee was invoked, and which its money pays.
ALTER TABLE security_events ADD COLUMN recovery_id TEXT COLLATE "C" REFERENCES recoveries (id);

ALTER TABLE recovery_credits
    DROP CONSTRAINT recovery_credits_kind_check,
    DROP CONSTRAINT recovery_credits_check1,
    DROP CONSTRAINT recovery_credits_check2,
    ADD COLUMN security_id TEXT COLLATE "C" REFERENCES securities (id),
    ADD CHECK (kind IN (
        'receipt', 'set_off', 'set_off_undone', 'write_off', 'waiver', 'bank_return', 'guarantee')),
    ADD CHECK ((kind IN ('receipt', 'guarantee')) = (utr IS NOT NULL)),
    ADD CHECK ((kind IN ('set_off', 'set_off_undone', 'bank_return')) = (payment_id IS NOT NULL)),
    ADD CHECK ((kind = 'guarantee') = (security_id IS NOT NULL));
