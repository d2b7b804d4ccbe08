-- Matters letter_to_answer.
-- Asks: Which letters of offices that ask for an answer has the company not answered yet?
-- A row means: One letter that an office sent and that asks for an answer by a day, that no letter of the company
-- replies to, and of which no officer said that it needs no answer any more.
SELECT
    'letter_to_answer' AS kind,
    'asked' AS state,
    letters.id,
    letters.number,
    letters.title,
    COALESCE(
        applications.scheme_code, awards.scheme_code, claims.scheme_code, tranches.scheme_code, recoveries.scheme_code
    ) AS scheme_code,
    letters.organisation_id,
    organisations.name AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    letters.recorded_at AS since,
    letters.answer_by AS day,
    CAST(NULL AS TEXT) AS taken,
    CAST(NULL AS TEXT) AS details
FROM letters
JOIN organisations ON organisations.id = letters.organisation_id
LEFT JOIN applications ON letters.about_kind = 'application' AND applications.id = letters.about_id
LEFT JOIN milestones ON letters.about_kind = 'milestone' AND milestones.id = letters.about_id
LEFT JOIN awards ON awards.id = milestones.award_id
LEFT JOIN claims ON letters.about_kind = 'claim' AND claims.id = letters.about_id
LEFT JOIN tranches ON letters.about_kind = 'tranche' AND tranches.id = letters.about_id
LEFT JOIN recoveries ON letters.about_kind = 'recovery' AND recoveries.id = letters.about_id
WHERE letters.direction = 'sent'
  AND letters.answer_by IS NOT NULL
  AND NOT EXISTS (
      SELECT 1 FROM letters AS answer WHERE answer.reply_to_id = letters.id AND answer.direction = 'received'
  )
  AND NOT EXISTS (SELECT 1 FROM letter_closings WHERE letter_closings.letter_id = letters.id)
