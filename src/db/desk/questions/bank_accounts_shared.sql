-- Question bank_accounts_shared: Bank accounts that more than one organisation registered, at
-- whatever branch of the bank.
-- Asks: Which bank accounts did more than one organisation register? Leading zeros and the branch
-- make no difference. The first four letters of the IFSC name the bank.
-- A row means: One account, by its last four digits and its bank, with the number of its
-- organisations.
-- Rule: payee control of direct benefit transfer.
SELECT
    MIN(id) AS id,
    substr(bank_account, length(bank_account) - 3) AS account_ends,
    bank,
    CAST(COUNT(*) AS BIGINT) AS organisations,
    MIN(name) AS first_name,
    MAX(name) AS last_name
FROM (
    SELECT id, name, ltrim(bank_account, '0') AS bank_account, substr(ifsc, 1, 4) AS bank
    FROM organisations
) AS o
GROUP BY bank_account, bank
HAVING COUNT(*) > 1
