-- Files that are sent back. A tranche goes to an earlier desk and a claim to its preparer, each with reasons; what was
-- there before stays in the record. Queries about claims and milestones are raised and answered in rounds.

ALTER TABLE tranches DROP CONSTRAINT tranches_status_check;
ALTER TABLE tranches ADD CONSTRAINT tranches_status_check CHECK (status IN (
    'returned', 'verified', 'recommended', 'concurred', 'sanctioned', 'advised', 'disbursed', 'rejected', 'expired'));
ALTER TABLE claims DROP CONSTRAINT claims_status_check;
ALTER TABLE claims ADD CONSTRAINT claims_status_check
    CHECK (status IN ('draft', 'submitted', 'returned', 'verified', 'rejected'));

ALTER TABLE tranches ADD COLUMN returned_times BIGINT NOT NULL DEFAULT 0 CHECK (returned_times >= 0);
DROP INDEX tranches_held;
CREATE INDEX tranches_held ON tranches (held_until)
    WHERE status IN ('returned', 'verified', 'recommended', 'concurred', 'sanctioned');

-- The same desk takes its step again after a return, so a person may have several rows, all of one step.
ALTER TABLE tranche_steps DROP CONSTRAINT tranche_steps_tranche_id_taken_by_key;
-- One person, one step on one rupee: the second guard behind domain/payment/tranche.rs.
CREATE FUNCTION refuse_second_step() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF EXISTS (SELECT 1 FROM tranche_steps AS s
        WHERE s.tranche_id = NEW.tranche_id AND s.taken_by = NEW.taken_by AND s.step <> NEW.step) THEN
        RAISE EXCEPTION 'one person takes one step on a tranche';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tranche_steps_one_step BEFORE INSERT ON tranche_steps
    FOR EACH ROW EXECUTE FUNCTION refuse_second_step();

CREATE TABLE tranche_returns (
    tranche_id TEXT COLLATE "C" NOT NULL REFERENCES tranches (id),
    round BIGINT NOT NULL CHECK (round > 0),
    from_desk TEXT COLLATE "C" NOT NULL CHECK (from_desk IN ('verify', 'recommend', 'concur', 'sanction', 'pay')),
    to_desk TEXT COLLATE "C" NOT NULL CHECK (to_desk IN ('prepare', 'verify', 'recommend', 'concur', 'sanction')),
    reasons TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    reversed_sanction TEXT COLLATE "C",
    -- Steps up to this position could fall.
    steps_before BIGINT NOT NULL CHECK (steps_before >= 0),
    returned_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    returned_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tranche_id, round)
);
CREATE TRIGGER tranche_returns_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tranche_returns
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What agency and manufacturer said to each other about a claim; most claims have no row.
CREATE TABLE claim_dialogues (
    claim_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES claims (id),
    queries TEXT COLLATE "C" NOT NULL,
    returned_times BIGINT NOT NULL CHECK (returned_times >= 0),
    rejected_for TEXT COLLATE "C",
    known_behind BIGINT NOT NULL DEFAULT last_entry()
);

ALTER TABLE milestones ADD COLUMN queries TEXT COLLATE "C" NOT NULL DEFAULT '[]';

-- What a claim was when it was returned: to its preparer, or to be verified again.
CREATE TABLE claim_returns (
    claim_id TEXT COLLATE "C" NOT NULL REFERENCES claims (id),
    round BIGINT NOT NULL CHECK (round > 0),
    to_desk TEXT COLLATE "C" NOT NULL CHECK (to_desk IN ('prepare', 'verify')),
    reasons TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,
    lines TEXT COLLATE "C" NOT NULL,
    statement TEXT COLLATE "C",
    prepared_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    submitted_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    submitted_at TEXT COLLATE "C" NOT NULL,
    verified_by TEXT COLLATE "C" REFERENCES users (id),
    verified_at TEXT COLLATE "C",
    returned_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    returned_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (claim_id, round)
);
CREATE TRIGGER claim_returns_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claim_returns
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
