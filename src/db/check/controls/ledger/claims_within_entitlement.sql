-- Control claims_within_entitlement (integrity): No claim released more than its entitlement.
-- Asks: Until its final certificate, are the tranches of each claim, its deferred part and its
-- withheld part together at most its entitlement? Rejected and expired tranches release nothing.
-- A row means: One claim of which more was released, deferred and withheld than it is entitled to.
-- Rule: docs/CLAIMS.md, the amount of a claim.
SELECT
    'claim:' || claims.id AS subject,
    COALESCE(claims.number, '') || ' is entitled to ' || CAST(claims.entitlement_paise AS TEXT)
        || ' paise; released, deferred and withheld are '
        || CAST(live.total + claims.deferred_paise + claims.withheld_paise AS TEXT) AS found
FROM claims
JOIN (
    SELECT claim_id, SUM(amount_paise) AS total
    FROM tranches
    WHERE status NOT IN ('rejected', 'expired')
    GROUP BY claim_id
) AS live
    ON live.claim_id = claims.id
WHERE claims.certified_at IS NULL
  AND live.total + claims.deferred_paise + claims.withheld_paise > claims.entitlement_paise
