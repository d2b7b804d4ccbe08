-- The rates of bids that compete are sealed: they lie here, apart from the applications, until two officers open them
-- after the window. What the log keeps of a rate is a digest that is salted, so that it tells nothing before the opening
-- and can be checked by anybody afterwards.

CREATE TABLE sealed_bids (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES applications (id),
    scheme_code TEXT COLLATE "C" NOT NULL,
    rate_paise_per_kg BIGINT NOT NULL CHECK (rate_paise_per_kg > 0),
    salt TEXT COLLATE "C" NOT NULL CHECK (length(salt) >= 43),
    sealed_at TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL
);
CREATE TRIGGER sealed_bids_no_delete BEFORE DELETE OR TRUNCATE ON sealed_bids
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE bid_openings (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    scheme_code TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('asked', 'opened')),
    asked_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    asked_at TEXT COLLATE "C" NOT NULL,
    opened_by TEXT COLLATE "C" REFERENCES users (id),
    opened_at TEXT COLLATE "C",
    bids TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((status = 'opened') = (opened_by IS NOT NULL)),
    CHECK ((opened_by IS NULL) = (opened_at IS NULL)),
    CHECK (opened_by IS NULL OR opened_by <> asked_by)
);
-- One opening of a scheme is on its way at a time.
CREATE UNIQUE INDEX bid_openings_one_asked ON bid_openings (scheme_code) WHERE status = 'asked';
CREATE TRIGGER bid_openings_opened_stay BEFORE UPDATE ON bid_openings
    FOR EACH ROW WHEN (OLD.status = 'opened') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bid_openings_no_delete BEFORE DELETE OR TRUNCATE ON bid_openings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
