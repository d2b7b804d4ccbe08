-- Question utrs_used_twice: References of the bank that stand on more than one payment, however
-- written.
-- Asks: Which references of the bank (UTR) are written on more than one payment, or on a payment
-- and on money that came in (a receipt of a recovery, a credit of the bank)? Blanks, hyphens, small
-- letters and zeros at the beginning make no difference.
-- A row means: One UTR, with the number and the sum of its payments, receipts and credits. Where a
-- payment has a number, a receipt has that of its recovery, and a credit has its id.
-- Rule: payee control of direct benefit transfer.
SELECT
    plain AS id,
    CAST(COUNT(*) AS BIGINT) AS payments,
    MIN(number) AS first_payment,
    MAX(number) AS last_payment,
    CAST(SUM(amount_paise) AS BIGINT) AS amount_paise
FROM (
    SELECT
        ltrim(upper(replace(replace(utr, ' ', ''), '-', '')), '0') AS plain,
        number,
        amount_paise
    FROM payments
    WHERE utr IS NOT NULL
    UNION ALL
    SELECT
        ltrim(upper(replace(replace(recovery_credits.utr, ' ', ''), '-', '')), '0') AS plain,
        recoveries.number AS number,
        recovery_credits.principal_paise + recovery_credits.interest_paise
        + recovery_credits.damages_paise AS amount_paise
    FROM recovery_credits
    JOIN recoveries ON recoveries.id = recovery_credits.recovery_id
    WHERE recovery_credits.utr IS NOT NULL
    UNION ALL
    SELECT
        ltrim(upper(replace(replace(utr, ' ', ''), '-', '')), '0') AS plain,
        id AS number,
        amount_paise
    FROM bank_credits
    WHERE NOT EXISTS (
          SELECT 1
          FROM recovery_credits
          WHERE recovery_credits.utr = bank_credits.utr
      )
      AND NOT EXISTS (
          SELECT 1
          FROM bank_credits AS newer
          WHERE newer.utr = bank_credits.utr AND newer.id > bank_credits.id
      )
) AS written
GROUP BY plain
HAVING COUNT(*) > 1
