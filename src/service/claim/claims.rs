//! Claims: drafted by a preparer, submitted by the signatory. This file checks what may be claimed;
//! `claim_verification.rs` decides what is paid.

use crate::db::award::awards;
use crate::db::claim::{claim_returns, claims, like_lines};
use crate::db::engine::transaction::ReadTx;
use crate::service::Service;
use crate::service::award::award_ends::require_running;
use crate::service::award::awards::visible as visible_award;
use crate::service::claim::claim_checks::{check_form, require_computable, require_unclaimed};
use crate::service::claim::in_time::keep_day;
use crate::service::claim::like_lines::mark;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use chrono::NaiveDate;
use domain::award::award::Award;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{AwardId, ClaimId};
use domain::base::permission::{Permission, Step};
use domain::claim::claim::{CertificateWait, Claim, ClaimForm, ClaimLineRecord, ClaimStatus};
use domain::claim::claim_return::{ClaimReturn, ClaimReturnView, views};
use domain::claim::lines_digest::lines_digest;
use domain::desk::selection::{Compared, Selection, Value};
use domain::desk::selection_fields::{CERTIFICATE_DUE_ON, CERTIFIED_AT, STATUS};
use domain::people::user::Actor;
use domain::scheme::fact::StatedFacts;
use serde_json::json;
use std::sync::Arc;

/// A claim with its lines.
pub type ClaimFile = (Claim, Vec<ClaimLineRecord>);

/// The claim, if it exists for this person. A draft is visible only within its own organisation.
pub fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: ClaimId) -> Result<Claim, Error> {
    let seen = |claim: &Claim| {
        let own = actor.organisation_id == Some(claim.organisation_id);
        actor.sees(claim.organisation_id) && (own || claim.status != ClaimStatus::Draft)
    };
    claims::find(tx, id)?.filter(seen).or_not_found("claim")
}

