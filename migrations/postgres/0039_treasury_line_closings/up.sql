-- Lines of the treasury that an officer closed: they contradicted the records, or a rule refused them, and neither the
-- records nor a later answer agreed with them. These rows are only ever added.
CREATE TABLE treasury_line_closings (
    return_id TEXT COLLATE "C" NOT NULL,
    line BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    closed_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    closed_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (return_id, line),
    FOREIGN KEY (return_id, line) REFERENCES treasury_return_lines (return_id, line)
);
CREATE TRIGGER treasury_line_closings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON treasury_line_closings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
