-- Scrolls of what the bank says it paid, and what they and the records differ in.

CREATE TABLE bank_scrolls (
    id TEXT NOT NULL PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
    lines_digest TEXT NOT NULL CHECK (length(lines_digest) = 64),
    format TEXT NOT NULL CHECK (format IN ('csv', 'xml')),
    period_from TEXT NOT NULL,
    period_to TEXT NOT NULL,
    line_count INTEGER NOT NULL CHECK (line_count > 0),
    control_total_paise INTEGER NOT NULL CHECK (control_total_paise > 0),
    uploaded_by TEXT NOT NULL REFERENCES users (id),
    uploaded_at TEXT NOT NULL,
    CHECK (period_from <= period_to)
) STRICT;

CREATE TABLE bank_scroll_files (
    scroll_id TEXT NOT NULL PRIMARY KEY REFERENCES bank_scrolls (id),
    content TEXT NOT NULL
) STRICT;

CREATE TABLE bank_scroll_lines (
    scroll_id TEXT NOT NULL REFERENCES bank_scrolls (id),
    line INTEGER NOT NULL CHECK (line > 0),
    end_to_end_id TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'succeeded', 'failed', 'failed_after_success')),
    utr TEXT,
    paid_on TEXT,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    reason TEXT,
    payment_id TEXT REFERENCES payments (id),
    finding TEXT NOT NULL CHECK (finding IN ('matched', 'repeated', 'contradictory', 'unknown_utr', 'paid_twice',
        'payee_differs', 'amount_differs', 'utr_differs', 'not_sanctioned', 'not_advised',
        'said_failed_but_confirmed', 'not_confirmed_here', 'day_differs')),
    detail TEXT,
    PRIMARY KEY (scroll_id, line)
) STRICT;
CREATE INDEX bank_scroll_lines_of_payment ON bank_scroll_lines (payment_id);
CREATE INDEX bank_scroll_lines_by_number ON bank_scroll_lines (end_to_end_id);
CREATE INDEX bank_scroll_lines_by_utr ON bank_scroll_lines (utr);

-- Who proposes does not settle.
CREATE TABLE bank_differences (
    id TEXT NOT NULL PRIMARY KEY,
    scroll_id TEXT NOT NULL REFERENCES bank_scrolls (id),
    line INTEGER,
    kind TEXT NOT NULL CHECK (kind IN ('contradictory', 'unknown_utr', 'paid_twice', 'payee_differs',
        'amount_differs', 'utr_differs', 'not_sanctioned', 'not_advised', 'said_failed_but_confirmed',
        'not_confirmed_here', 'day_differs', 'not_on_scroll')),
    payment_id TEXT REFERENCES payments (id),
    utr TEXT,
    dated_on TEXT NOT NULL,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    detail TEXT,
    status TEXT NOT NULL CHECK (status IN ('open', 'proposed', 'settled', 'cleared')),
    found_at TEXT NOT NULL,
    resolution TEXT CHECK (resolution IN ('recorded_since', 'bank_corrected', 'asked_back', 'explained')),
    reason TEXT,
    reference TEXT,
    proposed_by TEXT REFERENCES users (id),
    proposed_at TEXT,
    note TEXT,
    settled_by TEXT REFERENCES users (id),
    settled_at TEXT,
    cleared_by TEXT REFERENCES bank_scrolls (id),
    version INTEGER NOT NULL,
    UNIQUE (scroll_id, line),
    CHECK (settled_by <> proposed_by),
    CHECK ((status = 'settled') = (settled_by IS NOT NULL)),
    CHECK ((status = 'cleared') = (cleared_by IS NOT NULL))
) STRICT;
CREATE INDEX bank_differences_by_age ON bank_differences (status, dated_on);
CREATE INDEX bank_differences_of_payment ON bank_differences (payment_id);

-- Tripwires: what the bank sent, and what was found then, stays.
CREATE TRIGGER bank_scrolls_no_update BEFORE UPDATE ON bank_scrolls
BEGIN SELECT RAISE(ABORT, 'bank_scrolls is append-only'); END;
CREATE TRIGGER bank_scrolls_no_delete BEFORE DELETE ON bank_scrolls
BEGIN SELECT RAISE(ABORT, 'bank_scrolls is append-only'); END;
CREATE TRIGGER bank_scroll_files_no_update BEFORE UPDATE ON bank_scroll_files
BEGIN SELECT RAISE(ABORT, 'bank_scroll_files is append-only'); END;
CREATE TRIGGER bank_scroll_files_no_delete BEFORE DELETE ON bank_scroll_files
BEGIN SELECT RAISE(ABORT, 'bank_scroll_files is append-only'); END;
CREATE TRIGGER bank_scroll_lines_no_update BEFORE UPDATE ON bank_scroll_lines
BEGIN SELECT RAISE(ABORT, 'bank_scroll_lines is append-only'); END;
CREATE TRIGGER bank_scroll_lines_no_delete BEFORE DELETE ON bank_scroll_lines
BEGIN SELECT RAISE(ABORT, 'bank_scroll_lines is append-only'); END;
CREATE TRIGGER bank_differences_no_delete BEFORE DELETE ON bank_differences
BEGIN SELECT RAISE(ABORT, 'bank_differences stay'); END;
