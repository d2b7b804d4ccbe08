-- What arrived on the account of the Government, as the statement of the bank says: a receipt is booked against one of
-- these by another person. They are only ever added; of several with one reference the newest counts.
CREATE TABLE bank_credits (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    utr TEXT COLLATE "C" NOT NULL,
    credited_on TEXT COLLATE "C" NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    evidence TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    recorded_at TEXT COLLATE "C" NOT NULL
);
CREATE INDEX bank_credits_by_utr ON bank_credits (utr);
CREATE TRIGGER bank_credits_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_credits
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
