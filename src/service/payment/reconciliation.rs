//! Scrolls of the bank and differences from the records, as their pages show them: the record beside the line of the
//! bank, how old a difference is, and what its reader may do next, which is found by the rules of the record itself on
//! a copy of it.

use crate::db::engine::transaction::ReadTx;
use crate::db::payment::{bank_differences, bank_scrolls, payments};
use crate::service::Service;
use crate::service::payment::bank_differences::{AgeTotal, AgedDifference, READ_PERMISSION, aged, ageing};
use crate::service::payment::treasury_files::known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::running::text_file::name_of;
use crate::service::worklist::names::Names;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{BankDifferenceId, BankScrollId, PaymentId, UserId};
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::payment::bank_difference::{
    BankDifference, DifferenceDecision, DifferenceProposal, DifferenceResolution, DifferenceSettlement,
    DifferenceStatus,
};
use domain::payment::bank_scroll::{BankScroll, BankScrollLine, ScrollFinding};
use domain::payment::payment::Payment;
use domain::people::user::Actor;
use domain::words;
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::Waiting;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

words! {
    /// Something that a person can do to a difference.
    pub enum DifferenceAct {
        Propose = "propose",
        Settle = "settle",
    }
}

/// An act that the reader's roles allow on the difference as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextDifferenceAct {
    pub act: DifferenceAct,
    /// Why it cannot be done all the same.
    pub refusal: Option<Refusal>,
}

/// One page of the list of scrolls, and how many there are in all.
pub struct ScrollList {
    pub rows: Vec<BankScroll>,
    pub all: i64,
}

/// One scroll with its lines and the differences that it showed.
pub struct WholeScroll {
    pub scroll: BankScroll,
    pub lines: Vec<BankScrollLine>,
    /// Those of the payments in its lines that there are, by number.
    pub known: BTreeSet<String>,
    /// How many lines have each finding.
    pub findings: BTreeMap<ScrollFinding, usize>,
    /// The differences of its lines, by the number of the line.
    pub differences: BTreeMap<i64, BankDifferenceId>,
    /// The differences of payments that no line names.
    pub missing: Vec<BankDifference>,
    /// The numbers of their payments.
    pub numbers: BTreeMap<PaymentId, String>,
    /// The name of the file, if it was sent with one.
    pub file_name: Option<String>,
    pub people: Names,
}

/// One page of the list of differences, how many it has in all, and the unsettled ones by age.
pub struct DifferenceList {
    pub rows: Vec<AgedDifference>,
    /// The numbers of their payments.
    pub numbers: BTreeMap<PaymentId, String>,
    pub all: i64,
    pub ageing: Vec<AgeTotal>,
}

/// One difference with everything that its page shows.
pub struct WholeDifference {
    pub difference: BankDifference,
    /// How many days old it is; a settled one has no age.
    pub days: Option<u64>,
    pub scroll: BankScroll,
    pub line: Option<BankScrollLine>,
    pub payment: Option<Payment>,
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    pub people: Names,
    pub next: Vec<NextDifferenceAct>,
    pub today: NaiveDate,
}

impl DifferenceAct {
    fn permission(self) -> Permission {
        match self {
            DifferenceAct::Propose => Permission::ProposeDifferenceSettlement,
            DifferenceAct::Settle => Permission::SettleDifference,
        }
    }

    /// Takes the step on a copy of the record, as its command would.
    fn tried(self, difference: &BankDifference, payers: &[UserId], by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let mut copy = difference.clone();
        match self {
            DifferenceAct::Propose => {
                let (resolution, reason) = (DifferenceResolution::Explained, String::new());
                copy.propose(DifferenceProposal { resolution, reason, reference: None }, payers, by, at)
            }
            DifferenceAct::Settle => {
                let form = DifferenceSettlement { outcome: DifferenceDecision::Settled, note: String::new() };
                copy.settle(form, payers, by, at)
            }
        }
    }
}

fn next_acts(
    difference: &BankDifference,
    payment: Option<&Payment>,
    actor: &Actor,
    now: Timestamp,
) -> Vec<NextDifferenceAct> {
    let payers = payment.map(|one| [Some(one.advised_by), one.settled_by]).unwrap_or_default();
    let payers: Vec<UserId> = payers.into_iter().flatten().collect();
    let allowed = DifferenceAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried = allowed
        .map(|act| NextDifferenceAct { act: *act, refusal: act.tried(difference, &payers, actor.user_id, now).err() });
    tried.filter(|next| !matches!(next.refusal, Some(Refusal::WrongState { .. }))).collect()
}

