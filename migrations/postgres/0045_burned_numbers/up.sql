-- Numbers that are never given out, because entries of the log that were lost may have used them. These rows are only
-- ever added.
CREATE TABLE burned_numbers (
    series TEXT COLLATE "C" NOT NULL,
    first_number BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    burned_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (series, first_number),
    CHECK (first_number >= 1 AND last_number >= first_number)
);
CREATE TRIGGER burned_numbers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON burned_numbers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
