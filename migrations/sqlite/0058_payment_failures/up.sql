-- The word of a second person, of another office than the one that pays, that a payment failed or came back, with what
-- shows it. These rows are only ever added.
CREATE TABLE payment_failures (
    payment_id TEXT PRIMARY KEY NOT NULL REFERENCES payments (id),
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    evidence TEXT NOT NULL,
    confirmed_by TEXT NOT NULL REFERENCES users (id),
    confirmed_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER payment_failures_no_update BEFORE UPDATE ON payment_failures
BEGIN SELECT RAISE(ABORT, 'payment_failures is append-only'); END;
CREATE TRIGGER payment_failures_no_delete BEFORE DELETE ON payment_failures
BEGIN SELECT RAISE(ABORT, 'payment_failures is append-only'); END;
