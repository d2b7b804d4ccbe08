-- The index of digests has a row for every record that acts change, and each act sets some of them: with room in its
-- pages a change stays in its page and leaves the key alone.
ALTER TABLE row_digests SET (fillfactor = 80);
