-- What the bank took back pays what is owed of that payment; what a guarantee paid is a receipt of
-- the recovery it was invoked for.

-- What the payee had itself paid back of a payment that the bank then took back: owed to it again.
ALTER TABLE disbursements ADD COLUMN paid_back_paise INTEGER NOT NULL DEFAULT 0
    CHECK (paid_back_paise >= 0 AND paid_back_paise <= amount_paise);

-- The recovery for which a guarantee was invoked, and which its money pays.
ALTER TABLE security_events ADD COLUMN recovery_id TEXT REFERENCES recoveries (id);

-- SQLite cannot change a CHECK: the table is made anew, with every row as it was.
DROP TRIGGER recovery_credits_no_delete;
ALTER TABLE recovery_credits RENAME TO recovery_credits_before;
CREATE TABLE recovery_credits (
    id TEXT NOT NULL PRIMARY KEY,
    recovery_id TEXT NOT NULL REFERENCES recoveries (id),
    kind TEXT NOT NULL CHECK (kind IN (
        'receipt', 'set_off', 'set_off_undone', 'write_off', 'waiver', 'bank_return', 'guarantee')),
    status TEXT NOT NULL CHECK (status IN ('held', 'done', 'released')),
    credited_on TEXT NOT NULL,
    principal_paise INTEGER NOT NULL CHECK (principal_paise >= 0),
    interest_paise INTEGER NOT NULL CHECK (interest_paise >= 0),
    damages_paise INTEGER NOT NULL CHECK (damages_paise >= 0),
    accrued TEXT NOT NULL,
    dues_after TEXT NOT NULL,
    utr TEXT UNIQUE,
    payment_id TEXT REFERENCES payments (id),
    reference TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES users (id),
    recorded_at TEXT NOT NULL,
    security_id TEXT REFERENCES securities (id),
    CHECK (principal_paise + interest_paise + damages_paise > 0),
    CHECK ((kind IN ('receipt', 'guarantee')) = (utr IS NOT NULL)),
    CHECK ((kind IN ('set_off', 'set_off_undone', 'bank_return')) = (payment_id IS NOT NULL)),
    CHECK ((kind = 'guarantee') = (security_id IS NOT NULL))
) STRICT;
INSERT INTO recovery_credits
SELECT id, recovery_id, kind, status, credited_on, principal_paise, interest_paise, damages_paise, accrued, dues_after,
    utr, payment_id, reference, recorded_by, recorded_at, NULL
FROM recovery_credits_before;
DROP TABLE recovery_credits_before;
CREATE INDEX recovery_credits_of_recovery ON recovery_credits (recovery_id);
CREATE INDEX recovery_credits_of_payment ON recovery_credits (payment_id);
CREATE TRIGGER recovery_credits_no_delete BEFORE DELETE ON recovery_credits
BEGIN SELECT RAISE(ABORT, 'recovery_credits is never deleted from'); END;
