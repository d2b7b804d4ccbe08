-- The recovery ledger, and the stages of withheld, recovered, surrendered and lapsed money.
-- SQLite cannot change a CHECK: both tables are made anew, with every row as it was.
DROP TRIGGER entries_no_update;
DROP TRIGGER entries_no_delete;
ALTER TABLE entries RENAME TO entries_before;
ALTER TABLE accounts RENAME TO accounts_before;

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    ledger TEXT NOT NULL CHECK (ledger IN ('outlay', 'appropriation', 'recovery')),
    scheme_code TEXT NOT NULL,
    component TEXT NOT NULL,
    award_id TEXT REFERENCES awards (id),
    award_number TEXT,
    organisation_id TEXT REFERENCES organisations (id),
    financial_year TEXT,
    stage TEXT NOT NULL CHECK (stage IN (
        'authorised', 'available', 'committed', 'withheld', 'reserved', 'sanctioned', 'disbursed', 'recovered',
        'surrendered', 'lapsed', 'receipts', 'demanded', 'principal_due', 'interest_due', 'damages_due',
        'principal_recovered', 'interest_recovered', 'damages_recovered', 'written_off', 'waived')),
    balance_paise INTEGER NOT NULL CONSTRAINT balance_floor CHECK (balance_paise >= 0)
) STRICT;
INSERT INTO accounts SELECT * FROM accounts_before;

CREATE TABLE entries (
    journal_id TEXT NOT NULL REFERENCES journals (id),
    line INTEGER NOT NULL CHECK (line > 0),
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    amount_paise INTEGER NOT NULL CHECK (amount_paise <> 0),
    PRIMARY KEY (journal_id, line)
) STRICT;
INSERT INTO entries SELECT * FROM entries_before;

DROP TABLE entries_before;
DROP TABLE accounts_before;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries is append-only'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries is append-only'); END;
