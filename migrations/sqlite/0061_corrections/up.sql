-- Ways back, each proposed by one person and decided by another: a sanction that is cancelled, an award or a payee
-- that is held or released, a milestone or a claim that is opened again, a mistyped reference or day of a payment.
CREATE TABLE corrections (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    about TEXT NOT NULL,
    reason TEXT NOT NULL,
    evidence TEXT NOT NULL,
    change TEXT,
    status TEXT NOT NULL CHECK (status IN ('proposed', 'approved', 'refused')),
    proposed_by TEXT NOT NULL REFERENCES users (id),
    proposed_at TEXT NOT NULL,
    note TEXT,
    decided_by TEXT REFERENCES users (id),
    decided_at TEXT,
    version INTEGER NOT NULL,
    CHECK (decided_by <> proposed_by),
    CHECK ((status = 'proposed') = (decided_by IS NULL))
) STRICT;
CREATE INDEX corrections_of_subject ON corrections (subject_id);
CREATE TRIGGER corrections_no_delete BEFORE DELETE ON corrections
BEGIN SELECT RAISE(ABORT, 'corrections stay'); END;
