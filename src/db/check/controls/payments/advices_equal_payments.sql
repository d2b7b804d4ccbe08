-- Control advices_equal_payments (integrity): Every advice file has the total of its payments.
-- Asks: Does each payment advice state the number and the total of the payments in its file?
-- A row means: One payment advice whose number or control total differs from its payments.
-- Rule: docs/PAYMENTS.md, payment advices.
SELECT
    'payment_advice:' || payment_advices.id AS subject,
    payment_advices.message_id || ' says ' || CAST(payment_advices.control_total_paise AS TEXT)
        || ' paise, its payments ' || CAST(COALESCE(sums.total, 0) AS TEXT) AS found
FROM payment_advices
LEFT JOIN (
    SELECT payment_advice_lines.advice_id, COUNT(*) AS payments, SUM(payments.amount_paise) AS total
    FROM payment_advice_lines
    JOIN payments ON payments.id = payment_advice_lines.payment_id
    GROUP BY payment_advice_lines.advice_id
) AS sums
    ON sums.advice_id = payment_advices.id
WHERE payment_advices.control_total_paise <> COALESCE(sums.total, 0)
  OR payment_advices.payment_count <> COALESCE(sums.payments, 0)
