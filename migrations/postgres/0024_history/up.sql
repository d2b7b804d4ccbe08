-- What was known when. Rows as they were before a change lie in a table beside each (made at start,
-- db/history.rs); here stand the commits by time, and since when rows without an instant are known.

CREATE TABLE log_commits (
    recorded_at TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (recorded_at, sequence)
);
-- From here on the past is kept: from the very beginning where there is no log yet.
INSERT INTO log_commits (recorded_at, sequence)
SELECT COALESCE((SELECT l.recorded_at FROM audit_log AS l WHERE l.sequence = h.sequence), ''), h.sequence FROM audit_head AS h;
CREATE TRIGGER log_commits_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_commits
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION last_entry() RETURNS BIGINT LANGUAGE sql STABLE AS 'SELECT sequence FROM audit_head';
ALTER TABLE milestones ADD COLUMN known_behind BIGINT NOT NULL DEFAULT 0;
ALTER TABLE milestones ALTER COLUMN known_behind SET DEFAULT last_entry();
ALTER TABLE final_certificates ADD COLUMN known_behind BIGINT NOT NULL DEFAULT 0;
ALTER TABLE final_certificates ALTER COLUMN known_behind SET DEFAULT last_entry();
ALTER TABLE claim_lines ADD COLUMN known_behind BIGINT NOT NULL DEFAULT 0;
ALTER TABLE claim_lines ALTER COLUMN known_behind SET DEFAULT last_entry();
ALTER TABLE last_quarter_spending ADD COLUMN known_behind BIGINT NOT NULL DEFAULT 0;
ALTER TABLE last_quarter_spending ALTER COLUMN known_behind SET DEFAULT last_entry();
ALTER TABLE accounts ADD COLUMN known_behind BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ALTER COLUMN known_behind SET DEFAULT last_entry();
