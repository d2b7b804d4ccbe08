-- Matters control.
-- Asks: Which controls are red in the newest run?
-- A row means: One control, with the run that found it red.
SELECT
    'control' AS kind,
    'red' AS state,
    control_runs.id || '/' || (json(result.value) ->> 'control') AS id,
    CAST(NULL AS TEXT) AS number,
    json(result.value) ->> 'control' AS title,
    CAST(NULL AS TEXT) AS scheme_code,
    CAST(NULL AS TEXT) AS organisation_id,
    CAST(NULL AS TEXT) AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    control_runs.run_at AS since,
    CAST(NULL AS TEXT) AS day,
    CAST(NULL AS TEXT) AS taken,
    CAST(NULL AS TEXT) AS details
FROM control_runs, each_of(json(control_runs.results)) AS result
WHERE json(result.value) ->> 'status' = 'red'
  AND control_runs.id = (
      SELECT newest.id FROM control_runs AS newest ORDER BY newest.run_at DESC, newest.id DESC LIMIT 1
  )
