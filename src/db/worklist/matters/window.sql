-- Matters window.
-- Asks: Which companies have submitted nothing in a window that closes soon?
-- A row means: One company and one window, with its last day.
SELECT
    'window' AS kind,
    'open' AS state,
    windows.id || '/' || organisations.id AS id,
    CAST(NULL AS TEXT) AS number,
    windows.reference AS title,
    windows.scheme_code,
    organisations.id AS organisation_id,
    organisations.name AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    windows.opens_on AS since,
    windows.closes_on AS day,
    CAST(NULL AS TEXT) AS taken,
    CAST(NULL AS TEXT) AS details
FROM windows, organisations
WHERE windows.opens_on <= :today AND windows.closes_on >= :today AND windows.closes_on <= :horizon
  AND NOT EXISTS (
      SELECT 1 FROM applications
      WHERE applications.organisation_id = organisations.id AND applications.scheme_code = windows.scheme_code
  )
