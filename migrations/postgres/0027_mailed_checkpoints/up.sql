-- Which checkpoints were sent to which witness by e-mail: a restart sends none again.

CREATE TABLE log_mailings (
    size BIGINT NOT NULL REFERENCES log_checkpoints (size),
    witness TEXT COLLATE "C" NOT NULL,
    mailed_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (size, witness)
);
CREATE INDEX log_mailings_of_witness ON log_mailings (witness, size);
CREATE TRIGGER log_mailings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_mailings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
