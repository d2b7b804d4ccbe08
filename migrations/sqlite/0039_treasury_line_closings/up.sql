-- Lines of the treasury that an officer closed: they contradicted the records, or a rule refused them, and neither the
-- records nor a later answer agreed with them. These rows are only ever added.
CREATE TABLE treasury_line_closings (
    return_id TEXT NOT NULL,
    line INTEGER NOT NULL,
    reason TEXT NOT NULL,
    closed_by TEXT NOT NULL REFERENCES users (id),
    closed_at TEXT NOT NULL,
    PRIMARY KEY (return_id, line),
    FOREIGN KEY (return_id, line) REFERENCES treasury_return_lines (return_id, line)
) STRICT;
CREATE TRIGGER treasury_line_closings_no_update BEFORE UPDATE ON treasury_line_closings
BEGIN SELECT RAISE(ABORT, 'treasury_line_closings is append-only'); END;
CREATE TRIGGER treasury_line_closings_no_delete BEFORE DELETE ON treasury_line_closings
BEGIN SELECT RAISE(ABORT, 'treasury_line_closings is append-only'); END;
