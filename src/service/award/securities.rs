//! Performance securities (bank guarantees): lodged and extended by the signatory, confirmed with the bank by
//! the agency, released by the competent authority; and the check that a tranche has cover. Invoking a
//! guarantee and the bank's payment are in `security_invocations.rs`.

use crate::db::award::awards;
use crate::db::award::securities;
use crate::db::engine::transaction::ReadTx;
use crate::db::recovery::recoveries;
use crate::service::Service;
use crate::service::award::award_debts;
use crate::service::award::award_ends::{open_claim, open_tranche};
use crate::service::award::awards::visible as visible_award;
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use chrono::{Days, NaiveDate};
use domain::award::award::Award;
use domain::award::guarantee_identity::{Banks, Sameness};
use domain::award::security;
use domain::award::security::{Security, SecurityEvent, SecurityEventKind, SecurityStatus};
use domain::award::security_forms::{BankWord, SecurityConfirmation, SecurityExtension, SecurityForm, SecurityRelease};
use domain::base::id::{AwardId, SecurityId};
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::desk::selection::{Compared, Selection, Value};
use domain::desk::selection_fields::{EXPIRES_ON, STATUS};
use domain::people::user::Actor;
use domain::recovery::recovery::RecoveryStatus;
use serde_json::json;
use std::sync::Arc;

/// A guarantee with the events that changed it.
pub type SecurityFile = (Security, Vec<SecurityEvent>);

pub(super) fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: SecurityId) -> Result<Security, Error> {
    securities::find(tx, id)?.filter(|security| actor.sees(security.organisation_id)).or_not_found("guarantee")
}

/// Refuses a step on money of an award while its guarantees cover too little, and names them.
pub fn require_cover(work: &mut Work<'_, '_>, award: &Award) -> Result<(), Error> {
    let lodged = securities::of_award(work.tx, award.id)?;
    Ok(security::require_cover(award, &lodged, work.today())?)
}

/// Loads a guarantee for an act: at the version that the person saw, and by a person who took no other step on
/// it.
pub(in crate::service) fn begin(
    work: &mut Work<'_, '_>,
    id: SecurityId,
    seen_version: i64,
    kind: SecurityEventKind,
) -> Result<SecurityFile, Error> {
    let security = visible(work.tx, &work.actor, id)?;
    check_version(seen_version, security.version)?;
    require_stranger(work, security.organisation_id, kind.step())?;
    let events = securities::events(work.tx, id)?;
    security.check_person(&events, kind, work.actor.user_id)?;
    Ok((security, events))
}

/// Stores the guarantee as its next version with the event that made it.
pub(in crate::service) fn finish(
    work: &mut Work<'_, '_>,
    file: SecurityFile,
    event: SecurityEvent,
) -> Result<Done<SecurityFile>, Error> {
    let (mut security, mut events) = file;
    securities::update(work.tx, &mut security)?;
    securities::add_event(work.tx, security.id, events.len() as i64 + 1, &event)?;
    let details = json!({
        "guarantee": security.guarantee_number, "bank": security.bank, "event": event.kind, "reference": event.reference,
        "amount_paise": event.amount_paise, "recovery": event.recovery_id, "expires_on": security.expires_on,
        "claim_expires_on": security.claim_expires_on, "extension": security.extension, "status": security.status,
    });
    events.push(event);
    Ok(Done { subject: format!("security:{}", security.id), answer: (security, events), details })
}

/// The signatory lodges a bank guarantee.
pub struct LodgeSecurity {
    pub award_id: AwardId,
    pub form: SecurityForm,
}

