-- Lists of one status, and how many records they have, with a hundred thousand claims and tranches. Where most records
-- have a status, the list is read by id and stops at the end of its page; where few have it, it is read from here.
CREATE INDEX claims_by_status ON claims (status, id);
CREATE INDEX tranches_by_status ON tranches (status, id);
-- This is a part of the first of them.
DROP INDEX claims_rejected;
