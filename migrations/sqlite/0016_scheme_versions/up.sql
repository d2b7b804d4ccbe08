-- Versions of schemes that are written here: drafted by one person, published by another.

CREATE TABLE scheme_drafts (
    id TEXT NOT NULL PRIMARY KEY,
    scheme_code TEXT NOT NULL,
    scheme_version INTEGER NOT NULL,
    document TEXT NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    status TEXT NOT NULL CHECK (status IN ('draft', 'published', 'withdrawn')),
    drafted_by TEXT NOT NULL REFERENCES users (id),
    drafted_at TEXT NOT NULL,
    instrument TEXT,
    publication TEXT,
    withdrawal TEXT,
    version INTEGER NOT NULL,
    CHECK ((status = 'published') = (publication IS NOT NULL)),
    CHECK ((status = 'withdrawn') = (withdrawal IS NOT NULL))
) STRICT;
-- A number is published once, even if two people do it at the same moment.
CREATE UNIQUE INDEX scheme_drafts_one_published ON scheme_drafts (scheme_code, scheme_version) WHERE status = 'published';
CREATE TRIGGER scheme_drafts_published_stay BEFORE UPDATE ON scheme_drafts WHEN OLD.status <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a published or withdrawn draft is never changed'); END;
CREATE TRIGGER scheme_drafts_text_stays BEFORE UPDATE ON scheme_drafts
WHEN NEW.document <> OLD.document OR NEW.digest <> OLD.digest OR NEW.drafted_by <> OLD.drafted_by
BEGIN SELECT RAISE(ABORT, 'the text of a draft is never changed'); END;
CREATE TRIGGER scheme_drafts_no_delete BEFORE DELETE ON scheme_drafts
BEGIN SELECT RAISE(ABORT, 'scheme_drafts is never deleted from'); END;

-- Null for a version that came with the program or in a file.
ALTER TABLE schemes ADD COLUMN draft_id TEXT REFERENCES scheme_drafts (id);
