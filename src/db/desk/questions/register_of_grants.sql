-- Question register_of_grants: The register of grants: each sanction with its serial number, and
-- its bill.
-- Asks: Which grants were sanctioned, by whom, and with which bill and payment were they paid?
-- A row means: One sanction. The columns of the bill and of the payment are empty until there is
-- one. A payment that failed is not its bill.
-- Rule: GFR 2017, rule 234, form GFR-21.
SELECT
    tranches.id,
    json(tranches.sanction) ->> 'number' AS serial_number,
    json(tranches.sanction) ->> 'sanctioned_on' AS sanctioned_on,
    tranches.scheme_code,
    tranches.component AS purpose,
    tranches.organisation_id,
    organisations.name AS beneficiary,
    tranches.amount_paise,
    tranche_steps.taken_by AS sanctioned_by,
    payments.number AS bill_number,
    payments.advised_at AS bill_on,
    disbursements.number AS register_of_payments,
    disbursements.paid_on,
    disbursements.utr,
    tranches.performance_year
FROM tranches
JOIN organisations ON organisations.id = tranches.organisation_id
JOIN tranche_steps
    ON tranche_steps.tranche_id = tranches.id
    AND tranche_steps.step = 'sanction'
    AND tranche_steps.position = (
        SELECT MAX(latest.position)
        FROM tranche_steps AS latest
        WHERE latest.tranche_id = tranches.id AND latest.step = 'sanction'
    )
LEFT JOIN payments
    ON payments.tranche_id = tranches.id
    AND payments.status IN ('advised', 'accepted', 'succeeded', 'unknown')
LEFT JOIN disbursements ON disbursements.payment_id = payments.id
WHERE tranches.sanction IS NOT NULL
