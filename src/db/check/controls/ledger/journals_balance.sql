-- Control journals_balance (integrity): Every journal balances in each ledger.
-- Asks: For each journal, do its entries sum to zero in each ledger that they belong to?
-- A row means: One journal and one ledger in which its entries do not sum to zero. Money appeared
-- or vanished in that posting.
-- Rule: double entry.
SELECT
    'journal:' || journals.id AS subject,
    journals.kind || ' of ' || journals.reference || ': its entries in ' || uneven.ledger
        || ' sum to ' || CAST(uneven.total AS TEXT) || ' paise' AS found
FROM (
    SELECT entries.journal_id, accounts.ledger, SUM(entries.amount_paise) AS total
    FROM entries
    JOIN accounts ON accounts.id = entries.account_id
    GROUP BY entries.journal_id, accounts.ledger
    HAVING SUM(entries.amount_paise) <> 0
) AS uneven
JOIN journals ON journals.id = uneven.journal_id
