-- The number of an invoice without any mark, by which lines are found that could state one invoice. It is computed from
-- the other columns; lines of before get it, and the other keys anew, at the next start.
ALTER TABLE claim_lines ADD COLUMN joined_key TEXT;
CREATE INDEX claim_lines_joined_key ON claim_lines (joined_key);
