-- The whole spine. Ids, dates and instants are text on both engines (fixed width, so text order is
-- time order); money is whole paise in 64-bit integers. See docs/adr/0002-text-and-integers.md.

CREATE TABLE instance (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('live', 'sandbox')),
    clock_offset_micros BIGINT NOT NULL CHECK (clock_offset_micros >= 0),
    created_at TEXT COLLATE "C" NOT NULL
);

CREATE TABLE organisations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    cin TEXT COLLATE "C" NOT NULL UNIQUE,
    pan TEXT COLLATE "C" NOT NULL UNIQUE,
    gstin TEXT COLLATE "C" NOT NULL UNIQUE,
    bank_account TEXT COLLATE "C" NOT NULL,
    ifsc TEXT COLLATE "C" NOT NULL,
    registered_at TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (ifsc, bank_account)
);

CREATE TABLE users (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    email TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    roles TEXT COLLATE "C" NOT NULL,
    organisation_id TEXT COLLATE "C" REFERENCES organisations (id),
    created_at TEXT COLLATE "C" NOT NULL,
    disabled_at TEXT COLLATE "C",
    version BIGINT NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    failed_attempts BIGINT NOT NULL,
    locked_until TEXT COLLATE "C"
);

CREATE TABLE sessions (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    started_at TEXT COLLATE "C" NOT NULL,
    expires_at TEXT COLLATE "C" NOT NULL,
    ended_at TEXT COLLATE "C",
    ended_because TEXT COLLATE "C"
);
CREATE INDEX sessions_of_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions (id),
    issued_at TEXT COLLATE "C" NOT NULL,
    used_at TEXT COLLATE "C"
);

CREATE TABLE counters (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL CHECK (value >= 0)
);

CREATE TABLE schemes (
    code TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    loaded_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (code, version)
);

CREATE TABLE windows (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    scheme_code TEXT COLLATE "C" NOT NULL,
    opens_on TEXT COLLATE "C" NOT NULL,
    closes_on TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    opened_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    opened_at TEXT COLLATE "C" NOT NULL,
    CHECK (opens_on <= closes_on)
);

CREATE TABLE evidence (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    digest TEXT COLLATE "C" NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    media_type TEXT COLLATE "C" NOT NULL,
    file_name TEXT COLLATE "C" NOT NULL,
    organisation_id TEXT COLLATE "C" REFERENCES organisations (id),
    uploaded_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    uploaded_at TEXT COLLATE "C" NOT NULL
);

CREATE TABLE applications (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    scheme_code TEXT COLLATE "C" NOT NULL,
    scheme_version BIGINT NOT NULL,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('draft', 'submitted', 'eligible', 'not_eligible', 'awarded')),
    number TEXT COLLATE "C" UNIQUE,
    form TEXT COLLATE "C" NOT NULL,
    prepared_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    receipt TEXT COLLATE "C",
    queries TEXT COLLATE "C" NOT NULL,
    scrutiny TEXT COLLATE "C",
    created_at TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX applications_of_organisation ON applications (organisation_id, scheme_code);

CREATE TABLE awards (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    scheme_code TEXT COLLATE "C" NOT NULL,
    scheme_version BIGINT NOT NULL,
    application_id TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES applications (id),
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    capacity_mtpa BIGINT NOT NULL CHECK (capacity_mtpa > 0),
    rate_paise_per_kg BIGINT NOT NULL CHECK (rate_paise_per_kg > 0),
    ceilings TEXT COLLATE "C" NOT NULL,
    security_required_paise BIGINT NOT NULL CHECK (security_required_paise >= 0),
    awarded_on TEXT COLLATE "C" NOT NULL,
    ends_on TEXT COLLATE "C" NOT NULL,
    awarded_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    awarded_at TEXT COLLATE "C" NOT NULL,
    commissioned_on TEXT COLLATE "C",
    version BIGINT NOT NULL
);

CREATE TABLE securities (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    award_id TEXT COLLATE "C" NOT NULL REFERENCES awards (id),
    guarantee_number TEXT COLLATE "C" NOT NULL,
    bank TEXT COLLATE "C" NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    issued_on TEXT COLLATE "C" NOT NULL,
    expires_on TEXT COLLATE "C" NOT NULL,
    evidence_id TEXT COLLATE "C" NOT NULL REFERENCES evidence (id),
    lodged_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    lodged_at TEXT COLLATE "C" NOT NULL,
    UNIQUE (bank, guarantee_number)
);
CREATE INDEX securities_of_award ON securities (award_id);

