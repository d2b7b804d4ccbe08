-- Control paid_less_recovered (integrity): Nobody keeps more of a claim than its entitlement, and
-- nothing is asked back twice.
-- Asks: Is what was paid of each claim, less what its recoveries ask or brought back, at most its
-- entitlement? And once a final certificate settled it: are its tranches, what bank returns kept of
-- them and what waits in the claim exactly the entitlement with what has to come back beyond it? Did
-- the certificate count what earlier recoveries asked, of whichever payment? (A settlement that does
-- not state what was asked by then is older than this question.)
-- A row means: One claim of which the beneficiary keeps too much, or gets too little.
-- Rule: docs/CLAIMS.md, staged release and the final certificate.
SELECT
    'claim:' || claims.id AS subject,
    COALESCE(claims.number, '') || ' is entitled to ' || CAST(claims.entitlement_paise AS TEXT)
        || ' paise, and ' || CAST(COALESCE(settled.receivable, 0) AS TEXT)
        || ' beyond it come back; paid and not asked back are ' || CAST(sums.net AS TEXT)
        || ', released or waiting are '
        || CAST(sums.gross + claims.deferred_paise + claims.withheld_paise AS TEXT)
        || ', and asked back before were ' || CAST(sums.asked AS TEXT) AS found
FROM claims
JOIN (
    SELECT claim_id, SUM(net) AS net, SUM(gross) AS gross, SUM(asked) AS asked
    FROM (
        SELECT claim_id, amount_paise AS net, 0 AS gross, 0 AS asked
        FROM disbursements
        WHERE status = 'succeeded'
        UNION ALL
        SELECT
            disbursements.claim_id,
            -recoveries.amount_paise AS net,
            0 AS gross,
            CASE
                WHEN recoveries.created_at <= certified.certified_at THEN recoveries.amount_paise
                ELSE 0
            END AS asked
        FROM recoveries
        JOIN disbursements ON disbursements.id = recoveries.disbursement_id
        JOIN claims AS certified ON certified.id = disbursements.claim_id
        UNION ALL
        SELECT
            tranches.claim_id,
            -- Interest too: it was paid with money of the claim.
            recovery_credits.principal_paise + recovery_credits.interest_paise AS net,
            CASE
                -- With all of it kept, the tranche stands for the whole.
                WHEN tranches.status = 'disbursed' AND NOT EXISTS (
                    SELECT 1
                    FROM disbursements AS again
                    WHERE again.tranche_id = tranches.id AND again.status = 'succeeded'
                ) THEN 0
                ELSE recovery_credits.principal_paise + recovery_credits.interest_paise
            END AS gross,
            0 AS asked
        FROM recovery_credits
        JOIN recoveries ON recoveries.id = recovery_credits.recovery_id
        JOIN disbursements ON disbursements.id = recoveries.disbursement_id
        JOIN tranches ON tranches.id = disbursements.tranche_id
        WHERE recovery_credits.kind = 'bank_return'
        UNION ALL
        SELECT claim_id, 0 AS net, amount_paise AS gross, 0 AS asked
        FROM tranches
        WHERE status NOT IN ('rejected', 'expired')
    ) AS parts
    GROUP BY claim_id
) AS sums
    ON sums.claim_id = claims.id
LEFT JOIN (
    SELECT
        claim_id,
        json(decision) ->> 'decided_at' AS decided_at,
        CAST(json(settlement) ->> 'asked_paise' AS BIGINT) AS asked,
        CAST(json(json(settlement) ->> 'statement') ->> 'receivable_paise' AS BIGINT) AS receivable,
        CAST(json(json(settlement) ->> 'statement') ->> 'released_paise' AS BIGINT)
            + CAST(json(json(settlement) ->> 'statement') ->> 'withdrawn_paise' AS BIGINT)
            + CAST(json(settlement) ->> 'deferred_before_paise' AS BIGINT) AS granted
    FROM final_certificates
    WHERE settlement IS NOT NULL
) AS settled
    ON settled.claim_id = claims.id
    AND settled.decided_at = claims.certified_at
WHERE sums.net > claims.entitlement_paise
    OR (
        claims.certified_at IS NOT NULL
        AND sums.gross + claims.deferred_paise + claims.withheld_paise
            <> claims.entitlement_paise + COALESCE(settled.receivable, 0)
    )
    OR (
        settled.asked IS NOT NULL
        AND settled.receivable < sums.asked
        AND settled.receivable < settled.granted - claims.entitlement_paise
    )
