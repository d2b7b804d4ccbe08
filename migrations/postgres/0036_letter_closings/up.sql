-- Letters of companies that need no answer: an officer says so, and the letter waits for nobody. These rows are only
-- ever added.
CREATE TABLE letter_closings (
    letter_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES letters (id),
    reason TEXT COLLATE "C" NOT NULL,
    closed_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    closed_at TEXT COLLATE "C" NOT NULL
);
CREATE TRIGGER letter_closings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON letter_closings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
