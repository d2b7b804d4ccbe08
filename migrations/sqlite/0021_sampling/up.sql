-- Samples of disbursements: seed committed, population frozen, sample drawn.

CREATE TABLE samples (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('monetary_unit', 'simple_random')),
    sample_size INTEGER NOT NULL CHECK (sample_size > 0),
    always_from_paise INTEGER CHECK (always_from_paise > 0),
    filter TEXT NOT NULL,
    seed_digest TEXT NOT NULL CHECK (length(seed_digest) = 64),
    status TEXT NOT NULL CHECK (status IN ('committed', 'frozen', 'drawn')),
    committed_by TEXT NOT NULL REFERENCES users (id),
    committed_at TEXT NOT NULL,
    population_count INTEGER,
    population_paise INTEGER,
    population_digest TEXT,
    known_at INTEGER,
    frozen_by TEXT REFERENCES users (id),
    frozen_at TEXT,
    seed TEXT,
    drawn_count INTEGER,
    draw_digest TEXT,
    drawn_by TEXT REFERENCES users (id),
    drawn_at TEXT,
    version INTEGER NOT NULL,
    CHECK (frozen_by <> committed_by),
    CHECK ((status = 'committed') = (population_digest IS NULL)),
    CHECK ((status = 'drawn') = (seed IS NOT NULL))
) STRICT;

CREATE TABLE sample_items (
    sample_id TEXT NOT NULL REFERENCES samples (id),
    position INTEGER NOT NULL CHECK (position > 0),
    disbursement_id TEXT NOT NULL,
    number TEXT NOT NULL,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    PRIMARY KEY (sample_id, position)
) STRICT;

CREATE TABLE sample_draws (
    sample_id TEXT NOT NULL REFERENCES samples (id),
    position INTEGER NOT NULL,
    disbursement_id TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('always', 'drawn')),
    hits INTEGER NOT NULL CHECK (hits > 0),
    PRIMARY KEY (sample_id, position)
) STRICT;

CREATE TRIGGER samples_no_delete BEFORE DELETE ON samples
BEGIN SELECT RAISE(ABORT, 'samples stay'); END;
CREATE TRIGGER sample_items_no_update BEFORE UPDATE ON sample_items
BEGIN SELECT RAISE(ABORT, 'sample_items is append-only'); END;
CREATE TRIGGER sample_items_no_delete BEFORE DELETE ON sample_items
BEGIN SELECT RAISE(ABORT, 'sample_items is append-only'); END;
CREATE TRIGGER sample_draws_no_update BEFORE UPDATE ON sample_draws
BEGIN SELECT RAISE(ABORT, 'sample_draws is append-only'); END;
CREATE TRIGGER sample_draws_no_delete BEFORE DELETE ON sample_draws
BEGIN SELECT RAISE(ABORT, 'sample_draws is append-only'); END;
