-- Payment advices to the treasury and what it returns. A payment gains the status `accepted`.
-- SQLite cannot change a CHECK: payments and what refers to them are made anew, every row as it was.
ALTER TABLE disbursements RENAME TO disbursements_before;
ALTER TABLE payments RENAME TO payments_before;

CREATE TABLE payments (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    tranche_id TEXT NOT NULL REFERENCES tranches (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    bank_account TEXT NOT NULL,
    ifsc TEXT NOT NULL,
    status TEXT NOT NULL
        CHECK (status IN ('advised', 'accepted', 'succeeded', 'failed', 'failed_after_success', 'unknown')),
    advised_by TEXT NOT NULL REFERENCES users (id),
    advised_at TEXT NOT NULL,
    utr TEXT UNIQUE,
    paid_on TEXT,
    reason TEXT,
    settled_by TEXT REFERENCES users (id),
    settled_at TEXT,
    version INTEGER NOT NULL,
    accepted_at TEXT
) STRICT;
INSERT INTO payments (id, number, tranche_id, organisation_id, amount_paise, bank_account, ifsc, status, advised_by,
    advised_at, utr, paid_on, reason, settled_by, settled_at, version)
SELECT id, number, tranche_id, organisation_id, amount_paise, bank_account, ifsc, status, advised_by,
    advised_at, utr, paid_on, reason, settled_by, settled_at, version FROM payments_before;

CREATE TABLE disbursements (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    scheme_code TEXT NOT NULL,
    component TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    beneficiary TEXT NOT NULL,
    award_id TEXT NOT NULL REFERENCES awards (id),
    claim_id TEXT NOT NULL REFERENCES claims (id),
    tranche_id TEXT NOT NULL REFERENCES tranches (id),
    payment_id TEXT NOT NULL UNIQUE REFERENCES payments (id),
    performance_year TEXT NOT NULL,
    payment_year TEXT NOT NULL,
    paid_on TEXT NOT NULL,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    utr TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('succeeded', 'failed_after_success')),
    recorded_at TEXT NOT NULL
) STRICT;
INSERT INTO disbursements (id, number, scheme_code, component, organisation_id, beneficiary, award_id, claim_id,
    tranche_id, payment_id, performance_year, payment_year, paid_on, amount_paise, utr, status, recorded_at)
SELECT id, number, scheme_code, component, organisation_id, beneficiary, award_id, claim_id,
    tranche_id, payment_id, performance_year, payment_year, paid_on, amount_paise, utr, status, recorded_at
FROM disbursements_before;

-- The indexes go with the tables they stand on.
DROP TABLE disbursements_before;
DROP TABLE payments_before;

-- At most one payment of a tranche is open or has succeeded.
CREATE UNIQUE INDEX payments_one_live ON payments (tranche_id)
    WHERE status IN ('advised', 'accepted', 'succeeded', 'unknown');
CREATE INDEX disbursements_by_day ON disbursements (paid_on, id);
CREATE INDEX disbursements_by_amount ON disbursements (amount_paise, id);
CREATE INDEX disbursements_of_organisation ON disbursements (organisation_id, paid_on, id);

CREATE TABLE payment_advices (
    id TEXT NOT NULL PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    batch_id TEXT NOT NULL UNIQUE,
    scheme_code TEXT NOT NULL,
    source_system TEXT NOT NULL,
    execute_on TEXT NOT NULL,
    payment_count INTEGER NOT NULL CHECK (payment_count > 0),
    control_total_paise INTEGER NOT NULL CHECK (control_total_paise > 0),
    csv_digest TEXT NOT NULL,
    xml_digest TEXT NOT NULL,
    made_by TEXT NOT NULL REFERENCES users (id),
    made_at TEXT NOT NULL
) STRICT;

-- A payment stands in one advice, for ever: what failed is advised again as another payment.
CREATE TABLE payment_advice_lines (
    advice_id TEXT NOT NULL REFERENCES payment_advices (id),
    position INTEGER NOT NULL CHECK (position > 0),
    payment_id TEXT NOT NULL UNIQUE REFERENCES payments (id),
    PRIMARY KEY (advice_id, position)
) STRICT;

CREATE TABLE payment_advice_files (
    advice_id TEXT NOT NULL REFERENCES payment_advices (id),
    format TEXT NOT NULL CHECK (format IN ('csv', 'xml')),
    content TEXT NOT NULL,
    PRIMARY KEY (advice_id, format)
) STRICT;

CREATE TABLE treasury_returns (
    id TEXT NOT NULL PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    advice_id TEXT REFERENCES payment_advices (id),
    digest TEXT NOT NULL UNIQUE,
    format TEXT NOT NULL CHECK (format IN ('csv', 'xml')),
    line_count INTEGER NOT NULL CHECK (line_count > 0),
    control_total_paise INTEGER NOT NULL CHECK (control_total_paise > 0),
    uploaded_by TEXT NOT NULL REFERENCES users (id),
    uploaded_at TEXT NOT NULL
) STRICT;

CREATE TABLE treasury_return_lines (
    return_id TEXT NOT NULL REFERENCES treasury_returns (id),
    line INTEGER NOT NULL CHECK (line > 0),
    end_to_end_id TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'succeeded', 'failed', 'failed_after_success')),
    utr TEXT,
    paid_on TEXT,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    reason TEXT,
    result TEXT NOT NULL
        CHECK (result IN ('open', 'applied', 'already_recorded', 'waiting', 'contradicted', 'refused')),
    code TEXT,
    detail TEXT,
    PRIMARY KEY (return_id, line)
) STRICT;
CREATE INDEX treasury_return_lines_by_result ON treasury_return_lines (result, return_id);

-- Tripwires: what was sent to the treasury stays as sent.
CREATE TRIGGER payment_advices_no_update BEFORE UPDATE ON payment_advices
BEGIN SELECT RAISE(ABORT, 'payment_advices is append-only'); END;
CREATE TRIGGER payment_advices_no_delete BEFORE DELETE ON payment_advices
BEGIN SELECT RAISE(ABORT, 'payment_advices is append-only'); END;
CREATE TRIGGER payment_advice_lines_no_update BEFORE UPDATE ON payment_advice_lines
BEGIN SELECT RAISE(ABORT, 'payment_advice_lines is append-only'); END;
CREATE TRIGGER payment_advice_lines_no_delete BEFORE DELETE ON payment_advice_lines
BEGIN SELECT RAISE(ABORT, 'payment_advice_lines is append-only'); END;
CREATE TRIGGER payment_advice_files_no_update BEFORE UPDATE ON payment_advice_files
BEGIN SELECT RAISE(ABORT, 'payment_advice_files is append-only'); END;
CREATE TRIGGER payment_advice_files_no_delete BEFORE DELETE ON payment_advice_files
BEGIN SELECT RAISE(ABORT, 'payment_advice_files is append-only'); END;
CREATE TRIGGER treasury_returns_no_update BEFORE UPDATE ON treasury_returns
BEGIN SELECT RAISE(ABORT, 'treasury_returns is append-only'); END;
CREATE TRIGGER treasury_returns_no_delete BEFORE DELETE ON treasury_returns
BEGIN SELECT RAISE(ABORT, 'treasury_returns is append-only'); END;
