-- Control paid_less_recovered (integrity): Nobody keeps more of a claim than its entitlement, and
-- nothing is asked back twice.
-- Asks: Is what was paid of each claim, less what its recoveries ask or brought back, at most its
-- entitlement? And where a final certificate opened true-ups: do they, with the recoveries begun
-- before them, leave at least the entitlement? Of a payment that the bank took back only what its
-- recoveries kept counts; a tranche that is owed again counts as if it were paid.
-- A row means: One claim of which the beneficiary keeps too much, or is asked for too much.
-- Rule: docs/CLAIMS.md, staged release and the final certificate.
SELECT
    'claim:' || claims.id AS subject,
    COALESCE(claims.number, '') || ' is entitled to ' || CAST(claims.entitlement_paise AS TEXT)
        || ' paise; paid and not asked back are ' || CAST(sums.net AS TEXT)
        || ', and its true-ups leave ' || CAST(sums.stands AS TEXT) AS found
FROM claims
JOIN (
    SELECT claim_id, SUM(net) AS net, SUM(stands) AS stands, SUM(true_ups) AS true_ups
    FROM (
        SELECT claim_id, amount_paise AS net, amount_paise AS stands, 0 AS true_ups
        FROM disbursements
        WHERE status = 'succeeded'
        UNION ALL
        SELECT
            disbursements.claim_id,
            -recoveries.amount_paise AS net,
            CASE
                WHEN recoveries.created_at <= certified.certified_at THEN -recoveries.amount_paise
                ELSE 0
            END AS stands,
            CASE WHEN recoveries.kind = 'true_up' THEN 1 ELSE 0 END AS true_ups
        FROM recoveries
        JOIN disbursements ON disbursements.id = recoveries.disbursement_id
        JOIN claims AS certified ON certified.id = disbursements.claim_id
        UNION ALL
        SELECT
            disbursements.claim_id,
            recovery_credits.principal_paise AS net,
            recovery_credits.principal_paise + recovery_credits.interest_paise AS stands,
            0 AS true_ups
        FROM recovery_credits
        JOIN recoveries ON recoveries.id = recovery_credits.recovery_id
        JOIN disbursements ON disbursements.id = recoveries.disbursement_id
        WHERE recovery_credits.kind = 'bank_return'
        UNION ALL
        SELECT tranches.claim_id, 0 AS net, tranches.amount_paise AS stands, 0 AS true_ups
        FROM tranches
        WHERE tranches.status NOT IN ('rejected', 'expired', 'disbursed')
            OR (
                tranches.status <> 'disbursed' AND EXISTS (
                    SELECT 1
                    FROM disbursements
                    WHERE disbursements.tranche_id = tranches.id
                        AND disbursements.status = 'failed_after_success'
                )
            )
    ) AS parts
    GROUP BY claim_id
) AS sums
    ON sums.claim_id = claims.id
WHERE sums.net > claims.entitlement_paise
    OR (
        claims.certified_at IS NOT NULL
        AND sums.true_ups > 0
        AND sums.stands + claims.deferred_paise + claims.withheld_paise < claims.entitlement_paise
    )
