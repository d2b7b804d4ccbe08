-- Control guarantees_run (warning): No guarantee has expired while its award runs.
-- Asks: Has a confirmed bank guarantee expired while its award still runs?
-- A row means: One expired guarantee of a running award.
-- Rule: docs/CLAIMS.md, performance securities.
SELECT
    'security:' || securities.id AS subject,
    'guarantee ' || securities.guarantee_number || ' ran until ' || securities.expires_on
        || ', award ' || awards.number || ' runs until ' || awards.ends_on AS found
FROM securities
JOIN awards ON awards.id = securities.award_id
WHERE securities.status = 'confirmed'
  AND securities.expires_on < :today
  AND awards.ends_on >= :today
