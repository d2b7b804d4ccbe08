-- Matters correction.
-- Asks: Which proposals to undo, hold or open something again wait for another person's decision?
-- A row means: One correction, with what it does, who proposed it, and the number or name of its record.
SELECT
    'correction' AS kind,
    corrections.status AS state,
    corrections.id,
    CAST(NULL AS TEXT) AS number,
    corrections.kind AS title,
    COALESCE(
        (SELECT tranches.scheme_code FROM tranches WHERE tranches.id = corrections.subject_id),
        (SELECT awards.scheme_code FROM awards WHERE awards.id = corrections.subject_id),
        (SELECT claims.scheme_code FROM claims WHERE claims.id = corrections.subject_id),
        (
            SELECT awards.scheme_code FROM milestones
            JOIN awards ON awards.id = milestones.award_id
            WHERE milestones.id = corrections.subject_id
        ),
        (
            SELECT tranches.scheme_code FROM payments
            JOIN tranches ON tranches.id = payments.tranche_id
            WHERE payments.id = corrections.subject_id
        )
    ) AS scheme_code,
    corrections.organisation_id,
    organisations.name AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    corrections.proposed_at AS since,
    CAST(NULL AS TEXT) AS day,
    'propose_correction:' || corrections.proposed_by AS taken,
    corrections.about AS details
FROM corrections
JOIN organisations ON organisations.id = corrections.organisation_id
WHERE corrections.status = 'proposed'
