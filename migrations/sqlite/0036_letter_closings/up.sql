-- Letters of companies that need no answer: an officer says so, and the letter waits for nobody. These rows are only
-- ever added.
CREATE TABLE letter_closings (
    letter_id TEXT NOT NULL PRIMARY KEY REFERENCES letters (id),
    reason TEXT NOT NULL,
    closed_by TEXT NOT NULL REFERENCES users (id),
    closed_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER letter_closings_no_update BEFORE UPDATE ON letter_closings
BEGIN SELECT RAISE(ABORT, 'letter_closings is append-only'); END;
CREATE TRIGGER letter_closings_no_delete BEFORE DELETE ON letter_closings
BEGIN SELECT RAISE(ABORT, 'letter_closings is append-only'); END;
