-- Control sanctions_in_term (compliance): No sanction older than its term is still open.
-- Asks: Is a sanctioned tranche still unpaid after the last day of its sanction?
-- A row means: One tranche whose sanction is over and that was not paid.
-- Rule: GFR 2017, rule 30.
SELECT
    'tranche:' || id AS subject,
    number || ' is sanctioned and was to be paid by ' || held_until AS found
FROM tranches
WHERE status = 'sanctioned' AND held_until < :today
