-- Records treasury_returns.
-- Asks: All files of the treasury with its answers.
-- A row means: One file, with the number of its lines and their sum.
SELECT
    id,
    message_id,
    advice_id,
    format,
    line_count,
    control_total_paise,
    uploaded_by,
    uploaded_at
FROM treasury_returns
