-- The audit desk: requisitions and observations.

CREATE TABLE requisitions (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    organisation_id TEXT REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN ('asked', 'answered')),
    due_on TEXT NOT NULL,
    answer TEXT,
    asked_by TEXT NOT NULL REFERENCES users (id),
    asked_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((status = 'answered') = (answer IS NOT NULL))
) STRICT;

CREATE TABLE observations (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    organisation_id TEXT REFERENCES organisations (id),
    as_of TEXT NOT NULL,
    known_at INTEGER NOT NULL CHECK (known_at >= 0),
    pins TEXT NOT NULL,
    amount_paise INTEGER CHECK (amount_paise > 0),
    status TEXT NOT NULL CHECK (status IN ('raised', 'replied', 'remarked', 'settled', 'converted')),
    due_on TEXT NOT NULL,
    steps TEXT NOT NULL,
    recovery_id TEXT REFERENCES recoveries (id),
    raised_by TEXT NOT NULL REFERENCES users (id),
    raised_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((status = 'converted') = (recovery_id IS NOT NULL))
) STRICT;
CREATE INDEX observations_by_due ON observations (status, due_on);
CREATE INDEX observations_of_organisation ON observations (organisation_id, id);

CREATE TRIGGER requisitions_no_delete BEFORE DELETE ON requisitions
BEGIN SELECT RAISE(ABORT, 'requisitions stay'); END;
CREATE TRIGGER observations_no_delete BEFORE DELETE ON observations
BEGIN SELECT RAISE(ABORT, 'observations stay'); END;
