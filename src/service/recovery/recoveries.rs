//! Demanding money back: show-cause notice, reply, order, demand. What follows a demand is in
//! `recovery_credits.rs`.

use crate::db::award::awards;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::db::payment::{disbursements, tranches};
use crate::db::recovery::{recoveries, recovery_credits};
use crate::service::Service;
use crate::service::milestone::excuses::{granted_days, steps_on};
use crate::service::recovery::less_asked::claim_less;
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use chrono::NaiveDate;
use domain::award::application::check_note;
use domain::award::award::Award;
use domain::base::days::Days;
use domain::base::field::{FieldErrors, check_day};
use domain::base::field_reason::FieldReason;
use domain::base::id::RecoveryId;
use domain::base::money::Paise;
use domain::base::permission::{Permission, Step};
use domain::base::refusal::Refusal;
use domain::base::step::TrancheStep;
use domain::budget::posting::Purse;
use domain::payment::disbursement::{Disbursement, DisbursementStatus};
use domain::people::user::Actor;
use domain::recovery::damages::Damages;
use domain::recovery::instalments::InstalmentState;
use domain::recovery::posting_recovery;
use domain::recovery::recovery::{
    NoticeReply, OrderOutcome, Recovery, RecoveryKind, RecoveryOrder, RecoveryStatus, ShowCause,
};
use domain::recovery::recovery_credit::{NoticeReplyForm, OrderForm, RecoveryCredit, RecoveryStatement, ShowCauseForm};
use domain::recovery::recovery_start::{Ground, NewRecovery, OrderReason};
use domain::scheme::scheme::Component;
use serde_json::json;
use std::sync::Arc;

/// The recovery, if it exists for this person.
pub fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: RecoveryId) -> Result<Recovery, Error> {
    recoveries::find(tx, id)?.filter(|recovery| actor.sees(recovery.organisation_id)).or_not_found("recovery")
}

/// Loads a recovery for an officer's step and checks the version and the person.
pub(in crate::service) fn begin(
    work: &mut Work<'_, '_>,
    id: RecoveryId,
    seen_version: i64,
    step: Step,
    note: &str,
) -> Result<Recovery, Error> {
    let mut recovery = visible(work.tx, &work.actor, id)?;
    check_version(seen_version, recovery.version)?;
    require_stranger(work, recovery.organisation_id, step)?;
    let paying = paying_steps(work.tx, &recovery)?;
    recovery.record(&paying, step, work.actor.user_id, work.now, note)?;
    Ok(recovery)
}

/// The steps by which the money was paid; for damages, the steps on excuses for the same days.
pub(in crate::service) fn paying_steps(tx: &mut ReadTx<'_>, recovery: &Recovery) -> Result<Vec<TrancheStep>, Error> {
    if let (Some(id), Some(damages)) = (recovery.milestone_id, &recovery.damages) {
        return steps_on(tx, id, &Days::of(damages.charged()));
    }
    let Some(id) = recovery.tranche_id else { return Ok(Vec::new()) };
    Ok(tranches::find(tx, id)?.or_not_found("tranche")?.steps.0)
}

/// The accounts of a recovery.
pub(in crate::service) fn purse_of(work: &mut Work<'_, '_>, recovery: &Recovery) -> Result<Purse, Error> {
    Ok(awards::find(work.tx, recovery.award_id)?.or_not_found("award")?.purse(recovery.component))
}

/// The result of an act, for the audit log and the client.
pub(in crate::service) fn done(recovery: Recovery) -> Done<Recovery> {
    let details = json!({
        "recovery": recovery.number, "kind": recovery.kind, "status": recovery.status,
        "amount_paise": recovery.amount_paise, "due": recovery.dues().due,
    });
    Done { subject: format!("recovery:{}", recovery.id), answer: recovery, details }
}

/// The request for a recovery, before anybody decided.
struct Asked {
    award: Award,
    component: Component,
    amount: Paise,
    interest_from: NaiveDate,
    ground: Ground,
}

/// Creates a recovery in its first state.
fn new_recovery(work: &mut Work<'_, '_>, asked: Asked, notice: Option<ShowCause>) -> Result<Recovery, Error> {
    let prefix = work.schemes.newest(&asked.award.scheme_code)?.number_prefix.clone();
    let new = NewRecovery {
        id: RecoveryId(work.new_id()),
        number: work.next_number(&prefix, "REC")?,
        award_id: asked.award.id,
        organisation_id: asked.award.organisation_id,
        scheme_code: asked.award.scheme_code,
        component: asked.component,
        amount_paise: asked.amount,
        interest_from: asked.interest_from,
        notice,
        created_at: work.now,
    };
    Ok(new.begin(asked.ground))
}

