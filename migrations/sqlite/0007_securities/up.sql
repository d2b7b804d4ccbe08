-- A bank guarantee gets a life of its own: confirmed by the bank, extended, invoked, released.
-- What was lodged before waits for its confirmation, as every new one does.

ALTER TABLE securities RENAME TO securities_before;
CREATE TABLE securities (
    id TEXT NOT NULL PRIMARY KEY,
    award_id TEXT NOT NULL REFERENCES awards (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    guarantee_number TEXT NOT NULL,
    bank TEXT NOT NULL,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    issued_on TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    claim_expires_on TEXT NOT NULL,
    evidence_id TEXT NOT NULL REFERENCES evidence (id),
    status TEXT NOT NULL CHECK (status IN ('lodged', 'confirmed', 'not_confirmed', 'invoked', 'released')),
    extension TEXT,
    invoked_paise INTEGER NOT NULL CHECK (invoked_paise >= 0 AND invoked_paise <= amount_paise),
    received_paise INTEGER NOT NULL CHECK (received_paise >= 0 AND received_paise <= invoked_paise),
    lodged_by TEXT NOT NULL REFERENCES users (id),
    lodged_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (bank, guarantee_number),
    CHECK (claim_expires_on >= expires_on)
) STRICT;
INSERT INTO securities
SELECT s.id, s.award_id, a.organisation_id, s.guarantee_number, s.bank, s.amount_paise, s.issued_on, s.expires_on,
    s.expires_on, s.evidence_id, 'lodged', NULL, 0, 0, s.lodged_by, s.lodged_at, 1
FROM securities_before s JOIN awards a ON a.id = s.award_id;
DROP TABLE securities_before;
CREATE INDEX securities_of_award ON securities (award_id);
CREATE INDEX securities_by_expiry ON securities (expires_on) WHERE status = 'confirmed';

CREATE TABLE security_events (
    security_id TEXT NOT NULL REFERENCES securities (id),
    position INTEGER NOT NULL CHECK (position > 0),
    kind TEXT NOT NULL CHECK (kind IN (
        'confirmed', 'not_confirmed', 'extension_lodged', 'extension_confirmed', 'extension_not_confirmed',
        'invoked', 'received', 'released')),
    acted_by TEXT NOT NULL REFERENCES users (id),
    acted_at TEXT NOT NULL,
    reference TEXT NOT NULL,
    note TEXT NOT NULL,
    evidence_id TEXT REFERENCES evidence (id),
    amount_paise INTEGER,
    dated_on TEXT,
    expires_on TEXT,
    claim_expires_on TEXT,
    PRIMARY KEY (security_id, position)
) STRICT;
-- A bank reference of money received on an invocation counts once.
CREATE UNIQUE INDEX security_events_one_receipt ON security_events (reference) WHERE kind = 'received';

CREATE TRIGGER security_events_no_update BEFORE UPDATE ON security_events
BEGIN SELECT RAISE(ABORT, 'security_events is append-only'); END;
CREATE TRIGGER security_events_no_delete BEFORE DELETE ON security_events
BEGIN SELECT RAISE(ABORT, 'security_events is append-only'); END;
