-- Scrolls of what the bank says it paid, and what they and the records differ in.

CREATE TABLE bank_scrolls (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    message_id TEXT COLLATE "C" NOT NULL UNIQUE,
    digest TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(digest) = 64),
    lines_digest TEXT COLLATE "C" NOT NULL CHECK (length(lines_digest) = 64),
    format TEXT COLLATE "C" NOT NULL CHECK (format IN ('csv', 'xml')),
    period_from TEXT COLLATE "C" NOT NULL,
    period_to TEXT COLLATE "C" NOT NULL,
    line_count BIGINT NOT NULL CHECK (line_count > 0),
    control_total_paise BIGINT NOT NULL CHECK (control_total_paise > 0),
    uploaded_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    uploaded_at TEXT COLLATE "C" NOT NULL,
    CHECK (period_from <= period_to)
);

CREATE TABLE bank_scroll_files (
    scroll_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES bank_scrolls (id),
    content TEXT COLLATE "C" NOT NULL
);

CREATE TABLE bank_scroll_lines (
    scroll_id TEXT COLLATE "C" NOT NULL REFERENCES bank_scrolls (id),
    line BIGINT NOT NULL CHECK (line > 0),
    end_to_end_id TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('accepted', 'succeeded', 'failed', 'failed_after_success')),
    utr TEXT COLLATE "C",
    paid_on TEXT COLLATE "C",
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    reason TEXT COLLATE "C",
    payment_id TEXT COLLATE "C" REFERENCES payments (id),
    finding TEXT COLLATE "C" NOT NULL CHECK (finding IN ('matched', 'repeated', 'contradictory', 'unknown_utr', 'paid_twice',
        'payee_differs', 'amount_differs', 'utr_differs', 'not_sanctioned', 'not_advised',
        'said_failed_but_confirmed', 'not_confirmed_here', 'day_differs')),
    detail TEXT COLLATE "C",
    PRIMARY KEY (scroll_id, line)
);
CREATE INDEX bank_scroll_lines_of_payment ON bank_scroll_lines (payment_id);
CREATE INDEX bank_scroll_lines_by_number ON bank_scroll_lines (end_to_end_id);
CREATE INDEX bank_scroll_lines_by_utr ON bank_scroll_lines (utr);

-- Who proposes does not settle.
CREATE TABLE bank_differences (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    scroll_id TEXT COLLATE "C" NOT NULL REFERENCES bank_scrolls (id),
    line BIGINT,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('contradictory', 'unknown_utr', 'paid_twice', 'payee_differs',
        'amount_differs', 'utr_differs', 'not_sanctioned', 'not_advised', 'said_failed_but_confirmed',
        'not_confirmed_here', 'day_differs', 'not_on_scroll')),
    payment_id TEXT COLLATE "C" REFERENCES payments (id),
    utr TEXT COLLATE "C",
    dated_on TEXT COLLATE "C" NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    detail TEXT COLLATE "C",
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'proposed', 'settled', 'cleared')),
    found_at TEXT COLLATE "C" NOT NULL,
    resolution TEXT COLLATE "C" CHECK (resolution IN ('recorded_since', 'bank_corrected', 'asked_back', 'explained')),
    reason TEXT COLLATE "C",
    reference TEXT COLLATE "C",
    proposed_by TEXT COLLATE "C" REFERENCES users (id),
    proposed_at TEXT COLLATE "C",
    note TEXT COLLATE "C",
    settled_by TEXT COLLATE "C" REFERENCES users (id),
    settled_at TEXT COLLATE "C",
    cleared_by TEXT COLLATE "C" REFERENCES bank_scrolls (id),
    version BIGINT NOT NULL,
    UNIQUE (scroll_id, line),
    CHECK (settled_by <> proposed_by),
    CHECK ((status = 'settled') = (settled_by IS NOT NULL)),
    CHECK ((status = 'cleared') = (cleared_by IS NOT NULL))
);
CREATE INDEX bank_differences_by_age ON bank_differences (status, dated_on);
CREATE INDEX bank_differences_of_payment ON bank_differences (payment_id);

-- Tripwires: what the bank sent, and what was found then, stays.
CREATE TRIGGER bank_scrolls_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_scrolls
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_scroll_files_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_scroll_files
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_scroll_lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_scroll_lines
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_differences_stay BEFORE DELETE OR TRUNCATE ON bank_differences
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
