-- The worklist reads what still waits, of however much has ended. Its queries name exactly these conditions
-- (`src/db/worklist/matters/`). Tranches have such an index already: tranches_held.
CREATE INDEX claims_waiting ON claims (id) WHERE status IN ('draft', 'submitted');
CREATE INDEX payments_waiting ON payments (id) WHERE status IN ('advised', 'accepted', 'unknown');
