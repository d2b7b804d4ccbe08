-- Control payment_after_sanction (integrity): No payment without a sanction before it.
-- Asks: Was the tranche of each payment sanctioned before the payment was sent to the bank?
-- A row means: One payment that was advised without a sanction or before it.
-- Rule: GFR 2017, rule 25.
SELECT
    'payment:' || payments.id AS subject,
    payments.number || ': tranche ' || tranches.number
        || ' had no sanction when it was advised' AS found
FROM payments
JOIN tranches ON tranches.id = payments.tranche_id
LEFT JOIN tranche_steps
    ON tranche_steps.tranche_id = tranches.id
    AND tranche_steps.step = 'sanction'
WHERE tranches.sanction IS NULL OR tranche_steps.taken_at > payments.advised_at
