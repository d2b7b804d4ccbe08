-- Questions that an auditor keeps, and what they were answered.

CREATE TABLE saved_queries (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    title TEXT COLLATE "C" NOT NULL,
    selection TEXT COLLATE "C" NOT NULL,
    saved_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    saved_at TEXT COLLATE "C" NOT NULL
);

CREATE TABLE saved_query_runs (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    saved_query_id TEXT COLLATE "C" NOT NULL REFERENCES saved_queries (id),
    as_of TEXT COLLATE "C",
    known_at TEXT COLLATE "C" NOT NULL,
    totals TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 64),
    agrees BIGINT CHECK (agrees IN (0, 1)),
    run_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    run_at TEXT COLLATE "C" NOT NULL
);
CREATE INDEX saved_query_runs_of_query ON saved_query_runs (saved_query_id, id);

CREATE TRIGGER saved_queries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON saved_queries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER saved_query_runs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON saved_query_runs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
