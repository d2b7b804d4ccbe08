-- The note sheet: what offices note about a record, numbered from 1 for each record. Notes are only ever added.
CREATE TABLE notes (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    about_kind TEXT COLLATE "C" NOT NULL
        CHECK (about_kind IN ('application', 'milestone', 'claim', 'tranche', 'recovery', 'budget_instrument')),
    about_id TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL CHECK (number > 0),
    text TEXT COLLATE "C" NOT NULL,
    documents TEXT COLLATE "C" NOT NULL,
    written_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    written_at TEXT COLLATE "C" NOT NULL,
    UNIQUE (about_kind, about_id, number)
);
CREATE TRIGGER notes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
