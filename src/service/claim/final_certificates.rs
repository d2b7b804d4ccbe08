//! Final certificates: submitted by the signatory, decided by the agency. Accepting one recomputes the
//! entitlement, ends the withholding, and pays the balance or opens a receivable.

use crate::db::award::awards;
use crate::db::claim::{claims, final_certificates};
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::{disbursements, tranches};
use crate::db::recovery::{recoveries, recovery_credits};
use crate::service::Service;
use crate::service::claim::claim_facts::{Accepted, certified_line, statement_of};
use crate::service::claim::claim_tranche::start_tranche;
use crate::service::claim::claims::visible as visible_claim;
use crate::service::recovery::bank_returns::kept_beside;
use crate::service::recovery::recoveries::open_true_up;
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use domain::award::award::Award;
use domain::base::act::require_not_preparer;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{ClaimId, FinalCertificateId};
use domain::base::money::Paise;
use domain::base::permission::{Permission, Step};
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::budget::ledger::Journal;
use domain::budget::posting;
use domain::claim::claim::{Claim, ClaimLineRecord, ClaimStatus};
use domain::claim::entitlement::Release;
use domain::claim::final_certificate::{
    CertificateOutcome, CertificateStatus, CertificateVerification, FinalCertificate, FinalCertificateForm, Receivable,
    Settlement, certificate_identity,
};
use domain::claim::statement::Statement;
use domain::payment::disbursement::{Disbursement, DisbursementStatus};
use domain::payment::tranche::{Tranche, TrancheStatus};
use domain::people::user::Actor;
use domain::recovery::recovery_start::OrderReason;
use domain::scheme::staged_release::Released;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A certificate with the claim as it was changed by it.
pub struct CertifiedClaim {
    pub certificate: FinalCertificate,
    pub claim: Claim,
    /// The tranche for the balance, if one started.
    pub tranche: Option<Tranche>,
}

fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: FinalCertificateId) -> Result<FinalCertificate, Error> {
    final_certificates::find(tx, id)?
        .filter(|certificate| actor.sees(certificate.organisation_id))
        .or_not_found("final certificate")
}

/// The signatory submits the final certificate of a claim.
pub struct SubmitFinalCertificate {
    pub claim_id: ClaimId,
    pub seen_version: i64,
    pub form: FinalCertificateForm,
}