impl Command for LodgeSecurity {
    const NAME: &'static str = "lodge_security";
    const PERMISSION: Permission = Permission::LodgeSecurity;
    const REFUSALS: &'static [&'static str] = &["already_exists", "evidence_unknown"];
    type Answer = Security;

    fn subject(&self) -> String {
        format!("award:{}", self.award_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Security>, Error> {
        let award = visible_award(work.tx, &work.actor, self.award_id)?;
        self.form.check(work.schemes.version(&award.scheme_code, 1)?.effective_from, work.today())?;
        require_evidence(work.tx, &[self.form.evidence_id], Some(award.organisation_id))?;
        let (bank, guarantee_number) =
            (self.form.bank.trim().to_uppercase(), self.form.guarantee_number.trim().to_uppercase());
        let banks = &work.finance.banks;
        let mut lodged = securities::identities(work.tx)?.into_iter();
        let is_same = |(_, of, number): (String, String, String)| {
            banks.compare((&bank, &guarantee_number), (&of, &number)) == Sameness::Same
        };
        if lodged.any(is_same) {
            return Err(Refusal::AlreadyExists { what: Reason::SameGuarantee }.into());
        }
        let security = Security {
            id: SecurityId(work.new_id()),
            award_id: award.id,
            organisation_id: award.organisation_id,
            guarantee_number,
            bank,
            amount_paise: self.form.amount_paise,
            issued_on: self.form.issued_on,
            expires_on: self.form.expires_on,
            claim_expires_on: self.form.claim_expires_on.unwrap_or(self.form.expires_on),
            evidence_id: self.form.evidence_id,
            status: SecurityStatus::Lodged,
            extension: None,
            invoked_paise: Paise::ZERO,
            received_paise: Paise::ZERO,
            lodged_by: work.actor.user_id,
            lodged_at: work.now,
            version: 1,
        };
        securities::insert(work.tx, &security)?;
        let details = json!({
            "security_id": security.id, "guarantee": security.guarantee_number, "bank": security.bank,
            "amount_paise": security.amount_paise,
            "expires_on": security.expires_on, "claim_expires_on": security.claim_expires_on,
        });
        Ok(Done { subject: format!("award:{}", award.id), answer: security, details })
    }
}

/// The guarantee, lodged before or after it, that could be the same as this one, by its number and bank.
pub(super) fn alike(tx: &mut ReadTx<'_>, banks: &Banks, security: &Security) -> Result<Option<String>, Error> {
    let id = security.id.to_string();
    let own = (security.bank.as_str(), security.guarantee_number.as_str());
    let other = securities::identities(tx)?
        .into_iter()
        .find(|(known, bank, number)| *known != id && banks.compare(own, (bank, number)) == Sameness::Alike);
    Ok(other.map(|(_, bank, number)| format!("{number} ({bank})")))
}

/// The agency records the bank's answer on a guarantee, or on its extension.
pub struct ConfirmSecurity {
    pub id: SecurityId,
    pub seen_version: i64,
    pub form: SecurityConfirmation,
}

impl Command for ConfirmSecurity {
    const NAME: &'static str = "confirm_security";
    const PERMISSION: Permission = Permission::ConfirmSecurity;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "evidence_unknown", "amount_too_large", "security_alike"];
    type Answer = SecurityFile;

    fn subject(&self) -> String {
        format!("security:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SecurityFile>, Error> {
        self.form.check()?;
        let mut file = begin(work, self.id, self.seen_version, SecurityEventKind::Confirmed)?;
        require_evidence(work.tx, self.form.evidence_id.as_slice(), None)?;
        let first = file.0.status == SecurityStatus::Lodged && self.form.outcome == BankWord::Confirmed;
        let other = if first { alike(work.tx, &work.finance.banks, &file.0)? } else { None };
        let mut event = file.0.confirm(&self.form, work.actor.user_id, work.now)?;
        if let Some(other) = &other {
            let unsaid = || Refusal::SecurityAlike { guarantee: file.0.name(), other: other.clone() };
            let reason = self.form.different_because.as_ref().ok_or_else(unsaid)?;
            event.note = format!("{}\n{other}: {reason}", event.note);
        }
        let mut done = finish(work, file, event)?;
        if let Some(other) = other {
            done.details["alike"] = json!({ "other": other, "different_because": self.form.different_because });
        }
        Ok(done)
    }
}

/// The signatory lodges an extension.
pub struct ExtendSecurity {
    pub id: SecurityId,
    pub seen_version: i64,
    pub form: SecurityExtension,
}

impl Command for ExtendSecurity {
    const NAME: &'static str = "extend_security";
    const PERMISSION: Permission = Permission::LodgeSecurity;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "evidence_unknown", "security_expired", "date_not_allowed"];
    type Answer = SecurityFile;

    fn subject(&self) -> String {
        format!("security:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SecurityFile>, Error> {
        let mut file = begin(work, self.id, self.seen_version, SecurityEventKind::ExtensionLodged)?;
        self.form.check(file.0.issued_on, work.today())?;
        require_evidence(work.tx, &[self.form.evidence_id], Some(file.0.organisation_id))?;
        let event = file.0.extend(&self.form, work.actor.user_id, work.now)?;
        finish(work, file, event)
    }
}

/// The competent authority releases a guarantee that is no longer needed.
pub struct ReleaseSecurity {
    pub id: SecurityId,
    pub seen_version: i64,
    pub form: SecurityRelease,
}

impl Command for ReleaseSecurity {
    const NAME: &'static str = "release_security";
    const PERMISSION: Permission = Permission::ReleaseSecurity;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "security_needed", "amount_too_large"];
    const ENDS_A_FILE: bool = true;
    type Answer = SecurityFile;

    fn subject(&self) -> String {
        format!("security:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<SecurityFile>, Error> {
        self.form.check()?;
        let mut file = begin(work, self.id, self.seen_version, SecurityEventKind::Released)?;
        let (binds, callable) = (still_binds(&file.0, work.today()), file.0.can_be_called(work.today()));
        let event = file.0.release(&self.form, work.actor.user_id, work.now)?;
        let awaited = awaited_of(work, &file)?;
        if awaited > Paise::ZERO {
            let reason = Reason::InvocationUnpaid { amount: awaited };
            return Err(Refusal::SecurityNeeded { guarantee: file.0.name(), reason }.into());
        }
        if binds && let Some(reason) = need(work, &file.0)? {
            return Err(Refusal::SecurityNeeded { guarantee: file.0.name(), reason }.into());
        }
        if callable && let Some(reason) = award_debts::binding(work, &file.0)? {
            return Err(Refusal::SecurityNeeded { guarantee: file.0.name(), reason }.into());
        }
        finish(work, file, event)
    }
}

/// Whether the bank is bound for something that was not called up: also after a part was invoked, when the guarantee
/// counts no more until the bank confirms the rest.
fn still_binds(security: &Security, today: NaiveDate) -> bool {
    let invoked_in_part = security.status == SecurityStatus::Invoked && security.rest() > Paise::ZERO;
    security.why_not(today).is_none() || (invoked_in_part && security.expires_on >= today)
}

/// What the bank still has to pay of what was invoked, for recoveries that are demanded today.
fn awaited_of(work: &mut Work<'_, '_>, (security, events): &SecurityFile) -> Result<Paise, Error> {
    if !security.is_short() {
        return Ok(Paise::ZERO);
    }
    let demanded = recoveries::list(work.tx, Some(security.award_id), Some(RecoveryStatus::Demanded), None)?;
    Ok(security::still_called_up(events, |id| demanded.iter().any(|recovery| recovery.id == id)))
}

/// Why an award still needs a guarantee that is to be released: the others cover too little, and the award has
/// days to run or open money. `None` when it is not needed.
fn need(work: &mut Work<'_, '_>, released: &Security) -> Result<Option<Reason>, Error> {
    let award = awards::find(work.tx, released.award_id)?.or_not_found("award")?;
    let mut others = securities::of_award(work.tx, award.id)?;
    others.retain(|other| other.id != released.id);
    let left = security::cover(&others, work.today());
    if left >= award.security_required_paise {
        return Ok(None);
    }
    let required = award.security_required_paise;
    let needed = |obligation| Reason::CoverNeeded { left, required, obligation: Box::new(obligation) };
    Ok(obligation(work, &award)?.map(needed))
}

/// The obligation that still binds the beneficiary of an award, if any.
fn obligation(work: &mut Work<'_, '_>, award: &Award) -> Result<Option<Reason>, Error> {
    if work.today() <= award.ends_on && awards::end_of(work.tx, award.id)?.is_none() {
        return Ok(Some(Reason::AwardRuns { until: award.ends_on }));
    }
    if let Some(claim) = open_claim(work, award)? {
        return Ok(Some(claim));
    }
    let settled = [RecoveryStatus::Settled, RecoveryStatus::Dropped];
    let owed = recoveries::list(work.tx, Some(award.id), None, None)?;
    if let Some(recovery) = owed.iter().find(|recovery| !settled.contains(&recovery.status)) {
        let (recovery, is) = (recovery.number.clone(), recovery.status.as_str());
        return Ok(Some(Reason::RecoveryOpen { recovery, is }));
    }
    open_tranche(work, award)
}

/// Narrows guarantees to confirmed ones whose last day is within this many days.
fn narrow_to_expiring(selection: &mut Selection, today: NaiveDate, days: u32) {
    let last = today.checked_add_days(Days::new(days.into())).unwrap_or(today);
    selection.and(&STATUS, Compared::OneOf(vec![Value::Text(SecurityStatus::Confirmed.to_string())]));
    selection.and(&EXPIRES_ON, Compared::From(Value::Text(today.to_string())));
    selection.and(&EXPIRES_ON, Compared::To(Value::Text(last.to_string())));
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

/// The events as this reader may see them.
pub(super) fn readable(actor: &Actor, events: Vec<SecurityEvent>) -> Vec<SecurityEvent> {
    let to_company = actor.roles.is_manufacturer();
    events.into_iter().map(|event| if to_company { event.without_noting() } else { event }).collect()
}

impl Service {
    /// Guarantees of a selection, a page at a time.
    pub async fn list_securities(
        self: &Arc<Self>,
        caller: Caller,
        mut asked: RecordsAsked,
        expiring_within_days: Option<u32>,
    ) -> Result<RecordPage<Security>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let on = service.on_day();
            if let Some(days) = expiring_within_days {
                narrow_to_expiring(&mut asked.selection, on.today, days);
            }
            read_page(tx, actor, &on, asked, securities::of_ids, |security| security.id.to_string())
        })
        .await
    }

    pub async fn security(self: &Arc<Self>, caller: Caller, id: SecurityId) -> Result<SecurityFile, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let security = visible(tx, actor, id)?;
            let events = securities::events(tx, id)?;
            Ok((security, readable(actor, events)))
        })
        .await
    }
}
