-- Personal and confidential values beside the audit log: an entry holds their salted digests.

CREATE TABLE disclosures (
    sequence INTEGER NOT NULL,
    field TEXT NOT NULL,
    subject TEXT NOT NULL,
    disclosure TEXT,
    digest TEXT NOT NULL CHECK (length(digest) = 43),
    erased_by INTEGER,
    PRIMARY KEY (sequence, field),
    CHECK ((disclosure IS NULL) = (erased_by IS NOT NULL))
) STRICT;
CREATE INDEX disclosures_of_subject ON disclosures (subject, sequence);

-- What is written here stays, or is erased once.
CREATE TRIGGER disclosures_erased_alone BEFORE UPDATE ON disclosures
WHEN NOT (NEW.sequence = OLD.sequence AND NEW.field = OLD.field AND NEW.subject = OLD.subject
    AND NEW.digest = OLD.digest AND NEW.disclosure IS NULL AND OLD.erased_by IS NULL)
BEGIN SELECT RAISE(ABORT, 'disclosures are erased and never changed'); END;
CREATE TRIGGER disclosures_no_delete BEFORE DELETE ON disclosures
BEGIN SELECT RAISE(ABORT, 'disclosures is append-only'); END;

ALTER TABLE users ADD COLUMN erased_at TEXT;
