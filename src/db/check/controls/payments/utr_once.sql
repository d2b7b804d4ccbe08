-- Control utr_once (integrity): A UTR settles one payment, however it is written.
-- Asks: Does each UTR belong to one payment only? Blanks, hyphens, small letters and zeros at the
-- beginning make no difference.
-- A row means: One UTR that is written on several payments. The last of these payments is named.
-- Rule: docs/PAYMENTS.md.
SELECT
    'payment:' || MAX(id) AS subject,
    'UTR ' || plain || ' stands in ' || CAST(COUNT(*) AS TEXT) || ' payments' AS found
FROM (
    SELECT id, LTRIM(UPPER(REPLACE(REPLACE(utr, ' ', ''), '-', '')), '0') AS plain
    FROM payments
    WHERE utr IS NOT NULL
) AS written
GROUP BY plain
HAVING COUNT(*) > 1
