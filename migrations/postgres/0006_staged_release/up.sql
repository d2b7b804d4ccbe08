-- Staged release: part of an entitlement is withheld until the final certificate.

ALTER TABLE claims ADD COLUMN withheld_paise BIGINT NOT NULL DEFAULT 0
    CHECK (withheld_paise >= 0 AND withheld_paise + deferred_paise <= entitlement_paise);
ALTER TABLE claims ADD COLUMN certificate_due_on TEXT COLLATE "C";
ALTER TABLE claims ADD COLUMN certified_at TEXT COLLATE "C";
CREATE INDEX claims_to_certify ON claims (certificate_due_on) WHERE certified_at IS NULL AND status = 'verified';

CREATE TABLE final_certificates (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    claim_id TEXT COLLATE "C" NOT NULL REFERENCES claims (id),
    award_id TEXT COLLATE "C" NOT NULL REFERENCES awards (id),
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    certificate_number TEXT COLLATE "C" NOT NULL,
    issued_by TEXT COLLATE "C" NOT NULL,
    issued_on TEXT COLLATE "C" NOT NULL,
    certified_kg BIGINT NOT NULL CHECK (certified_kg >= 0),
    certified_amount_paise BIGINT NOT NULL CHECK (certified_amount_paise >= 0),
    evidence TEXT COLLATE "C" NOT NULL,
    late_reason TEXT COLLATE "C",
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('submitted', 'returned', 'accepted')),
    submitted_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    submitted_at TEXT COLLATE "C" NOT NULL,
    decision TEXT COLLATE "C",
    settlement TEXT COLLATE "C",
    version BIGINT NOT NULL
);
-- One certificate of a claim waits or stands.
CREATE UNIQUE INDEX final_certificates_one_live ON final_certificates (claim_id)
    WHERE status IN ('submitted', 'accepted');
