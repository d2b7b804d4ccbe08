-- A claim that was first submitted in time keeps that time, however it came back, and names the rejected claim that it
-- corrects. Where a claim was submitted once, that submission is its time, and nothing is stored here.
ALTER TABLE claim_dialogues ADD COLUMN replaces TEXT COLLATE "C" REFERENCES claims (id);
ALTER TABLE claim_dialogues ADD COLUMN first_submitted_at TEXT COLLATE "C";
-- What companies are told of: tranches that were rejected, and those whose hold ended. They are few among all.
DROP INDEX tranches_rejected;
CREATE INDEX tranches_over ON tranches (id) WHERE status IN ('rejected', 'expired');
