-- The recovery ledger, and the stages of withheld, recovered, surrendered and lapsed money.
ALTER TABLE accounts DROP CONSTRAINT accounts_ledger_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_ledger_check CHECK (ledger IN ('outlay', 'appropriation', 'recovery'));
ALTER TABLE accounts DROP CONSTRAINT accounts_stage_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_stage_check CHECK (stage IN (
    'authorised', 'available', 'committed', 'withheld', 'reserved', 'sanctioned', 'disbursed', 'recovered',
    'surrendered', 'lapsed', 'receipts', 'demanded', 'principal_due', 'interest_due', 'damages_due',
    'principal_recovered', 'interest_recovered', 'damages_recovered', 'written_off', 'waived'));
