//! Changing the budget. One scheme administrator proposes an instrument; another approves it, which posts its
//! journal, or refuses it. Its proposer may withdraw it.

use crate::db::award::{applications, awards};
use crate::db::budget::{accounts, budget_instruments};
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::tranches;
use crate::db::scheme::windows;
use crate::service::Service;
use crate::service::budget::expenditure_limits::note;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use crate::service::running::scheme_shelf::Schemes;
use chrono::NaiveDate;
use domain::award::application::{ApplicationStatus, check_note};
use domain::award::award::ceilings;
use domain::base::act::Act;
use domain::base::calendar::Timestamp;
use domain::base::id::{InstrumentId, UserId};
use domain::base::money::Paise;
use domain::base::permission::{Permission, Step};
use domain::base::refusal::Refusal;
use domain::budget::budget::{Balance, changes_of, shortfall, standing};
use domain::budget::budget_instrument::{BudgetInstrument, FundsSource, InstrumentForm, InstrumentKind, Standing};
use domain::budget::expenditure_limit::Warning;
use domain::budget::ledger::{BalanceChange, Ledger, Stage};
use domain::budget::reappropriation::Move;
use domain::budget::scheme_years::SchemeYears;
use serde_json::json;
use std::sync::Arc;

/// One scheme administrator proposes an instrument.
pub struct ProposeBudgetInstrument {
    pub form: InstrumentForm,
}

impl Command for ProposeBudgetInstrument {
    const NAME: &'static str = "propose_budget_instrument";
    const PERMISSION: Permission = Permission::ProposeBudgetInstrument;
    const REFUSALS: &'static [&'static str] = &["same_person", "reappropriation_forbidden"];
    const WARNS: bool = true;
    type Answer = BudgetInstrument;

    fn subject(&self) -> String {
        "budget_instrument".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<BudgetInstrument>, Error> {
        let schemes = work.schemes;
        let newest = schemes.newest_in_form(&self.form.scheme_code)?;
        let today = work.today();
        self.form.check(today, &scheme_years(work.tx, schemes, &self.form.scheme_code, today)?)?;
        let number = work.next_number(&newest.number_prefix, "BUD")?;
        let id = InstrumentId(work.new_id());
        let instrument = BudgetInstrument::propose(self.form, id, number, work.actor.user_id, work.now);
        check_no_step(work, &instrument, Act::ProposeInstrument)?;
        check_allowed(work, &instrument)?;
        budget_instruments::insert(work.tx, &instrument)?;
        // What is available counts on the day of the approval, and another instrument may make room until then: a
        // surrender and the provision that needs it are proposed together. So a proposal beyond it is no refusal.
        let short = short_of(work.tx, &instrument, work.now)?;
        work.warnings.extend(short.as_ref().map(Warning::of_refusal));
        let mut done = done(instrument);
        note(work, &mut done.details);
        Ok(done)
    }
}

/// Another one approves it: it takes effect at once.
pub struct ApproveBudgetInstrument {
    pub id: InstrumentId,
    pub seen_version: i64,
}

impl Command for ApproveBudgetInstrument {
    const NAME: &'static str = "approve_budget_instrument";
    const PERMISSION: Permission = Permission::DecideBudgetInstrument;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "proposer_acted",
        "date_not_allowed",
        "reappropriation_forbidden",
        "outlay_exceeded",
        "outlay_provided",
        "outlay_allotted",
        "nothing_to_lapse",
        "budget_exceeded",
        "amount_too_large",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = BudgetInstrument;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<BudgetInstrument>, Error> {
        let mut instrument = seen(work, self.id, self.seen_version)?;
        let (schemes, today) = (work.schemes, work.today());
        let years = scheme_years(work.tx, schemes, &instrument.scheme_code, today)?;
        instrument.approve(work.actor.user_id, work.now, &years)?;
        // The instrument takes effect now, so neither of its two people may have taken a step on its money.
        if let Some(step) = step_by(work, &instrument, instrument.proposed_by)? {
            return Err(Refusal::ProposerActed { earlier: step.into() }.into());
        }
        check_no_step(work, &instrument, Act::ApproveInstrument)?;
        // Records made since the proposal may forbid it now.
        check_allowed(work, &instrument)?;
        let balances = accounts::balances(work.tx)?;
        let (journal, posted) = instrument.posting(&stands_for(&instrument, &balances, work.now))?;
        require_allotted_stays(work, &instrument, posted)?;
        instrument.posted_paise = Some(posted);
        budget_instruments::update(work.tx, &mut instrument)?;
        match journal {
            Some(journal) => work.post(&journal)?,
            None => work.require_money_moves()?,
        }
        Ok(done(instrument))
    }
}

