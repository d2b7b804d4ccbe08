-- Credit and debit notes: lines that name the invoice which they correct. A credit note is negative, and a debit note
-- lets an invoice count for more than it states.

-- A CHECK cannot be changed in SQLite, and making this table anew would make its history anew. A wider CHECK changes no
-- stored row, so the text of the table is changed (https://sqlite.org/lang_altertable.html, section 7, the shorter
-- procedure).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(replace(replace(replace(sql,
    'quantity_kg INTEGER NOT NULL CHECK (quantity_kg >= 0)', 'quantity_kg INTEGER NOT NULL'),
    'amount_paise INTEGER NOT NULL CHECK (amount_paise > 0)', 'amount_paise INTEGER NOT NULL CHECK (amount_paise <> 0)'),
    'CHECK (counted_kg >= 0 AND counted_kg <= quantity_kg)', 'CHECK (counted_kg >= 0)'),
    'CHECK (counted_amount_paise >= 0 AND counted_amount_paise <= amount_paise)', 'CHECK (counted_amount_paise >= 0)')
WHERE type = 'table' AND name = 'claim_lines';
PRAGMA writable_schema = RESET;

ALTER TABLE claim_lines ADD COLUMN document_type TEXT CHECK (document_type IN ('CRN', 'DBN'));
ALTER TABLE claim_lines ADD COLUMN corrects_number TEXT;
ALTER TABLE claim_lines ADD COLUMN corrects_date TEXT;

-- Credit notes on a verified claim.
ALTER TABLE final_certificates ADD COLUMN notes TEXT;
-- A claim has one certificate under examination and one that settled it; credit notes may follow one another.
DROP INDEX final_certificates_one_live;
CREATE UNIQUE INDEX final_certificates_one_live ON final_certificates (claim_id)
    WHERE status <> 'returned' AND notes IS NULL;
CREATE UNIQUE INDEX final_certificates_one_open ON final_certificates (claim_id) WHERE status = 'submitted';
