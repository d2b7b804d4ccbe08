-- Money that has to come back, and what came.

-- What of a payment is under recovery: never more than was paid.
ALTER TABLE disbursements ADD COLUMN under_recovery_paise INTEGER NOT NULL DEFAULT 0
    CHECK (under_recovery_paise >= 0 AND under_recovery_paise <= amount_paise);
-- What was kept back from it: the bank pays the rest of a disbursement.
ALTER TABLE disbursements ADD COLUMN set_off_paise INTEGER NOT NULL DEFAULT 0
    CHECK (set_off_paise >= 0 AND set_off_paise < amount_paise);
ALTER TABLE payments ADD COLUMN set_off_paise INTEGER NOT NULL DEFAULT 0 CHECK (set_off_paise >= 0);

CREATE TABLE recoveries (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('refund', 'liquidated_damages', 'true_up')),
    award_id TEXT NOT NULL REFERENCES awards (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    scheme_code TEXT NOT NULL,
    component TEXT NOT NULL,
    disbursement_id TEXT REFERENCES disbursements (id),
    tranche_id TEXT REFERENCES tranches (id),
    milestone_id TEXT REFERENCES milestones (id),
    damages TEXT,
    amount_paise INTEGER NOT NULL CHECK (amount_paise >= 0),
    status TEXT NOT NULL CHECK (status IN ('noticed', 'replied', 'ordered', 'demanded', 'settled', 'dropped')),
    notice TEXT,
    reply TEXT,
    decision TEXT,
    demand TEXT,
    plan TEXT,
    set_off TEXT,
    held_by TEXT REFERENCES payments (id),
    relief TEXT,
    steps TEXT NOT NULL,
    interest_from TEXT NOT NULL,
    accrued_to TEXT NOT NULL,
    principal_due_paise INTEGER NOT NULL CHECK (principal_due_paise >= 0),
    interest_due_paise INTEGER NOT NULL CHECK (interest_due_paise >= 0),
    damages_due_paise INTEGER NOT NULL CHECK (damages_due_paise >= 0),
    bearing_paise INTEGER NOT NULL CHECK (bearing_paise >= 0 AND bearing_paise <= interest_due_paise),
    carried INTEGER NOT NULL CHECK (carried >= 0),
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((kind = 'liquidated_damages') = (milestone_id IS NOT NULL)),
    CHECK ((kind = 'liquidated_damages') = (disbursement_id IS NULL)),
    CHECK (principal_due_paise <= amount_paise AND damages_due_paise <= amount_paise),
    CHECK (status <> 'settled' OR principal_due_paise + interest_due_paise + damages_due_paise = 0)
) STRICT;
CREATE INDEX recoveries_of_organisation ON recoveries (organisation_id);
CREATE INDEX recoveries_of_disbursement ON recoveries (disbursement_id);
CREATE INDEX recoveries_of_milestone ON recoveries (milestone_id);

CREATE TABLE recovery_credits (
    id TEXT NOT NULL PRIMARY KEY,
    recovery_id TEXT NOT NULL REFERENCES recoveries (id),
    kind TEXT NOT NULL CHECK (kind IN ('receipt', 'set_off', 'set_off_undone', 'write_off', 'waiver')),
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
    CHECK (principal_paise + interest_paise + damages_paise > 0),
    CHECK ((kind = 'receipt') = (utr IS NOT NULL)),
    CHECK ((kind IN ('set_off', 'set_off_undone')) = (payment_id IS NOT NULL))
) STRICT;
CREATE INDEX recovery_credits_of_recovery ON recovery_credits (recovery_id);
CREATE INDEX recovery_credits_of_payment ON recovery_credits (payment_id);
CREATE TRIGGER recovery_credits_no_delete BEFORE DELETE ON recovery_credits
BEGIN SELECT RAISE(ABORT, 'recovery_credits is never deleted from'); END;
