-- Control awards_of_eligible (integrity): Only applications that were found eligible have an award.
-- Asks: Does each award rest on an application that was scrutinised and has the status 'awarded'?
-- A row means: One award whose application was not scrutinised or has another status.
-- Rule: the scheme's criteria.
SELECT
    'award:' || awards.id AS subject,
    awards.number || ': its application is ' || applications.status
        || CASE WHEN applications.scrutiny IS NULL THEN ', without scrutiny' ELSE '' END AS found
FROM awards
JOIN applications ON applications.id = awards.application_id
WHERE applications.status <> 'awarded' OR applications.scrutiny IS NULL
