-- Matters recovery.
-- Asks: Which recoveries wait for a reply, an order, a demand or their money?
-- A row means: One recovery, with what is due, its steps and instalments, and the excuses of a milestone whose late
-- days it charges. One that is demanded is `credited` while the bank has a credit that no receipt has booked.
SELECT
    'recovery' AS kind,
    CASE
        WHEN recoveries.status = 'demanded' AND EXISTS (
            SELECT 1 FROM bank_credits AS credit
            WHERE NOT EXISTS (SELECT 1 FROM recovery_credits AS booked WHERE booked.utr = credit.utr)
              AND NOT EXISTS (
                  SELECT 1 FROM security_events AS paid WHERE paid.kind = 'received' AND paid.reference = credit.utr
              )
        ) THEN 'credited'
        ELSE recoveries.status
    END AS state,
    recoveries.id,
    recoveries.number,
    CAST(NULL AS TEXT) AS title,
    recoveries.scheme_code,
    recoveries.organisation_id,
    organisations.name AS company,
    CASE recoveries.status
        WHEN 'demanded' THEN
            recoveries.principal_due_paise + recoveries.interest_due_paise + recoveries.damages_due_paise
        ELSE recoveries.amount_paise
    END AS amount_paise,
    COALESCE(json(recoveries.reply) ->> 'replied_at', recoveries.created_at) AS since,
    CASE recoveries.status
        WHEN 'noticed' THEN json(recoveries.notice) ->> 'reply_due_on'
        WHEN 'demanded' THEN json(recoveries.demand) ->> 'due_on'
    END AS day,
    (
        SELECT string_agg(step.step || ':' || step.taken_by, ' ')
        FROM tranche_steps AS step WHERE step.tranche_id = recoveries.tranche_id
    ) AS taken,
    '{"steps":' || recoveries.steps || ',"plan":' || COALESCE(recoveries.plan, 'null')
    || ',"damages":' || COALESCE(recoveries.damages, 'null') || ',"excuses":['
    || COALESCE(
        (
            SELECT string_agg(
                '{"days":{"from":"' || excuses.asked_from || '","to":"' || excuses.asked_to || '"},"taken":"submit:'
                || excuses.asked_by
                || COALESCE(' recommend:' || (json(excuses.examination) ->> 'examined_by'), '')
                || COALESCE(' excuse:' || (json(excuses.decision) ->> 'decided_by'), '') || '"}', ','
            )
            FROM excuses WHERE excuses.milestone_id = recoveries.milestone_id
        ),
        ''
    ) || ']}' AS details
FROM recoveries
JOIN organisations ON organisations.id = recoveries.organisation_id
WHERE recoveries.status IN ('noticed', 'replied', 'ordered', 'demanded')
