-- Matters claim.
-- Asks: Which claims are drafted, were returned, were corrected since, have a query open, or wait for their
-- verification?
-- A row means: One claim, with what it asks for, who prepared and submitted it, now or before a return, who took a step
-- on the tranche that waits for its verification, until when money is held for that one, its rounds of queries, and the
-- desk that returned it last, with the amount that is held.
SELECT
    'claim' AS kind,
    CASE
        WHEN claims.status = 'submitted' AND position_of(dialogue.queries, '"reply":null') > 0 THEN 'query_open'
        WHEN claims.status = 'returned' AND EXISTS (
            SELECT 1 FROM audit_log
            WHERE audit_log.subject = 'claim:' || claims.id
              AND audit_log.command IN ('change_claim', 'upload_claim_lines') AND audit_log.outcome = 'done'
              AND audit_log.recorded_at > (
                  SELECT MAX(back.returned_at) FROM claim_returns AS back WHERE back.claim_id = claims.id
              )
        ) THEN 'corrected'
        ELSE claims.status
    END AS state,
    claims.id,
    claims.number,
    CAST(NULL AS TEXT) AS title,
    claims.scheme_code,
    claims.organisation_id,
    organisations.name AS company,
    claims.amount_claimed_paise AS amount_paise,
    (
        SELECT MAX(moved.at) FROM (
            SELECT claims.created_at AS at
            UNION ALL
            SELECT claims.submitted_at AS at
            UNION ALL
            SELECT back.returned_at AS at FROM claim_returns AS back WHERE back.claim_id = claims.id
            UNION ALL
            SELECT audit_log.recorded_at AS at FROM audit_log
            WHERE claims.status IN ('draft', 'returned') AND audit_log.subject = 'claim:' || claims.id
              AND audit_log.command IN ('change_claim', 'upload_claim_lines') AND audit_log.outcome = 'done'
        ) AS moved
    ) AS since,
    (
        SELECT MIN(tranches.held_until) FROM tranches
        WHERE tranches.claim_id = claims.id AND tranches.status = 'returned'
    ) AS day,
    (
        SELECT string_agg(acted.step || ':' || acted.person, ' ') FROM (
            SELECT 'prepare' AS step, claims.prepared_by AS person
            UNION ALL
            SELECT 'submit' AS step, claims.submitted_by AS person
            UNION ALL
            SELECT 'prepare' AS step, back.prepared_by AS person
            FROM claim_returns AS back WHERE back.claim_id = claims.id
            UNION ALL
            SELECT 'submit' AS step, back.submitted_by AS person
            FROM claim_returns AS back WHERE back.claim_id = claims.id
            UNION ALL
            SELECT step.step, step.taken_by AS person
            FROM tranches
            JOIN tranche_steps AS step ON step.tranche_id = tranches.id
            WHERE tranches.claim_id = claims.id AND tranches.status = 'returned'
            UNION ALL
            SELECT back.from_desk AS step, back.returned_by AS person
            FROM tranches
            JOIN tranche_returns AS back ON back.tranche_id = tranches.id
            WHERE tranches.claim_id = claims.id AND tranches.status = 'returned'
        ) AS acted
    ) AS taken,
    COALESCE(dialogue.queries, '[]') || COALESCE(
        (
            SELECT CASE back.to_desk
                WHEN 'prepare' THEN 'verify'
                ELSE (
                    SELECT MAX(of_tranche.from_desk)
                    FROM tranches
                    JOIN tranche_returns AS of_tranche ON of_tranche.tranche_id = tranches.id
                    WHERE tranches.claim_id = claims.id AND of_tranche.returned_at = back.returned_at
                )
            END || ' ' || back.returned_at || COALESCE(
                (
                    SELECT ' ' || CAST(SUM(tranches.amount_paise) AS BIGINT) FROM tranches
                    WHERE tranches.claim_id = claims.id AND tranches.status = 'returned'
                ),
                ''
            )
            FROM claim_returns AS back WHERE back.claim_id = claims.id ORDER BY back.round DESC LIMIT 1
        ),
        ''
    ) AS details
FROM claims
JOIN organisations ON organisations.id = claims.organisation_id
LEFT JOIN claim_dialogues AS dialogue ON dialogue.claim_id = claims.id
WHERE claims.status IN ('draft', 'submitted', 'returned')
