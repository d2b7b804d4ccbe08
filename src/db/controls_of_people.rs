//! The questions of the standing controls about people, papers, numbers and days: each is one
//! query over the whole data, whose rows (`subject`, `found`) are counter-examples.

use crate::domain::control::ControlCode;

/// Numbers `<series>/<serial>` of one kind against the counter of their series: no hole, no double.
macro_rules! serials {
    ($kind:literal, $numbers:literal) => {
        concat!(
            "SELECT 'counter:' || counters.name AS subject, 'it gave ' || CAST(counters.value AS TEXT) || ' numbers; ' \
             || CAST(COUNT(given.number) AS TEXT) || ' are in use, the last is ' \
             || CAST(COALESCE(MAX(given.serial), 0) AS TEXT) AS found FROM counters LEFT JOIN (SELECT number, \
             substr(number, 1, position_of(number, '/",
            $kind,
            "/') + 3) AS series, CAST(substr(number, position_of(number, '/",
            $kind,
            "/') + 5) AS BIGINT) AS serial FROM (",
            $numbers,
            ") AS numbers WHERE number IS NOT NULL) AS given ON given.series = counters.name \
             WHERE counters.name LIKE '%/",
            $kind,
            "' GROUP BY counters.name, counters.value \
             HAVING COUNT(DISTINCT given.serial) <> counters.value OR COUNT(given.serial) <> counters.value \
             OR COALESCE(MAX(given.serial), 0) <> counters.value"
        )
    };
}

