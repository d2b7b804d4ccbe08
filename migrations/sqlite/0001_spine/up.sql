-- The whole spine. Ids, dates and instants are text on both engines (fixed width, so text order is
-- time order); money is whole paise in 64-bit integers. See docs/adr/0002-text-and-integers.md.

CREATE TABLE instance (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    mode TEXT NOT NULL CHECK (mode IN ('live', 'sandbox')),
    clock_offset_micros INTEGER NOT NULL CHECK (clock_offset_micros >= 0),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE organisations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    cin TEXT NOT NULL UNIQUE,
    pan TEXT NOT NULL UNIQUE,
    gstin TEXT NOT NULL UNIQUE,
    bank_account TEXT NOT NULL,
    ifsc TEXT NOT NULL,
    registered_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (ifsc, bank_account)
) STRICT;

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    organisation_id TEXT REFERENCES organisations (id),
    created_at TEXT NOT NULL,
    disabled_at TEXT,
    version INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    failed_attempts INTEGER NOT NULL,
    locked_until TEXT
) STRICT;

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    started_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT,
    ended_because TEXT
) STRICT;
CREATE INDEX sessions_of_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    digest TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id),
    issued_at TEXT NOT NULL,
    used_at TEXT
) STRICT;

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL CHECK (value >= 0)
) STRICT;

CREATE TABLE schemes (
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    loaded_at TEXT NOT NULL,
    PRIMARY KEY (code, version)
) STRICT;

CREATE TABLE windows (
    id TEXT NOT NULL PRIMARY KEY,
    scheme_code TEXT NOT NULL,
    opens_on TEXT NOT NULL,
    closes_on TEXT NOT NULL,
    reference TEXT NOT NULL,
    opened_by TEXT NOT NULL REFERENCES users (id),
    opened_at TEXT NOT NULL,
    CHECK (opens_on <= closes_on)
) STRICT;

CREATE TABLE evidence (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
    media_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    organisation_id TEXT REFERENCES organisations (id),
    uploaded_by TEXT NOT NULL REFERENCES users (id),
    uploaded_at TEXT NOT NULL
) STRICT;

CREATE TABLE applications (
    id TEXT NOT NULL PRIMARY KEY,
    scheme_code TEXT NOT NULL,
    scheme_version INTEGER NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'eligible', 'not_eligible', 'awarded')),
    number TEXT UNIQUE,
    form TEXT NOT NULL,
    prepared_by TEXT NOT NULL REFERENCES users (id),
    receipt TEXT,
    queries TEXT NOT NULL,
    scrutiny TEXT,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX applications_of_organisation ON applications (organisation_id, scheme_code);

