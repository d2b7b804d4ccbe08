-- Questions that an auditor keeps, and what they were answered.

CREATE TABLE saved_queries (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    selection TEXT NOT NULL,
    saved_by TEXT NOT NULL REFERENCES users (id),
    saved_at TEXT NOT NULL
) STRICT;

CREATE TABLE saved_query_runs (
    id TEXT NOT NULL PRIMARY KEY,
    saved_query_id TEXT NOT NULL REFERENCES saved_queries (id),
    as_of TEXT,
    known_at TEXT NOT NULL,
    totals TEXT NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    agrees INTEGER CHECK (agrees IN (0, 1)),
    run_by TEXT NOT NULL REFERENCES users (id),
    run_at TEXT NOT NULL
) STRICT;
CREATE INDEX saved_query_runs_of_query ON saved_query_runs (saved_query_id, id);

CREATE TRIGGER saved_queries_no_update BEFORE UPDATE ON saved_queries
BEGIN SELECT RAISE(ABORT, 'saved_queries is append-only'); END;
CREATE TRIGGER saved_queries_no_delete BEFORE DELETE ON saved_queries
BEGIN SELECT RAISE(ABORT, 'saved_queries is append-only'); END;
CREATE TRIGGER saved_query_runs_no_update BEFORE UPDATE ON saved_query_runs
BEGIN SELECT RAISE(ABORT, 'saved_query_runs is append-only'); END;
CREATE TRIGGER saved_query_runs_no_delete BEFORE DELETE ON saved_query_runs
BEGIN SELECT RAISE(ABORT, 'saved_query_runs is append-only'); END;
