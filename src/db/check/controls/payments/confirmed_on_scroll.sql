-- Control confirmed_on_scroll (warning): Every payment confirmed on a day of a scroll is on one, or
-- in the queue.
-- Asks: Where a bank scroll covers the day of a succeeded disbursement, does a line of a scroll
-- name its payment as more than accepted, or is the payment in the queue of differences already?
-- A row means: One disbursement that is recorded as paid on a day of a scroll, and that no scroll
-- names.
-- Rule: docs/PAYMENTS.md, reconciliation with the bank.
SELECT
    'disbursement:' || disbursements.id AS subject,
    disbursements.number || ' is recorded as paid on ' || disbursements.paid_on
        || ', and no scroll of the bank names it' AS found
FROM disbursements
WHERE disbursements.status = 'succeeded'
  AND EXISTS (
      SELECT 1
      FROM bank_scrolls
      WHERE bank_scrolls.period_from <= disbursements.paid_on
        AND bank_scrolls.period_to >= disbursements.paid_on
  )
  AND NOT EXISTS (
      SELECT 1
      FROM bank_scroll_lines
      WHERE bank_scroll_lines.payment_id = disbursements.payment_id
        AND bank_scroll_lines.outcome <> 'accepted'
  )
  AND NOT EXISTS (
      SELECT 1
      FROM bank_differences
      WHERE bank_differences.payment_id = disbursements.payment_id
        AND bank_differences.kind = 'not_on_scroll'
  )