CREATE TABLE milestones (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    award_id TEXT COLLATE "C" NOT NULL REFERENCES awards (id),
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    code TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    due_on TEXT COLLATE "C" NOT NULL,
    capital_share BIGINT NOT NULL CHECK (capital_share BETWEEN 0 AND 10000),
    commissions BIGINT NOT NULL CHECK (commissions IN (0, 1)),
    needed_mtpa TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('due', 'reported', 'returned', 'verified')),
    achieved_on TEXT COLLATE "C",
    rounds TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (award_id, code)
);

CREATE TABLE claims (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" UNIQUE,
    award_id TEXT COLLATE "C" NOT NULL REFERENCES awards (id),
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    scheme_code TEXT COLLATE "C" NOT NULL,
    scheme_version BIGINT NOT NULL,
    component TEXT COLLATE "C" NOT NULL,
    milestone_id TEXT COLLATE "C" REFERENCES milestones (id),
    period_from TEXT COLLATE "C",
    period_to TEXT COLLATE "C",
    performance_year TEXT COLLATE "C" NOT NULL,
    amount_claimed_paise BIGINT NOT NULL CHECK (amount_claimed_paise > 0),
    evidence TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('draft', 'submitted', 'verified', 'rejected')),
    prepared_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    submitted_by TEXT COLLATE "C" REFERENCES users (id),
    submitted_at TEXT COLLATE "C",
    verified_by TEXT COLLATE "C" REFERENCES users (id),
    verified_at TEXT COLLATE "C",
    eligible_kg BIGINT NOT NULL CHECK (eligible_kg >= 0),
    entitlement_paise BIGINT NOT NULL CHECK (entitlement_paise >= 0),
    deferred_paise BIGINT NOT NULL CHECK (deferred_paise >= 0 AND deferred_paise <= entitlement_paise),
    statement TEXT COLLATE "C",
    created_at TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX claims_of_award ON claims (award_id, component, status);

CREATE TABLE claim_lines (
    claim_id TEXT COLLATE "C" NOT NULL REFERENCES claims (id),
    line BIGINT NOT NULL CHECK (line > 0),
    invoice_number TEXT COLLATE "C" NOT NULL,
    invoice_date TEXT COLLATE "C" NOT NULL,
    party TEXT COLLATE "C" NOT NULL,
    quantity_kg BIGINT NOT NULL CHECK (quantity_kg >= 0),
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    accepted BIGINT CHECK (accepted IN (0, 1)),
    reason TEXT COLLATE "C",
    PRIMARY KEY (claim_id, line)
);

CREATE TABLE tranches (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    claim_id TEXT COLLATE "C" NOT NULL REFERENCES claims (id),
    award_id TEXT COLLATE "C" NOT NULL REFERENCES awards (id),
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    scheme_code TEXT COLLATE "C" NOT NULL,
    component TEXT COLLATE "C" NOT NULL,
    performance_year TEXT COLLATE "C" NOT NULL,
    held_in TEXT COLLATE "C" NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    held_until TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL
        CHECK (status IN ('verified', 'recommended', 'concurred', 'sanctioned', 'advised', 'disbursed', 'rejected', 'expired')),
    sanction TEXT COLLATE "C",
    rejection TEXT COLLATE "C",
    created_at TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX tranches_of_claim ON tranches (claim_id);
CREATE INDEX tranches_held ON tranches (held_until)
    WHERE status IN ('verified', 'recommended', 'concurred', 'sanctioned');

-- One person, one step on one rupee: the second guard behind domain/tranche.rs.
CREATE TABLE tranche_steps (
    tranche_id TEXT COLLATE "C" NOT NULL REFERENCES tranches (id),
    position BIGINT NOT NULL CHECK (position > 0),
    step TEXT COLLATE "C" NOT NULL,
    taken_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    taken_at TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tranche_id, position),
    UNIQUE (tranche_id, taken_by)
);

CREATE TABLE payments (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    tranche_id TEXT COLLATE "C" NOT NULL REFERENCES tranches (id),
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    bank_account TEXT COLLATE "C" NOT NULL,
    ifsc TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('advised', 'succeeded', 'failed', 'failed_after_success', 'unknown')),
    advised_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    advised_at TEXT COLLATE "C" NOT NULL,
    utr TEXT COLLATE "C" UNIQUE,
    paid_on TEXT COLLATE "C",
    reason TEXT COLLATE "C",
    settled_by TEXT COLLATE "C" REFERENCES users (id),
    settled_at TEXT COLLATE "C",
    version BIGINT NOT NULL
);
-- At most one payment of a tranche is open or has succeeded.
CREATE UNIQUE INDEX payments_one_live ON payments (tranche_id) WHERE status IN ('advised', 'succeeded', 'unknown');

