-- The audit desk: requisitions and observations.

CREATE TABLE requisitions (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    title TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    organisation_id TEXT COLLATE "C" REFERENCES organisations (id),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('asked', 'answered')),
    due_on TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C",
    asked_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    asked_at TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((status = 'answered') = (answer IS NOT NULL))
);

CREATE TABLE observations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    title TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    organisation_id TEXT COLLATE "C" REFERENCES organisations (id),
    as_of TEXT COLLATE "C" NOT NULL,
    known_at BIGINT NOT NULL CHECK (known_at >= 0),
    pins TEXT COLLATE "C" NOT NULL,
    amount_paise BIGINT CHECK (amount_paise > 0),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('raised', 'replied', 'remarked', 'settled', 'converted')),
    due_on TEXT COLLATE "C" NOT NULL,
    steps TEXT COLLATE "C" NOT NULL,
    recovery_id TEXT COLLATE "C" REFERENCES recoveries (id),
    raised_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    raised_at TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((status = 'converted') = (recovery_id IS NOT NULL))
);
CREATE INDEX observations_by_due ON observations (status, due_on);
CREATE INDEX observations_of_organisation ON observations (organisation_id, id);

CREATE TRIGGER requisitions_stay BEFORE DELETE OR TRUNCATE ON requisitions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER observations_stay BEFORE DELETE OR TRUNCATE ON observations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
