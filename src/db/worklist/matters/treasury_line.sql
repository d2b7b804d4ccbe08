-- Matters treasury_line.
-- Asks: Which lines of files of the treasury contradict the records?
-- A row means: One line of a file, with the payment that it names.
SELECT
    'treasury_line' AS kind,
    treasury_return_lines.result AS state,
    treasury_return_lines.return_id || '/' || CAST(treasury_return_lines.line AS TEXT) AS id,
    treasury_return_lines.end_to_end_id AS number,
    treasury_return_lines.outcome AS title,
    tranches.scheme_code,
    payments.organisation_id,
    organisations.name AS company,
    treasury_return_lines.amount_paise,
    treasury_returns.uploaded_at AS since,
    CAST(NULL AS TEXT) AS day,
    CAST(NULL AS TEXT) AS taken,
    CAST(NULL AS TEXT) AS details
FROM treasury_return_lines
JOIN treasury_returns ON treasury_returns.id = treasury_return_lines.return_id
LEFT JOIN payments ON payments.number = treasury_return_lines.end_to_end_id
LEFT JOIN tranches ON tranches.id = payments.tranche_id
LEFT JOIN organisations ON organisations.id = payments.organisation_id
WHERE treasury_return_lines.result = 'contradicted'
