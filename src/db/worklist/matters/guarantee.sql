-- Matters guarantee.
-- Asks: Which guarantees or extensions wait for the bank's word, or invocations for their money?
-- A row means: One guarantee, with what is outstanding of its invocation, or its whole amount.
SELECT
    'guarantee' AS kind,
    CASE securities.status
        WHEN 'confirmed' THEN 'extension_lodged'
        WHEN 'invoked' THEN 'receipt_awaited'
        ELSE securities.status
    END AS state,
    securities.id,
    CAST(NULL AS TEXT) AS number,
    securities.guarantee_number AS title,
    awards.scheme_code,
    securities.organisation_id,
    organisations.name AS company,
    CASE securities.status
        WHEN 'invoked' THEN securities.invoked_paise - securities.received_paise
        ELSE securities.amount_paise
    END AS amount_paise,
    COALESCE(
        (SELECT MAX(event.acted_at) FROM security_events AS event WHERE event.security_id = securities.id),
        securities.lodged_at
    ) AS since,
    CAST(NULL AS TEXT) AS day,
    'submit:' || securities.lodged_by AS taken,
    CAST(NULL AS TEXT) AS details
FROM securities
JOIN awards ON awards.id = securities.award_id
JOIN organisations ON organisations.id = securities.organisation_id
WHERE securities.status = 'lodged'
   OR (securities.status = 'confirmed' AND securities.extension IS NOT NULL)
   OR (securities.status = 'invoked' AND securities.received_paise < securities.invoked_paise)
