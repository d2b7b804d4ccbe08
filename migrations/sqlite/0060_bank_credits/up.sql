-- What arrived on the account of the Government, as the statement of the bank says: a receipt is booked against one of
-- these by another person. They are only ever added; of several with one reference the newest counts.
CREATE TABLE bank_credits (
    id TEXT NOT NULL PRIMARY KEY,
    utr TEXT NOT NULL,
    credited_on TEXT NOT NULL,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    evidence TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES users (id),
    recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX bank_credits_by_utr ON bank_credits (utr);
CREATE TRIGGER bank_credits_no_update BEFORE UPDATE ON bank_credits
BEGIN SELECT RAISE(ABORT, 'bank_credits is append-only'); END;
CREATE TRIGGER bank_credits_no_delete BEFORE DELETE ON bank_credits
BEGIN SELECT RAISE(ABORT, 'bank_credits is append-only'); END;