/// Puts a part of a payment under recovery. All recoveries of a payment together never exceed the amount paid.
fn take_of_payment(work: &mut Work<'_, '_>, paid: &Disbursement, amount: Paise) -> Result<(), Error> {
    if recoveries::put_under_recovery(work.tx, paid.id, amount)? {
        return Ok(());
    }
    let taken = recoveries::under_recovery(work.tx, paid.payment_id)?;
    let room = match paid.status {
        DisbursementStatus::Succeeded => paid.amount_paise.minus_floored(taken),
        DisbursementStatus::FailedAfterSuccess => Paise::ZERO,
    };
    Err(Refusal::RecoveryExceedsPayment { asked: amount, room }.into())
}

/// Opens the recovery of the excess that a final certificate shows. It starts as ordered, so only the demand is
/// missing. Of a payment that the bank took back, the excess is interest that the return kept. Posts nothing. May
/// refuse with `recovery_exceeds_payment`.
pub fn open_true_up(
    work: &mut Work<'_, '_>,
    award: &Award,
    component: Component,
    paid: &Disbursement,
    amount: Paise,
    reason: OrderReason,
) -> Result<Recovery, Error> {
    let returned = paid.status == DisbursementStatus::FailedAfterSuccess;
    if !returned || !recoveries::put_returned_under_recovery(work.tx, paid.id, amount)? {
        take_of_payment(work, paid, amount)?;
    }
    let recovery = true_up(work, award, component, paid, amount, reason)?;
    recoveries::insert(work.tx, &recovery)?;
    Ok(recovery)
}

/// The recovery of an excess that a final certificate showed, as it begins. Stores nothing.
pub(super) fn true_up(
    work: &mut Work<'_, '_>,
    award: &Award,
    component: Component,
    paid: &Disbursement,
    amount: Paise,
    reason: OrderReason,
) -> Result<Recovery, Error> {
    let (award, today) = (award.clone(), work.today());
    let decision = RecoveryOrder {
        outcome: OrderOutcome::Confirmed,
        amount_paise: amount,
        reasons: reason.to_string(),
        ordered_on: today,
        said: Some(reason),
    };
    let ground = Ground::TrueUp { disbursement: paid.id, tranche: paid.tranche_id, decision };
    new_recovery(work, Asked { award, component, amount, interest_from: today, ground }, None)
}

/// The section officer issues a notice to the beneficiary to show cause why it should not pay.
pub struct IssueShowCause {
    pub form: ShowCauseForm,
}

impl IssueShowCause {
    fn refund(&self, work: &mut Work<'_, '_>) -> Result<Asked, Error> {
        let id = self.form.disbursement_id.or_not_found("disbursement")?;
        let paid = disbursements::find(work.tx, id)?.or_not_found("disbursement")?;
        let amount = self.form.amount_paise.unwrap_or(Paise::ZERO);
        take_of_payment(work, &paid, amount)?;
        let award = awards::find(work.tx, paid.award_id)?.or_not_found("award")?;
        let (component, interest_from) = (paid.component, paid.paid_on);
        let ground = Ground::Refund { disbursement: paid.id, tranche: paid.tranche_id };
        Ok(Asked { award, component, amount, interest_from, ground })
    }

    fn damages(&self, work: &mut Work<'_, '_>) -> Result<Asked, Error> {
        let id = self.form.milestone_id.or_not_found("milestone")?;
        let milestone = milestones::find(work.tx, id)?.or_not_found("milestone")?;
        let award = awards::find(work.tx, milestone.award_id)?.or_not_found("award")?;
        let scheme = work.schemes.version(&award.scheme_code, award.scheme_version)?;
        let none = Refusal::NotInScheme { what: "liquidated damages" };
        let security = award.security_required_paise;
        let terms = scheme.damages_terms(security, award.capacity_mtpa)?.ok_or(none)?;
        let asked = recoveries::damages_of(work.tx, id)?;
        let charged = asked.iter().filter_map(|recovery| recovery.damages.as_ref()).flat_map(Damages::charged);
        let delay = milestone.delay(granted_days(work.tx, id)?, Days::of(charged));
        let to = self.form.charged_to.unwrap_or(work.today());
        let already = Paise::sum(asked.iter().map(|recovery| recovery.amount_paise)).ok_or(Refusal::AmountTooLarge)?;
        let damages = delay.damages(&terms, security, already, to)?;
        let (amount, interest_from) = (damages.amount_paise, work.today());
        // A milestone makes capital subsidy claimable, so its damages belong to that component.
        let component = Component::CapitalSubsidy;
        let ground = Ground::Delay { milestone: milestone.id, damages };
        Ok(Asked { award, component, amount, interest_from, ground })
    }
}

