//! Budget instruments as pages show them: the record with the names of its two people, and what its reader may do.

use crate::db::budget::budget_instruments;
use crate::db::engine::transaction::ReadTx;
use crate::db::people::users;
use crate::service::Service;
use crate::service::budget::budget_instruments::{READ_PERMISSION, scheme_years, short_of};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::newest_first::newest_first;
use crate::service::running::runner::Caller;
use crate::service::running::sheets;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::base::calendar::{FinancialYear, Timestamp};
use domain::base::id::{InstrumentId, UserId};
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::budget::budget_instrument::{BudgetInstrument, InstrumentStatus};
use domain::budget::scheme_years::SchemeYears;
use domain::correspondence::about::SheetCounts;
use domain::people::user::Actor;
use domain::words;
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::Waiting;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

words! {
    /// Something that a person can do to a proposed instrument.
    pub enum InstrumentAct {
        Approve = "approve",
        Refuse = "refuse",
        Withdraw = "withdraw",
    }
}

/// How an address names an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstrumentReference {
    Id(InstrumentId),
    Number(String),
}

/// An act that the reader's roles allow on the instrument as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextInstrumentAct {
    pub act: InstrumentAct,
    /// Why this person may not take it all the same.
    pub refusal: Option<Refusal>,
}

/// One instrument with everything that its page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentFile {
    pub instrument: BudgetInstrument,
    /// The name of its scheme.
    pub scheme: String,
    pub proposed_by: String,
    pub decided_by: Option<String>,
    pub next: Vec<NextInstrumentAct>,
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    pub today: NaiveDate,
    pub sheet: SheetCounts,
    /// What would refuse the approval of a proposal for want of money, as things stand; not for whoever may approve it.
    pub short: Option<Refusal>,
}

/// One page of the list of instruments, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentList {
    pub rows: Vec<BudgetInstrument>,
    pub all: i64,
}

/// What a form of a proposal offers to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalChoices {
    /// Code and name.
    pub schemes: Vec<(String, String)>,
    /// The past year, the running one and the next.
    pub years: Vec<FinancialYear>,
    pub running: FinancialYear,
}

impl InstrumentAct {
    fn permission(self) -> Permission {
        match self {
            InstrumentAct::Approve | InstrumentAct::Refuse => Permission::DecideBudgetInstrument,
            InstrumentAct::Withdraw => Permission::ProposeBudgetInstrument,
        }
    }

    /// Takes the step on a copy of the record, as its command would.
    fn tried(
        self,
        instrument: &BudgetInstrument,
        by: UserId,
        at: Timestamp,
        years: &SchemeYears,
    ) -> Result<(), Refusal> {
        let mut copy = instrument.clone();
        match self {
            InstrumentAct::Approve => copy.approve(by, at, years),
            InstrumentAct::Refuse => copy.refuse("", by, at),
            InstrumentAct::Withdraw => copy.withdraw("", by, at),
        }
    }
}

/// The acts that the roles allow on this instrument, each with what would refuse this person. An act that only somebody
/// else may take, such as withdrawing another's proposal, is not among them.
fn next_acts(
    instrument: &BudgetInstrument,
    actor: &Actor,
    now: Timestamp,
    years: &SchemeYears,
) -> Vec<NextInstrumentAct> {
    let allowed = InstrumentAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried = allowed
        .map(|act| NextInstrumentAct { act: *act, refusal: act.tried(instrument, actor.user_id, now, years).err() });
    let never = |refusal: &Refusal| matches!(refusal, Refusal::WrongState { .. } | Refusal::NotTheProposer);
    tried.filter(|next| !next.refusal.as_ref().is_some_and(never)).collect()
}

fn found(tx: &mut ReadTx<'_>, of: InstrumentReference) -> Result<BudgetInstrument, Error> {
    let found = match of {
        InstrumentReference::Id(id) => budget_instruments::find(tx, id)?,
        InstrumentReference::Number(number) => budget_instruments::find_by_number(tx, &number)?,
    };
    found.or_not_found("budget instrument")
}

impl Service {
    /// One instrument with what its page shows.
    pub async fn instrument_file(
        self: &Arc<Self>,
        caller: Caller,
        of: InstrumentReference,
    ) -> Result<InstrumentFile, Error> {
        let (service, now) = (Arc::clone(self), self.clock.now());
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let (instrument, today) = (found(tx, of)?, now.date_in_india());
            let schemes = service.schemes.current(tx)?;
            let years = scheme_years(tx, &schemes, &instrument.scheme_code, today)?;
            let people = [Some(instrument.proposed_by), instrument.decided_by];
            let ids: Vec<String> = people.into_iter().flatten().map(|id| id.to_string()).collect();
            let names: BTreeMap<String, String> = users::names(tx, &ids)?.into_iter().collect();
            let name = |id: UserId| names.get(&id.to_string()).cloned().unwrap_or_default();
            let next = next_acts(&instrument, actor, now, &years);
            // Whoever may approve it reads the same beside the button, which is rehearsed.
            let approves = next.iter().any(|one| one.act == InstrumentAct::Approve && one.refusal.is_none());
            let open = instrument.status == InstrumentStatus::Proposed && !approves;
            let stopped = stopped(actor, next.iter().map(|next| &next.refusal));
            let kinds = [MatterKind::BudgetInstrument];
            let (waiting, who_can) = service.turn_of(tx, stopped, &kinds, &instrument.id.to_string(), today)?;
            Ok(InstrumentFile {
                scheme: service.schemes.current(tx)?.newest(&instrument.scheme_code)?.name.clone(),
                proposed_by: name(instrument.proposed_by),
                decided_by: instrument.decided_by.map(name),
                next,
                waiting,
                who_can,
                today,
                short: if open { short_of(tx, &instrument, now)? } else { None },
                sheet: sheets::counts(tx, actor, instrument.id.into())?,
                instrument,
            })
        })
        .await
    }

    /// One page of the instruments, the newest first; pages are numbered from 1.
    pub async fn instrument_list(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<InstrumentStatus>,
        page: i64,
        rows: i64,
    ) -> Result<InstrumentList, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let mut all = budget_instruments::list(tx)?;
            all.retain(|one| status.is_none_or(|status| one.status == status));
            let (rows, all) = newest_first(all, page, rows);
            Ok(InstrumentList { rows, all })
        })
        .await
    }

    /// What a form of a proposal offers, for a person who may propose.
    pub async fn proposal_choices(self: &Arc<Self>, caller: Caller) -> Result<ProposalChoices, Error> {
        let (service, today) = (Arc::clone(self), self.clock.now().date_in_india());
        self.read(caller, Permission::ProposeBudgetInstrument, move |tx, _| {
            let known = service.schemes.current(tx)?;
            let codes: BTreeSet<String> = known.0.iter().map(|loaded| loaded.scheme.code.clone()).collect();
            let named = |code: String| Ok((code.clone(), known.newest(&code)?.name.clone()));
            let running = FinancialYear::containing(today);
            let beside = [running.first_day().and_then(|day| day.pred_opt()), Some(today)];
            let next = running.last_day().and_then(|day| day.succ_opt());
            let days = beside.into_iter().chain([next]).flatten();
            Ok(ProposalChoices {
                schemes: codes.into_iter().map(named).collect::<Result<_, Error>>()?,
                years: days.map(FinancialYear::containing).collect(),
                running,
            })
        })
        .await
    }
}
