-- Staged release: part of an entitlement is withheld until the final certificate.

ALTER TABLE claims ADD COLUMN withheld_paise INTEGER NOT NULL DEFAULT 0
    CHECK (withheld_paise >= 0 AND withheld_paise + deferred_paise <= entitlement_paise);
ALTER TABLE claims ADD COLUMN certificate_due_on TEXT;
ALTER TABLE claims ADD COLUMN certified_at TEXT;
CREATE INDEX claims_to_certify ON claims (certificate_due_on) WHERE certified_at IS NULL AND status = 'verified';

CREATE TABLE final_certificates (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    claim_id TEXT NOT NULL REFERENCES claims (id),
    award_id TEXT NOT NULL REFERENCES awards (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    certificate_number TEXT NOT NULL,
    issued_by TEXT NOT NULL,
    issued_on TEXT NOT NULL,
    certified_kg INTEGER NOT NULL CHECK (certified_kg >= 0),
    certified_amount_paise INTEGER NOT NULL CHECK (certified_amount_paise >= 0),
    evidence TEXT NOT NULL,
    late_reason TEXT,
    status TEXT NOT NULL CHECK (status IN ('submitted', 'returned', 'accepted')),
    submitted_by TEXT NOT NULL REFERENCES users (id),
    submitted_at TEXT NOT NULL,
    decision TEXT,
    settlement TEXT,
    version INTEGER NOT NULL
) STRICT;
-- One certificate of a claim waits or stands.
CREATE UNIQUE INDEX final_certificates_one_live ON final_certificates (claim_id)
    WHERE status IN ('submitted', 'accepted');
