-- Matters sample.
-- Asks: Which samples wait to be frozen or drawn?
-- A row means: One sample, with who committed to its seed.
SELECT
    'sample' AS kind,
    samples.status AS state,
    samples.id,
    samples.number,
    samples.purpose AS title,
    CAST(NULL AS TEXT) AS scheme_code,
    CAST(NULL AS TEXT) AS organisation_id,
    CAST(NULL AS TEXT) AS company,
    samples.population_paise AS amount_paise,
    COALESCE(samples.frozen_at, samples.committed_at) AS since,
    CAST(NULL AS TEXT) AS day,
    CASE samples.status WHEN 'committed' THEN 'commit_seed:' || samples.committed_by END AS taken,
    CAST(NULL AS TEXT) AS details
FROM samples
WHERE samples.status IN ('committed', 'frozen')
