-- A letter of an office may ask the company for an answer by a day; it waits in the inbox of the company until then.
ALTER TABLE letters ADD COLUMN answer_by TEXT COLLATE "C" CHECK (answer_by IS NULL OR direction = 'sent');
