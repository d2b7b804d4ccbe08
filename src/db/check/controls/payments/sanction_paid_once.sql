-- Control sanction_paid_once (integrity): No sanction was paid more than once.
-- Asks: Does each tranche have at most one payment that the bank was told to make or that a bank
-- scroll or the record says was paid? A payment does not count once a scroll says that it came
-- back, a second person of another office confirmed that it did not arrive, or two people settled
-- the difference of the scroll about it. What the paying office alone says does not count.
-- The money of a tranche that was rejected or expired went back to its claim: was none of it paid
-- again in another tranche, while a scroll still says that a payment of the first one was paid?
-- A row means: One tranche with several such payments, and how many they are; or one payment that a
-- scroll says was paid, and that its claim paid again in another tranche.
-- Rule: docs/PAYMENTS.md, who says that it did not arrive.
WITH paid AS (
    -- Payments that the bank was told to make, or that the record or a scroll says were paid, as far as nobody but the
    -- paying office says otherwise.
    SELECT
        payments.id,
        payments.number,
        payments.status,
        payments.tranche_id,
        payments.advised_at,
        CASE WHEN EXISTS (
            SELECT 1
            FROM bank_scroll_lines
            WHERE bank_scroll_lines.payment_id = payments.id
              AND bank_scroll_lines.outcome = 'succeeded'
        ) THEN 1 ELSE 0 END AS on_scroll,
        CASE WHEN payments.status = 'succeeded' OR (
            payments.status IN ('advised', 'accepted', 'unknown')
            AND EXISTS (
                SELECT 1
                FROM payment_advice_lines
                WHERE payment_advice_lines.payment_id = payments.id
            )
        ) THEN 1 ELSE 0 END AS on_record
    FROM payments
    WHERE NOT EXISTS (
        SELECT 1
        FROM bank_scroll_lines
        WHERE bank_scroll_lines.payment_id = payments.id
          AND bank_scroll_lines.outcome = 'failed_after_success'
    )
    AND NOT EXISTS (
        SELECT 1
        FROM payment_failures
        WHERE payment_failures.payment_id = payments.id
    )
    AND NOT EXISTS (
        SELECT 1
        FROM bank_differences
        WHERE bank_differences.payment_id = payments.id
          AND bank_differences.kind IN ('sanction_paid_twice', 'not_confirmed_here')
          AND bank_differences.status = 'settled'
    )
)
SELECT
    'tranche:' || tranches.id AS subject,
    tranches.number || ': its sanction was paid, or is being paid, by '
        || CAST(COUNT(*) AS TEXT) || ' payments' AS found
FROM tranches
JOIN paid ON paid.tranche_id = tranches.id
WHERE paid.on_record = 1 OR paid.on_scroll = 1
GROUP BY tranches.id, tranches.number
HAVING COUNT(*) > 1
UNION ALL
SELECT
    'payment:' || paid.id AS subject,
    paid.number || ' is recorded as ' || paid.status || ', a scroll of the bank says that it'
        || ' was paid, and its claim was paid again in another tranche' AS found
FROM paid
JOIN tranches ON tranches.id = paid.tranche_id
WHERE paid.status IN ('failed', 'failed_after_success')
  AND paid.on_scroll = 1
  AND tranches.status IN ('rejected', 'expired')
  AND EXISTS (
      SELECT 1
      FROM paid AS later
      JOIN tranches AS other ON other.id = later.tranche_id
      WHERE other.claim_id = tranches.claim_id
        AND other.id <> tranches.id
        AND later.advised_at > paid.advised_at
        AND later.on_record = 1
  )
