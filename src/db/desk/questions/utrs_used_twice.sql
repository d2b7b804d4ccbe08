-- Question utrs_used_twice: References of the bank that stand on more than one payment, however
-- written.
-- Asks: Which references of the bank (UTR) are written on more than one payment? Blanks, hyphens
-- and small letters make no difference.
-- A row means: One UTR, with the number and the sum of its payments.
-- Rule: payee control of direct benefit transfer.
SELECT
    upper(replace(replace(utr, ' ', ''), '-', '')) AS id,
    CAST(COUNT(*) AS BIGINT) AS payments,
    MIN(number) AS first_payment,
    MAX(number) AS last_payment,
    CAST(SUM(amount_paise) AS BIGINT) AS amount_paise
FROM payments
WHERE utr IS NOT NULL
GROUP BY upper(replace(replace(utr, ' ', ''), '-', ''))
HAVING COUNT(*) > 1