/// Everybody whom the page of a difference names.
fn people_of(difference: &BankDifference, payment: Option<&Payment>) -> Vec<UserId> {
    let mut people: Vec<UserId> = difference.proposed_by.into_iter().chain(difference.settled_by).collect();
    people.extend(payment.map(|one| one.advised_by));
    people.extend(payment.and_then(|one| one.settled_by));
    people.sort_unstable();
    people.dedup();
    people
}

/// The numbers of payments.
fn numbers(tx: &mut ReadTx<'_>, ids: impl Iterator<Item = PaymentId>) -> Result<BTreeMap<PaymentId, String>, Error> {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    let numbers = payments::numbers(tx, &ids)?;
    Ok(numbers.into_iter().filter_map(|(id, number)| Some((id.parse().ok()?, number))).collect())
}

impl Service {
    /// One page of the scrolls, the newest first.
    pub async fn scroll_list(self: &Arc<Self>, caller: Caller, page: i64, rows: i64) -> Result<ScrollList, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let offset = page.saturating_sub(1).saturating_mul(rows);
            Ok(ScrollList { all: bank_scrolls::count(tx)?, rows: bank_scrolls::numbered_page(tx, offset, rows)? })
        })
        .await
    }

    /// One scroll with what its page shows.
    pub async fn scroll_file(self: &Arc<Self>, caller: Caller, id: BankScrollId) -> Result<WholeScroll, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let scroll = bank_scrolls::find(tx, id)?.or_not_found("bank scroll")?;
            let lines = bank_scrolls::lines(tx, id)?;
            let mut findings = BTreeMap::new();
            lines.iter().for_each(|line| *findings.entry(line.finding).or_default() += 1);
            let (of_lines, missing): (Vec<_>, Vec<_>) =
                bank_differences::of_scroll(tx, id)?.into_iter().partition(|one| one.line.is_some());
            let differences = of_lines.into_iter().filter_map(|one| Some((one.line?, one.id))).collect();
            let people = Names::of_people(tx, actor, &[scroll.uploaded_by])?;
            let file_name = name_of(tx, &format!("bank_scroll:{id}"))?;
            let known = known(tx, lines.iter().map(|line| &line.end_to_end_id))?;
            let names = numbers(tx, missing.iter().filter_map(|one| one.payment_id))?;
            Ok(WholeScroll { scroll, lines, known, findings, differences, missing, numbers: names, file_name, people })
        })
        .await
    }

    /// One page of the differences, the newest first.
    pub async fn difference_list(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<DifferenceStatus>,
        page: i64,
        rows: i64,
    ) -> Result<DifferenceList, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let (rules, today) = (&service.finance.reconciliation, service.clock.now().date_in_india());
            let offset = page.saturating_sub(1).saturating_mul(rows);
            let found = bank_differences::numbered_page(tx, status, offset, rows)?;
            Ok(DifferenceList {
                numbers: numbers(tx, found.iter().filter_map(|one| one.payment_id))?,
                all: bank_differences::count(tx, status)?,
                rows: found.into_iter().map(|one| aged(one, rules, today)).collect(),
                ageing: ageing(tx, rules, today)?,
            })
        })
        .await
    }

    /// One difference with what its page shows.
    pub async fn difference_file(
        self: &Arc<Self>,
        caller: Caller,
        id: BankDifferenceId,
    ) -> Result<WholeDifference, Error> {
        let service = Arc::clone(self);
        let now = self.clock.now();
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let today = now.date_in_india();
            let difference = bank_differences::find(tx, id)?.or_not_found("difference")?;
            let scroll = bank_scrolls::find(tx, difference.scroll_id)?.or_not_found("bank scroll")?;
            let line = difference.line.map(|line| bank_scrolls::line(tx, scroll.id, line)).transpose()?.flatten();
            let payment = difference.payment_id.map(|id| payments::find(tx, id)).transpose()?.flatten();
            let AgedDifference { difference, age } = aged(difference, &service.finance.reconciliation, today);
            let next = next_acts(&difference, payment.as_ref(), actor, now);
            let stopped = stopped(actor, next.iter().map(|next| &next.refusal));
            let kinds = [MatterKind::BankDifference];
            let (waiting, who_can) = service.turn_of(tx, stopped, &kinds, &id.to_string(), today)?;
            Ok(WholeDifference {
                waiting,
                who_can,
                people: Names::of_people(tx, actor, &people_of(&difference, payment.as_ref()))?,
                next,
                days: age.map(|(days, _)| days),
                difference,
                scroll,
                line,
                payment,
                today,
            })
        })
        .await
    }
}
