-- The rates of bids that compete are sealed: they lie here, apart from the applications, until two officers open them
-- after the window. What the log keeps of a rate is a digest that is salted, so that it tells nothing before the opening
-- and can be checked by anybody afterwards.

CREATE TABLE sealed_bids (
    id TEXT NOT NULL PRIMARY KEY REFERENCES applications (id),
    scheme_code TEXT NOT NULL,
    rate_paise_per_kg INTEGER NOT NULL CHECK (rate_paise_per_kg > 0),
    salt TEXT NOT NULL CHECK (length(salt) >= 43),
    sealed_at TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE TRIGGER sealed_bids_no_delete BEFORE DELETE ON sealed_bids
BEGIN SELECT RAISE(ABORT, 'sealed_bids is never deleted from'); END;

CREATE TABLE bid_openings (
    id TEXT NOT NULL PRIMARY KEY,
    scheme_code TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('asked', 'opened')),
    asked_by TEXT NOT NULL REFERENCES users (id),
    asked_at TEXT NOT NULL,
    opened_by TEXT REFERENCES users (id),
    opened_at TEXT,
    bids TEXT NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((status = 'opened') = (opened_by IS NOT NULL)),
    CHECK ((opened_by IS NULL) = (opened_at IS NULL)),
    CHECK (opened_by IS NULL OR opened_by <> asked_by)
) STRICT;
-- One opening of a scheme is on its way at a time.
CREATE UNIQUE INDEX bid_openings_one_asked ON bid_openings (scheme_code) WHERE status = 'asked';
CREATE TRIGGER bid_openings_opened_stay BEFORE UPDATE ON bid_openings WHEN OLD.status = 'opened'
BEGIN SELECT RAISE(ABORT, 'what was opened is never changed'); END;
CREATE TRIGGER bid_openings_no_delete BEFORE DELETE ON bid_openings
BEGIN SELECT RAISE(ABORT, 'bid_openings is never deleted from'); END;
