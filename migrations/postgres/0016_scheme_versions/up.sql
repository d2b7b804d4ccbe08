-- Versions of schemes that are written here: drafted by one person, published by another.

CREATE TABLE scheme_drafts (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    scheme_code TEXT COLLATE "C" NOT NULL,
    scheme_version BIGINT NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 64),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('draft', 'published', 'withdrawn')),
    drafted_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    drafted_at TEXT COLLATE "C" NOT NULL,
    instrument TEXT COLLATE "C",
    publication TEXT COLLATE "C",
    withdrawal TEXT COLLATE "C",
    version BIGINT NOT NULL,
    CHECK ((status = 'published') = (publication IS NOT NULL)),
    CHECK ((status = 'withdrawn') = (withdrawal IS NOT NULL))
);
-- A number is published once, even if two people do it at the same moment.
CREATE UNIQUE INDEX scheme_drafts_one_published ON scheme_drafts (scheme_code, scheme_version) WHERE status = 'published';
CREATE TRIGGER scheme_drafts_published_stay BEFORE UPDATE ON scheme_drafts
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER scheme_drafts_text_stays BEFORE UPDATE ON scheme_drafts
    FOR EACH ROW WHEN (NEW.document <> OLD.document OR NEW.digest <> OLD.digest OR NEW.drafted_by <> OLD.drafted_by)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER scheme_drafts_no_delete BEFORE DELETE OR TRUNCATE ON scheme_drafts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Null for a version that came with the program or in a file.
ALTER TABLE schemes ADD COLUMN draft_id TEXT COLLATE "C" REFERENCES scheme_drafts (id);
