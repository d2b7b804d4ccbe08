-- Money that has to come back, and what came.

-- What of a payment is under recovery: never more than was paid.
ALTER TABLE disbursements ADD COLUMN under_recovery_paise BIGINT NOT NULL DEFAULT 0
    CHECK (under_recovery_paise >= 0 AND under_recovery_paise <= amount_paise);
-- What was kept back from it: the bank pays the rest of a disbursement.
ALTER TABLE disbursements ADD COLUMN set_off_paise BIGINT NOT NULL DEFAULT 0
    CHECK (set_off_paise >= 0 AND set_off_paise < amount_paise);
ALTER TABLE payments ADD COLUMN set_off_paise BIGINT NOT NULL DEFAULT 0 CHECK (set_off_paise >= 0);

CREATE TABLE recoveries (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('refund', 'liquidated_damages', 'true_up')),
    award_id TEXT COLLATE "C" NOT NULL REFERENCES awards (id),
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    scheme_code TEXT COLLATE "C" NOT NULL,
    component TEXT COLLATE "C" NOT NULL,
    disbursement_id TEXT COLLATE "C" REFERENCES disbursements (id),
    tranche_id TEXT COLLATE "C" REFERENCES tranches (id),
    milestone_id TEXT COLLATE "C" REFERENCES milestones (id),
    damages TEXT COLLATE "C",
    amount_paise BIGINT NOT NULL CHECK (amount_paise >= 0),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('noticed', 'replied', 'ordered', 'demanded', 'settled', 'dropped')),
    notice TEXT COLLATE "C",
    reply TEXT COLLATE "C",
    decision TEXT COLLATE "C",
    demand TEXT COLLATE "C",
    plan TEXT COLLATE "C",
    set_off TEXT COLLATE "C",
    held_by TEXT COLLATE "C" REFERENCES payments (id),
    relief TEXT COLLATE "C",
    steps TEXT COLLATE "C" NOT NULL,
    interest_from TEXT COLLATE "C" NOT NULL,
    accrued_to TEXT COLLATE "C" NOT NULL,
    principal_due_paise BIGINT NOT NULL CHECK (principal_due_paise >= 0),
    interest_due_paise BIGINT NOT NULL CHECK (interest_due_paise >= 0),
    damages_due_paise BIGINT NOT NULL CHECK (damages_due_paise >= 0),
    bearing_paise BIGINT NOT NULL CHECK (bearing_paise >= 0 AND bearing_paise <= interest_due_paise),
    carried BIGINT NOT NULL CHECK (carried >= 0),
    created_at TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((kind = 'liquidated_damages') = (milestone_id IS NOT NULL)),
    CHECK ((kind = 'liquidated_damages') = (disbursement_id IS NULL)),
    CHECK (principal_due_paise <= amount_paise AND damages_due_paise <= amount_paise),
    CHECK (status <> 'settled' OR principal_due_paise + interest_due_paise + damages_due_paise = 0)
);
CREATE INDEX recoveries_of_organisation ON recoveries (organisation_id);
CREATE INDEX recoveries_of_disbursement ON recoveries (disbursement_id);
CREATE INDEX recoveries_of_milestone ON recoveries (milestone_id);

CREATE TABLE recovery_credits (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    recovery_id TEXT COLLATE "C" NOT NULL REFERENCES recoveries (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('receipt', 'set_off', 'set_off_undone', 'write_off', 'waiver')),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('held', 'done', 'released')),
    credited_on TEXT COLLATE "C" NOT NULL,
    principal_paise BIGINT NOT NULL CHECK (principal_paise >= 0),
    interest_paise BIGINT NOT NULL CHECK (interest_paise >= 0),
    damages_paise BIGINT NOT NULL CHECK (damages_paise >= 0),
    accrued TEXT COLLATE "C" NOT NULL,
    dues_after TEXT COLLATE "C" NOT NULL,
    utr TEXT COLLATE "C" UNIQUE,
    payment_id TEXT COLLATE "C" REFERENCES payments (id),
    reference TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    recorded_at TEXT COLLATE "C" NOT NULL,
    CHECK (principal_paise + interest_paise + damages_paise > 0),
    CHECK ((kind = 'receipt') = (utr IS NOT NULL)),
    CHECK ((kind IN ('set_off', 'set_off_undone')) = (payment_id IS NOT NULL))
);
CREATE INDEX recovery_credits_of_recovery ON recovery_credits (recovery_id);
CREATE INDEX recovery_credits_of_payment ON recovery_credits (payment_id);
CREATE TRIGGER recovery_credits_no_delete BEFORE DELETE OR TRUNCATE ON recovery_credits
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