/// The query of a control about people and papers; nothing for one that is asked elsewhere.
#[allow(clippy::too_many_lines)] // a table of questions
pub(in crate::db) fn question(control: ControlCode) -> Option<&'static str> {
    use ControlCode as C;
    let query = match control {
        C::ClaimsWithinEntitlement => {
            "SELECT 'claim:' || claims.id AS subject, COALESCE(claims.number, '') || ' is entitled to ' \
             || CAST(claims.entitlement_paise AS TEXT) || ' paise; released, deferred and withheld are ' \
             || CAST(live.total + claims.deferred_paise + claims.withheld_paise AS TEXT) AS found FROM claims \
             JOIN (SELECT claim_id, SUM(amount_paise) AS total FROM tranches \
             WHERE status NOT IN ('rejected', 'expired') GROUP BY claim_id) AS live ON live.claim_id = claims.id \
             WHERE claims.certified_at IS NULL \
             AND live.total + claims.deferred_paise + claims.withheld_paise > claims.entitlement_paise"
        }
        C::SanctionSerials => {
            serials!("SAN", "SELECT json(sanction) ->> 'number' AS number FROM tranches WHERE sanction IS NOT NULL")
        }
        C::DisbursementSerials => serials!("DIS", "SELECT number FROM disbursements"),
        C::StepsComplete => {
            "WITH needed (status, step) AS (VALUES ('verified', 'verify'), ('recommended', 'verify'), \
             ('recommended', 'recommend'), ('concurred', 'verify'), ('concurred', 'recommend'), ('concurred', 'concur'), \
             ('sanctioned', 'verify'), ('sanctioned', 'recommend'), ('sanctioned', 'concur'), ('sanctioned', 'sanction'), \
             ('advised', 'verify'), ('advised', 'recommend'), ('advised', 'concur'), ('advised', 'sanction'), \
             ('advised', 'pay'), ('disbursed', 'verify'), ('disbursed', 'recommend'), ('disbursed', 'concur'), \
             ('disbursed', 'sanction'), ('disbursed', 'pay')) \
             SELECT 'tranche:' || tranches.id AS subject, \
             tranches.number || ' is ' || tranches.status || ' without the step ' || needed.step AS found \
             FROM tranches JOIN needed ON needed.status = tranches.status LEFT JOIN tranche_steps \
             ON tranche_steps.tranche_id = tranches.id AND tranche_steps.step = needed.step WHERE tranche_steps.step IS NULL"
        }
        C::OnePersonOneStep => {
            "SELECT 'tranche:' || tranche_id AS subject, \
             'one person took the steps ' || MIN(step) || ' and ' || MAX(step) AS found FROM ( \
             SELECT tranche_id, step, taken_by FROM tranche_steps \
             UNION ALL SELECT tranches.id, 'prepare', claims.prepared_by FROM tranches JOIN claims ON claims.id = tranches.claim_id \
             UNION ALL SELECT tranches.id, 'submit', claims.submitted_by FROM tranches JOIN claims ON claims.id = tranches.claim_id \
             UNION ALL SELECT tranches.id, 'verify', claims.verified_by FROM tranches JOIN claims ON claims.id = tranches.claim_id \
             ) AS taken WHERE taken_by IS NOT NULL GROUP BY tranche_id, taken_by HAVING MIN(step) <> MAX(step)"
        }
        C::InstrumentsByTwo => {
            "SELECT 'budget_instrument:' || id AS subject, number || ' is ' || status || ' by the person who proposed it' AS found \
             FROM budget_instruments WHERE status IN ('approved', 'refused') AND decided_by = proposed_by"
        }
        C::AwardsOfEligible => {
            "SELECT 'award:' || awards.id AS subject, awards.number || ': its application is ' || applications.status \
             || CASE WHEN applications.scrutiny IS NULL THEN ', without scrutiny' ELSE '' END AS found \
             FROM awards JOIN applications ON applications.id = awards.application_id \
             WHERE applications.status <> 'awarded' OR applications.scrutiny IS NULL"
        }
        C::MilestonesInspected => {
            "SELECT 'milestone:' || id AS subject, code || ' is verified without an inspection that has evidence' AS found \
             FROM milestones WHERE status = 'verified' AND COALESCE( \
             json(rounds) -> -1 -> 'verification' -> 'inspection' ->> 'evidence', '[]') = '[]'"
        }
        C::PaymentAfterMilestone => {
            "SELECT 'disbursement:' || disbursements.id AS subject, disbursements.number \
             || ' was paid before milestone ' || milestones.code || ' was verified' AS found \
             FROM disbursements JOIN claims ON claims.id = disbursements.claim_id \
             JOIN milestones ON milestones.id = claims.milestone_id WHERE NOT EXISTS ( \
             SELECT 1 FROM each_of(json(milestones.rounds)) AS one \
             WHERE json(one.value) -> 'verification' ->> 'outcome' IN ('verified', 'partly_verified') \
             AND json(one.value) -> 'verification' ->> 'verified_at' <= disbursements.recorded_at)"
        }
        C::EvidenceExists => {
            "SELECT named.subject AS subject, 'it names a file that was never uploaded: ' || named.file AS found FROM ( \
             SELECT 'claim:' || claims.id AS subject, one.value AS file FROM claims, each_of(json(claims.evidence)) AS one \
             UNION ALL SELECT 'final_certificate:' || final_certificates.id, one.value \
             FROM final_certificates, each_of(json(final_certificates.evidence)) AS one \
             UNION ALL SELECT 'excuse:' || excuses.id, one.value FROM excuses, each_of(json(excuses.evidence)) AS one) AS named \
             LEFT JOIN evidence ON evidence.id = named.file WHERE evidence.id IS NULL"
        }
        C::InvoiceOnce => {
            "SELECT 'claim:' || MAX(claims.id) AS subject, 'invoice ' || MIN(claim_lines.invoice_number) || ' stands in ' \
             || CAST(COUNT(DISTINCT claims.id) AS TEXT) || ' live claims' AS found \
             FROM claim_lines JOIN claims ON claims.id = claim_lines.claim_id \
             WHERE claims.status IN ('submitted', 'verified') AND claims.supplements IS NULL \
             AND COALESCE(claim_lines.accepted, 1) = 1 AND claim_lines.invoice_key <> '' \
             GROUP BY claims.organisation_id, claim_lines.invoice_key HAVING COUNT(DISTINCT claims.id) > 1"
        }
        C::OfficersOfNoCompany => {
            "SELECT 'tranche:' || tranche_steps.tranche_id AS subject, \
             'the step ' || tranche_steps.step || ' was taken by somebody of a manufacturer' AS found \
             FROM tranche_steps JOIN users ON users.id = tranche_steps.taken_by WHERE users.organisation_id IS NOT NULL \
             AND tranche_steps.step IN ('verify', 'recommend', 'concur', 'sanction', 'pay')"
        }
        C::ProvidersTakeNoStep => {
            "SELECT 'tranche:' || tranches.id AS subject, tranches.number || ': the step ' || tranche_steps.step \
             || ' was taken by a person of budget instrument ' || budget_instruments.number AS found \
             FROM budget_instruments JOIN tranches ON tranches.scheme_code = budget_instruments.scheme_code \
             AND tranches.held_in = budget_instruments.financial_year \
             AND (tranches.component = budget_instruments.component OR tranches.component = budget_instruments.to_component) \
             JOIN tranche_steps ON tranche_steps.tranche_id = tranches.id \
             AND (tranche_steps.taken_by = budget_instruments.proposed_by OR tranche_steps.taken_by = budget_instruments.decided_by) \
             WHERE budget_instruments.status = 'approved'"
        }
        C::RolesApart => {
            "SELECT 'user:' || id AS subject, 'it holds ' || roles AS found FROM users WHERE disabled_at IS NULL AND ( \
             (roles LIKE '% %' AND (' ' || roles || ' ' LIKE '% administrator %' OR ' ' || roles || ' ' LIKE '% auditor %')) \
             OR ((' ' || roles || ' ' LIKE '% preparer %' OR ' ' || roles || ' ' LIKE '% signatory %') \
             AND (roles LIKE '%verifier%' OR roles LIKE '%officer%' OR roles LIKE '%authority%' OR roles LIKE '%administrator%')))"
        }
        C::DisabledSignedOut => {
            "SELECT 'user:' || users.id AS subject, 'it is disabled, and ' || CAST(COUNT(*) AS TEXT) || ' sessions of it are open' \
             AS found FROM users JOIN sessions ON sessions.user_id = users.id \
             WHERE users.disabled_at IS NOT NULL AND sessions.ended_at IS NULL GROUP BY users.id"
        }
        C::SanctionsInTerm => {
            "SELECT 'tranche:' || id AS subject, number || ' is sanctioned and was to be paid by ' || held_until AS found \
             FROM tranches WHERE status = 'sanctioned' AND held_until < :today"
        }
        C::HoldsInTerm => {
            "SELECT 'tranche:' || id AS subject, number || ' is ' || status || ' and was held until ' || held_until AS found \
             FROM tranches WHERE status IN ('verified', 'recommended', 'concurred') AND held_until < :today"
        }
        C::GuaranteesRun => {
            "SELECT 'security:' || securities.id AS subject, 'guarantee ' || securities.guarantee_number || ' ran until ' \
             || securities.expires_on || ', award ' || awards.number || ' runs until ' || awards.ends_on AS found \
             FROM securities JOIN awards ON awards.id = securities.award_id \
             WHERE securities.status = 'confirmed' AND securities.expires_on < :today AND awards.ends_on >= :today"
        }
        C::CertificatesInTime => {
            "SELECT 'claim:' || id AS subject, COALESCE(number, '') || ' was to be certified by ' || certificate_due_on AS found \
             FROM claims WHERE status = 'verified' AND certified_at IS NULL AND certificate_due_on < :today"
        }
        C::RecoveriesInTime => {
            "SELECT 'recovery:' || id AS subject, number || ' was due on ' || (json(demand) ->> 'due_on') AS found \
             FROM recoveries WHERE status = 'demanded' AND json(demand) ->> 'due_on' < :today"
        }
        C::DelaysAnswered => {
            "SELECT 'milestone:' || milestones.id AS subject, milestones.code || ' of award ' || awards.number \
             || ' was due on ' || milestones.due_on || ': neither damages nor an excuse' AS found \
             FROM milestones JOIN awards ON awards.id = milestones.award_id \
             WHERE milestones.due_on < COALESCE(milestones.achieved_on, :today) \
             AND NOT EXISTS (SELECT 1 FROM recoveries WHERE recoveries.milestone_id = milestones.id AND recoveries.status <> 'dropped') \
             AND NOT EXISTS (SELECT 1 FROM excuses WHERE excuses.milestone_id = milestones.id)"
        }
        _ => return None,
    };
    Some(query)
}
