//! Decisions on a recovery that is due: an order to set off, a plan of instalments, and relief (an amount that
//! the Government gives up). The interest up to the day of each credit is posted with it.

use crate::db::recovery::{recoveries, recovery_credits};
use crate::service::recovery::recoveries::{begin, done, purse_of};
use crate::service::running::error::Error;
use crate::service::running::runner::{Command, Done, Work};
use chrono::NaiveDate;
use domain::award::application::check_note;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::{RecoveryCreditId, RecoveryId};
use domain::base::money::Paise;
use domain::base::permission::{Permission, Step};
use domain::base::refusal::Refusal;
use domain::budget::ledger::JournalKind;
use domain::people::disclosure::DisclosedField;
use domain::recovery::instalments::{AskedInstalment, InstalmentPlan};
use domain::recovery::interest::{Dues, InterestLines};
use domain::recovery::posting_recovery;
use domain::recovery::recovery::Recovery;
use domain::recovery::recovery_change::{CreditSource, NewCredit, Recorder};
use domain::recovery::recovery_credit::{CreditKind, RecoveryCredit, SetOffOrder};
use domain::recovery::recovery_relief::{ReliefForm, ReliefKind, ReliefOutcome, ReliefProposal};
use domain::scheme::recovery_rules::RecoveryTerms;
use serde_json::json;

/// The rates and the order by which a recovery is computed today.
pub(in crate::service) fn terms_of(work: &Work<'_, '_>, recovery: &Recovery) -> Result<RecoveryTerms, Error> {
    Ok(work.schemes.in_force(&recovery.scheme_code, work.today())?.recovery_terms())
}

/// Returns the dues at the end of a day, and the interest that accrued up to it.
pub(in crate::service) fn dues_on(
    work: &Work<'_, '_>,
    recovery: &Recovery,
    day: NaiveDate,
) -> Result<(Dues, InterestLines), Error> {
    Ok(recovery.dues_on(&terms_of(work, recovery)?, day)?)
}

/// A recovery and the credit that reduced it.
pub struct Credited {
    pub recovery: Recovery,
    pub credit: RecoveryCredit,
}

/// The credit, for the audit log and the client.
pub(in crate::service) fn credited(recovery: Recovery, credit: RecoveryCredit) -> Done<Credited> {
    let details = json!({
        "recovery": recovery.number, "credit": credit.kind, "credited_on": credit.credited_on, "parts": credit.parts(),
        "accrued": credit.accrued, "utr": credit.utr, "reference": credit.reference, "due": recovery.dues().due,
    });
    Done { subject: format!("recovery:{}", recovery.id), answer: Credited { recovery, credit }, details }
}

/// The competent authority grants instalments, which cover the interest that runs while they are paid.
pub struct GrantInstalments {
    pub id: RecoveryId,
    pub seen_version: i64,
    pub instalments: Vec<AskedInstalment>,
    pub note: String,
}

impl Command for GrantInstalments {
    const NAME: &'static str = "grant_instalments";
    const PERMISSION: Permission = Permission::OrderRecovery;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "set_off_pending", "instalments_differ", "amount_too_large"];
    type Answer = Recovery;

    fn subject(&self) -> String {
        format!("recovery:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Recovery>, Error> {
        let rows = InstalmentPlan::check_rows(&self.instalments, work.today());
        FieldErrors::of_all([rows, check_note("/note", &self.note)])?;
        let mut recovery = begin(work, self.id, self.seen_version, Step::Order, &self.note)?;
        recovery.require_due()?;
        let terms = terms_of(work, &recovery)?;
        let (dues, _) = recovery.dues_on(&terms, work.today())?;
        let instalments = InstalmentPlan::settling(&self.instalments, dues, &terms)?;
        recovery.plan = Some(InstalmentPlan {
            granted_by: work.actor.user_id,
            granted_on: work.today(),
            instalments,
            credited_paise: Paise::ZERO,
        });
        recoveries::update(work.tx, &mut recovery)?;
        let mut done = done(recovery);
        done.details["plan"] = json!(done.answer.plan);
        Ok(done)
    }
}

/// The competent authority orders that the next payments to the beneficiary are reduced.
pub struct OrderSetOff {
    pub id: RecoveryId,
    pub seen_version: i64,
    pub amount_paise: Paise,
    pub note: String,
}