impl Command for SubmitFinalCertificate {
    const NAME: &'static str = "submit_final_certificate";
    const PERMISSION: Permission = Permission::SubmitFinalCertificate;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "organisation_required",
        "evidence_unknown",
        "already_exists",
        "certificate_not_needed",
        "certificate_late",
        "certificate_exceeds_claim",
        "date_not_allowed",
        "amount_too_large",
        "rule_not_computable",
        "not_in_scheme",
    ];
    type Answer = FinalCertificate;

    fn subject(&self) -> String {
        format!("claim:{}", self.claim_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<FinalCertificate>, Error> {
        self.form.check(work.today())?;
        let claim = visible_claim(work.tx, &work.actor, self.claim_id)?;
        check_version(self.seen_version, claim.version)?;
        let lines = claims::lines(work.tx, claim.id)?;
        self.form.check_against(&claim, &lines, work.today())?;
        require_not_preparer(claim.prepared_by, work.actor.user_id)?;
        let others = final_certificates::list(work.tx, Some(claim.id), None)?;
        if let Some(other) = others.iter().find(|other| other.status != CertificateStatus::Returned) {
            return Err(
                Refusal::AlreadyExists { what: Reason::OpenCertificate { number: other.number.clone() } }.into()
            );
        }
        let same = certificate_identity(&self.form.certificate_number);
        let taken = final_certificates::numbers_of_others(work.tx, claim.id)?;
        if taken.iter().any(|number| certificate_identity(number) == same) {
            return Err(Refusal::AlreadyExists { what: Reason::SameCertificate }.into());
        }
        let found = require_evidence(work.tx, &self.form.evidence, Some(work.actor.own_organisation()?))?;
        let prefix = work.schemes.version(&claim.scheme_code, claim.scheme_version)?.number_prefix.clone();
        let late = claim.certificate_due_on.is_some_and(|due_on| work.today() > due_on);
        let certificate = FinalCertificate {
            id: FinalCertificateId(work.new_id()),
            number: work.next_number(&prefix, "FIN")?,
            claim_id: claim.id,
            award_id: claim.award_id,
            organisation_id: claim.organisation_id,
            certificate_number: self.form.certificate_number,
            issued_by: self.form.issued_by,
            issued_on: self.form.issued_on,
            certified_kg: self.form.certified_kg,
            certified_amount_paise: self.form.certified_amount_paise,
            evidence: EvidenceIds(self.form.evidence),
            late_reason: self.form.late_reason.filter(|_| late),
            status: CertificateStatus::Submitted,
            submitted_by: work.actor.user_id,
            submitted_at: work.now,
            decision: None,
            settlement: None,
            version: 1,
            notes: None,
        };
        final_certificates::insert(work.tx, &certificate)?;
        let details = json!({
            "number": certificate.number, "claim": claim.name(), "certificate_number": certificate.certificate_number,
            "certified_kg": certificate.certified_kg, "certified_amount_paise": certificate.certified_amount_paise,
            "late": late, "evidence_digests": found.into_iter().map(|record| record.digest).collect::<Vec<_>>(),
        });
        Ok(Done { subject: format!("final_certificate:{}", certificate.id), answer: certificate, details })
    }
}

/// The agency accepts or returns a final certificate.
pub struct VerifyFinalCertificate {
    pub id: FinalCertificateId,
    pub seen_version: i64,
    pub sent: CertificateVerification,
}

impl Command for VerifyFinalCertificate {
    const NAME: &'static str = "verify_final_certificate";
    const PERMISSION: Permission = Permission::VerifyFinalCertificate;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "step_by_provider",
        "payment_under_way",
        "recovery_exceeds_payment",
        "budget_exceeded",
        "amount_too_large",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = CertifiedClaim;

    fn subject(&self) -> String {
        format!("final_certificate:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<CertifiedClaim>, Error> {
        let mut certificate = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, certificate.version)?;
        require_stranger(work, certificate.organisation_id, Step::Verify)?;
        certificate.check_decision(&self.sent)?;
        certificate.decide(&self.sent, work.actor.user_id, work.now)?;
        let mut claim = claims::find(work.tx, certificate.claim_id)?.or_not_found("claim")?;
        let mut tranche = None;
        if self.sent.outcome == CertificateOutcome::Accepted {
            tranche = settle(work, &mut certificate, &mut claim, &self.sent)?;
        } else {
            final_certificates::update(work.tx, &mut certificate)?;
        }
        let details = json!({
            "number": certificate.number, "claim": claim.name(), "decision": certificate.decision,
            "settlement": certificate.settlement, "tranche": tranche.as_ref().map(|tranche| &tranche.number),
        });
        let subject = self.subject();
        Ok(Done { subject, answer: CertifiedClaim { certificate, claim, tranche }, details })
    }
}

/// Settles a claim finally. One journal ends the withholding, releases what will not be paid and reserves the
/// balance; an excess payment becomes a receivable.
fn settle(
    work: &mut Work<'_, '_>,
    certificate: &mut FinalCertificate,
    claim: &mut Claim,
    sent: &CertificateVerification,
) -> Result<Option<Tranche>, Error> {
    claim.require(ClaimStatus::Verified, "verified")?;
    let award = awards::find(work.tx, claim.award_id)?.or_not_found("award")?;
    let (live, kept) = live_tranches(work, claim)?;
    let (withheld, provisional, deferred) = (claim.withheld_paise, claim.entitlement_paise, claim.deferred_paise);
    let asked = recoveries::asked_of_claim(work.tx, claim)?;
    let statement = final_statement(work, &award, claim, sent, (&live, kept, asked))?;
    let purse = award.purse(claim.component);
    let mut given_back: Vec<Journal> = Vec::new();
    if statement.withdrawn_paise > Paise::ZERO {
        for mut tranche in live.into_iter().filter(Tranche::is_held) {
            let reason = format!("replaced by final certificate {}", certificate.number);
            let was = tranche.withdraw(&reason, work.actor.user_id, work.now)?;
            tranches::update(work.tx, &mut tranche)?;
            given_back.push(tranche.give_back(was, &purse));
        }
    }
    let already = asked.min(statement.receivable_paise);
    let left = statement.receivable_paise.minus_floored(already);
    let receivables = receivables(work, &award, claim, left, &certificate.number)?;
    let (unit, year) = (work.finance.units.on(work.today()), work.now.financial_year());
    let amount = unit.payable(statement.payable_paise);
    // The paise that are no whole rupee wait like what the year cannot pay.
    let rest = statement.payable_paise.minus_floored(amount);
    claim.entitlement_paise = statement.entitlement_paise;
    claim.eligible_kg = statement.eligible_kg;
    claim.deferred_paise = statement.deferred_paise.checked_add(rest).ok_or(Refusal::AmountTooLarge)?;
    claim.withheld_paise = Paise::ZERO;
    claim.certified_at = Some(work.now);
    claims::update(work.tx, claim)?;
    certificate.settlement = Some(Settlement {
        provisional_paise: provisional,
        withheld_before_paise: withheld,
        statement,
        receivables,
        already_under_recovery_paise: already,
        asked_paise: Some(asked),
        deferred_before_paise: Some(deferred),
    });
    final_certificates::update(work.tx, certificate)?;
    // The certificate is stored by now, so its people count among those who took steps on the balance.
    let remarks = "balance of the final certificate";
    let started = amount > Paise::ZERO;
    let tranche = started.then(|| start_tranche(work, &award, claim, amount, remarks)).transpose()?;
    let balance = started.then_some((year, amount));
    let journal = posting::certify(&purse, withheld, given_back, balance, &certificate.number);
    if !journal.movements.is_empty() {
        work.post(&journal)?;
    }
    Ok(tranche)
}

/// The tranches of a claim that were neither rejected nor expired (none may be with the bank), and the amount
/// of bank returns that was applied to recoveries. That amount was paid too, in addition to what the tranches
/// still represent.
fn live_tranches(work: &mut Work<'_, '_>, claim: &Claim) -> Result<(Vec<Tranche>, Paise), Error> {
    let mut live = tranches::list(work.tx, Some(claim.id), None)?;
    let kept = Paise::sum(kept_beside(work.tx, &live)?).ok_or(Refusal::AmountTooLarge)?;
    live.retain(|tranche| !tranche.is_over());
    match live.iter().find(|tranche| tranche.status == TrancheStatus::Advised) {
        Some(tranche) => Err(Refusal::PaymentUnderWay { tranche: tranche.number.clone() }.into()),
        None => Ok((live, kept)),
    }
}

/// Compares the final entitlement, by the same rules and today's available amounts, with what was released: the live
/// tranches, what bank returns kept, and what recoveries ask of all that.
fn final_statement(
    work: &mut Work<'_, '_>,
    award: &Award,
    claim: &Claim,
    sent: &CertificateVerification,
    (live, kept, asked): (&[Tranche], Paise, Paise),
) -> Result<Statement, Error> {
    let year = work.now.financial_year();
    let sum = |wanted: &dyn Fn(&Tranche) -> bool| {
        Paise::sum(live.iter().filter(|tranche| wanted(tranche)).map(|tranche| tranche.amount_paise))
            .ok_or(Refusal::AmountTooLarge)
    };
    let released = Released {
        paid: sum(&|tranche| !tranche.is_held())?.checked_add(kept).ok_or(Refusal::AmountTooLarge)?,
        under_way: sum(&|tranche| tranche.is_held())?,
        under_way_this_year: sum(&|tranche| tranche.is_held() && tranche.held_in == year)?,
        waiting: claim.deferred_paise,
        asked,
    };
    let own = Paise::sum([claim.withheld_paise, released.paid, released.under_way]).ok_or(Refusal::AmountTooLarge)?;
    let lines = claims::lines(work.tx, claim.id)?;
    let standing = lines.iter().filter(|line| ClaimLineRecord::stands(line)).count();
    let on = claim.period_to.unwrap_or(work.today());
    let certified = certified_line(sent.accepted_kg, sent.accepted_amount_paise, on);
    let found = Accepted {
        lines: standing as i64,
        rejected_lines: (lines.len() - standing) as i64,
        facts: vec![certified],
        own,
        reserved: None,
        release: Release::Final(released),
    };
    let scheme = work.schemes.version(&claim.scheme_code, claim.scheme_version)?.clone();
    Ok(statement_of(work.tx, &scheme, award, claim, found, work.now)?.0)
}

/// The payments of which an excess is asked back: those that stand, the latest first; then those that the bank took
/// back and of which interest was kept. That interest was paid with money of the claim, so where the entitlement is
/// smaller than it, the rest of it is not paid yet and no payment that stands has it.
fn asked_of(work: &mut Work<'_, '_>, claim: &Claim) -> Result<Vec<Disbursement>, Error> {
    let mut of = |status| disbursements::of_claim(work.tx, claim.organisation_id, claim.id, status);
    let (standing, returned) = (of(DisbursementStatus::Succeeded)?, of(DisbursementStatus::FailedAfterSuccess)?);
    let ids: Vec<String> = returned.iter().map(|paid| paid.id.to_string()).collect();
    let kept: BTreeSet<String> =
        recovery_credits::interest_kept(work.tx, &ids)?.into_iter().map(|(paid, _)| paid).collect();
    let returned = returned.into_iter().filter(|paid| kept.contains(&paid.id.to_string()));
    Ok(standing.into_iter().rev().chain(returned.rev()).collect())
}

/// Distributes what has to come back, and no recovery asks yet, over the payments of the claim, latest first, each up
/// to the part that is not under recovery yet, and opens a recovery for each.
fn receivables(
    work: &mut Work<'_, '_>,
    award: &Award,
    claim: &Claim,
    mut left: Paise,
    certificate: &str,
) -> Result<Vec<Receivable>, Error> {
    let mut found = Vec::new();
    if left == Paise::ZERO {
        return Ok(found);
    }
    let reason = OrderReason::BeyondCertificate { certificate: certificate.to_owned() };
    for paid in &asked_of(work, claim)? {
        let taken = recoveries::under_recovery(work.tx, paid.payment_id)?;
        let part = left.min(paid.amount_paise.minus_floored(taken));
        if part > Paise::ZERO {
            let recovery = open_true_up(work, award, claim.component, paid, part, reason.clone())?;
            found.push(Receivable {
                disbursement_id: paid.id,
                amount_paise: part,
                recovery_id: recovery.id,
                recovery_number: recovery.number,
            });
            left = left.minus_floored(part);
        }
    }
    Ok(found)
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// Final certificates of a selection, a page at a time.
    pub async fn list_final_certificates(
        self: &Arc<Self>,
        caller: Caller,
        asked: RecordsAsked,
    ) -> Result<RecordPage<FinalCertificate>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            read_page(tx, actor, &service.on_day(), asked, final_certificates::of_ids, |certificate| {
                certificate.id.to_string()
            })
        })
        .await
    }

    pub async fn final_certificate(
        self: &Arc<Self>,
        caller: Caller,
        id: FinalCertificateId,
    ) -> Result<FinalCertificate, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| visible(tx, actor, id)).await
    }
}