/// The second person refuses the instrument.
pub struct RefuseBudgetInstrument {
    pub id: InstrumentId,
    pub seen_version: i64,
    pub reason: String,
}

impl Command for RefuseBudgetInstrument {
    const NAME: &'static str = "refuse_budget_instrument";
    const PERMISSION: Permission = Permission::DecideBudgetInstrument;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "same_person"];
    const ENDS_A_FILE: bool = true;
    type Answer = BudgetInstrument;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<BudgetInstrument>, Error> {
        close(work, self.id, self.seen_version, &self.reason, BudgetInstrument::refuse)
    }
}

/// The proposer withdraws it.
pub struct WithdrawBudgetInstrument {
    pub id: InstrumentId,
    pub seen_version: i64,
    pub reason: String,
}

impl Command for WithdrawBudgetInstrument {
    const NAME: &'static str = "withdraw_budget_instrument";
    const PERMISSION: Permission = Permission::ProposeBudgetInstrument;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "not_the_proposer"];
    const ENDS_A_FILE: bool = true;
    type Answer = BudgetInstrument;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<BudgetInstrument>, Error> {
        close(work, self.id, self.seen_version, &self.reason, BudgetInstrument::withdraw)
    }
}

fn subject(id: InstrumentId) -> String {
    format!("budget_instrument:{id}")
}

/// Loads the instrument at the version that the person saw.
fn seen(work: &mut Work<'_, '_>, id: InstrumentId, seen_version: i64) -> Result<BudgetInstrument, Error> {
    let instrument = budget_instruments::find(work.tx, id)?.or_not_found("budget instrument")?;
    check_version(seen_version, instrument.version)?;
    Ok(instrument)
}

/// Closes a proposal with a stated reason, so that it never takes effect.
fn close(
    work: &mut Work<'_, '_>,
    id: InstrumentId,
    seen_version: i64,
    reason: &str,
    end: fn(&mut BudgetInstrument, &str, UserId, Timestamp) -> Result<(), Refusal>,
) -> Result<Done<BudgetInstrument>, Error> {
    check_note("/reason", reason)?;
    let mut instrument = seen(work, id, seen_version)?;
    end(&mut instrument, reason, work.actor.user_id, work.now)?;
    budget_instruments::update(work.tx, &mut instrument)?;
    Ok(done(instrument))
}

/// What would refuse the approval of a proposal for want of money, as things stand.
pub(in crate::service) fn short_of(
    tx: &mut ReadTx<'_>,
    instrument: &BudgetInstrument,
    now: Timestamp,
) -> Result<Option<Refusal>, Error> {
    let balances = accounts::balances(tx)?;
    let stands = stands_for(instrument, &balances, now);
    Ok(match instrument.posting(&stands) {
        Ok((journal, _)) => journal.and_then(|journal| shortfall(&journal, &balances)),
        Err(refusal) => Some(refusal),
    })
}

/// Refuses to cut an outlay below what a published run allotted and nobody awarded yet.
fn require_allotted_stays(work: &mut Work<'_, '_>, instrument: &BudgetInstrument, posted: Paise) -> Result<(), Error> {
    if instrument.kind != InstrumentKind::ChangeOfOutlay || posted >= Paise::ZERO {
        return Ok(());
    }
    let (code, component) = (&instrument.scheme_code, instrument.component);
    let mut allotted = Vec::new();
    for application in applications::competing(work.tx, code)? {
        let place = application.place.as_ref().filter(|_| application.status == ApplicationStatus::Eligible);
        let Some((place, capacity)) = place.and_then(|place| Some((place, place.allotted_mtpa()?))) else { continue };
        let scheme = work.schemes.version(&application.scheme_code, application.scheme_version)?;
        let held = ceilings(scheme, place.rate_paise_per_kg, &application.form.facts, capacity)?;
        allotted.extend(held.pairs().into_iter().filter(|(of, _)| *of == component).map(|(_, amount)| amount));
    }
    let allotted = Paise::sum(allotted).ok_or(Refusal::AmountTooLarge)?;
    let free = accounts::balances(work.tx)?.into_iter().find(|row| {
        let account = &row.account;
        let of_outlay = account.ledger == Ledger::Outlay && account.stage == Stage::Available;
        of_outlay && account.award.is_none() && account.scheme_code == *code && account.component == component
    });
    let room = free.map_or(Paise::ZERO, |row| row.balance).minus_floored(allotted);
    let need = Paise::ZERO.minus_floored(posted);
    if allotted > Paise::ZERO && need > room { Err(Refusal::OutlayAllotted { need, room }.into()) } else { Ok(()) }
}

/// What its approval is held against.
fn stands_for(instrument: &BudgetInstrument, balances: &[Balance], now: Timestamp) -> Standing {
    let components = (instrument.component, instrument.gaining());
    standing(balances, &instrument.scheme_code, components, instrument.financial_year, now.financial_year())
}

