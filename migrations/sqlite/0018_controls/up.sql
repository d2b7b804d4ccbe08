-- Runs of the standing controls, and a stop of money that names the control that found it.

CREATE TABLE control_runs (
    id TEXT NOT NULL PRIMARY KEY,
    run_at TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('schedule', 'request')),
    run_by TEXT REFERENCES users (id),
    log_sequence INTEGER NOT NULL CHECK (log_sequence >= 0),
    red INTEGER NOT NULL CHECK (red >= 0),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    results TEXT NOT NULL,
    CHECK ((cause = 'request') = (run_by IS NOT NULL))
) STRICT;
CREATE INDEX control_runs_by_time ON control_runs (run_at);
CREATE TRIGGER control_runs_no_update BEFORE UPDATE ON control_runs
BEGIN SELECT RAISE(ABORT, 'control_runs is append-only'); END;
CREATE TRIGGER control_runs_no_delete BEFORE DELETE ON control_runs
BEGIN SELECT RAISE(ABORT, 'control_runs is append-only'); END;

-- Only sums have two figures.
CREATE TABLE money_stop_after (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    control TEXT NOT NULL,
    subject TEXT NOT NULL,
    found TEXT NOT NULL,
    kept_paise INTEGER,
    counted_paise INTEGER,
    stopped_at TEXT NOT NULL
) STRICT;
INSERT INTO money_stop_after
SELECT id, 'accounts_equal_entries', 'account:' || account, 'it differs from its entries',
    kept_paise, counted_paise, stopped_at FROM money_stop;
DROP TABLE money_stop;
ALTER TABLE money_stop_after RENAME TO money_stop;
