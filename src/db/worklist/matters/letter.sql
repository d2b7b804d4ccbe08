-- Matters letter.
-- Asks: Which letters of companies has no office answered yet?
-- A row means: One letter that an office received, that no letter of an office replies to, and of which no
-- officer said that it needs no answer; with the kind of the record that it is about.
SELECT
    'letter' AS kind,
    CASE letters.about_kind
        WHEN 'application' THEN 'application'
        WHEN 'milestone' THEN 'milestone'
        WHEN 'claim' THEN 'claim'
        WHEN 'tranche' THEN 'tranche'
        WHEN 'recovery' THEN 'recovery'
    END AS state,
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
    CAST(NULL AS TEXT) AS day,
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
WHERE letters.direction = 'received'
  AND NOT EXISTS (
      SELECT 1 FROM letters AS answer WHERE answer.reply_to_id = letters.id AND answer.direction = 'sent'
  )
  AND NOT EXISTS (SELECT 1 FROM letter_closings WHERE letter_closings.letter_id = letters.id)
