-- Files that are sent back. A tranche goes to an earlier desk and a claim to its preparer, each with reasons; what was
-- there before stays in the record. Queries about claims and milestones are raised and answered in rounds.

-- A CHECK cannot be changed in SQLite, and making these tables anew would make half of all tables anew with them. A
-- wider CHECK changes no stored row, so the text of the table is changed (https://sqlite.org/lang_altertable.html,
-- section 7, the shorter procedure).
DROP INDEX tranches_held;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, '(''verified'', ''recommended'', ''concurred''', '(''returned'', ''verified'', ''recommended'', ''concurred''')
WHERE type = 'table' AND name = 'tranches';
UPDATE sqlite_schema
SET sql = replace(sql, '(''draft'', ''submitted'', ''verified'', ''rejected'')', '(''draft'', ''submitted'', ''returned'', ''verified'', ''rejected'')')
WHERE type = 'table' AND name = 'claims';
PRAGMA writable_schema = RESET;

ALTER TABLE tranches ADD COLUMN returned_times INTEGER NOT NULL DEFAULT 0 CHECK (returned_times >= 0);
CREATE INDEX tranches_held ON tranches (held_until)
    WHERE status IN ('returned', 'verified', 'recommended', 'concurred', 'sanctioned');

-- The same desk takes its step again after a return, so a person may have several rows, all of one step.
ALTER TABLE tranche_steps RENAME TO tranche_steps_before;
CREATE TABLE tranche_steps (
    tranche_id TEXT NOT NULL REFERENCES tranches (id),
    position INTEGER NOT NULL CHECK (position > 0),
    step TEXT NOT NULL,
    taken_by TEXT NOT NULL REFERENCES users (id),
    taken_at TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (tranche_id, position)
) STRICT;
INSERT INTO tranche_steps SELECT tranche_id, position, step, taken_by, taken_at, note FROM tranche_steps_before;
DROP TABLE tranche_steps_before;
CREATE TRIGGER tranche_steps_no_update BEFORE UPDATE ON tranche_steps
BEGIN SELECT RAISE(ABORT, 'tranche_steps is append-only'); END;
CREATE TRIGGER tranche_steps_no_delete BEFORE DELETE ON tranche_steps
BEGIN SELECT RAISE(ABORT, 'tranche_steps is append-only'); END;
-- One person, one step on one rupee: the second guard behind domain/payment/tranche.rs.
CREATE TRIGGER tranche_steps_one_step BEFORE INSERT ON tranche_steps
WHEN EXISTS (SELECT 1 FROM tranche_steps AS s
    WHERE s.tranche_id = NEW.tranche_id AND s.taken_by = NEW.taken_by AND s.step <> NEW.step)
BEGIN SELECT RAISE(ABORT, 'one person takes one step on a tranche'); END;

CREATE TABLE tranche_returns (
    tranche_id TEXT NOT NULL REFERENCES tranches (id),
    round INTEGER NOT NULL CHECK (round > 0),
    from_desk TEXT NOT NULL CHECK (from_desk IN ('verify', 'recommend', 'concur', 'sanction', 'pay')),
    to_desk TEXT NOT NULL CHECK (to_desk IN ('prepare', 'verify', 'recommend', 'concur', 'sanction')),
    reasons TEXT NOT NULL,
    note TEXT NOT NULL,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    reversed_sanction TEXT,
    -- Steps up to this position could fall.
    steps_before INTEGER NOT NULL CHECK (steps_before >= 0),
    returned_by TEXT NOT NULL REFERENCES users (id),
    returned_at TEXT NOT NULL,
    PRIMARY KEY (tranche_id, round)
) STRICT;
CREATE TRIGGER tranche_returns_no_update BEFORE UPDATE ON tranche_returns
BEGIN SELECT RAISE(ABORT, 'tranche_returns is append-only'); END;
CREATE TRIGGER tranche_returns_no_delete BEFORE DELETE ON tranche_returns
BEGIN SELECT RAISE(ABORT, 'tranche_returns is append-only'); END;

-- What agency and manufacturer said to each other about a claim; most claims have no row.
CREATE TABLE claim_dialogues (
    claim_id TEXT NOT NULL PRIMARY KEY REFERENCES claims (id),
    queries TEXT NOT NULL,
    returned_times INTEGER NOT NULL CHECK (returned_times >= 0),
    rejected_for TEXT,
    known_behind INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TRIGGER claim_dialogues_known_behind AFTER INSERT ON claim_dialogues
BEGIN UPDATE claim_dialogues SET known_behind = (SELECT sequence FROM audit_head) WHERE claim_id = NEW.claim_id; END;

ALTER TABLE milestones ADD COLUMN queries TEXT NOT NULL DEFAULT '[]';

-- What a claim was when it was returned: to its preparer, or to be verified again.
CREATE TABLE claim_returns (
    claim_id TEXT NOT NULL REFERENCES claims (id),
    round INTEGER NOT NULL CHECK (round > 0),
    to_desk TEXT NOT NULL CHECK (to_desk IN ('prepare', 'verify')),
    reasons TEXT NOT NULL,
    note TEXT NOT NULL,
    form TEXT NOT NULL,
    lines TEXT NOT NULL,
    statement TEXT,
    prepared_by TEXT NOT NULL REFERENCES users (id),
    submitted_by TEXT NOT NULL REFERENCES users (id),
    submitted_at TEXT NOT NULL,
    verified_by TEXT REFERENCES users (id),
    verified_at TEXT,
    returned_by TEXT NOT NULL REFERENCES users (id),
    returned_at TEXT NOT NULL,
    PRIMARY KEY (claim_id, round)
) STRICT;
CREATE TRIGGER claim_returns_no_update BEFORE UPDATE ON claim_returns
BEGIN SELECT RAISE(ABORT, 'claim_returns is append-only'); END;
CREATE TRIGGER claim_returns_no_delete BEFORE DELETE ON claim_returns
BEGIN SELECT RAISE(ABORT, 'claim_returns is append-only'); END;
