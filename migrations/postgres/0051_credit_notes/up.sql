-- Credit and debit notes: lines that name the invoice which they correct. A credit note is negative, and a debit note
-- lets an invoice count for more than it states.
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT conname FROM pg_constraint
        WHERE conrelid = 'claim_lines'::regclass AND contype = 'c'
            AND (pg_get_constraintdef(oid) LIKE '%quantity_kg%' OR pg_get_constraintdef(oid) LIKE '%amount_paise%')
    LOOP
        EXECUTE format('ALTER TABLE claim_lines DROP CONSTRAINT %I', one.conname);
    END LOOP;
END $$;
ALTER TABLE claim_lines ADD CHECK (amount_paise <> 0);
ALTER TABLE claim_lines ADD CHECK (counted_kg >= 0);
ALTER TABLE claim_lines ADD CHECK (counted_amount_paise >= 0);

ALTER TABLE claim_lines ADD COLUMN document_type TEXT COLLATE "C" CHECK (document_type IN ('CRN', 'DBN'));
ALTER TABLE claim_lines ADD COLUMN corrects_number TEXT COLLATE "C";
ALTER TABLE claim_lines ADD COLUMN corrects_date TEXT COLLATE "C";

-- Credit notes on a verified claim.
ALTER TABLE final_certificates ADD COLUMN notes TEXT COLLATE "C";
-- A claim has one certificate under examination and one that settled it; credit notes may follow one another.
DROP INDEX final_certificates_one_live;
CREATE UNIQUE INDEX final_certificates_one_live ON final_certificates (claim_id)
    WHERE status <> 'returned' AND notes IS NULL;
CREATE UNIQUE INDEX final_certificates_one_open ON final_certificates (claim_id) WHERE status = 'submitted';
