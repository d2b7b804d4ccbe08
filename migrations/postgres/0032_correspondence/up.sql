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

-- Letters between office and company. They are only ever added.
CREATE TABLE letters (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    direction TEXT COLLATE "C" NOT NULL CHECK (direction IN ('sent', 'received')),
    on_paper BIGINT NOT NULL CHECK (on_paper IN (0, 1)),
    about_kind TEXT COLLATE "C" NOT NULL
        CHECK (about_kind IN ('application', 'milestone', 'claim', 'tranche', 'recovery')),
    about_id TEXT COLLATE "C" NOT NULL,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    dated_on TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    their_reference TEXT COLLATE "C",
    reply_to_id TEXT COLLATE "C" REFERENCES letters (id),
    documents TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    recorded_at TEXT COLLATE "C" NOT NULL,
    CHECK (direction = 'received' OR on_paper = 0)
);
CREATE INDEX letters_about ON letters (about_kind, about_id, id);
CREATE INDEX letters_of_organisation ON letters (organisation_id, id);
CREATE TRIGGER letters_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON letters
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
