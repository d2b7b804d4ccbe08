-- Payment advices to the treasury and what it returns. A payment gains the status `accepted`.
ALTER TABLE payments DROP CONSTRAINT payments_status_check;
ALTER TABLE payments ADD CONSTRAINT payments_status_check
    CHECK (status IN ('advised', 'accepted', 'succeeded', 'failed', 'failed_after_success', 'unknown'));
ALTER TABLE payments ADD COLUMN accepted_at TEXT COLLATE "C";

-- At most one payment of a tranche is open or has succeeded.
DROP INDEX payments_one_live;
CREATE UNIQUE INDEX payments_one_live ON payments (tranche_id)
    WHERE status IN ('advised', 'accepted', 'succeeded', 'unknown');

CREATE TABLE payment_advices (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    message_id TEXT COLLATE "C" NOT NULL UNIQUE,
    batch_id TEXT COLLATE "C" NOT NULL UNIQUE,
    scheme_code TEXT COLLATE "C" NOT NULL,
    source_system TEXT COLLATE "C" NOT NULL,
    execute_on TEXT COLLATE "C" NOT NULL,
    payment_count BIGINT NOT NULL CHECK (payment_count > 0),
    control_total_paise BIGINT NOT NULL CHECK (control_total_paise > 0),
    csv_digest TEXT COLLATE "C" NOT NULL,
    xml_digest TEXT COLLATE "C" NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    made_at TEXT COLLATE "C" NOT NULL
);

-- A payment stands in one advice, for ever: what failed is advised again as another payment.
CREATE TABLE payment_advice_lines (
    advice_id TEXT COLLATE "C" NOT NULL REFERENCES payment_advices (id),
    position BIGINT NOT NULL CHECK (position > 0),
    payment_id TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES payments (id),
    PRIMARY KEY (advice_id, position)
);

CREATE TABLE payment_advice_files (
    advice_id TEXT COLLATE "C" NOT NULL REFERENCES payment_advices (id),
    format TEXT COLLATE "C" NOT NULL CHECK (format IN ('csv', 'xml')),
    content TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (advice_id, format)
);

CREATE TABLE treasury_returns (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    message_id TEXT COLLATE "C" NOT NULL UNIQUE,
    advice_id TEXT COLLATE "C" REFERENCES payment_advices (id),
    digest TEXT COLLATE "C" NOT NULL UNIQUE,
    format TEXT COLLATE "C" NOT NULL CHECK (format IN ('csv', 'xml')),
    line_count BIGINT NOT NULL CHECK (line_count > 0),
    control_total_paise BIGINT NOT NULL CHECK (control_total_paise > 0),
    uploaded_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    uploaded_at TEXT COLLATE "C" NOT NULL
);

CREATE TABLE treasury_return_lines (
    return_id TEXT COLLATE "C" NOT NULL REFERENCES treasury_returns (id),
    line BIGINT NOT NULL CHECK (line > 0),
    end_to_end_id TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('accepted', 'succeeded', 'failed', 'failed_after_success')),
    utr TEXT COLLATE "C",
    paid_on TEXT COLLATE "C",
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    reason TEXT COLLATE "C",
    result TEXT COLLATE "C" NOT NULL
        CHECK (result IN ('open', 'applied', 'already_recorded', 'waiting', 'contradicted', 'refused')),
    code TEXT COLLATE "C",
    detail TEXT COLLATE "C",
    PRIMARY KEY (return_id, line)
);
CREATE INDEX treasury_return_lines_by_result ON treasury_return_lines (result, return_id);

-- Tripwires: what was sent to the treasury stays as sent.
CREATE TRIGGER payment_advices_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_advices
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_advice_lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_advice_lines
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_advice_files_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_advice_files
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER treasury_returns_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON treasury_returns
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
