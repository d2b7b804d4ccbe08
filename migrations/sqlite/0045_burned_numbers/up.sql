-- Numbers that are never given out, because entries of the log that were lost may have used them. These rows are only
-- ever added.
CREATE TABLE burned_numbers (
    series TEXT NOT NULL,
    first_number INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    burned_at TEXT NOT NULL,
    PRIMARY KEY (series, first_number),
    CHECK (first_number >= 1 AND last_number >= first_number)
) STRICT;
CREATE TRIGGER burned_numbers_no_update BEFORE UPDATE ON burned_numbers
BEGIN SELECT RAISE(ABORT, 'burned_numbers is append-only'); END;
CREATE TRIGGER burned_numbers_no_delete BEFORE DELETE ON burned_numbers
BEGIN SELECT RAISE(ABORT, 'burned_numbers is append-only'); END;
