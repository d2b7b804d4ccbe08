-- Control utr_once (integrity): A UTR settles one payment, however it is written.
-- Asks: Does each UTR belong to one payment only, out or in? Money that came in has its UTR on a
-- receipt and on the credit of the bank behind it, which count once. Blanks, hyphens, small letters
-- and zeros at the beginning make no difference.
-- A row means: One UTR that is written on several payments or receipts. The last one is named.
-- Rule: docs/PAYMENTS.md.
SELECT
    MAX(subject) AS subject,
    'UTR ' || plain || ' stands in ' || CAST(COUNT(*) AS TEXT) || ' payments and receipts' AS found
FROM (
    SELECT
        'payment:' || id AS subject,
        LTRIM(UPPER(REPLACE(REPLACE(utr, ' ', ''), '-', '')), '0') AS plain
    FROM payments
    WHERE utr IS NOT NULL
    UNION ALL
    SELECT
        'recovery:' || recovery_id AS subject,
        LTRIM(UPPER(REPLACE(REPLACE(utr, ' ', ''), '-', '')), '0') AS plain
    FROM recovery_credits
    WHERE utr IS NOT NULL
    UNION ALL
    SELECT
        'security:' || security_id AS subject,
        LTRIM(UPPER(REPLACE(REPLACE(reference, ' ', ''), '-', '')), '0') AS plain
    FROM security_events
    WHERE kind = 'received'
      AND NOT EXISTS (
          SELECT 1
          FROM recovery_credits
          WHERE recovery_credits.utr = security_events.reference
      )
    UNION ALL
    SELECT
        'bank_credit:' || MAX(id) AS subject,
        LTRIM(UPPER(REPLACE(REPLACE(utr, ' ', ''), '-', '')), '0') AS plain
    FROM bank_credits
    WHERE NOT EXISTS (
          SELECT 1
          FROM recovery_credits
          WHERE recovery_credits.utr = bank_credits.utr
      )
      AND NOT EXISTS (
          SELECT 1
          FROM security_events
          WHERE security_events.kind = 'received' AND security_events.reference = bank_credits.utr
      )
    GROUP BY utr
) AS written
GROUP BY plain
HAVING COUNT(*) > 1
