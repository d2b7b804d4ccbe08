-- One invoice, however it is spelled, stands in one live claim of an organisation or its group; and
-- what a claim for sales says of its materials. Lines of before get their key at the next start.

ALTER TABLE claim_lines ADD COLUMN invoice_key TEXT NOT NULL DEFAULT '';
CREATE INDEX claim_lines_invoice_key ON claim_lines (invoice_key);

-- The group of companies an officer found it to belong to.
ALTER TABLE organisations ADD COLUMN company_group TEXT CHECK (company_group <> '');

ALTER TABLE claims ADD COLUMN mass_balance TEXT;
-- Kilograms that its materials do not explain.
ALTER TABLE claims ADD COLUMN held_kg INTEGER NOT NULL DEFAULT 0 CHECK (held_kg >= 0);
-- A later claim of the same days may ask for them again, with materials that explain them.
ALTER TABLE claims ADD COLUMN supplements TEXT REFERENCES claims (id);
