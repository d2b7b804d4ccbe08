-- What witnesses outside the service signed beside its own checkpoints.

CREATE TABLE log_cosignatures (
    size BIGINT NOT NULL REFERENCES log_checkpoints (size),
    witness TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    cosigned_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (size, witness)
);
CREATE INDEX log_cosignatures_of_witness ON log_cosignatures (witness, size);
CREATE TRIGGER log_cosignatures_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
