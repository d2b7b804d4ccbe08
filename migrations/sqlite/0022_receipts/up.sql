-- Which entry of the audit log an answer stands in, so that its receipt is found again; and the
-- treasury's answers to one payment.

ALTER TABLE idempotency_keys ADD COLUMN audit_sequence INTEGER;
CREATE INDEX treasury_return_lines_of_payment ON treasury_return_lines (end_to_end_id);
