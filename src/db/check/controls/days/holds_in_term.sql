-- Control holds_in_term (compliance): No reservation is held past its last day.
-- Asks: Does a tranche without a sanction still reserve money after the last day of its
-- reservation?
-- A row means: One tranche whose reservation should have ended.
-- Rule: the scheme's holds.
SELECT
    'tranche:' || id AS subject,
    number || ' is ' || status || ' and was held until ' || held_until AS found
FROM tranches
WHERE status IN ('returned', 'verified', 'recommended', 'concurred') AND held_until < :today
