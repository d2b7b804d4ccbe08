-- Runs that allot capacity to competing bids, and the place each application has by the newest of them.

CREATE TABLE allocations (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    scheme_code TEXT NOT NULL,
    scheme_version INTEGER NOT NULL,
    follows TEXT REFERENCES allocations (id),
    status TEXT NOT NULL CHECK (status IN ('draft', 'concurred', 'published', 'withdrawn')),
    statement TEXT NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    drafted_by TEXT NOT NULL REFERENCES users (id),
    drafted_at TEXT NOT NULL,
    concurrence TEXT,
    publication TEXT,
    withdrawal TEXT,
    version INTEGER NOT NULL,
    CHECK (status NOT IN ('concurred', 'published') OR concurrence IS NOT NULL),
    CHECK ((status = 'published') = (publication IS NOT NULL)),
    CHECK ((status = 'withdrawn') = (withdrawal IS NOT NULL))
) STRICT;
-- One run of a scheme is on its way at a time.
CREATE UNIQUE INDEX allocations_one_open ON allocations (scheme_code) WHERE status IN ('draft', 'concurred');
-- A published run is followed, never changed.
CREATE TRIGGER allocations_published_stay BEFORE UPDATE ON allocations WHEN OLD.status = 'published'
BEGIN SELECT RAISE(ABORT, 'a published allocation is never changed'); END;
CREATE TRIGGER allocations_no_delete BEFORE DELETE ON allocations
BEGIN SELECT RAISE(ABORT, 'allocations is never deleted from'); END;

ALTER TABLE applications ADD COLUMN place TEXT;
