//! Claims: drafted by a preparer, submitted by the signatory. What may be claimed is checked here;
//! what is paid is decided in `claim_verification.rs`.

use crate::db::connection::ReadTx;
use crate::db::{awards, claims, milestones};
use crate::domain::award::Award;
use crate::domain::calendar::FinancialYear;
use crate::domain::claim::{
    CertificateWait, Claim, ClaimForm, ClaimLine, ClaimLineRecord, ClaimStatus, EvidenceIds, lines_digest,
};
use crate::domain::fact::{FactPlace, StatedFacts, check_facts};
use crate::domain::field::FieldErrors;
use crate::domain::id::{AwardId, ClaimId};
use crate::domain::milestone::{Milestone, MilestoneStatus};
use crate::domain::money::{BasisPoints, Paise};
use crate::domain::permission::{Permission, Step};
use crate::domain::refusal::Refusal;
use crate::domain::rules::book::asked;
use crate::domain::scheme::{Component, Scheme};
use crate::domain::user::Actor;
use crate::service::Service;
use crate::service::awards::visible as visible_award;
use crate::service::claimed_shares::require_room;
use crate::service::error::{Error, OrNotFound};
use crate::service::evidence::require_evidence;
use crate::service::runner::{Caller, Command, Done, Work, check_version};
use chrono::NaiveDate;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A claim with its lines.
pub type ClaimFile = (Claim, Vec<ClaimLineRecord>);

/// The claim, if it exists for this person. Drafts exist for their organisation alone.
pub fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: ClaimId) -> Result<Claim, Error> {
    let seen = |claim: &Claim| {
        let own = actor.organisation_id == Some(claim.organisation_id);
        actor.sees(claim.organisation_id) && (own || claim.status != ClaimStatus::Draft)
    };
    claims::find(tx, id)?.filter(seen).or_not_found("claim")
}

/// A preparer drafts a claim under an award.
pub struct CreateClaim {
    pub award_id: AwardId,
    pub form: ClaimForm,
}

