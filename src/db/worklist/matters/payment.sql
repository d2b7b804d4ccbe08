-- Matters payment.
-- Asks: Which payments wait for an advice file, for the answer of the bank, or, because nobody but the office that pays
-- says that they failed, for the word of a second person?
-- A row means: One payment, with the day on which the treasury was told to pay, and the steps of its tranche.
SELECT
    'payment' AS kind,
    CASE
        WHEN payments.status = 'advised' AND NOT EXISTS (
            SELECT 1 FROM payment_advice_lines WHERE payment_advice_lines.payment_id = payments.id
        ) THEN 'without_file'
        WHEN EXISTS (
            SELECT 1
            FROM payment_advices AS file
            JOIN payment_advice_lines AS line ON line.advice_id = file.id
            WHERE line.payment_id = payments.id AND file.execute_on < :unanswered_from
        ) THEN 'unanswered'
        ELSE payments.status
    END AS state,
    payments.id,
    payments.number,
    CAST(NULL AS TEXT) AS title,
    tranches.scheme_code,
    payments.organisation_id,
    organisations.name AS company,
    payments.amount_paise,
    (
        SELECT MAX(moved.at) FROM (
            SELECT payments.advised_at AS at
            UNION ALL
            SELECT payments.accepted_at AS at
            UNION ALL
            SELECT payments.settled_at AS at
            UNION ALL
            SELECT file.made_at AS at
            FROM payment_advices AS file
            JOIN payment_advice_lines AS line ON line.advice_id = file.id
            WHERE line.payment_id = payments.id
        ) AS moved
    ) AS since,
    (
        SELECT file.execute_on
        FROM payment_advices AS file
        JOIN payment_advice_lines AS line ON line.advice_id = file.id
        WHERE line.payment_id = payments.id
    ) AS day,
    (
        SELECT string_agg(acted.step || ':' || acted.person, ' ') FROM (
            SELECT step.step, step.taken_by AS person
            FROM tranche_steps AS step WHERE step.tranche_id = payments.tranche_id
            UNION ALL
            SELECT back.from_desk AS step, back.returned_by AS person
            FROM tranche_returns AS back WHERE back.tranche_id = payments.tranche_id
        ) AS acted
    ) AS taken,
    CAST(NULL AS TEXT) AS details
FROM payments
JOIN tranches ON tranches.id = payments.tranche_id
JOIN organisations ON organisations.id = payments.organisation_id
WHERE payments.status IN ('advised', 'accepted', 'unknown')
UNION ALL
SELECT
    'payment' AS kind,
    'unexplained' AS state,
    payments.id,
    payments.number,
    CAST(NULL AS TEXT) AS title,
    tranches.scheme_code,
    payments.organisation_id,
    organisations.name AS company,
    payments.amount_paise,
    payments.settled_at AS since,
    CAST(NULL AS TEXT) AS day,
    (
        SELECT string_agg(acted.step || ':' || acted.person, ' ') FROM (
            SELECT step.step, step.taken_by AS person
            FROM tranche_steps AS step WHERE step.tranche_id = payments.tranche_id
            UNION ALL
            SELECT back.from_desk AS step, back.returned_by AS person
            FROM tranche_returns AS back WHERE back.tranche_id = payments.tranche_id
        ) AS acted
    ) AS taken,
    CAST(NULL AS TEXT) AS details
FROM payments
JOIN tranches ON tranches.id = payments.tranche_id
JOIN organisations ON organisations.id = payments.organisation_id
WHERE payments.status IN ('failed', 'failed_after_success')
  -- The money of a tranche that ends goes back to its claim, and comes again in another one.
  AND EXISTS (
      SELECT 1 FROM tranches AS again WHERE again.claim_id = tranches.claim_id AND again.status = 'sanctioned'
  )
  AND EXISTS (SELECT 1 FROM payment_advice_lines AS line WHERE line.payment_id = payments.id)
  AND NOT EXISTS (SELECT 1 FROM payment_failures AS said WHERE said.payment_id = payments.id)
  -- What the bank contradicts is settled as a difference.
  AND NOT EXISTS (
      SELECT 1 FROM bank_differences AS one
      WHERE one.payment_id = payments.id AND one.status IN ('open', 'proposed')
  )
  AND (
      EXISTS (
          SELECT 1 FROM treasury_return_lines AS told
          WHERE told.end_to_end_id = payments.number AND told.outcome = 'succeeded'
            AND told.result IN ('contradicted', 'refused')
      )
      OR NOT (
          -- A scroll proves it only where somebody else uploaded it.
          EXISTS (
              SELECT 1
              FROM bank_scroll_lines AS told
              JOIN bank_scrolls AS scroll ON scroll.id = told.scroll_id
              WHERE told.payment_id = payments.id AND told.outcome IN ('failed', 'failed_after_success')
                AND scroll.uploaded_by <> payments.advised_by
                AND scroll.uploaded_by <> COALESCE(payments.settled_by, '')
                AND NOT EXISTS (
                    SELECT 1
                    FROM payment_advices AS file
                    JOIN payment_advice_lines AS line ON line.advice_id = file.id
                    WHERE line.payment_id = payments.id AND file.made_by = scroll.uploaded_by
                )
          )
          OR EXISTS (
              SELECT 1 FROM treasury_return_lines AS told
              WHERE told.end_to_end_id = payments.number AND told.outcome IN ('failed', 'failed_after_success')
                AND told.result IN ('applied', 'already_recorded')
          )
      )
  )
