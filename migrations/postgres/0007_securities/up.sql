-- A bank guarantee gets a life of its own: confirmed by the bank, extended, invoked, released.
-- What was lodged before waits for its confirmation, as every new one does.

ALTER TABLE securities
    ADD COLUMN organisation_id TEXT COLLATE "C" REFERENCES organisations (id),
    ADD COLUMN claim_expires_on TEXT COLLATE "C",
    ADD COLUMN status TEXT COLLATE "C" NOT NULL DEFAULT 'lodged'
        CHECK (status IN ('lodged', 'confirmed', 'not_confirmed', 'invoked', 'released')),
    ADD COLUMN extension TEXT COLLATE "C",
    ADD COLUMN invoked_paise BIGINT NOT NULL DEFAULT 0 CHECK (invoked_paise >= 0 AND invoked_paise <= amount_paise),
    ADD COLUMN received_paise BIGINT NOT NULL DEFAULT 0 CHECK (received_paise >= 0 AND received_paise <= invoked_paise),
    ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
UPDATE securities SET claim_expires_on = expires_on,
    organisation_id = (SELECT awards.organisation_id FROM awards WHERE awards.id = securities.award_id);
ALTER TABLE securities
    ALTER COLUMN organisation_id SET NOT NULL,
    ALTER COLUMN claim_expires_on SET NOT NULL,
    ALTER COLUMN status DROP DEFAULT,
    ALTER COLUMN invoked_paise DROP DEFAULT,
    ALTER COLUMN received_paise DROP DEFAULT,
    ALTER COLUMN version DROP DEFAULT,
    ADD CHECK (claim_expires_on >= expires_on);
CREATE INDEX securities_by_expiry ON securities (expires_on) WHERE status = 'confirmed';

CREATE TABLE security_events (
    security_id TEXT COLLATE "C" NOT NULL REFERENCES securities (id),
    position BIGINT NOT NULL CHECK (position > 0),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN (
        'confirmed', 'not_confirmed', 'extension_lodged', 'extension_confirmed', 'extension_not_confirmed',
        'invoked', 'received', 'released')),
    acted_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    acted_at TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    evidence_id TEXT COLLATE "C" REFERENCES evidence (id),
    amount_paise BIGINT,
    dated_on TEXT COLLATE "C",
    expires_on TEXT COLLATE "C",
    claim_expires_on TEXT COLLATE "C",
    PRIMARY KEY (security_id, position)
);
-- A bank reference of money received on an invocation counts once.
CREATE UNIQUE INDEX security_events_one_receipt ON security_events (reference) WHERE kind = 'received';

CREATE TRIGGER security_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON security_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
