//! "Why this amount": the statement of a claim with everything needed to recompute it; and the same for a claim
//! that was never made (what if).

use crate::db::award::awards;
use crate::db::claim::claim_files::ClaimReference;
use crate::db::claim::{claim_files, claims, final_certificates};
use crate::db::engine::error::DbError;
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::db::people::organisations;
use crate::db::revision::scheme_drafts;
use crate::db::scheme::schemes as rows;
use crate::service::Service;
use crate::service::award::awards::visible as visible_award;
use crate::service::claim::claim_checks::check_stated;
use crate::service::claim::claim_facts::{Accepted, statement_of};
use crate::service::claim::claims::visible;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::operation::Operation;
use crate::service::running::runner::Caller;
use crate::service::running::scheme_shelf::parsed;
use domain::award::award::Award;
use domain::base::calendar::FinancialYear;
use domain::base::id::{AwardId, ClaimId, EvidenceId, SchemeDraftId, UserId};
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::claim::claim::{Claim, ClaimForm, ClaimLineRecord};
use domain::claim::counted_lines::CountedLine;
use domain::claim::credit_notes::net_facts;
use domain::claim::entitlement::Release;
use domain::claim::statement::Statement;
use domain::people::user::Actor;
use domain::scheme::scheme::Scheme;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// A statement with the records that it was computed from.
pub struct StatementFile {
    pub claim: Claim,
    pub award: Award,
    pub beneficiary: String,
    /// Code and title of the milestone that is claimed.
    pub milestone: Option<(String, String)>,
    pub scheme: Arc<Scheme>,
    /// SHA-256 of the text of the scheme's version.
    pub scheme_digest: String,
    pub statement: Statement,
    /// The statement of the final certificate, once one is accepted.
    pub final_statement: Option<Statement>,
    pub lines: Vec<ClaimLineRecord>,
    /// Name and SHA-256 of each file that supports the claim.
    pub evidence: Vec<(String, String)>,
}

pub const WHAT_IF_CLAIM: Operation =
    Operation::asks(READ_PERMISSION, &["rule_not_computable", "not_in_scheme", "amount_too_large"]);

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// Why this amount: the statement of a verified claim.
    pub async fn claim_statement(
        self: &Arc<Self>,
        caller: Caller,
        of: impl Into<ClaimReference>,
    ) -> Result<StatementFile, Error> {
        let service = Arc::clone(self);
        let of = of.into();
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let id = claim_files::id_of(tx, of)?.or_not_found("claim")?;
            let claim = visible(tx, actor, id)?;
            let statement = claim.statement.clone().or_not_found("statement")?;
            let award = awards::find(tx, claim.award_id)?.or_not_found("award")?;
            let organisation = organisations::find(tx, claim.organisation_id)?.or_not_found("organisation")?;
            let milestone = claim.milestone_id.map(|id| milestones::find(tx, id)).transpose()?.flatten();
            let digest = rows::digest(tx, &claim.scheme_code, claim.scheme_version)?;
            let lines = claims::lines(tx, id)?;
            Ok(StatementFile {
                scheme: Arc::clone(service.schemes.current(tx)?.version(&claim.scheme_code, claim.scheme_version)?),
                scheme_digest: digest.unwrap_or_default(),
                beneficiary: organisation.name,
                milestone: milestone.map(|milestone| (milestone.code, milestone.title)),
                final_statement: final_statement(tx, &claim)?,
                evidence: files(tx, claim.files(&lines))?,
                lines,
                award,
                statement,
                claim,
            })
        })
        .await
    }

    /// The statement that this form would get today if every line were accepted, or would get if a draft of a version
    /// of the award's scheme governed it. Nothing is stored.
    pub async fn what_if(
        self: &Arc<Self>,
        caller: Caller,
        award: AwardId,
        form: ClaimForm,
        draft: Option<SchemeDraftId>,
    ) -> Result<(Statement, Vec<CountedLine>), Error> {
        let service = Arc::clone(self);
        let now = self.clock.now();
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let award = visible_award(tx, actor, award)?;
            let own_gstin = claims::own_gstin(tx, award.organisation_id)?;
            let today = now.date_in_india();
            let schemes = service.schemes.current(tx)?;
            let drafted = draft.map(|id| drafted(tx, actor, &award, id)).transpose()?;
            let scheme = match &drafted {
                Some(drafted) => Ok(drafted),
                None => schemes.governing_claim(&award, form.period_to, today),
            };
            let by_period = scheme.as_ref().is_ok_and(|scheme| scheme.is_claimed_by_period(form.component));
            form.check(&own_gstin, by_period)?;
            let scheme = scheme?;
            check_stated(scheme, &form, &own_gstin)?;
            let year = FinancialYear::containing(form.period_from.unwrap_or(award.awarded_on));
            let (id, nobody) = (ClaimId(Uuid::nil()), UserId(Uuid::nil()));
            let mut claim = Claim::drafted(id, &award, scheme.version, &form, year, nobody, now);
            claim.submitted_at = Some(now);
            if let Some(milestone) = form.milestone_id {
                let found = milestones::find(tx, milestone)?.filter(|found| found.award_id == award.id);
                found.or_not_found("milestone")?;
            }
            let lines = ClaimLineRecord::numbered(form.lines);
            let found = Accepted {
                lines: lines.len() as i64,
                rejected_lines: 0,
                facts: net_facts(&lines.iter().collect::<Vec<_>>()),
                own: Paise::ZERO,
                reserved: None,
                release: Release::first(scheme, claim.component),
            };
            statement_of(tx, scheme, &award, &claim, found, now)
        })
        .await
    }
}

/// The version that a draft would be, for somebody who may read it: a draft of the award's scheme.
fn drafted(tx: &mut ReadTx<'_>, actor: &Actor, award: &Award, id: SchemeDraftId) -> Result<Arc<Scheme>, Error> {
    actor.may(Permission::ReadSchemeDrafts)?;
    let draft = scheme_drafts::find(tx, id)?.filter(|draft| draft.scheme_code == award.scheme_code);
    let draft = draft.or_not_found("scheme draft")?;
    parsed(&draft.document).map_err(|error| Error::Internal(error.to_string()))
}

fn files(tx: &mut ReadTx<'_>, ids: BTreeSet<EvidenceId>) -> Result<Vec<(String, String)>, DbError> {
    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
    Ok(evidence::of_ids(tx, &ids)?.into_iter().map(|file| (file.file_name, file.digest)).collect())
}

fn final_statement(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<Option<Statement>, DbError> {
    if claim.certified_at.is_none() {
        return Ok(None);
    }
    let certificates = final_certificates::list(tx, Some(claim.id), None)?;
    Ok(certificates
        .into_iter()
        .rev()
        .find_map(|certificate| certificate.settlement)
        .map(|settlement| settlement.statement))
}
