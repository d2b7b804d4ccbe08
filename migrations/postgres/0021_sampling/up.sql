-- Samples of disbursements: seed committed, population frozen, sample drawn.

CREATE TABLE samples (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    purpose TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL CHECK (method IN ('monetary_unit', 'simple_random')),
    sample_size BIGINT NOT NULL CHECK (sample_size > 0),
    always_from_paise BIGINT CHECK (always_from_paise > 0),
    filter TEXT COLLATE "C" NOT NULL,
    seed_digest TEXT COLLATE "C" NOT NULL CHECK (length(seed_digest) = 64),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('committed', 'frozen', 'drawn')),
    committed_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    committed_at TEXT COLLATE "C" NOT NULL,
    population_count BIGINT,
    population_paise BIGINT,
    population_digest TEXT COLLATE "C",
    known_at BIGINT,
    frozen_by TEXT COLLATE "C" REFERENCES users (id),
    frozen_at TEXT COLLATE "C",
    seed TEXT COLLATE "C",
    drawn_count BIGINT,
    draw_digest TEXT COLLATE "C",
    drawn_by TEXT COLLATE "C" REFERENCES users (id),
    drawn_at TEXT COLLATE "C",
    version BIGINT NOT NULL,
    CHECK (frozen_by <> committed_by),
    CHECK ((status = 'committed') = (population_digest IS NULL)),
    CHECK ((status = 'drawn') = (seed IS NOT NULL))
);

CREATE TABLE sample_items (
    sample_id TEXT COLLATE "C" NOT NULL REFERENCES samples (id),
    position BIGINT NOT NULL CHECK (position > 0),
    disbursement_id TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    PRIMARY KEY (sample_id, position)
);

CREATE TABLE sample_draws (
    sample_id TEXT COLLATE "C" NOT NULL REFERENCES samples (id),
    position BIGINT NOT NULL,
    disbursement_id TEXT COLLATE "C" NOT NULL,
    amount_paise BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL CHECK (reason IN ('always', 'drawn')),
    hits BIGINT NOT NULL CHECK (hits > 0),
    PRIMARY KEY (sample_id, position)
);

CREATE TRIGGER samples_stay BEFORE DELETE OR TRUNCATE ON samples
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sample_items_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sample_items
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sample_draws_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sample_draws
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
