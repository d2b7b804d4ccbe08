//! "Why this amount": the statement of a claim with all that is needed to recompute it; the same
//! for a claim that nobody has made; and the past derived anew.

use crate::db::connection::{DatabaseUrl, ReadPool, ReadTx};
use crate::db::error::DbError;
use crate::db::{awards, claims, evidence, final_certificates, milestones, organisations, schemes as rows};
use crate::domain::award::Award;
use crate::domain::calendar::FinancialYear;
use crate::domain::claim::{Claim, ClaimForm, ClaimLineRecord};
use crate::domain::counted_lines::CountedLine;
use crate::domain::entitlement::{Facts, Release, compute};
use crate::domain::id::{AwardId, ClaimId, EvidenceId, UserId};
use crate::domain::money::Paise;
use crate::domain::permission::Permission;
use crate::domain::refusal::Refusal;
use crate::domain::rules::exact::Exact;
use crate::domain::rules::names::Value;
use crate::domain::scheme::Scheme;
use crate::domain::staged_release::Released;
use crate::domain::statement::Statement;
use crate::service::Service;
use crate::service::awards::visible as visible_award;
use crate::service::claim_checks::check_stated;
use crate::service::claim_facts::{Accepted, certified_line, known, stated, statement_of};
use crate::service::claims::visible;
use crate::service::error::{Error, OrNotFound};
use crate::service::runner::Caller;
use crate::service::schemes::Schemes;
use std::sync::Arc;
use uuid::Uuid;

/// A statement and what stands behind it.
pub struct StatementFile {
    pub claim: Claim,
    pub award: Award,
    pub beneficiary: String,
    pub milestone: Option<String>,
    pub scheme: Arc<Scheme>,
    /// SHA-256 of the scheme's file.
    pub scheme_digest: String,
    pub statement: Statement,
    /// The statement of the final certificate, once one is accepted.
    pub final_statement: Option<Statement>,
    pub lines: Vec<ClaimLineRecord>,
    /// Name and SHA-256 of each file the claim stands on.
    pub evidence: Vec<(String, String)>,
}

impl Service {
    /// Why this amount, of a claim that is verified.
    pub async fn claim_statement(self: &Arc<Self>, caller: Caller, id: ClaimId) -> Result<StatementFile, Error> {
        let service = Arc::clone(self);
        self.read(caller, Permission::ReadFiles, move |tx, actor| {
            let claim = visible(tx, actor, id)?;
            let statement = claim.statement.clone().or_not_found("statement")?;
            let award = awards::find(tx, claim.award_id)?.or_not_found("award")?;
            let organisation = organisations::find(tx, claim.organisation_id)?.or_not_found("organisation")?;
            let milestone = claim.milestone_id.map(|id| milestones::find(tx, id)).transpose()?.flatten();
            let digest = rows::digest(tx, &claim.scheme_code, claim.scheme_version)?;
            Ok(StatementFile {
                scheme: Arc::clone(service.schemes.current(tx)?.version(&claim.scheme_code, claim.scheme_version)?),
                scheme_digest: digest.unwrap_or_default(),
                beneficiary: organisation.name,
                milestone: milestone.map(|milestone| milestone.code),
                final_statement: final_statement(tx, &claim)?,
                lines: claims::lines(tx, id)?,
                evidence: files(tx, &claim.evidence.0)?,
                award,
                statement,
                claim,
            })
        })
        .await
    }

    /// What this form would come to today, were every line accepted. Nothing is stored.
    pub async fn what_if(
        self: &Arc<Self>,
        caller: Caller,
        award: AwardId,
        form: ClaimForm,
    ) -> Result<(Statement, Vec<CountedLine>), Error> {
        let service = Arc::clone(self);
        let now = self.clock.now();
        self.read(caller, Permission::ReadFiles, move |tx, actor| {
            form.check()?;
            let award = visible_award(tx, actor, award)?;
            let today = now.date_in_india();
            let schemes = service.schemes.current(tx)?;
            let scheme = schemes.governing_claim(&award, form.period_to, today)?;
            check_stated(scheme, &form)?;
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
                facts: lines.iter().map(ClaimLineRecord::facts).collect(),
                own: Paise::ZERO,
                release: Release::first(scheme, claim.component),
            };
            statement_of(tx, scheme, &award, &claim, found, now)
        })
        .await
    }
}

fn files(tx: &mut ReadTx<'_>, ids: &[EvidenceId]) -> Result<Vec<(String, String)>, DbError> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(evidence::find(tx, *id)?.map(|file| (file.file_name, file.digest)));
    }
    Ok(found)
}

fn final_statement(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<Option<Statement>, DbError> {
    if claim.certified_at.is_none() {
        return Ok(None);
    }
    let certificates = final_certificates::list(tx, Some(claim.id), None)?;
    Ok(certificates.into_iter().find_map(|certificate| certificate.settlement).map(|settlement| settlement.statement))
}

/// What was derived anew, and every decision that came out otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recomputed {
    pub decisions: i64,
    pub differences: Vec<String>,
}