CREATE TABLE awards (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    scheme_code TEXT NOT NULL,
    scheme_version INTEGER NOT NULL,
    application_id TEXT NOT NULL UNIQUE REFERENCES applications (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    capacity_mtpa INTEGER NOT NULL CHECK (capacity_mtpa > 0),
    rate_paise_per_kg INTEGER NOT NULL CHECK (rate_paise_per_kg > 0),
    ceilings TEXT NOT NULL,
    security_required_paise INTEGER NOT NULL CHECK (security_required_paise >= 0),
    awarded_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    awarded_by TEXT NOT NULL REFERENCES users (id),
    awarded_at TEXT NOT NULL,
    commissioned_on TEXT,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE securities (
    id TEXT NOT NULL PRIMARY KEY,
    award_id TEXT NOT NULL REFERENCES awards (id),
    guarantee_number TEXT NOT NULL,
    bank TEXT NOT NULL,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    issued_on TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    evidence_id TEXT NOT NULL REFERENCES evidence (id),
    lodged_by TEXT NOT NULL REFERENCES users (id),
    lodged_at TEXT NOT NULL,
    UNIQUE (bank, guarantee_number)
) STRICT;
CREATE INDEX securities_of_award ON securities (award_id);

CREATE TABLE milestones (
    id TEXT NOT NULL PRIMARY KEY,
    award_id TEXT NOT NULL REFERENCES awards (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    due_on TEXT NOT NULL,
    capital_share INTEGER NOT NULL CHECK (capital_share BETWEEN 0 AND 10000),
    commissions INTEGER NOT NULL CHECK (commissions IN (0, 1)),
    needed_mtpa TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('due', 'reported', 'returned', 'verified')),
    achieved_on TEXT,
    rounds TEXT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (award_id, code)
) STRICT;

CREATE TABLE claims (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT UNIQUE,
    award_id TEXT NOT NULL REFERENCES awards (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    scheme_code TEXT NOT NULL,
    scheme_version INTEGER NOT NULL,
    component TEXT NOT NULL,
    milestone_id TEXT REFERENCES milestones (id),
    period_from TEXT,
    period_to TEXT,
    performance_year TEXT NOT NULL,
    amount_claimed_paise INTEGER NOT NULL CHECK (amount_claimed_paise > 0),
    evidence TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'verified', 'rejected')),
    prepared_by TEXT NOT NULL REFERENCES users (id),
    submitted_by TEXT REFERENCES users (id),
    submitted_at TEXT,
    verified_by TEXT REFERENCES users (id),
    verified_at TEXT,
    eligible_kg INTEGER NOT NULL CHECK (eligible_kg >= 0),
    entitlement_paise INTEGER NOT NULL CHECK (entitlement_paise >= 0),
    deferred_paise INTEGER NOT NULL CHECK (deferred_paise >= 0 AND deferred_paise <= entitlement_paise),
    statement TEXT,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX claims_of_award ON claims (award_id, component, status);

CREATE TABLE claim_lines (
    claim_id TEXT NOT NULL REFERENCES claims (id),
    line INTEGER NOT NULL CHECK (line > 0),
    invoice_number TEXT NOT NULL,
    invoice_date TEXT NOT NULL,
    party TEXT NOT NULL,
    quantity_kg INTEGER NOT NULL CHECK (quantity_kg >= 0),
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    accepted INTEGER CHECK (accepted IN (0, 1)),
    reason TEXT,
    PRIMARY KEY (claim_id, line)
) STRICT;

CREATE TABLE tranches (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    claim_id TEXT NOT NULL REFERENCES claims (id),
    award_id TEXT NOT NULL REFERENCES awards (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    scheme_code TEXT NOT NULL,
    component TEXT NOT NULL,
    performance_year TEXT NOT NULL,
    held_in TEXT NOT NULL,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    held_until TEXT NOT NULL,
    status TEXT NOT NULL
        CHECK (status IN ('verified', 'recommended', 'concurred', 'sanctioned', 'advised', 'disbursed', 'rejected', 'expired')),
    sanction TEXT,
    rejection TEXT,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX tranches_of_claim ON tranches (claim_id);
CREATE INDEX tranches_held ON tranches (held_until)
    WHERE status IN ('verified', 'recommended', 'concurred', 'sanctioned');

-- One person, one step on one rupee: the second guard behind domain/tranche.rs.
CREATE TABLE tranche_steps (
    tranche_id TEXT NOT NULL REFERENCES tranches (id),
    position INTEGER NOT NULL CHECK (position > 0),
    step TEXT NOT NULL,
    taken_by TEXT NOT NULL REFERENCES users (id),
    taken_at TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (tranche_id, position),
    UNIQUE (tranche_id, taken_by)
) STRICT;

CREATE TABLE payments (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    tranche_id TEXT NOT NULL REFERENCES tranches (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    bank_account TEXT NOT NULL,
    ifsc TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('advised', 'succeeded', 'failed', 'failed_after_success', 'unknown')),
    advised_by TEXT NOT NULL REFERENCES users (id),
    advised_at TEXT NOT NULL,
    utr TEXT UNIQUE,
    paid_on TEXT,
    reason TEXT,
    settled_by TEXT REFERENCES users (id),
    settled_at TEXT,
    version INTEGER NOT NULL
) STRICT;
-- At most one payment of a tranche is open or has succeeded.
CREATE UNIQUE INDEX payments_one_live ON payments (tranche_id) WHERE status IN ('advised', 'succeeded', 'unknown');

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
CREATE INDEX disbursements_by_day ON disbursements (paid_on, id);
CREATE INDEX disbursements_by_amount ON disbursements (amount_paise, id);
CREATE INDEX disbursements_of_organisation ON disbursements (organisation_id, paid_on, id);

CREATE TABLE provisions (
    id TEXT NOT NULL PRIMARY KEY,
    scheme_code TEXT NOT NULL,
    component TEXT NOT NULL,
    financial_year TEXT NOT NULL,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    reference TEXT NOT NULL,
    dated_on TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('proposed', 'approved')),
    proposed_by TEXT NOT NULL REFERENCES users (id),
    proposed_at TEXT NOT NULL,
    approved_by TEXT REFERENCES users (id),
    approved_at TEXT,
    version INTEGER NOT NULL,
    CHECK (approved_by <> proposed_by)
) STRICT;

-- The floor: no balance below zero, whatever the code does.
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    ledger TEXT NOT NULL CHECK (ledger IN ('outlay', 'appropriation')),
    scheme_code TEXT NOT NULL,
    component TEXT NOT NULL,
    award_id TEXT REFERENCES awards (id),
    award_number TEXT,
    organisation_id TEXT REFERENCES organisations (id),
    financial_year TEXT,
    stage TEXT NOT NULL
        CHECK (stage IN ('authorised', 'available', 'committed', 'reserved', 'sanctioned', 'disbursed')),
    balance_paise INTEGER NOT NULL CONSTRAINT balance_floor CHECK (balance_paise >= 0)
) STRICT;

CREATE TABLE journals (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    posted_at TEXT NOT NULL,
    audit_sequence INTEGER NOT NULL UNIQUE
) STRICT;

CREATE TABLE entries (
    journal_id TEXT NOT NULL REFERENCES journals (id),
    line INTEGER NOT NULL CHECK (line > 0),
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    amount_paise INTEGER NOT NULL CHECK (amount_paise <> 0),
    PRIMARY KEY (journal_id, line)
) STRICT;

CREATE TABLE audit_log (
    sequence INTEGER NOT NULL PRIMARY KEY,
    recorded_at TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    command TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
    code TEXT,
    details TEXT NOT NULL,
    journal_digest TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX audit_log_of_subject ON audit_log (subject, sequence);

CREATE TABLE audit_head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
INSERT INTO audit_head (id, sequence, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TABLE idempotency_keys (
    actor_id TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (actor_id, key)
) STRICT;

-- Tripwires: what is written here stays as written. The hash chain is the proof.
CREATE TRIGGER journals_no_update BEFORE UPDATE ON journals
BEGIN SELECT RAISE(ABORT, 'journals is append-only'); END;
CREATE TRIGGER journals_no_delete BEFORE DELETE ON journals
BEGIN SELECT RAISE(ABORT, 'journals is append-only'); END;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries is append-only'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries is append-only'); END;
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
CREATE TRIGGER tranche_steps_no_update BEFORE UPDATE ON tranche_steps
BEGIN SELECT RAISE(ABORT, 'tranche_steps is append-only'); END;
CREATE TRIGGER tranche_steps_no_delete BEFORE DELETE ON tranche_steps
BEGIN SELECT RAISE(ABORT, 'tranche_steps is append-only'); END;
CREATE TRIGGER schemes_no_update BEFORE UPDATE ON schemes
BEGIN SELECT RAISE(ABORT, 'schemes is append-only'); END;
CREATE TRIGGER schemes_no_delete BEFORE DELETE ON schemes
BEGIN SELECT RAISE(ABORT, 'schemes is append-only'); END;
