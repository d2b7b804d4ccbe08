-- Matters guarantee_expiring.
-- Asks: Which confirmed guarantees end soon, or have ended, while their award runs?
-- A row means: One guarantee, with the last day that it covers, and whether the others that count after that day cover
-- all that the award requires.
SELECT
    'guarantee_expiring' AS kind,
    CASE
        WHEN (
            SELECT CAST(COALESCE(SUM(others.amount_paise), 0) AS BIGINT)
            FROM securities AS others
            WHERE others.award_id = securities.award_id AND others.id <> securities.id AND others.status = 'confirmed'
              AND others.expires_on > securities.expires_on AND others.expires_on >= :today
        ) >= awards.security_required_paise THEN 'expiring_covered'
        ELSE 'expiring'
    END AS state,
    securities.id,
    CAST(NULL AS TEXT) AS number,
    securities.guarantee_number AS title,
    awards.scheme_code,
    securities.organisation_id,
    organisations.name AS company,
    securities.amount_paise,
    COALESCE(
        (SELECT MAX(event.acted_at) FROM security_events AS event WHERE event.security_id = securities.id),
        securities.lodged_at
    ) AS since,
    securities.expires_on AS day,
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
    CAST(NULL AS TEXT) AS details
FROM securities
JOIN awards ON awards.id = securities.award_id
JOIN organisations ON organisations.id = securities.organisation_id
WHERE securities.status = 'confirmed' AND securities.expires_on <= :horizon
  AND securities.extension IS NULL AND awards.ends_on >= :today
