-- The note sheet: what offices note about a record, numbered from 1 for each record. Notes are only ever added.
CREATE TABLE notes (
    id TEXT NOT NULL PRIMARY KEY,
    about_kind TEXT NOT NULL
        CHECK (about_kind IN ('application', 'milestone', 'claim', 'tranche', 'recovery', 'budget_instrument')),
    about_id TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    text TEXT NOT NULL,
    documents TEXT NOT NULL,
    written_by TEXT NOT NULL REFERENCES users (id),
    written_at TEXT NOT NULL,
    UNIQUE (about_kind, about_id, number)
) STRICT;
CREATE TRIGGER notes_no_update BEFORE UPDATE ON notes
BEGIN SELECT RAISE(ABORT, 'notes is append-only'); END;
CREATE TRIGGER notes_no_delete BEFORE DELETE ON notes
BEGIN SELECT RAISE(ABORT, 'notes is append-only'); END;
