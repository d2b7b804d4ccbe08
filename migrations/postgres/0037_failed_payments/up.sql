-- The worklist reads when a payment of a tranche failed, because its file then lies at the desk that pays again
-- (`src/db/worklist/matters/tranche.sql` names exactly this condition).
CREATE INDEX payments_failed ON payments (tranche_id) WHERE status IN ('failed', 'failed_after_success');
