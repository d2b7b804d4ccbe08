-- Which checkpoints were sent to which witness by e-mail: a restart sends none again.

CREATE TABLE log_mailings (
    size INTEGER NOT NULL REFERENCES log_checkpoints (size),
    witness TEXT NOT NULL,
    mailed_at TEXT NOT NULL,
    PRIMARY KEY (size, witness)
) STRICT;
CREATE INDEX log_mailings_of_witness ON log_mailings (witness, size);
CREATE TRIGGER log_mailings_no_update BEFORE UPDATE ON log_mailings
BEGIN SELECT RAISE(ABORT, 'log_mailings is append-only'); END;
CREATE TRIGGER log_mailings_no_delete BEFORE DELETE ON log_mailings
BEGIN SELECT RAISE(ABORT, 'log_mailings is append-only'); END;
