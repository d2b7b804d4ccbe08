-- Every order that changes the budget is one noun; provisions become the first kind of it.
CREATE TABLE budget_instruments (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN (
        'provision', 'revision', 'supplementary', 're_appropriation', 'surrender', 'lapse', 'change_of_outlay')),
    scheme_code TEXT COLLATE "C" NOT NULL,
    component TEXT COLLATE "C" NOT NULL,
    financial_year TEXT COLLATE "C",
    amount_paise BIGINT CHECK (amount_paise >= 0),
    to_component TEXT COLLATE "C",
    source TEXT COLLATE "C" CHECK (source IN ('savings', 'recovered')),
    declaration TEXT COLLATE "C",
    reference TEXT COLLATE "C" NOT NULL,
    dated_on TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('proposed', 'approved', 'refused', 'withdrawn')),
    posted_paise BIGINT,
    proposed_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    proposed_at TEXT COLLATE "C" NOT NULL,
    decided_by TEXT COLLATE "C" REFERENCES users (id),
    decided_at TEXT COLLATE "C",
    reason TEXT COLLATE "C",
    version BIGINT NOT NULL,
    -- Two people: who decides is not who proposed; who takes back is.
    CHECK ((status = 'withdrawn') = (decided_by = proposed_by) OR decided_by IS NULL),
    CHECK ((status = 'proposed') = (decided_by IS NULL)),
    CHECK ((status = 'approved') = (posted_paise IS NOT NULL)),
    CHECK ((kind = 'change_of_outlay') = (financial_year IS NULL)),
    CHECK ((kind = 'lapse') = (amount_paise IS NULL)),
    CHECK ((kind = 're_appropriation') = (to_component IS NOT NULL)),
    CHECK ((kind = 're_appropriation') = (source IS NOT NULL))
);
INSERT INTO budget_instruments
SELECT id, id, 'provision', scheme_code, component, financial_year, amount_paise, NULL, NULL, NULL, reference, dated_on,
    status, CASE status WHEN 'approved' THEN amount_paise END, proposed_by, proposed_at, approved_by, approved_at, NULL, version
FROM provisions;
DROP TABLE provisions;
CREATE INDEX budget_instruments_of_year ON budget_instruments (scheme_code, financial_year);

-- What was paid and is on its way in January, February and March, kept beside the payments so that
-- the limits on these months cost the same however many payments there are.
CREATE TABLE last_quarter_spending (
    scheme_code TEXT COLLATE "C" NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    paid_paise BIGINT NOT NULL CHECK (paid_paise >= 0),
    advised_paise BIGINT NOT NULL CHECK (advised_paise >= 0),
    PRIMARY KEY (scheme_code, month)
);
INSERT INTO last_quarter_spending
SELECT scheme_code, month, SUM(paid), SUM(advised) FROM (
    SELECT scheme_code, substr(paid_on, 1, 7) AS month, amount_paise AS paid, 0 AS advised FROM disbursements
    WHERE status = 'succeeded' AND substr(paid_on, 6, 2) <= '03'
    UNION ALL
    SELECT tranches.scheme_code, to_char(payments.advised_at::timestamptz AT TIME ZONE 'UTC' + interval '330 minutes', 'YYYY-MM'), 0, payments.amount_paise
    FROM payments JOIN tranches ON tranches.id = payments.tranche_id
    WHERE payments.status IN ('advised', 'accepted', 'unknown')
    AND to_char(payments.advised_at::timestamptz AT TIME ZONE 'UTC' + interval '330 minutes', 'MM') <= '03'
) AS spent GROUP BY scheme_code, month;

-- One row while the ledger differs from its entries: no money moves.
CREATE TABLE money_stop (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    account TEXT COLLATE "C" NOT NULL,
    kept_paise BIGINT NOT NULL,
    counted_paise BIGINT NOT NULL,
    stopped_at TEXT COLLATE "C" NOT NULL
);