CREATE TABLE disbursements (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    scheme_code TEXT COLLATE "C" NOT NULL,
    component TEXT COLLATE "C" NOT NULL,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    beneficiary TEXT COLLATE "C" NOT NULL,
    award_id TEXT COLLATE "C" NOT NULL REFERENCES awards (id),
    claim_id TEXT COLLATE "C" NOT NULL REFERENCES claims (id),
    tranche_id TEXT COLLATE "C" NOT NULL REFERENCES tranches (id),
    payment_id TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES payments (id),
    performance_year TEXT COLLATE "C" NOT NULL,
    payment_year TEXT COLLATE "C" NOT NULL,
    paid_on TEXT COLLATE "C" NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    utr TEXT COLLATE "C" NOT NULL UNIQUE,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('succeeded', 'failed_after_success')),
    recorded_at TEXT COLLATE "C" NOT NULL
);
CREATE INDEX disbursements_by_day ON disbursements (paid_on, id);
CREATE INDEX disbursements_by_amount ON disbursements (amount_paise, id);
CREATE INDEX disbursements_of_organisation ON disbursements (organisation_id, paid_on, id);

CREATE TABLE provisions (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    scheme_code TEXT COLLATE "C" NOT NULL,
    component TEXT COLLATE "C" NOT NULL,
    financial_year TEXT COLLATE "C" NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    reference TEXT COLLATE "C" NOT NULL,
    dated_on TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('proposed', 'approved')),
    proposed_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    proposed_at TEXT COLLATE "C" NOT NULL,
    approved_by TEXT COLLATE "C" REFERENCES users (id),
    approved_at TEXT COLLATE "C",
    version BIGINT NOT NULL,
    CHECK (approved_by <> proposed_by)
);

-- The floor: no balance below zero, whatever the code does.
CREATE TABLE accounts (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    code TEXT COLLATE "C" NOT NULL UNIQUE,
    ledger TEXT COLLATE "C" NOT NULL CHECK (ledger IN ('outlay', 'appropriation')),
    scheme_code TEXT COLLATE "C" NOT NULL,
    component TEXT COLLATE "C" NOT NULL,
    award_id TEXT COLLATE "C" REFERENCES awards (id),
    award_number TEXT COLLATE "C",
    organisation_id TEXT COLLATE "C" REFERENCES organisations (id),
    financial_year TEXT COLLATE "C",
    stage TEXT COLLATE "C" NOT NULL
        CHECK (stage IN ('authorised', 'available', 'committed', 'reserved', 'sanctioned', 'disbursed')),
    balance_paise BIGINT NOT NULL CONSTRAINT balance_floor CHECK (balance_paise >= 0)
);

CREATE TABLE journals (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    posted_at TEXT COLLATE "C" NOT NULL,
    audit_sequence BIGINT NOT NULL UNIQUE
);

CREATE TABLE entries (
    journal_id TEXT COLLATE "C" NOT NULL REFERENCES journals (id),
    line BIGINT NOT NULL CHECK (line > 0),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    amount_paise BIGINT NOT NULL CHECK (amount_paise <> 0),
    PRIMARY KEY (journal_id, line)
);

CREATE TABLE audit_log (
    sequence BIGINT NOT NULL PRIMARY KEY,
    recorded_at TEXT COLLATE "C" NOT NULL,
    actor_id TEXT COLLATE "C" NOT NULL,
    command TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('done', 'refused')),
    code TEXT COLLATE "C",
    details TEXT COLLATE "C" NOT NULL,
    journal_digest TEXT COLLATE "C",
    previous_hash TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL UNIQUE
);
CREATE INDEX audit_log_of_subject ON audit_log (subject, sequence);

CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL,
    hash TEXT COLLATE "C" NOT NULL
);
INSERT INTO audit_head (id, sequence, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TABLE idempotency_keys (
    actor_id TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (actor_id, key)
);

-- Tripwires: what is written here stays as written. The hash chain is the proof.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER journals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tranche_steps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tranche_steps
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER schemes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON schemes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