/// The member of the bodies below that has the form.
const FORM: &str = "/form";

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
        "already_exists",
        "period_not_allowed",
        "not_commissioned",
        "not_in_scheme",
        "award_ended",
    ];
    type Answer = ClaimFile;

    fn subject(&self) -> String {
        format!("award:{}", self.award_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<ClaimFile>, Error> {
        let award = visible_award(work.tx, &work.actor, self.award_id)?;
        require_running(work.tx, &award)?;
        let (scheme, year) = check_form(work, &award, &self.form, None).map_err(|error| error.within(FORM))?;
        let id = ClaimId(work.new_id());
        let claim = Claim::drafted(id, &award, scheme.version, &self.form, year, work.actor.user_id, work.now);
        claims::insert(work.tx, &claim)?;
        let lines = store_lines(work, &claim, self.form)?;
        let details = json!({ "award_id": award.id, "component": claim.component, "amount_claimed_paise": claim.amount_claimed_paise });
        Ok(Done { subject: format!("claim:{}", claim.id), answer: (claim, lines), details })
    }
}

/// A draft or returned claim at the version that the person saw, with its award.
pub struct Draft {
    pub claim: Claim,
    award: Award,
    /// What a returned claim was before.
    returns: Vec<ClaimReturn>,
}

impl Draft {
    pub fn open(work: &mut Work<'_, '_>, id: ClaimId, seen_version: i64) -> Result<Draft, Error> {
        let claim = visible(work.tx, &work.actor, id)?;
        check_version(seen_version, claim.version)?;
        claim.require_editable()?;
        let award = awards::find(work.tx, claim.award_id)?.or_not_found("award")?;
        require_running(work.tx, &award)?;
        let returns = if claim.returned_times > 0 { claim_returns::of_claim(work.tx, id)? } else { Vec::new() };
        Ok(Draft { claim, award, returns })
    }

    /// Stores the draft with another form, as prepared by this person.
    pub fn redraw(self, work: &mut Work<'_, '_>, mut form: ClaimForm) -> Result<ClaimFile, Error> {
        let Draft { mut claim, award, returns } = self;
        if claim.status == ClaimStatus::Returned {
            // It may have been found by what the claim states, so nobody has to repeat it.
            form.replaces = form.replaces.or(claim.replaces);
        }
        claim.check_own_person(&returns, Step::Prepare, work.actor.user_id)?;
        claim.check_correction(&form)?;
        claim.require_changed(&returns, &form)?;
        let (scheme, performance_year) = check_form(work, &award, &form, Some(claim.id))?;
        claim.scheme_version = scheme.version;
        claim.performance_year = performance_year;
        claim.component = form.component;
        claim.milestone_id = form.milestone_id;
        claim.period_from = form.period_from;
        claim.period_to = form.period_to;
        claim.amount_claimed_paise = form.amount_claimed_paise;
        claim.evidence = EvidenceIds(form.evidence.clone());
        claim.facts = StatedFacts(form.facts.clone());
        claim.mass_balance = form.mass_balance.clone();
        claim.supplements = form.supplements;
        claim.replaces = form.replaces;
        claim.prepared_by = work.actor.user_id;
        claims::update(work.tx, &mut claim)?;
        let lines = store_lines(work, &claim, form)?;
        Ok((claim, lines))
    }
}

/// Numbers the lines of a form and stores them in place of the claim's lines. Refuses an invoice that is part
/// of another claim.
fn store_lines(work: &mut Work<'_, '_>, claim: &Claim, form: ClaimForm) -> Result<Vec<ClaimLineRecord>, Error> {
    let lines = ClaimLineRecord::numbered(form.lines);
    claims::replace_lines(work.tx, claim, &lines)?;
    if claim.number.is_some() {
        // What was like another line was a line of before.
        like_lines::replace(work.tx, claim.id, &[], work.now)?;
    }
    require_unclaimed(work.tx, claim)?;
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
        "same_person",
        "organisation_required",
        "evidence_unknown",
        "milestone_not_verified",
        "milestone_claimed",
        "invoice_claimed",
        "period_overlaps",
        "already_exists",
        "period_not_allowed",
        "not_commissioned",
        "not_in_scheme",
        "award_ended",
        "claim_unchanged",
    ];
    type Answer = ClaimFile;

    fn subject(&self) -> String {
        format!("claim:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<ClaimFile>, Error> {
        let subject = self.subject();
        let draft = Draft::open(work, self.id, self.seen_version)?;
        let file = draft.redraw(work, self.form).map_err(|error| error.within(FORM))?;
        Ok(Done { subject, details: json!({ "version": file.0.version }), answer: file })
    }
}

/// The signatory submits a claim: it gets a number and cannot be changed any more.
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
        "already_exists",
        "period_not_allowed",
        "not_commissioned",
        "claim_window_closed",
        "claim_enlarged",
        "rule_not_computable",
        "not_in_scheme",
        "amount_too_large",
        "award_ended",
    ];
    type Answer = ClaimFile;

    fn subject(&self) -> String {
        format!("claim:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<ClaimFile>, Error> {
        let subject = self.subject();
        let Draft { mut claim, award, returns } = Draft::open(work, self.id, self.seen_version)?;
        claim.check_own_person(&returns, Step::Submit, work.actor.user_id)?;
        let lines = claims::lines(work.tx, claim.id)?;
        let (scheme, _) = check_form(work, &award, &claim.form(&lines), Some(claim.id))?;
        keep_day(work, (&scheme, &award), &mut claim, &returns, &lines)?;
        if claim.number.is_none() {
            claim.number = Some(work.next_number(&scheme.number_prefix, "CLM")?);
        }
        require_unclaimed(work.tx, &claim)?;
        claim.scheme_version = scheme.version;
        claim.submitted_by = Some(work.actor.user_id);
        claim.submitted_at = Some(work.now);
        require_computable(work.tx, &scheme, &award, &claim, &lines)?;
        claim.status = ClaimStatus::Submitted;
        claims::update(work.tx, &mut claim)?;
        mark(work.tx, &claim, &lines, work.now)?;
        let files: Vec<_> = claim.files(&lines).into_iter().collect();
        let found = require_evidence(work.tx, &files, Some(claim.organisation_id))?;
        let facts = Some(&claim.facts).filter(|facts| !facts.is_empty());
        let details = json!({
            "number": claim.number, "component": claim.component, "amount_claimed_paise": claim.amount_claimed_paise,
            "facts": facts, "mass_balance": claim.mass_balance, "supplements": claim.supplements,
            "replaces": claim.replaces, "first_submitted_at": claim.first_submitted_at, "lines": lines.len(),
            "lines_digest": lines_digest(&lines),
            "evidence_digests": found.into_iter().map(|record| record.digest).collect::<Vec<_>>(),
        });
        Ok(Done { subject, answer: (claim, lines), details })
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

/// Narrows claims to those that wait for their final certificate, or to those that are overdue.
fn narrow_to_wait(selection: &mut Selection, wait: CertificateWait, today: NaiveDate) {
    selection.and(&STATUS, Compared::OneOf(vec![Value::Text(ClaimStatus::Verified.to_string())]));
    selection.and(&CERTIFIED_AT, Compared::Given(false));
    selection.and(&CERTIFICATE_DUE_ON, Compared::Given(true));
    if wait == CertificateWait::Overdue {
        let yesterday = today.pred_opt().unwrap_or(today);
        selection.and(&CERTIFICATE_DUE_ON, Compared::To(Value::Text(yesterday.to_string())));
    }
}

impl Service {
    /// Claims of a selection, a page at a time. Only their company sees drafts.
    pub async fn list_claims(
        self: &Arc<Self>,
        caller: Caller,
        mut asked: RecordsAsked,
        certificate: Option<CertificateWait>,
    ) -> Result<RecordPage<Claim>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let on = service.on_day();
            asked.without_drafts_of_others(actor, ClaimStatus::ALL.iter().map(|status| status.as_str()));
            if let Some(wait) = certificate {
                narrow_to_wait(&mut asked.selection, wait, on.today);
            }
            read_page(tx, actor, &on, asked, claims::of_ids, |claim| claim.id.to_string())
        })
        .await
    }

    /// A claim with its lines, and its returns with what changed after each.
    pub async fn claim(
        self: &Arc<Self>,
        caller: Caller,
        id: ClaimId,
    ) -> Result<(ClaimFile, Vec<ClaimReturnView>), Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let claim = visible(tx, actor, id)?;
            let lines = claims::lines(tx, id)?;
            let returns = if claim.returned_times > 0 { claim_returns::of_claim(tx, id)? } else { Vec::new() };
            let shown = views(&returns, &claim.form(&lines), actor.roles.is_manufacturer());
            Ok(((claim, lines), shown))
        })
        .await
    }
}
