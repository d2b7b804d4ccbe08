-- The word of a second person, of another office than the one that pays, that a payment failed or came back, with what
-- shows it. These rows are only ever added.
CREATE TABLE payment_failures (
    payment_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES payments (id),
    outcome TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    confirmed_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    confirmed_at TEXT COLLATE "C" NOT NULL
);
CREATE TRIGGER payment_failures_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_failures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
