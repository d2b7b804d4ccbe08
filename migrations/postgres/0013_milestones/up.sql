-- Days of a delay that shall not count, and the share of a milestone that each claim took.

CREATE TABLE excuses (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    milestone_id TEXT COLLATE "C" NOT NULL REFERENCES milestones (id),
    award_id TEXT COLLATE "C" NOT NULL REFERENCES awards (id),
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    ground TEXT COLLATE "C" NOT NULL CHECK (ground IN ('force_majeure', 'land_not_handed_over', 'import_licence_or_visa', 'other')),
    text TEXT COLLATE "C" NOT NULL,
    asked_from TEXT COLLATE "C" NOT NULL,
    asked_to TEXT COLLATE "C" NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('asked', 'examined', 'granted', 'refused')),
    asked_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    asked_at TEXT COLLATE "C" NOT NULL,
    examination TEXT COLLATE "C",
    decision TEXT COLLATE "C",
    granted_from TEXT COLLATE "C",
    granted_to TEXT COLLATE "C",
    version BIGINT NOT NULL,
    CHECK (asked_to >= asked_from),
    CHECK ((granted_from IS NULL) = (granted_to IS NULL)),
    CHECK (granted_from >= asked_from AND granted_to <= asked_to AND granted_to >= granted_from),
    CHECK ((status = 'granted') = (granted_from IS NOT NULL)),
    CHECK ((status = 'asked') = (examination IS NULL)),
    CHECK ((status IN ('granted', 'refused')) = (decision IS NOT NULL))
);
CREATE INDEX excuses_of_milestone ON excuses (milestone_id);
CREATE INDEX excuses_of_organisation ON excuses (organisation_id);

-- In basis points of the award's capital ceiling; all claims of a milestone together never more
-- than its own share. What was verified before took the whole.
CREATE TABLE claimed_shares (
    claim_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES claims (id),
    milestone_id TEXT COLLATE "C" NOT NULL REFERENCES milestones (id),
    share BIGINT NOT NULL CHECK (share BETWEEN 1 AND 10000)
);
CREATE INDEX claimed_shares_of_milestone ON claimed_shares (milestone_id);
INSERT INTO claimed_shares
SELECT c.id, m.id, m.capital_share FROM claims c JOIN milestones m ON m.id = c.milestone_id
WHERE c.statement IS NOT NULL AND m.capital_share > 0;
CREATE TRIGGER claimed_shares_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claimed_shares
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
