//! Where the records of the ready-made questions come from: one select for each, whose columns are
//! the fields that `domain/question_fields.rs` names. `:today`, `:in_90_days`, `:days_ago_N` and
//! `:limits` are put in by `selection_sources.rs`.

use crate::domain::selection::Subject;

/// What was appropriated: every approved instrument that gave to or took from a year of a component.
macro_rules! appropriated {
    () => {
        "(SELECT scheme_code, component, financial_year, dated_on, \
         CASE WHEN kind = 're_appropriation' THEN -posted_paise ELSE posted_paise END AS paise FROM budget_instruments \
         WHERE status = 'approved' AND kind IN ('provision', 'revision', 'supplementary', 're_appropriation') \
         AND COALESCE(source, '') <> 'recovered' \
         UNION ALL SELECT scheme_code, to_component, financial_year, dated_on, posted_paise FROM budget_instruments \
         WHERE status = 'approved' AND kind = 're_appropriation' AND COALESCE(source, '') <> 'recovered' \
         AND to_component IS NOT NULL)"
    };
}

/// The select of a question; nothing for a plain kind of record.
#[allow(clippy::too_many_lines)] // a table of questions
pub(in crate::db) fn text(subject: Subject) -> Option<&'static str> {
    Some(match subject {
        Subject::PaymentsBeforeMilestone => {
            "SELECT disbursements.id, disbursements.number, disbursements.scheme_code, disbursements.organisation_id, \
             disbursements.beneficiary, milestones.code AS milestone_code, milestones.due_on, milestones.achieved_on, \
             milestones.status AS milestone_status, disbursements.paid_on, disbursements.amount_paise \
             FROM disbursements JOIN claims ON claims.id = disbursements.claim_id JOIN milestones ON milestones.id = claims.milestone_id \
             WHERE disbursements.status = 'succeeded' AND (milestones.status <> 'verified' OR milestones.achieved_on IS NULL \
             OR disbursements.paid_on < milestones.achieved_on)"
        }
        Subject::PaymentsBeyondCeiling => {
            "SELECT ceilings.id || '/' || ceilings.component AS id, ceilings.number AS award_number, ceilings.organisation_id, \
             organisations.name AS beneficiary, ceilings.component, ceilings.ceiling AS ceiling_paise, paid.total AS paid_paise, \
             paid.total - ceilings.ceiling AS beyond_paise FROM (SELECT awards.id, awards.number, awards.organisation_id, \
             json(one.value) ->> 'component' AS component, CAST(json(one.value) ->> 'amount_paise' AS BIGINT) AS ceiling \
             FROM awards, each_of(json(awards.ceilings)) AS one) AS ceilings \
             JOIN (SELECT award_id, component, CAST(SUM(amount_paise) AS BIGINT) AS total FROM disbursements \
             WHERE status = 'succeeded' GROUP BY award_id, component) AS paid \
             ON paid.award_id = ceilings.id AND paid.component = ceilings.component \
             JOIN organisations ON organisations.id = ceilings.organisation_id WHERE paid.total > ceilings.ceiling"
        }
        Subject::PeriodsClaimedTwice => {
            "SELECT one.id || '/' || other.id AS id, one.number AS first_claim, other.number AS second_claim, one.organisation_id, \
             organisations.name AS beneficiary, one.award_id, one.component, one.period_from AS first_from, one.period_to AS first_to, \
             other.period_from AS second_from, other.period_to AS second_to FROM claims AS one \
             JOIN claims AS other ON other.award_id = one.award_id AND other.component = one.component AND other.id > one.id \
             AND other.period_from <= one.period_to AND one.period_from <= other.period_to \
             JOIN organisations ON organisations.id = one.organisation_id \
             WHERE one.status IN ('submitted', 'verified') AND other.status IN ('submitted', 'verified') \
             AND one.supplements IS NULL AND other.supplements IS NULL"
        }
        Subject::InvoicesClaimedTwice => {
            // Sellers number their own invoices: the same number of two sellers is two invoices.
            "SELECT claim_lines.invoice_key || CASE WHEN claim_lines.invoice_key LIKE 'sale|%' \
             THEN '|' || claims.organisation_id ELSE '' END AS id, MIN(claim_lines.invoice_number) AS invoice_number, \
             CAST(COUNT(*) AS BIGINT) AS lines, CAST(COUNT(DISTINCT claims.id) AS BIGINT) AS claims, \
             CAST(COUNT(DISTINCT claims.organisation_id) AS BIGINT) AS organisations, MIN(claims.number) AS first_claim, \
             MAX(claims.number) AS last_claim, CAST(SUM(claim_lines.amount_paise) AS BIGINT) AS amount_paise \
             FROM claim_lines JOIN claims ON claims.id = claim_lines.claim_id \
             WHERE claims.status IN ('submitted', 'verified') AND claims.supplements IS NULL AND COALESCE(claim_lines.accepted, 1) = 1 \
             GROUP BY claim_lines.invoice_key || CASE WHEN claim_lines.invoice_key LIKE 'sale|%' \
             THEN '|' || claims.organisation_id ELSE '' END HAVING COUNT(*) > 1"
        }
        Subject::EvidenceUsedTwice => {
            "SELECT digest AS id, MIN(file_name) AS file_name, CAST(COUNT(*) AS BIGINT) AS uploads, \
             CAST(COUNT(DISTINCT organisation_id) AS BIGINT) AS organisations, MIN(uploaded_at) AS first_uploaded_at, \
             MAX(uploaded_at) AS last_uploaded_at FROM evidence GROUP BY digest HAVING COUNT(*) > 1"
        }
        Subject::BankAccountsShared => {
            "SELECT MIN(id) AS id, substr(bank_account, length(bank_account) - 3) AS account_ends, bank, \
             CAST(COUNT(*) AS BIGINT) AS organisations, MIN(name) AS first_name, MAX(name) AS last_name \
             FROM (SELECT id, name, ltrim(bank_account, '0') AS bank_account, substr(ifsc, 1, 4) AS bank FROM organisations) AS o \
             GROUP BY bank_account, bank HAVING COUNT(*) > 1"
        }
        Subject::UtrsUsedTwice => {
            "SELECT upper(replace(replace(utr, ' ', ''), '-', '')) AS id, CAST(COUNT(*) AS BIGINT) AS payments, \
             MIN(number) AS first_payment, MAX(number) AS last_payment, CAST(SUM(amount_paise) AS BIGINT) AS amount_paise \
             FROM payments WHERE utr IS NOT NULL GROUP BY upper(replace(replace(utr, ' ', ''), '-', '')) HAVING COUNT(*) > 1"
        }
        Subject::SanctionsWithoutAppropriation => concat!(
            "SELECT sanctioned.id, sanctioned.number, sanctioned.scheme_code, sanctioned.component, sanctioned.organisation_id, \
             organisations.name AS beneficiary, sanctioned.held_in, sanctioned.sanctioned_on, sanctioned.amount_paise, \
             sanctioned.so_far AS sanctioned_so_far_paise, sanctioned.appropriated AS appropriated_paise FROM ( \
             SELECT one.id, json(one.sanction) ->> 'number' AS number, one.scheme_code, one.component, one.organisation_id, one.held_in, \
             json(one.sanction) ->> 'sanctioned_on' AS sanctioned_on, one.amount_paise, \
             (SELECT CAST(SUM(other.amount_paise) AS BIGINT) FROM tranches AS other WHERE other.sanction IS NOT NULL \
             AND other.status IN ('sanctioned', 'advised', 'disbursed') AND other.scheme_code = one.scheme_code \
             AND other.component = one.component AND other.held_in = one.held_in \
             AND json(other.sanction) ->> 'sanctioned_on' <= json(one.sanction) ->> 'sanctioned_on') AS so_far, \
             (SELECT CAST(COALESCE(SUM(given.paise), 0) AS BIGINT) FROM ",
            appropriated!(),
            " AS given WHERE given.scheme_code = one.scheme_code AND given.component = one.component \
             AND given.financial_year = one.held_in AND given.dated_on <= json(one.sanction) ->> 'sanctioned_on') AS appropriated \
             FROM tranches AS one WHERE one.sanction IS NOT NULL AND one.status IN ('sanctioned', 'advised', 'disbursed')) AS sanctioned \
             JOIN organisations ON organisations.id = sanctioned.organisation_id WHERE sanctioned.so_far > sanctioned.appropriated"
        ),
        Subject::SanctionsLapsed => {
            "SELECT sanctioned.id, sanctioned.number, sanctioned.scheme_code, sanctioned.component, sanctioned.organisation_id, \
             organisations.name AS beneficiary, sanctioned.sanctioned_on, sanctioned.lapsed_on, sanctioned.paid_on, \
             sanctioned.amount_paise, sanctioned.status FROM (SELECT tranches.id, json(tranches.sanction) ->> 'number' AS number, \
             tranches.scheme_code, tranches.component, tranches.organisation_id, tranches.amount_paise, tranches.status, \
             json(tranches.sanction) ->> 'sanctioned_on' AS sanctioned_on, \
             CAST(CAST(substr(json(tranches.sanction) ->> 'sanctioned_on', 1, 4) AS INTEGER) + 1 AS TEXT) \
             || substr(json(tranches.sanction) ->> 'sanctioned_on', 5) AS lapsed_on, \
             (SELECT MIN(disbursements.paid_on) FROM disbursements WHERE disbursements.tranche_id = tranches.id) AS paid_on \
             FROM tranches WHERE tranches.sanction IS NOT NULL AND tranches.status <> 'rejected') AS sanctioned \
             JOIN organisations ON organisations.id = sanctioned.organisation_id \
             WHERE sanctioned.lapsed_on <= COALESCE(sanctioned.paid_on, :today)"
        }
        Subject::YearEndSpending => {
            "SELECT scheme_code || '/' || payment_year AS id, scheme_code, payment_year, estimate AS estimate_paise, paid AS paid_paise, \
             last_quarter AS last_quarter_paise, march AS march_paise, \
             CASE WHEN estimate > 0 THEN last_quarter * 10000 / estimate ELSE 0 END AS last_quarter_basis_points, \
             CASE WHEN estimate > 0 THEN march * 10000 / estimate ELSE 0 END AS march_basis_points, \
             last_quarter_limit AS last_quarter_limit_basis_points, march_limit AS march_limit_basis_points, \
             CASE WHEN last_quarter * 10000 > last_quarter_limit * estimate THEN CASE WHEN march * 10000 > march_limit * estimate \
             THEN 'both' ELSE 'last_quarter' END WHEN march * 10000 > march_limit * estimate THEN 'march' ELSE 'none' END AS beyond \
             FROM (SELECT spent.scheme_code, spent.payment_year, spent.paid, spent.last_quarter, spent.march, limits.last_quarter_limit, \
             limits.march_limit, (SELECT CAST(COALESCE(SUM(posted_paise), 0) AS BIGINT) FROM budget_instruments \
             WHERE status = 'approved' AND budget_instruments.scheme_code = spent.scheme_code AND financial_year = spent.payment_year \
             AND (kind = 'provision' OR (kind = 'revision' AND limits.base = 're'))) AS estimate FROM ( \
             SELECT scheme_code, payment_year, CAST(SUM(amount_paise) AS BIGINT) AS paid, \
             CAST(SUM(CASE WHEN substr(paid_on, 6, 2) < '04' THEN amount_paise ELSE 0 END) AS BIGINT) AS last_quarter, \
             CAST(SUM(CASE WHEN substr(paid_on, 6, 2) = '03' THEN amount_paise ELSE 0 END) AS BIGINT) AS march, \
             CAST(CAST(substr(payment_year, 1, 4) AS INTEGER) + 1 AS TEXT) || '-03-31' AS ends_on \
             FROM disbursements WHERE status = 'succeeded' GROUP BY scheme_code, payment_year) AS spent \
             JOIN :limits AS limits ON limits.effective_from <= spent.ends_on AND limits.effective_to >= spent.ends_on) AS yearly"
        }
        Subject::Surrenders => concat!(
            "SELECT id, number, scheme_code, component, financial_year, dated_on, amount AS amount_paise, \
             surrendered AS surrendered_in_year_paise, given - spent AS saving_paise, \
             CASE WHEN surrendered > given - spent THEN surrendered - (given - spent) ELSE 0 END AS beyond_saving_paise, \
             CASE WHEN dated_on >= CAST(CAST(substr(financial_year, 1, 4) AS INTEGER) + 1 AS TEXT) || '-03-30' \
             THEN 'yes' ELSE 'no' END AS late FROM (SELECT one.id, one.number, one.scheme_code, one.component, one.financial_year, \
             one.dated_on, one.posted_paise AS amount, \
             (SELECT CAST(SUM(other.posted_paise) AS BIGINT) FROM budget_instruments AS other WHERE other.kind = 'surrender' \
             AND other.status = 'approved' AND other.scheme_code = one.scheme_code AND other.component = one.component \
             AND other.financial_year = one.financial_year) AS surrendered, \
             (SELECT CAST(COALESCE(SUM(given.paise), 0) AS BIGINT) FROM ",
            appropriated!(),
            " AS given WHERE given.scheme_code = one.scheme_code AND given.component = one.component \
             AND given.financial_year = one.financial_year) AS given, \
             (SELECT CAST(COALESCE(SUM(disbursements.amount_paise), 0) AS BIGINT) FROM disbursements \
             WHERE disbursements.status = 'succeeded' AND disbursements.scheme_code = one.scheme_code \
             AND disbursements.component = one.component AND disbursements.payment_year = one.financial_year) AS spent \
             FROM budget_instruments AS one WHERE one.kind = 'surrender' AND one.status = 'approved') AS given_back"
        ),
        Subject::CertificatesDue => {
            "SELECT claims.id, claims.number, claims.scheme_code, claims.component, claims.organisation_id, \
             organisations.name AS beneficiary, claims.certificate_due_on, \
             CASE WHEN claims.certificate_due_on < :today THEN 'yes' ELSE 'no' END AS overdue, claims.withheld_paise, \
             claims.entitlement_paise FROM claims JOIN organisations ON organisations.id = claims.organisation_id \
             WHERE claims.status = 'verified' AND claims.certificate_due_on IS NOT NULL AND claims.certified_at IS NULL"
        }
        Subject::GuaranteesExpiring => {
            "SELECT securities.id, securities.guarantee_number, securities.bank, awards.number AS award_number, \
             securities.organisation_id, organisations.name AS beneficiary, securities.amount_paise, securities.expires_on, \
             securities.claim_expires_on, CASE WHEN securities.claim_expires_on < :today THEN 'claim_period_over' \
             WHEN securities.expires_on < :today THEN 'expired' ELSE 'expiring' END AS standing \
             FROM securities JOIN awards ON awards.id = securities.award_id \
             JOIN organisations ON organisations.id = securities.organisation_id \
             WHERE securities.status = 'confirmed' AND securities.expires_on <= :in_90_days"
        }
        Subject::DamagesCharged => {
            "SELECT recoveries.id, recoveries.number, recoveries.organisation_id, organisations.name AS beneficiary, \
             recoveries.award_id, recoveries.milestone_id, recoveries.amount_paise AS accrued_paise, \
             CAST(COALESCE(credited.recovered, 0) AS BIGINT) AS recovered_paise, \
             CAST(COALESCE(credited.waived, 0) AS BIGINT) AS waived_paise, recoveries.damages_due_paise AS due_paise, \
             credited.waived_by, recoveries.status FROM recoveries \
             JOIN organisations ON organisations.id = recoveries.organisation_id LEFT JOIN (SELECT recovery_id, \
             SUM(CASE WHEN kind IN ('waiver', 'write_off') THEN 0 ELSE damages_paise END) AS recovered, \
             SUM(CASE WHEN kind IN ('waiver', 'write_off') THEN damages_paise ELSE 0 END) AS waived, \
             MAX(CASE WHEN kind IN ('waiver', 'write_off') AND damages_paise > 0 THEN recorded_by END) AS waived_by \
             FROM recovery_credits WHERE status = 'done' GROUP BY recovery_id) AS credited ON credited.recovery_id = recoveries.id \
             WHERE recoveries.kind = 'liquidated_damages'"
        }
        Subject::RecoveriesOutstanding => {
            "SELECT recoveries.id, recoveries.number, recoveries.kind, recoveries.organisation_id, organisations.name AS beneficiary, \
             json(recoveries.demand) ->> 'demanded_on' AS demanded_on, json(recoveries.demand) ->> 'due_on' AS due_on, \
             CASE WHEN json(recoveries.demand) ->> 'due_on' >= :today THEN 'not_yet_due' \
             WHEN json(recoveries.demand) ->> 'due_on' >= :days_ago_30 THEN '1_to_30_days' \
             WHEN json(recoveries.demand) ->> 'due_on' >= :days_ago_90 THEN '31_to_90_days' \
             WHEN json(recoveries.demand) ->> 'due_on' >= :days_ago_365 THEN '91_to_365_days' ELSE 'over_365_days' END AS age, \
             recoveries.principal_due_paise, recoveries.interest_due_paise, recoveries.damages_due_paise, \
             recoveries.principal_due_paise + recoveries.interest_due_paise + recoveries.damages_due_paise AS due_paise \
             FROM recoveries JOIN organisations ON organisations.id = recoveries.organisation_id \
             WHERE recoveries.status = 'demanded' AND recoveries.demand IS NOT NULL"
        }
        Subject::SplitSanctions => {
            "SELECT MIN(tranches.id) AS id, tranches.scheme_code, tranches.component, tranches.organisation_id, \
             organisations.name AS beneficiary, tranches.award_id, substr(json(tranches.sanction) ->> 'sanctioned_on', 1, 7) AS month, \
             CAST(COUNT(*) AS BIGINT) AS sanctions, MAX(tranches.amount_paise) AS largest_paise, \
             CAST(SUM(tranches.amount_paise) AS BIGINT) AS total_paise FROM tranches \
             JOIN organisations ON organisations.id = tranches.organisation_id \
             WHERE tranches.sanction IS NOT NULL AND tranches.status IN ('sanctioned', 'advised', 'disbursed') \
             GROUP BY tranches.scheme_code, tranches.component, tranches.organisation_id, organisations.name, tranches.award_id, \
             substr(json(tranches.sanction) ->> 'sanctioned_on', 1, 7) HAVING COUNT(*) > 1"
        }
        Subject::OverridesRefused => {
            "SELECT sequence, recorded_at, actor_id, command, subject, code, details FROM audit_log WHERE outcome = 'refused'"
        }
        Subject::Grantees => {
            "SELECT scheme_code || '/' || component || '/' || organisation_id || '/' || payment_year AS id, scheme_code, organisation_id, \
             MAX(beneficiary) AS beneficiary, component AS purpose, payment_year, CAST(COUNT(*) AS BIGINT) AS payments, \
             MIN(paid_on) AS first_paid_on, MAX(paid_on) AS last_paid_on, CAST(SUM(amount_paise) AS BIGINT) AS amount_paise \
             FROM disbursements WHERE status = 'succeeded' GROUP BY scheme_code, organisation_id, component, payment_year"
        }
        Subject::RegisterOfGrants => {
            "SELECT tranches.id, json(tranches.sanction) ->> 'number' AS serial_number, \
             json(tranches.sanction) ->> 'sanctioned_on' AS sanctioned_on, tranches.scheme_code, tranches.component AS purpose, \
             tranches.organisation_id, organisations.name AS beneficiary, tranches.amount_paise, tranche_steps.taken_by AS sanctioned_by, \
             payments.number AS bill_number, payments.advised_at AS bill_on, disbursements.number AS register_of_payments, \
             disbursements.paid_on, disbursements.utr, tranches.performance_year \
             FROM tranches JOIN organisations ON organisations.id = tranches.organisation_id \
             JOIN tranche_steps ON tranche_steps.tranche_id = tranches.id AND tranche_steps.step = 'sanction' \
             LEFT JOIN payments ON payments.tranche_id = tranches.id AND payments.status IN ('advised', 'accepted', 'succeeded', 'unknown') \
             LEFT JOIN disbursements ON disbursements.payment_id = payments.id WHERE tranches.sanction IS NOT NULL"
        }
        _ => return None,
    })
}
