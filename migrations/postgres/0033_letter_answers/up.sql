-- The letters of companies, and the letters that reply to a letter: every page of an office counts those that no office
-- has answered.
CREATE INDEX letters_received ON letters (direction, id);
CREATE INDEX letters_reply_to ON letters (reply_to_id, direction);