impl Command for CreateClaim {
    const NAME: &'static str = "create_claim";
    const PERMISSION: Permission = Permission::PrepareClaim;
    const REFUSALS: &'static [&'static str] = &[
        "organisation_required",
        "evidence_unknown",
        "milestone_not_verified",
        "milestone_claimed",
        "invoice_claimed",
        "period_overlaps",
        "period_not_allowed",
        "not_commissioned",
    ];
    type Answer = ClaimFile;

    fn subject(&self) -> String {
        format!("award:{}", self.award_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<ClaimFile>, Error> {
        let award = visible_award(work.tx, &work.actor, self.award_id)?;
        let checked = check_form(work, &award, &self.form, None)?;
        let claim = Claim {
            id: ClaimId(work.new_id()),
            number: None,
            award_id: award.id,
            organisation_id: award.organisation_id,
            scheme_code: award.scheme_code.clone(),
            scheme_version: award.scheme_version,
            component: self.form.component,
            milestone_id: self.form.milestone_id,
            period_from: self.form.period_from,
            period_to: self.form.period_to,
            performance_year: checked,
            amount_claimed_paise: self.form.amount_claimed_paise,
            evidence: EvidenceIds(self.form.evidence.clone()),
            facts: StatedFacts(self.form.facts.clone()),
            status: ClaimStatus::Draft,
            prepared_by: work.actor.user_id,
            submitted_by: None,
            submitted_at: None,
            verified_by: None,
            verified_at: None,
            eligible_kg: 0,
            entitlement_paise: Paise::ZERO,
            deferred_paise: Paise::ZERO,
            withheld_paise: Paise::ZERO,
            certificate_due_on: None,
            certified_at: None,
            statement: None,
            created_at: work.now,
            version: 1,
        };
        claims::insert(work.tx, &claim)?;
        let lines = store_lines(work, claim.id, self.form)?;
        let details = json!({ "award_id": award.id, "component": claim.component, "amount_claimed_paise": claim.amount_claimed_paise });
        Ok(Done { subject: format!("claim:{}", claim.id), answer: (claim, lines), details })
    }
}

/// A draft as a person saw it, with the award it is under.
pub struct Draft {
    pub claim: Claim,
    award: Award,
}

impl Draft {
    pub fn open(work: &mut Work<'_, '_>, id: ClaimId, seen_version: i64) -> Result<Draft, Error> {
        let claim = visible(work.tx, &work.actor, id)?;
        check_version(seen_version, claim.version)?;
        claim.require(ClaimStatus::Draft, "draft")?;
        let award = awards::find(work.tx, claim.award_id)?.or_not_found("award")?;
        Ok(Draft { claim, award })
    }

    /// Stores it with another form, as prepared by this person.
    pub fn redraw(self, work: &mut Work<'_, '_>, form: ClaimForm) -> Result<ClaimFile, Error> {
        let Draft { mut claim, award } = self;
        claim.performance_year = check_form(work, &award, &form, Some(claim.id))?;
        claim.component = form.component;
        claim.milestone_id = form.milestone_id;
        claim.period_from = form.period_from;
        claim.period_to = form.period_to;
        claim.amount_claimed_paise = form.amount_claimed_paise;
        claim.evidence = EvidenceIds(form.evidence.clone());
        claim.facts = StatedFacts(form.facts.clone());
        claim.prepared_by = work.actor.user_id;
        claims::update(work.tx, &mut claim)?;
        let lines = store_lines(work, claim.id, form)?;
        Ok((claim, lines))
    }
}

/// Numbers the lines of a form and puts them in place of those the claim had.
fn store_lines(work: &mut Work<'_, '_>, id: ClaimId, form: ClaimForm) -> Result<Vec<ClaimLineRecord>, Error> {
    let numbered =
        (1_i64..).zip(form.lines).map(|(line, stated)| ClaimLineRecord { line, stated, decision: None, counted: None });
    let lines: Vec<_> = numbered.collect();
    claims::replace_lines(work.tx, id, &lines)?;
    Ok(lines)
}

/// A preparer changes a draft.
pub struct ChangeClaim {
    pub id: ClaimId,
    pub seen_version: i64,
    pub form: ClaimForm,
}

impl Command for ChangeClaim {
    const NAME: &'static str = "change_claim";
    const PERMISSION: Permission = Permission::PrepareClaim;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "organisation_required",
        "evidence_unknown",
        "milestone_not_verified",
        "milestone_claimed",
        "invoice_claimed",
        "period_overlaps",
        "period_not_allowed",
        "not_commissioned",
    ];
    type Answer = ClaimFile;

    fn subject(&self) -> String {
        format!("claim:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<ClaimFile>, Error> {
        let subject = self.subject();
        let draft = Draft::open(work, self.id, self.seen_version)?;
        let file = draft.redraw(work, self.form)?;
        Ok(Done { subject, details: json!({ "version": file.0.version }), answer: file })
    }
}

/// The signatory submits a claim: it gets a number and is frozen.
pub struct SubmitClaim {
    pub id: ClaimId,
    pub seen_version: i64,
}

impl Command for SubmitClaim {
    const NAME: &'static str = "submit_claim";
    const PERMISSION: Permission = Permission::SubmitClaim;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "organisation_required",
        "evidence_unknown",
        "milestone_not_verified",
        "milestone_claimed",
        "invoice_claimed",
        "period_overlaps",
        "period_not_allowed",
        "not_commissioned",
    ];
    type Answer = ClaimFile;

    fn subject(&self) -> String {
        format!("claim:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<ClaimFile>, Error> {
        let subject = self.subject();
        let Draft { mut claim, award } = Draft::open(work, self.id, self.seen_version)?;
        if claim.prepared_by == work.actor.user_id {
            return Err(Refusal::SamePerson { earlier: Step::Prepare, now: Step::Submit }.into());
        }
        let lines = claims::lines(work.tx, claim.id)?;
        check_form(work, &award, &form_of(&claim, &lines), Some(claim.id))?;
        let prefix = work.schemes.version(&claim.scheme_code, claim.scheme_version)?.number_prefix.clone();
        claim.number = Some(work.next_number(&prefix, "CLM")?);
        claim.submitted_by = Some(work.actor.user_id);
        claim.submitted_at = Some(work.now);
        claim.status = ClaimStatus::Submitted;
        claims::update(work.tx, &mut claim)?;
        let found = require_evidence(work.tx, &claim.evidence.0, Some(claim.organisation_id))?;
        let details = json!({
            "number": claim.number, "component": claim.component, "amount_claimed_paise": claim.amount_claimed_paise,
            "lines": lines.len(), "lines_digest": lines_digest(&lines), "evidence_digests": found.into_iter().map(|record| record.digest).collect::<Vec<_>>(),
        });
        Ok(Done { subject, answer: (claim, lines), details })
    }
}

/// A claim as the form it came from.
pub fn form_of(claim: &Claim, lines: &[ClaimLineRecord]) -> ClaimForm {
    ClaimForm {
        component: claim.component,
        milestone_id: claim.milestone_id,
        period_from: claim.period_from,
        period_to: claim.period_to,
        amount_claimed_paise: claim.amount_claimed_paise,
        lines: lines.iter().map(|line| line.stated.clone()).collect(),
        evidence: claim.evidence.0.clone(),
        facts: claim.facts.0.clone(),
    }
}

/// Everything that must hold for a claim to be drafted or submitted; the year it was earned in.
pub fn check_form(
    work: &mut Work<'_, '_>,
    award: &Award,
    form: &ClaimForm,
    own: Option<ClaimId>,
) -> Result<FinancialYear, Error> {
    form.check()?;
    let scheme = work.schemes.version(&award.scheme_code, award.scheme_version)?.clone();
    check_stated(&scheme, form)?;
    let others: Vec<Claim> =
        claims::live(work.tx, award.id, form.component)?.into_iter().filter(|other| Some(other.id) != own).collect();
    let year = match form.component {
        Component::CapitalSubsidy => check_capital(work, award, form, &others, &scheme)?,
        _ => check_sales(work, award, form, &others)?,
    };
    let stated = form.lines.iter().flat_map(|line| &line.facts).chain(&form.facts);
    let files: BTreeSet<_> = stated.filter_map(|fact| fact.evidence_id).chain(form.evidence.iter().copied()).collect();
    require_evidence(work.tx, &files.into_iter().collect::<Vec<_>>(), Some(work.actor.own_organisation()?))?;
    Ok(year)
}

/// Every fact the scheme asks for is stated, of the claim and of each line.
fn check_stated(scheme: &Scheme, form: &ClaimForm) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::new();
    let asked_at = |place: FactPlace| asked(scheme, place, Some(form.component));
    check_facts(&mut errors, "/facts", &asked_at(FactPlace::Claim), &form.facts, true);
    let of_lines = asked_at(FactPlace::ClaimLine);
    for (index, line) in form.lines.iter().enumerate() {
        check_facts(&mut errors, &format!("/lines/{index}/facts"), &of_lines, &line.facts, true);
    }
    errors.finish()
}

