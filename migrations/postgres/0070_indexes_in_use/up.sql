-- The index of digests has a row for every record that acts change, and each act sets some of them: with room in its
-- pages a change stays in its page and leaves the key alone.
ALTER TABLE row_digests SET (fillfactor = 80);

-- What waits in the inbox, and the claims and tranches of one year, with a hundred thousand of them: an index that
-- begins with the status is preferred to the one of all claims by status, which would read nearly all of them.
DROP INDEX claims_deferred;
CREATE INDEX claims_deferred ON claims (status, deferred_paise) WHERE status = 'verified' AND deferred_paise > 0;
DROP INDEX claims_to_certify;
CREATE INDEX claims_to_certify ON claims (status, certificate_due_on)
    WHERE status = 'verified' AND certified_at IS NULL;
CREATE INDEX claims_by_year ON claims (performance_year, id);
CREATE INDEX tranches_by_year ON tranches (performance_year, id);
