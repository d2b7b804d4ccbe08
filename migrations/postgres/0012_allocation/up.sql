-- Runs that allot capacity to competing bids, and the place each application has by the newest of them.

CREATE TABLE allocations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    scheme_code TEXT COLLATE "C" NOT NULL,
    scheme_version BIGINT NOT NULL,
    follows TEXT COLLATE "C" REFERENCES allocations (id),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('draft', 'concurred', 'published', 'withdrawn')),
    statement TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 64),
    drafted_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    drafted_at TEXT COLLATE "C" NOT NULL,
    concurrence TEXT COLLATE "C",
    publication TEXT COLLATE "C",
    withdrawal TEXT COLLATE "C",
    version BIGINT NOT NULL,
    CHECK (status NOT IN ('concurred', 'published') OR concurrence IS NOT NULL),
    CHECK ((status = 'published') = (publication IS NOT NULL)),
    CHECK ((status = 'withdrawn') = (withdrawal IS NOT NULL))
);
-- One run of a scheme is on its way at a time.
CREATE UNIQUE INDEX allocations_one_open ON allocations (scheme_code) WHERE status IN ('draft', 'concurred');
-- A published run is followed, never changed.
CREATE TRIGGER allocations_published_stay BEFORE UPDATE ON allocations
    FOR EACH ROW WHEN (OLD.status = 'published') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER allocations_no_delete BEFORE DELETE OR TRUNCATE ON allocations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE applications ADD COLUMN place TEXT COLLATE "C";
