-- Control advised_awaits_answer (integrity): A tranche is with the bank exactly while a payment of
-- it is.
-- Asks: Does each advised tranche have exactly one payment that still waits for the bank (advised,
-- accepted or unknown), and does no other tranche have any?
-- A row means: One tranche whose number of waiting payments does not fit its status.
-- Rule: docs/PAYMENTS.md.
SELECT
    'tranche:' || tranches.id AS subject,
    tranches.number || ' is ' || tranches.status || ' and has '
        || CAST(COALESCE(waiting.payments, 0) AS TEXT) || ' payments with the bank' AS found
FROM tranches
LEFT JOIN (
    SELECT tranche_id, COUNT(*) AS payments
    FROM payments
    WHERE status IN ('advised', 'accepted', 'unknown')
    GROUP BY tranche_id
) AS waiting
    ON waiting.tranche_id = tranches.id
WHERE COALESCE(waiting.payments, 0) <> CASE WHEN tranches.status = 'advised' THEN 1 ELSE 0 END