const CHUNK_ROWS: i64 = 500;

/// Derives every decision of a whole database anew from its stored facts and its own version of the
/// scheme, on one consistent view.
pub fn recompute(url: &DatabaseUrl) -> Result<Recomputed, Error> {
    ReadPool::open(url, 1)?.read(|tx| {
        let schemes = Schemes::stored(tx)?;
        let (mut result, mut last) = (Recomputed::default(), String::new());
        loop {
            let chunk = claims::after(tx, &last, CHUNK_ROWS)?;
            let Some(end) = chunk.last() else { break };
            last = end.id.to_string();
            for claim in chunk.iter().filter(|claim| claim.statement.is_some()) {
                recompute_claim(tx, &schemes, claim, &mut result)?;
            }
        }
        Ok(result)
    })
}

fn recompute_claim(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    claim: &Claim,
    result: &mut Recomputed,
) -> Result<(), Error> {
    let award = awards::find(tx, claim.award_id)?.or_not_found("award")?;
    let scheme = schemes.version(&claim.scheme_code, claim.scheme_version)?;
    let lines = claims::lines(tx, claim.id)?;
    let accepted: Vec<&ClaimLineRecord> =
        lines.iter().filter(|line| line.decision.as_ref().is_some_and(|decision| decision.accepted)).collect();
    if let Some(statement) = &claim.statement {
        let facts = Facts {
            lines: accepted.iter().map(|line| line.facts()).collect(),
            release: Release::first(scheme, claim.component),
            ..facts_of(tx, scheme, &award, claim, statement)?
        };
        result.compare(claim, "statement", statement, compute(scheme, &facts));
        let counted: Vec<Option<&CountedLine>> = accepted.iter().map(|line| line.counted.as_ref()).collect();
        let same = |again: Vec<CountedLine>| {
            again.len() == counted.len()
                && again.iter().zip(&counted).all(|(new, old)| old.is_none_or(|old| old == new))
        };
        if !compute(scheme, &facts).is_ok_and(|(_, again)| same(again)) {
            result.differences.push(format!("claim {}: what its lines count for", claim.name()));
        }
    }
    for certificate in final_certificates::list(tx, Some(claim.id), None)? {
        let (Some(settlement), Some(decision)) = (&certificate.settlement, &certificate.decision) else { continue };
        let statement = &settlement.statement;
        let paid = statement.released_paise;
        let released = Released { paid, under_way: statement.withdrawn_paise, under_way_this_year: Paise::ZERO };
        let on = claim.period_to.unwrap_or(decision.decided_at.date_in_india());
        let facts = Facts {
            lines: vec![certified_line(decision.accepted_kg, decision.accepted_amount_paise, on)],
            release: Release::Final(released),
            ..facts_of(tx, scheme, &award, claim, statement)?
        };
        result.compare(claim, "final statement", statement, compute(scheme, &facts));
    }
    Ok(())
}

impl Recomputed {
    fn compare(
        &mut self,
        claim: &Claim,
        what: &str,
        stored: &Statement,
        again: Result<(Statement, Vec<CountedLine>), Refusal>,
    ) {
        self.decisions += 1;
        let difference = match again {
            Ok((again, _)) if again == *stored || (stored.inputs.is_empty() && again.says_what(stored)) => return,
            Ok((again, _)) => {
                format!("{} was decided, {} comes out now", stored.entitlement_paise, again.entitlement_paise)
            }
            Err(refusal) => refusal.to_string(),
        };
        self.differences.push(format!("claim {}: {what}: {difference}", claim.name()));
    }
}

/// The facts of a decision: those that are stored with the award and the claim, and those that
/// changed since as the statement kept them.
fn facts_of(
    tx: &mut ReadTx<'_>,
    scheme: &Scheme,
    award: &Award,
    claim: &Claim,
    statement: &Statement,
) -> Result<Facts<'static>, Error> {
    let mut known = known(tx, scheme, award, claim)?;
    for (name, value) in &mut known {
        if HISTORY.contains(name)
            && let Some(kept) = statement.inputs.iter().find(|input| input.name == *name)
        {
            let number: Exact = kept.value.parse().map_err(Error::Internal)?;
            *value = Value::Number(number);
        }
    }
    let room = |cap: &str| {
        let cap = statement.caps.iter().find(|applied| applied.cap == cap);
        cap.map_or(Paise::ZERO, |applied| applied.limit_paise)
    };
    Ok(Facts {
        component: claim.component,
        lines: Vec::new(),
        accepted_lines: statement.accepted_lines,
        rejected_lines: statement.rejected_lines,
        known,
        stated: stated(tx, award, claim)?,
        amount_claimed: claim.amount_claimed_paise,
        award_room: room("award_ceiling"),
        component_room: room("component_outlay"),
        appropriation_room: room("years_appropriation"),
        release: Release::Whole,
    })
}

/// What later claims and later milestones change.
const HISTORY: &[&str] = &["used_kg", "counted_amount_before", "entitled_before", "installed_capacity"];
