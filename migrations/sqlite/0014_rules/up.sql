-- What a scheme asks for beyond what every scheme does, and what of each line of a claim counts.

ALTER TABLE claims ADD COLUMN facts TEXT NOT NULL DEFAULT '[]';

ALTER TABLE claim_lines ADD COLUMN facts TEXT NOT NULL DEFAULT '[]';
-- Given once the claim is verified.
ALTER TABLE claim_lines ADD COLUMN counted_kg INTEGER CHECK (counted_kg >= 0 AND counted_kg <= quantity_kg);
ALTER TABLE claim_lines ADD COLUMN counted_amount_paise INTEGER
    CHECK (counted_amount_paise >= 0 AND counted_amount_paise <= amount_paise);
ALTER TABLE claim_lines ADD COLUMN excluded TEXT;
