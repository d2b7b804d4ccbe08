-- The Merkle tree over the audit log: roots of full groups, and the checkpoints that were signed.

CREATE TABLE log_tiles (
    level INTEGER NOT NULL CHECK (level > 0),
    position INTEGER NOT NULL CHECK (position >= 0),
    hash TEXT NOT NULL CHECK (length(hash) = 64),
    PRIMARY KEY (level, position)
) STRICT;

CREATE TABLE log_checkpoints (
    size INTEGER NOT NULL PRIMARY KEY CHECK (size > 0),
    root TEXT NOT NULL CHECK (length(root) = 64),
    note TEXT NOT NULL,
    signed_at TEXT NOT NULL
) STRICT;

CREATE TRIGGER log_tiles_no_update BEFORE UPDATE ON log_tiles
BEGIN SELECT RAISE(ABORT, 'log_tiles is append-only'); END;
CREATE TRIGGER log_tiles_no_delete BEFORE DELETE ON log_tiles
BEGIN SELECT RAISE(ABORT, 'log_tiles is append-only'); END;
CREATE TRIGGER log_checkpoints_no_update BEFORE UPDATE ON log_checkpoints
BEGIN SELECT RAISE(ABORT, 'log_checkpoints is append-only'); END;
CREATE TRIGGER log_checkpoints_no_delete BEFORE DELETE ON log_checkpoints
BEGIN SELECT RAISE(ABORT, 'log_checkpoints is append-only'); END;
