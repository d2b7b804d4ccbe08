-- Control certificates_in_time (warning): No final certificate is overdue.
-- Asks: Is the final certificate of a verified claim overdue?
-- A row means: One claim whose final certificate should have been recorded before today.
-- Rule: the scheme's staged release.
SELECT
    'claim:' || id AS subject,
    COALESCE(number, '') || ' was to be certified by ' || certificate_due_on AS found
FROM claims
WHERE status = 'verified' AND certified_at IS NULL AND certificate_due_on < :today
