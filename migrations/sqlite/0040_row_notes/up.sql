-- The rows that each act wrote, as a list of digests; the entry of the act has the digest of the list. These rows are
-- only ever added.
CREATE TABLE row_notes (
    sequence INTEGER NOT NULL PRIMARY KEY,
    notes TEXT NOT NULL
) STRICT;
CREATE TRIGGER row_notes_no_update BEFORE UPDATE ON row_notes
BEGIN SELECT RAISE(ABORT, 'row_notes is append-only'); END;
CREATE TRIGGER row_notes_no_delete BEFORE DELETE ON row_notes
BEGIN SELECT RAISE(ABORT, 'row_notes is append-only'); END;

-- The newest digest of the rows that a step of money looks up, and the entry whose list has it.
CREATE TABLE row_digests (
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (table_name, row_key)
) STRICT;
