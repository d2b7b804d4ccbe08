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

-- Letters between office and company. They are only ever added.
CREATE TABLE letters (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    direction TEXT NOT NULL CHECK (direction IN ('sent', 'received')),
    on_paper INTEGER NOT NULL CHECK (on_paper IN (0, 1)),
    about_kind TEXT NOT NULL CHECK (about_kind IN ('application', 'milestone', 'claim', 'tranche', 'recovery')),
    about_id TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    dated_on TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    their_reference TEXT,
    reply_to_id TEXT REFERENCES letters (id),
    documents TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES users (id),
    recorded_at TEXT NOT NULL,
    CHECK (direction = 'received' OR on_paper = 0)
) STRICT;
CREATE INDEX letters_about ON letters (about_kind, about_id, id);
CREATE INDEX letters_of_organisation ON letters (organisation_id, id);
CREATE TRIGGER letters_no_update BEFORE UPDATE ON letters
BEGIN SELECT RAISE(ABORT, 'letters is append-only'); END;
CREATE TRIGGER letters_no_delete BEFORE DELETE ON letters
BEGIN SELECT RAISE(ABORT, 'letters is append-only'); END;