impl Command for IssueShowCause {
    const NAME: &'static str = "issue_show_cause";
    const PERMISSION: Permission = Permission::IssueShowCause;
    const REFUSALS: &'static [&'static str] =
        &["recovery_exceeds_payment", "no_delay", "not_in_scheme", "same_person", "amount_too_large"];
    type Answer = Recovery;

    fn subject(&self) -> String {
        "recovery".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Recovery>, Error> {
        self.form.check(work.today())?;
        let asked = match self.form.kind {
            RecoveryKind::LiquidatedDamages => self.damages(work)?,
            _ => self.refund(work)?,
        };
        let notice = ShowCause {
            grounds: self.form.grounds,
            issued_on: work.today(),
            reply_due_on: self.form.reply_due_on,
            asked_paise: asked.amount,
            withdrawal: None,
        };
        let mut recovery = new_recovery(work, asked, Some(notice))?;
        require_stranger(work, recovery.organisation_id, Step::ShowCause)?;
        let paying = paying_steps(work.tx, &recovery)?;
        recovery.record(&paying, Step::ShowCause, work.actor.user_id, work.now, "show-cause notice")?;
        recoveries::insert(work.tx, &recovery)?;
        Ok(done(recovery))
    }
}

/// The beneficiary's signatory replies.
pub struct ReplyToShowCause {
    pub id: RecoveryId,
    pub seen_version: i64,
    pub form: NoticeReplyForm,
}

impl Command for ReplyToShowCause {
    const NAME: &'static str = "reply_to_show_cause";
    const PERMISSION: Permission = Permission::ReplyToShowCause;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "evidence_unknown"];
    type Answer = Recovery;

    fn subject(&self) -> String {
        format!("recovery:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Recovery>, Error> {
        self.form.check()?;
        let mut recovery = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, recovery.version)?;
        let found = require_evidence(work.tx, &self.form.evidence, Some(recovery.organisation_id))?;
        let NoticeReplyForm { text, evidence } = self.form;
        recovery.answer(NoticeReply { text, evidence, replied_by: work.actor.user_id, replied_at: work.now })?;
        recoveries::update(work.tx, &mut recovery)?;
        let digests: Vec<String> = found.into_iter().map(|record| record.digest).collect();
        let details = json!({ "recovery": recovery.number, "evidence_digests": digests });
        Ok(Done { subject: format!("recovery:{}", recovery.id), answer: recovery.without_noting(), details })
    }
}

/// The remaining damages, without days that were excused since the notice or are after the day on which the milestone
/// was reached.
fn left_of_damages(work: &mut Work<'_, '_>, recovery: &Recovery) -> Result<Option<Paise>, Error> {
    let (Some(id), Some(damages)) = (recovery.milestone_id, &recovery.damages) else { return Ok(None) };
    let milestone = milestones::find(work.tx, id)?.or_not_found("milestone")?;
    let award = awards::find(work.tx, milestone.award_id)?.or_not_found("award")?;
    let scheme = work.schemes.version(&award.scheme_code, award.scheme_version)?;
    let terms = scheme.damages_terms(award.security_required_paise, award.capacity_mtpa)?;
    let delay = milestone.delay(granted_days(work.tx, id)?, Days::default());
    Ok(terms.map(|terms| delay.left_of(&terms, damages)).transpose()?)
}

/// The competent authority confirms, reduces or drops the requested amount.
pub struct OrderRecovery {
    pub id: RecoveryId,
    pub seen_version: i64,
    pub form: OrderForm,
}

