-- Question sanctions_lapsed: Sanctions that were not paid within twelve months.
-- Asks: Which sanctions were not paid within twelve months of their date?
-- A row means: One sanction, with the day on which it lapsed and the day on which it was paid, if
-- it was.
-- Rule: GFR 2017, rule 30.
SELECT
    sanctioned.id,
    sanctioned.number,
    sanctioned.scheme_code,
    sanctioned.component,
    sanctioned.organisation_id,
    organisations.name AS beneficiary,
    sanctioned.sanctioned_on,
    sanctioned.lapsed_on,
    sanctioned.paid_on,
    sanctioned.amount_paise,
    sanctioned.status
FROM (
    SELECT
        tranches.id,
        json(tranches.sanction) ->> 'number' AS number,
        tranches.scheme_code,
        tranches.component,
        tranches.organisation_id,
        tranches.amount_paise,
        tranches.status,
        json(tranches.sanction) ->> 'sanctioned_on' AS sanctioned_on,
        CAST(CAST(substr(json(tranches.sanction) ->> 'sanctioned_on', 1, 4) AS INTEGER) + 1 AS TEXT)
            || substr(json(tranches.sanction) ->> 'sanctioned_on', 5) AS lapsed_on,
        (
            SELECT MIN(disbursements.paid_on)
            FROM disbursements
            WHERE disbursements.tranche_id = tranches.id
        ) AS paid_on
    FROM tranches
    WHERE tranches.sanction IS NOT NULL AND tranches.status <> 'rejected'
) AS sanctioned
JOIN organisations ON organisations.id = sanctioned.organisation_id
WHERE sanctioned.lapsed_on <= COALESCE(sanctioned.paid_on, :today)
