-- Runs of the standing controls, and a stop of money that names the control that found it.

CREATE TABLE control_runs (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    run_at TEXT COLLATE "C" NOT NULL,
    cause TEXT COLLATE "C" NOT NULL CHECK (cause IN ('schedule', 'request')),
    run_by TEXT COLLATE "C" REFERENCES users (id),
    log_sequence BIGINT NOT NULL CHECK (log_sequence >= 0),
    red BIGINT NOT NULL CHECK (red >= 0),
    digest TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 64),
    results TEXT COLLATE "C" NOT NULL,
    CHECK ((cause = 'request') = (run_by IS NOT NULL))
);
CREATE INDEX control_runs_by_time ON control_runs (run_at);
CREATE TRIGGER control_runs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON control_runs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Only sums have two figures.
CREATE TABLE money_stop_after (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    control TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    found TEXT COLLATE "C" NOT NULL,
    kept_paise BIGINT,
    counted_paise BIGINT,
    stopped_at TEXT COLLATE "C" NOT NULL
);
INSERT INTO money_stop_after
SELECT id, 'accounts_equal_entries', 'account:' || account, 'it differs from its entries',
    kept_paise, counted_paise, stopped_at FROM money_stop;
DROP TABLE money_stop;
ALTER TABLE money_stop_after RENAME TO money_stop;
