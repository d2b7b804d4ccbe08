-- Records payment_advices.
-- Asks: All files that tell the treasury whom to pay.
-- A row means: One file, with the number of its payments and their sum.
SELECT
    id,
    message_id,
    scheme_code,
    execute_on,
    payment_count,
    control_total_paise,
    made_by,
    made_at
FROM payment_advices
