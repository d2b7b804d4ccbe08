-- Ways back, each proposed by one person and decided by another: a sanction that is cancelled, an award or a payee
-- that is held or released, a milestone or a claim that is opened again, a mistyped reference or day of a payment.
CREATE TABLE corrections (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    subject_id TEXT COLLATE "C" NOT NULL,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    about TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    change TEXT COLLATE "C",
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('proposed', 'approved', 'refused')),
    proposed_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    proposed_at TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C",
    decided_by TEXT COLLATE "C" REFERENCES users (id),
    decided_at TEXT COLLATE "C",
    version BIGINT NOT NULL,
    CHECK (decided_by <> proposed_by),
    CHECK ((status = 'proposed') = (decided_by IS NULL))
);
CREATE INDEX corrections_of_subject ON corrections (subject_id);
CREATE TRIGGER corrections_stay BEFORE DELETE OR TRUNCATE ON corrections
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
