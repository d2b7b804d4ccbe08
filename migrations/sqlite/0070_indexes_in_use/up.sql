-- The index of digests has a row for every record that acts change, and each act sets some of them: one tree for the
-- table and its key costs half of what two cost.
ALTER TABLE row_digests RENAME TO row_digests_before;
CREATE TABLE row_digests (
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (table_name, row_key)
) STRICT, WITHOUT ROWID;
INSERT INTO row_digests (table_name, row_key, digest, sequence)
SELECT table_name, row_key, digest, sequence FROM row_digests_before;
DROP TABLE row_digests_before;

-- What waits in the inbox, and the claims and tranches of one year, with a hundred thousand of them: an index that
-- begins with the status is preferred to the one of all claims by status, which would read nearly all of them.
DROP INDEX claims_deferred;
CREATE INDEX claims_deferred ON claims (status, deferred_paise) WHERE status = 'verified' AND deferred_paise > 0;
DROP INDEX claims_to_certify;
CREATE INDEX claims_to_certify ON claims (status, certificate_due_on)
    WHERE status = 'verified' AND certified_at IS NULL;
CREATE INDEX claims_by_year ON claims (performance_year, id);
CREATE INDEX tranches_by_year ON tranches (performance_year, id);
