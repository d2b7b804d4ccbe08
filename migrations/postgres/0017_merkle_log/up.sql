-- The Merkle tree over the audit log: roots of full groups, and the checkpoints that were signed.

CREATE TABLE log_tiles (
    level BIGINT NOT NULL CHECK (level > 0),
    position BIGINT NOT NULL CHECK (position >= 0),
    hash TEXT COLLATE "C" NOT NULL CHECK (length(hash) = 64),
    PRIMARY KEY (level, position)
);

CREATE TABLE log_checkpoints (
    size BIGINT NOT NULL PRIMARY KEY CHECK (size > 0),
    root TEXT COLLATE "C" NOT NULL CHECK (length(root) = 64),
    note TEXT COLLATE "C" NOT NULL,
    signed_at TEXT COLLATE "C" NOT NULL
);

CREATE TRIGGER log_tiles_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_tiles
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
