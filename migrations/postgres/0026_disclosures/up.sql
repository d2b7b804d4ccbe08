-- Personal and confidential values beside the audit log: an entry holds their salted digests.

CREATE TABLE disclosures (
    sequence BIGINT NOT NULL,
    field TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    disclosure TEXT COLLATE "C",
    digest TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 43),
    erased_by BIGINT,
    PRIMARY KEY (sequence, field),
    CHECK ((disclosure IS NULL) = (erased_by IS NOT NULL))
);
CREATE INDEX disclosures_of_subject ON disclosures (subject, sequence);

-- What is written here stays, or is erased once.
CREATE TRIGGER disclosures_erased_alone BEFORE UPDATE ON disclosures FOR EACH ROW
    WHEN (NOT (NEW.sequence = OLD.sequence AND NEW.field = OLD.field AND NEW.subject = OLD.subject
        AND NEW.digest = OLD.digest AND NEW.disclosure IS NULL AND OLD.erased_by IS NULL))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER disclosures_no_delete BEFORE DELETE OR TRUNCATE ON disclosures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE users ADD COLUMN erased_at TEXT COLLATE "C";
