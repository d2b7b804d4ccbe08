-- Control no_account_below_floor (integrity): No account is below zero.
-- Asks: Is the balance of any account negative?
-- A row means: One account with a negative balance. More money left it than it ever held.
-- Rule: docs/LEDGER.md, two guards on every floor.
SELECT
    'account:' || code AS subject,
    'it holds ' || CAST(balance_paise AS TEXT) || ' paise' AS found
FROM accounts
WHERE balance_paise < 0
