-- Control disabled_signed_out (compliance): No disabled account has an open session.
-- Asks: Does any disabled account have sessions that did not end?
-- A row means: One disabled account, with the number of its open sessions.
-- Rule: docs/SECURITY.md, people.
SELECT
    'user:' || users.id AS subject,
    'it is disabled, and ' || CAST(COUNT(*) AS TEXT) || ' sessions of it are open' AS found
FROM users
JOIN sessions ON sessions.user_id = users.id
WHERE users.disabled_at IS NOT NULL AND sessions.ended_at IS NULL
GROUP BY users.id
