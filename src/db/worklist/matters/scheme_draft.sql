-- Matters scheme_draft.
-- Asks: Which drafts of a version of a scheme wait for an approval or for publication?
-- A row means: One draft, with who wrote it and who proposed or approved its instrument.
SELECT
    'scheme_draft' AS kind,
    CASE
        WHEN scheme_drafts.instrument IS NOT NULL AND json(scheme_drafts.instrument) ->> 'approval' IS NULL
            THEN 'instrument_proposed'
        ELSE scheme_drafts.status
    END AS state,
    scheme_drafts.id,
    CAST(NULL AS TEXT) AS number,
    scheme_drafts.scheme_code || ', version ' || CAST(scheme_drafts.scheme_version AS TEXT) AS title,
    scheme_drafts.scheme_code,
    CAST(NULL AS TEXT) AS organisation_id,
    CAST(NULL AS TEXT) AS company,
    CAST(NULL AS BIGINT) AS amount_paise,
    COALESCE(
        json(json(scheme_drafts.instrument) ->> 'approval') ->> 'taken_at',
        json(scheme_drafts.instrument) ->> 'proposed_at', scheme_drafts.drafted_at
    ) AS since,
    CAST(NULL AS TEXT) AS day,
    'prepare:' || scheme_drafts.drafted_by
    || COALESCE(
        ' concur:' || (json(json(scheme_drafts.instrument) ->> 'approval') ->> 'taken_by'),
        ' recommend:' || (json(scheme_drafts.instrument) ->> 'proposed_by'), ''
    ) AS taken,
    CAST(NULL AS TEXT) AS details
FROM scheme_drafts
WHERE scheme_drafts.status = 'draft'