impl Command for OrderRecovery {
    const NAME: &'static str = "order_recovery";
    const PERMISSION: Permission = Permission::OrderRecovery;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "reply_awaited",
        "order_exceeds_notice",
        "certificate_needs_recovery",
        "damages_excused",
        "amount_too_large",
    ];
    const ENDS_A_FILE: bool = true;
    type Answer = Recovery;

    fn subject(&self) -> String {
        format!("recovery:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Recovery>, Error> {
        self.form.check()?;
        let mut recovery = begin(work, self.id, self.seen_version, Step::Order, &self.form.reasons)?;
        let left = left_of_damages(work, &recovery)?;
        let freed = recovery.decide(self.form.outcome, self.form.amount_paise, &self.form.reasons, work.today())?;
        if let Some(left) = left.filter(|left| recovery.amount_paise > *left) {
            return Err(Refusal::DamagesExcused { left }.into());
        }
        claim_less(work, &mut recovery, freed)?;
        Ok(done(recovery))
    }
}

/// Finance demands the ordered amount: it becomes due.
pub struct DemandRecovery {
    pub id: RecoveryId,
    pub seen_version: i64,
    pub due_on: NaiveDate,
    pub note: String,
}

impl Command for DemandRecovery {
    const NAME: &'static str = "demand_recovery";
    const PERMISSION: Permission = Permission::DemandRecovery;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "same_person"];
    const MOVES_MONEY: bool = true;
    type Answer = Recovery;

    fn subject(&self) -> String {
        format!("recovery:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Recovery>, Error> {
        let mut errors = FieldErrors::new();
        check_day(&mut errors, "/due_on", self.due_on);
        errors.require(self.due_on >= work.today(), "/due_on", FieldReason::InPast);
        FieldErrors::of_all([errors.finish(), check_note("/note", &self.note)])?;
        let mut recovery = begin(work, self.id, self.seen_version, Step::Demand, &self.note)?;
        let parts = recovery.make_due(self.due_on, &self.note, work.today())?;
        recoveries::update(work.tx, &mut recovery)?;
        let purse = purse_of(work, &recovery)?;
        work.post(&posting_recovery::demand(&purse, &parts, &recovery.number))?;
        Ok(done(recovery))
    }
}

/// Everything about one recovery, with the amount due on a day.
pub struct RecoveryFile {
    pub recovery: Recovery,
    pub credits: Vec<RecoveryCredit>,
    pub instalments: Vec<InstalmentState>,
    pub statement: RecoveryStatement,
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

/// The record as this reader may see it.
pub(super) fn readable(actor: &Actor, recovery: Recovery) -> Recovery {
    if actor.roles.is_manufacturer() { recovery.without_noting() } else { recovery }
}

/// The credits as this reader may see them.
pub(super) fn readable_credits(actor: &Actor, credits: Vec<RecoveryCredit>) -> Vec<RecoveryCredit> {
    let to_company = actor.roles.is_manufacturer();
    credits.into_iter().map(|credit| if to_company { credit.without_noting() } else { credit }).collect()
}

impl Service {
    /// Recoveries of a selection, a page at a time.
    pub async fn list_recoveries(
        self: &Arc<Self>,
        caller: Caller,
        asked: RecordsAsked,
    ) -> Result<RecordPage<Recovery>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let page =
                read_page(tx, actor, &service.on_day(), asked, recoveries::of_ids, |recovery| recovery.id.to_string())?;
            Ok(page.map(|recovery| readable(actor, recovery)))
        })
        .await
    }

    /// One recovery with its statement on a day; the day is today if none is given.
    pub async fn recovery(
        self: &Arc<Self>,
        caller: Caller,
        id: RecoveryId,
        on: Option<NaiveDate>,
    ) -> Result<RecoveryFile, Error> {
        let today = self.clock.now().date_in_india();
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let recovery = visible(tx, actor, id)?;
            let credits = recovery_credits::of_recovery(tx, id)?;
            let schemes = service.schemes.current(tx)?;
            let scheme = schemes.in_force(&recovery.scheme_code, today)?;
            let on = on.unwrap_or(today);
            let statement = RecoveryStatement::of(&recovery, &credits, scheme.recovery_interest(), on)?;
            let instalments = recovery
                .plan
                .as_ref()
                .map(|plan| plan.states(today, recovery.status == RecoveryStatus::Settled))
                .unwrap_or_default();
            let (recovery, credits) = (readable(actor, recovery), readable_credits(actor, credits));
            Ok(RecoveryFile { recovery, credits, instalments, statement })
        })
        .await
    }
}
