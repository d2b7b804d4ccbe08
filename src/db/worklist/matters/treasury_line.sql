-- Matters treasury_line.
-- Asks: Which lines of files of the treasury contradict the records, or were refused, and nobody has cleared it up?
-- A row means: One line of a file, with the payment that it names. It waits no longer once an officer closed it,
-- once the record says what the line says (money that came back agrees with a failure that was told before), or once
-- a later file gave an end of the payment that agrees with the record.
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
WHERE treasury_return_lines.result IN ('contradicted', 'refused')
  AND NOT EXISTS (
      SELECT 1 FROM treasury_line_closings AS closing
      WHERE closing.return_id = treasury_return_lines.return_id AND closing.line = treasury_return_lines.line
  )
  AND NOT EXISTS (
      SELECT 1 FROM treasury_return_lines AS later
      WHERE later.end_to_end_id = treasury_return_lines.end_to_end_id
        AND later.return_id > treasury_return_lines.return_id
        -- A condition on the result itself would have SQLite go through all lines with it.
        AND CASE later.result WHEN 'applied' THEN TRUE WHEN 'already_recorded' THEN TRUE ELSE FALSE END
        AND later.outcome <> 'accepted'
  )
  AND NOT COALESCE(
      payments.amount_paise = treasury_return_lines.amount_paise
      AND CASE treasury_return_lines.outcome
          WHEN 'accepted' THEN payments.accepted_at IS NOT NULL
          WHEN 'succeeded' THEN payments.utr = treasury_return_lines.utr
              AND payments.paid_on = treasury_return_lines.paid_on
          WHEN 'failed' THEN payments.status = 'failed'
              OR (payments.status = 'failed_after_success' AND payments.settled_at >= treasury_returns.uploaded_at)
          ELSE payments.status = 'failed_after_success'
              AND payments.utr = COALESCE(treasury_return_lines.utr, payments.utr)
      END,
      FALSE
  )
