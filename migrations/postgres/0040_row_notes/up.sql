-- The rows that each act wrote, as a list of digests; the entry of the act has the digest of the list. These rows are
-- only ever added.
CREATE TABLE row_notes (
    sequence BIGINT NOT NULL PRIMARY KEY,
    notes TEXT COLLATE "C" NOT NULL
);
CREATE TRIGGER row_notes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON row_notes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The newest digest of the rows that a step of money looks up, and the entry whose list has it.
CREATE TABLE row_digests (
    table_name TEXT COLLATE "C" NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (table_name, row_key)
);
