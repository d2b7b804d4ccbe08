-- Every order that changes the budget is one noun; provisions become the first kind of it.
CREATE TABLE budget_instruments (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN (
        'provision', 'revision', 'supplementary', 're_appropriation', 'surrender', 'lapse', 'change_of_outlay')),
    scheme_code TEXT NOT NULL,
    component TEXT NOT NULL,
    financial_year TEXT,
    amount_paise INTEGER CHECK (amount_paise >= 0),
    to_component TEXT,
    source TEXT CHECK (source IN ('savings', 'recovered')),
    declaration TEXT,
    reference TEXT NOT NULL,
    dated_on TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('proposed', 'approved', 'refused', 'withdrawn')),
    posted_paise INTEGER,
    proposed_by TEXT NOT NULL REFERENCES users (id),
    proposed_at TEXT NOT NULL,
    decided_by TEXT REFERENCES users (id),
    decided_at TEXT,
    reason TEXT,
    version INTEGER NOT NULL,
    -- Two people: who decides is not who proposed; who takes back is.
    CHECK ((status = 'withdrawn') = (decided_by = proposed_by) OR decided_by IS NULL),
    CHECK ((status = 'proposed') = (decided_by IS NULL)),
    CHECK ((status = 'approved') = (posted_paise IS NOT NULL)),
    CHECK ((kind = 'change_of_outlay') = (financial_year IS NULL)),
    CHECK ((kind = 'lapse') = (amount_paise IS NULL)),
    CHECK ((kind = 're_appropriation') = (to_component IS NOT NULL)),
    CHECK ((kind = 're_appropriation') = (source IS NOT NULL))
) STRICT;
INSERT INTO budget_instruments
SELECT id, id, 'provision', scheme_code, component, financial_year, amount_paise, NULL, NULL, NULL, reference, dated_on,
    status, CASE status WHEN 'approved' THEN amount_paise END, proposed_by, proposed_at, approved_by, approved_at, NULL, version
FROM provisions;
DROP TABLE provisions;
CREATE INDEX budget_instruments_of_year ON budget_instruments (scheme_code, financial_year);

-- What was paid and is on its way in January, February and March, kept beside the payments so that
-- the limits on these months cost the same however many payments there are.
CREATE TABLE last_quarter_spending (
    scheme_code TEXT NOT NULL,
    month TEXT NOT NULL,
    paid_paise INTEGER NOT NULL CHECK (paid_paise >= 0),
    advised_paise INTEGER NOT NULL CHECK (advised_paise >= 0),
    PRIMARY KEY (scheme_code, month)
) STRICT;
INSERT INTO last_quarter_spending
SELECT scheme_code, month, SUM(paid), SUM(advised) FROM (
    SELECT scheme_code, substr(paid_on, 1, 7) AS month, amount_paise AS paid, 0 AS advised FROM disbursements
    WHERE status = 'succeeded' AND substr(paid_on, 6, 2) <= '03'
    UNION ALL
    SELECT tranches.scheme_code, strftime('%Y-%m', payments.advised_at, '+330 minutes'), 0, payments.amount_paise
    FROM payments JOIN tranches ON tranches.id = payments.tranche_id
    WHERE payments.status IN ('advised', 'accepted', 'unknown')
    AND strftime('%m', payments.advised_at, '+330 minutes') <= '03'
) AS spent GROUP BY scheme_code, month;

-- One row while the ledger differs from its entries: no money moves.
CREATE TABLE money_stop (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    account TEXT NOT NULL,
    kept_paise INTEGER NOT NULL,
    counted_paise INTEGER NOT NULL,
    stopped_at TEXT NOT NULL
) STRICT;