fn check_capital(
    work: &mut Work<'_, '_>,
    award: &Award,
    form: &ClaimForm,
    others: &[Claim],
    scheme: &Scheme,
) -> Result<FinancialYear, Error> {
    let milestone = require_verified_milestone(work.tx, award, form)?;
    require_room(work, &milestone, others)?;
    check_dates(form, scheme.counted_from().unwrap_or(award.awarded_on), work.today())?;
    check_invoices(work.tx, form, others)?;
    Ok(FinancialYear::containing(milestone.reached_on(None).unwrap_or(award.awarded_on)))
}

/// The milestone of a capital claim, verified and of this award.
pub fn require_verified_milestone(tx: &mut ReadTx<'_>, award: &Award, form: &ClaimForm) -> Result<Milestone, Error> {
    let id = form.milestone_id.or_not_found("milestone")?;
    let milestone = milestones::find(tx, id)?.filter(|found| found.award_id == award.id).or_not_found("milestone")?;
    if milestone.status != MilestoneStatus::Verified && milestone.claimable_share() == BasisPoints(0) {
        return Err(Refusal::MilestoneNotVerified { milestone: milestone.code }.into());
    }
    Ok(milestone)
}

fn check_sales(
    work: &mut Work<'_, '_>,
    award: &Award,
    form: &ClaimForm,
    others: &[Claim],
) -> Result<FinancialYear, Error> {
    let commissioned_on = award.commissioned_on.ok_or(Refusal::NotCommissioned)?;
    let (Some(from), Some(to)) = (form.period_from, form.period_to) else { return Err(Error::NotFound("period")) };
    let allowed = |holds: bool, reason: String| if holds { Ok(()) } else { Err(Refusal::PeriodNotAllowed { reason }) };
    allowed(from >= commissioned_on, format!("it starts before commissioning on {commissioned_on}"))?;
    allowed(to <= award.ends_on, format!("it ends after the award's last day {}", award.ends_on))?;
    allowed(to <= work.today(), "it is not over yet".to_owned())?;
    let overlaps = |other: &&Claim| {
        other.period_from.is_some_and(|start| start <= to) && other.period_to.is_some_and(|end| from <= end)
    };
    if let Some(other) = others.iter().find(overlaps) {
        return Err(Refusal::PeriodOverlaps { claim: other.name() }.into());
    }
    check_dates(form, from, to)?;
    Ok(FinancialYear::containing(from))
}

