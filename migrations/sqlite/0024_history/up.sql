-- What was known when. Rows as they were before a change lie in a table beside each (made at start,
-- db/history.rs); here stand the commits by time, and since when rows without an instant are known.

CREATE TABLE log_commits (
    recorded_at TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (recorded_at, sequence)
) STRICT, WITHOUT ROWID;
-- From here on the past is kept: from the very beginning where there is no log yet.
INSERT INTO log_commits (recorded_at, sequence)
SELECT COALESCE((SELECT l.recorded_at FROM audit_log AS l WHERE l.sequence = h.sequence), ''), h.sequence FROM audit_head AS h;
CREATE TRIGGER log_commits_no_update BEFORE UPDATE ON log_commits
BEGIN SELECT RAISE(ABORT, 'log_commits is append-only'); END;
CREATE TRIGGER log_commits_no_delete BEFORE DELETE ON log_commits
BEGIN SELECT RAISE(ABORT, 'log_commits is append-only'); END;

ALTER TABLE milestones ADD COLUMN known_behind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE final_certificates ADD COLUMN known_behind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE claim_lines ADD COLUMN known_behind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE last_quarter_spending ADD COLUMN known_behind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN known_behind INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER milestones_known_behind AFTER INSERT ON milestones
BEGIN UPDATE milestones SET known_behind = (SELECT sequence FROM audit_head) WHERE id = NEW.id; END;
CREATE TRIGGER final_certificates_known_behind AFTER INSERT ON final_certificates
BEGIN UPDATE final_certificates SET known_behind = (SELECT sequence FROM audit_head) WHERE id = NEW.id; END;
CREATE TRIGGER claim_lines_known_behind AFTER INSERT ON claim_lines
BEGIN UPDATE claim_lines SET known_behind = (SELECT sequence FROM audit_head) WHERE claim_id = NEW.claim_id AND line = NEW.line; END;
CREATE TRIGGER last_quarter_spending_known_behind AFTER INSERT ON last_quarter_spending
BEGIN UPDATE last_quarter_spending SET known_behind = (SELECT sequence FROM audit_head) WHERE scheme_code = NEW.scheme_code AND month = NEW.month; END;
CREATE TRIGGER accounts_known_behind AFTER INSERT ON accounts
BEGIN UPDATE accounts SET known_behind = (SELECT sequence FROM audit_head) WHERE id = NEW.id; END;
