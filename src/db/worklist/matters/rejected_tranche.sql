-- Matters rejected_tranche.
-- Asks: Which tranches were rejected lately, or lost their hold, whose claim goes on?
-- A row means: One tranche whose amount went back into its claim, since it ended.
SELECT
    'rejected_tranche' AS kind,
    'told' AS state,
    told.id,
    told.number,
    CAST(NULL AS TEXT) AS title,
    told.scheme_code,
    told.organisation_id,
    told.company,
    told.amount_paise,
    told.since,
    CAST(NULL AS TEXT) AS day,
    CAST(NULL AS TEXT) AS taken,
    CAST(NULL AS TEXT) AS details
FROM (
    SELECT
        tranches.id,
        tranches.number,
        tranches.scheme_code,
        tranches.organisation_id,
        organisations.name AS company,
        tranches.amount_paise,
        CASE tranches.status
            WHEN 'rejected' THEN json(tranches.rejection) ->> 'rejected_at'
            ELSE (
                SELECT MAX(audit_log.recorded_at) FROM audit_log
                WHERE audit_log.subject = 'tranche:' || tranches.id
                  AND audit_log.command = 'expire_hold' AND audit_log.outcome = 'done'
            )
        END AS since
    FROM tranches
    JOIN organisations ON organisations.id = tranches.organisation_id
    JOIN claims ON claims.id = tranches.claim_id
    WHERE tranches.status IN ('rejected', 'expired') AND claims.status <> 'rejected'
) AS told
WHERE told.since >= :rejected_from