/// Milestones share one investment: an invoice that stands under one of them earns nothing under
/// another. (Sales need no such check: each invoice is dated within its claim's own days.)
fn check_invoices(tx: &mut ReadTx<'_>, form: &ClaimForm, others: &[Claim]) -> Result<(), Error> {
    let ours: BTreeSet<_> = form.lines.iter().map(ClaimLine::invoice).collect();
    for other in others {
        let lines = claims::lines(tx, other.id)?;
        if let Some(line) = lines.iter().find(|line| line.stands() && ours.contains(&line.stated.invoice())) {
            let invoice = line.stated.invoice_number.clone();
            return Err(Refusal::InvoiceClaimed { invoice, claim: other.name() }.into());
        }
    }
    Ok(())
}

fn check_dates(form: &ClaimForm, earliest: NaiveDate, latest: NaiveDate) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::new();
    for (index, line) in form.lines.iter().enumerate() {
        let inside = (earliest..=latest).contains(&line.invoice_date);
        errors.require(inside, format!("/lines/{index}/invoice_date"), format!("must lie from {earliest} to {latest}"));
    }
    errors.finish()
}

impl Service {
    pub async fn list_claims(
        self: &Arc<Self>,
        caller: Caller,
        award: Option<AwardId>,
        certificate: Option<CertificateWait>,
    ) -> Result<Vec<Claim>, Error> {
        let today = self.clock.now().date_in_india();
        let certificate = certificate.map(|wait| match wait {
            CertificateWait::Awaited => None,
            CertificateWait::Overdue => Some(today),
        });
        let selection = claims::Selection { award, certificate };
        self.read(caller, Permission::ReadFiles, move |tx, actor| Ok(claims::list(tx, selection, actor.narrowed_to())?))
            .await
    }

    pub async fn claim(self: &Arc<Self>, caller: Caller, id: ClaimId) -> Result<ClaimFile, Error> {
        self.read(caller, Permission::ReadFiles, move |tx, actor| {
            let claim = visible(tx, actor, id)?;
            let lines = claims::lines(tx, id)?;
            Ok((claim, lines))
        })
        .await
    }
}
