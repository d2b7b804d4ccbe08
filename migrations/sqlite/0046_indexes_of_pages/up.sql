-- Indexes for pages and worklists with a hundred thousand payments. SQLite uses an index with a condition only where
-- the statement has that condition word by word, with the values written in it.

-- The payments of a tranche, whatever their status.
CREATE INDEX payments_of_tranche ON payments (tranche_id);
DROP INDEX payments_failed;
-- What the totals of the list of disbursements say besides their count and sum is rare.
CREATE INDEX disbursements_unusual ON disbursements (status, amount_paise, set_off_paise)
    WHERE status = 'failed_after_success' OR set_off_paise > 0;
-- What was paid on each day of a year is read from this index alone.
DROP INDEX disbursements_by_day;
CREATE INDEX disbursements_by_day
    ON disbursements (paid_on, id, scheme_code, payment_year, status, amount_paise, set_off_paise);
-- Claims that wait for somebody, since claims are returned too, and those that wait for money.
DROP INDEX claims_waiting;
CREATE INDEX claims_waiting ON claims (id) WHERE status IN ('draft', 'submitted', 'returned');
CREATE INDEX claims_deferred ON claims (id) WHERE status = 'verified' AND deferred_paise > 0;
-- What companies are told of: claims and tranches that were rejected. They are few among all.
CREATE INDEX claims_rejected ON claims (id) WHERE status = 'rejected';
CREATE INDEX tranches_rejected ON tranches (id) WHERE status = 'rejected';