/// From when a scheme is, and until when it can pay, as things stand.
pub(in crate::service) fn scheme_years(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    code: &str,
    today: NaiveDate,
) -> Result<SchemeYears, Error> {
    let newest = schemes.newest(code)?;
    let begins = schemes.0.iter().map(|loaded| &loaded.scheme).filter(|scheme| scheme.code == code);
    let begins_on = begins.map(|scheme| scheme.effective_from).min().unwrap_or(newest.effective_from);
    // A scheme may open a window on any day, so an award can always be made from today on.
    let closes = windows::list(tx, code)?.into_iter().map(|window| window.closes_on);
    let awards_until = closes.fold(today, NaiveDate::max);
    Ok(SchemeYears::of(begins_on, newest, awards_until, awards::last_day(tx, code)?))
}

/// The step that a person took on a year's money. Such a person may not change that year's budget, nor the outlay
/// behind it (separation of duties).
fn step_by(work: &mut Work<'_, '_>, instrument: &BudgetInstrument, person: UserId) -> Result<Option<Step>, Error> {
    for component in [Some(instrument.component), instrument.to_component].into_iter().flatten() {
        let (code, year) = (&instrument.scheme_code, instrument.financial_year);
        if let Some(step) = tranches::step_by(work.tx, person, code, component, year)? {
            return Ok(Some(step));
        }
    }
    Ok(None)
}

/// Refuses the acting person if they took a step on the money of this instrument.
fn check_no_step(work: &mut Work<'_, '_>, instrument: &BudgetInstrument, now: Act) -> Result<(), Error> {
    match step_by(work, instrument, work.actor.user_id)? {
        Some(step) => Err(Refusal::SamePerson { earlier: step.into(), now }.into()),
        None => Ok(()),
    }
}

/// Refuses a re-appropriation that the rules of finance forbid today.
fn check_allowed(work: &mut Work<'_, '_>, instrument: &BudgetInstrument) -> Result<(), Error> {
    let (Some(to), Some(declaration), Some(year)) =
        (instrument.to_component, instrument.declaration, instrument.financial_year)
    else {
        return Ok(());
    };
    let earlier = budget_instruments::approved_of_year(work.tx, &instrument.scheme_code, year)?;
    let augments = |other: &BudgetInstrument| match other.kind {
        InstrumentKind::Supplementary => other.component == instrument.component,
        InstrumentKind::ReAppropriation => {
            other.source == Some(FundsSource::Savings) && other.to_component == Some(instrument.component)
        }
        _ => false,
    };
    let asked = Move {
        scheme_code: &instrument.scheme_code,
        from: instrument.component,
        to,
        declaration,
        augmented: earlier.iter().any(augments),
        on: work.today(),
    };
    Ok(work.finance.re_appropriation.check_move(&asked)?)
}

fn done(instrument: BudgetInstrument) -> Done<BudgetInstrument> {
    let details = json!({
        "number": instrument.number, "kind": instrument.kind, "scheme": instrument.scheme_code,
        "component": instrument.component, "to_component": instrument.to_component, "source": instrument.source,
        "financial_year": instrument.financial_year, "amount_paise": instrument.amount_paise,
        "posted_paise": instrument.posted_paise, "reference": instrument.reference, "status": instrument.status,
    });
    Done { details, subject: subject(instrument.id), answer: instrument }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadBudget;

impl Service {
    /// What the approval of a proposal would change, as things stand; nothing where it could not be approved.
    pub async fn approval_changes(
        self: &Arc<Self>,
        caller: Caller,
        instrument: BudgetInstrument,
    ) -> Result<Vec<BalanceChange>, Error> {
        let now = self.clock.now();
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let balances = accounts::balances(tx)?;
            let posting = instrument.posting(&stands_for(&instrument, &balances, now));
            let journal = posting.ok().and_then(|(journal, _)| journal);
            let journal = journal.filter(|journal| shortfall(journal, &balances).is_none());
            Ok(journal.map(|journal| changes_of(&journal, &balances)).unwrap_or_default())
        })
        .await
    }

    /// Instruments of a selection, a page at a time.
    pub async fn list_budget_instruments(
        self: &Arc<Self>,
        caller: Caller,
        asked: RecordsAsked,
    ) -> Result<RecordPage<BudgetInstrument>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            read_page(tx, actor, &service.on_day(), asked, budget_instruments::of_ids, |instrument| {
                instrument.id.to_string()
            })
        })
        .await
    }

    pub async fn budget_instrument(
        self: &Arc<Self>,
        caller: Caller,
        id: InstrumentId,
    ) -> Result<BudgetInstrument, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            budget_instruments::find(tx, id)?.or_not_found("budget instrument")
        })
        .await
    }
}
