-- Matters guarantee.
-- Asks: Which guarantees or extensions wait for the bank's word, or invocations for their money?
-- A row means: One guarantee, with what is outstanding of its invocation, or its whole amount; who took which step on
-- it, and, once it is invoked, on the recoveries that its money pays.
SELECT
    'guarantee' AS kind,
    CASE
        WHEN securities.status = 'lodged' THEN 'lodged'
        WHEN securities.extension IS NOT NULL THEN 'extension_lodged'
        ELSE 'receipt_awaited'
    END AS state,
    securities.id,
    CAST(NULL AS TEXT) AS number,
    securities.guarantee_number AS title,
    awards.scheme_code,
    securities.organisation_id,
    organisations.name AS company,
    CASE
        WHEN securities.status <> 'lodged' AND securities.extension IS NULL
            THEN securities.invoked_paise - securities.received_paise
        ELSE securities.amount_paise
    END AS amount_paise,
    COALESCE(
        (
            SELECT MAX(event.acted_at) FROM security_events AS event
            WHERE event.security_id = securities.id AND event.kind <> 'received'
        ),
        securities.lodged_at
    ) AS since,
    CAST(NULL AS TEXT) AS day,
    'submit:' || securities.lodged_by || ' '
    || COALESCE(
        (
            SELECT string_agg(
                CASE
                    WHEN event.kind = 'extension_lodged' THEN 'submit'
                    WHEN event.kind IN ('invoked', 'released') THEN 'sanction'
                    WHEN event.kind = 'received' THEN 'collect'
                    ELSE 'verify'
                END || ':' || event.acted_by, ' '
            )
            FROM security_events AS event WHERE event.security_id = securities.id
        ),
        ''
    ) AS taken,
    CASE
        WHEN securities.received_paise < securities.invoked_paise THEN (
            SELECT '[' || string_agg(
                '{"steps":' || recoveries.steps || ',"paying":"' || COALESCE(
                    (
                        SELECT string_agg(step.step || ':' || step.taken_by, ' ')
                        FROM tranche_steps AS step WHERE step.tranche_id = recoveries.tranche_id
                    ),
                    ''
                ) || '"}', ','
            ) || ']'
            FROM recoveries
            WHERE recoveries.id IN (
                SELECT event.recovery_id FROM security_events AS event
                WHERE event.security_id = securities.id AND event.kind = 'invoked'
            )
        )
    END AS details
FROM securities
JOIN awards ON awards.id = securities.award_id
JOIN organisations ON organisations.id = securities.organisation_id
WHERE securities.status = 'lodged'
   OR (securities.status IN ('confirmed', 'invoked') AND securities.extension IS NOT NULL)
   OR (securities.status IN ('confirmed', 'invoked') AND securities.received_paise < securities.invoked_paise)