impl Command for OrderSetOff {
    const NAME: &'static str = "order_set_off";
    const PERMISSION: Permission = Permission::OrderRecovery;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "set_off_pending", "set_off_exceeds", "amount_too_large"];
    type Answer = Recovery;

    fn subject(&self) -> String {
        format!("recovery:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Recovery>, Error> {
        let amount = self.amount_paise;
        let mut errors = FieldErrors::new();
        errors.require_amount(amount, 1, "/amount_paise", FieldReason::PositiveAmount);
        FieldErrors::of_all([errors.finish(), check_note("/note", &self.note)])?;
        let mut recovery = begin(work, self.id, self.seen_version, Step::Order, &self.note)?;
        recovery.require_due()?;
        let due = dues_on(work, &recovery, work.today())?.0.due.total()?;
        if amount > due {
            return Err(Refusal::SetOffExceeds { amount, due }.into());
        }
        recovery.set_off = Some(SetOffOrder {
            open_paise: amount,
            ordered_by: work.actor.user_id,
            ordered_at: work.now,
            note: self.note,
        });
        recoveries::update(work.tx, &mut recovery)?;
        let mut done = done(recovery);
        done.details["set_off"] = json!(done.answer.set_off);
        Ok(done)
    }
}

/// Finance proposes relief from what is due.
pub struct ProposeRelief {
    pub id: RecoveryId,
    pub seen_version: i64,
    pub form: ReliefForm,
}

impl Command for ProposeRelief {
    const NAME: &'static str = "propose_relief";
    const PERMISSION: Permission = Permission::ProposeRelief;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "set_off_pending", "relief_exceeds_due", "amount_too_large"];
    type Answer = Recovery;

    fn subject(&self) -> String {
        format!("recovery:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Recovery>, Error> {
        self.form.check()?;
        let mut recovery = begin(work, self.id, self.seen_version, Step::ProposeRelief, &self.form.reason)?;
        recovery.require_due()?;
        let proposal = ReliefProposal {
            kind: self.form.kind,
            parts: self.form.parts,
            reason: self.form.reason,
            reference: self.form.reference,
            proposed_by: work.actor.user_id,
            proposed_at: work.now,
        };
        let (mut dues, _) = dues_on(work, &recovery, work.today())?;
        dues.take_off(&proposal.parts_of(&dues.due))?;
        work.withhold(DisclosedField::Reason, &proposal.reason)?;
        let told = proposal.for_the_log();
        recovery.relief = Some(proposal);
        recoveries::update(work.tx, &mut recovery)?;
        let mut done = done(recovery);
        done.details["relief"] = told;
        Ok(done)
    }
}

/// The competent authority grants the relief or refuses it.
pub struct DecideRelief {
    pub id: RecoveryId,
    pub seen_version: i64,
    pub outcome: ReliefOutcome,
    pub note: String,
}

/// A recovery, and the amount of relief granted.
pub struct Relieved {
    pub recovery: Recovery,
    pub credit: Option<RecoveryCredit>,
}

impl Command for DecideRelief {
    const NAME: &'static str = "decide_relief";
    const PERMISSION: Permission = Permission::DecideRelief;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "set_off_pending",
        "nothing_proposed",
        "relief_exceeds_due",
        "amount_too_large",
        "budget_exceeded",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = Relieved;

    fn subject(&self) -> String {
        format!("recovery:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Relieved>, Error> {
        check_note("/note", &self.note)?;
        let mut recovery = begin(work, self.id, self.seen_version, Step::Relieve, &self.note)?;
        recovery.require_due()?;
        let proposal = recovery.relief.take().ok_or(Refusal::NothingProposed)?;
        if self.outcome == ReliefOutcome::Refused {
            recoveries::update(work.tx, &mut recovery)?;
            work.withhold(DisclosedField::Reason, &proposal.reason)?;
            let Done { subject, answer, mut details } = done(recovery);
            details["refused"] = proposal.for_the_log();
            return Ok(Done { subject, answer: Relieved { recovery: answer, credit: None }, details });
        }
        let today = work.today();
        let (mut dues, accrued) = dues_on(work, &recovery, today)?;
        let parts = proposal.parts_of(&dues.due);
        dues.take_off(&parts)?;
        recovery.keep(&dues);
        let (kind, journal) = match proposal.kind {
            ReliefKind::WriteOff => (CreditKind::WriteOff, JournalKind::RecoveryWrittenOff),
            ReliefKind::Waiver => (CreditKind::Waiver, JournalKind::RecoveryWaived),
        };
        let new = NewCredit {
            id: RecoveryCreditId(work.new_id()),
            kind,
            credited_on: today,
            parts,
            accrued,
            dues_after: dues,
            source: CreditSource::Order,
            reference: proposal.reference,
        };
        let credit = new.of(&recovery, Recorder { user_id: work.actor.user_id, at: work.now });
        recoveries::update(work.tx, &mut recovery)?;
        recovery_credits::insert(work.tx, &credit)?;
        let purse = purse_of(work, &recovery)?;
        let interest = credit.accrued.total()?;
        work.post(&posting_recovery::relieve(&purse, journal, interest, &parts, &recovery.number))?;
        work.withhold(DisclosedField::Reason, &proposal.reason)?;
        let Done { subject, answer, details } = credited(recovery, credit);
        let Credited { recovery, credit } = answer;
        Ok(Done { subject, answer: Relieved { recovery, credit: Some(credit) }, details })
    }
}
