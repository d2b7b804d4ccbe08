-- An invoice is one by the GSTIN of its issuer, its type, its number and the financial year of its date. The keys are
-- computed from the other columns; lines of before get them at the next start. `invoice_key` is what they were found
-- by before, and is not read any more.
ALTER TABLE claim_lines ADD COLUMN supplier_gstin TEXT;
ALTER TABLE claim_lines ADD COLUMN buyer_gstin TEXT;
ALTER TABLE claim_lines ADD COLUMN irn TEXT;
ALTER TABLE claim_lines ADD COLUMN document_key TEXT;
ALTER TABLE claim_lines ADD COLUMN name_key TEXT;
ALTER TABLE claim_lines ADD COLUMN number_key TEXT;
DROP INDEX claim_lines_invoice_key;
CREATE INDEX claim_lines_document_key ON claim_lines (document_key);
CREATE INDEX claim_lines_name_key ON claim_lines (name_key);
CREATE INDEX claim_lines_number_key ON claim_lines (number_key);
CREATE INDEX claim_lines_day_and_amount ON claim_lines (invoice_date, amount_paise);

-- Lines that could state an invoice which another line states. Whoever verifies the claim decides on them.
CREATE TABLE line_likenesses (
    claim_id TEXT NOT NULL REFERENCES claims (id),
    line INTEGER NOT NULL CHECK (line > 0),
    position INTEGER NOT NULL CHECK (position > 0),
    likeness TEXT NOT NULL
        CHECK (likeness IN ('same_document', 'same_number', 'same_amount_and_day', 'other_year')),
    other_claim_id TEXT REFERENCES claims (id),
    other_line INTEGER CHECK (other_line > 0),
    found_at TEXT NOT NULL,
    PRIMARY KEY (claim_id, line, position),
    CHECK ((other_claim_id IS NULL) = (other_line IS NULL)),
    CHECK ((other_claim_id IS NULL) = (likeness = 'other_year'))
) STRICT;
