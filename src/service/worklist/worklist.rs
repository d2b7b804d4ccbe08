//! The worklist of one person: what waits for them, whose clock runs out first; what they cannot act on, and who
//! can; and how much waits for others. At most six statements, however much waits.

use crate::db::engine::transaction::ReadTx;
use crate::db::people::users;
use crate::db::recovery::recoveries;
use crate::db::worklist::matters::{self, FoundMatter, MatterQuery};
use crate::service::Service;
use crate::service::running::cursor::no_cursor;
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use crate::service::running::scheme_shelf::Schemes;
use crate::service::worklist::matters::{open_states, visible_kinds};
use crate::service::worklist::who_can::candidates;
use chrono::NaiveDate;
use domain::base::id::OrganisationId;
use domain::base::permission::{Permission, Role, Step};
use domain::people::user::{Actor, User};
use domain::recovery::recovery::RecoveryStatus;
use domain::worklist::matter::{Matter, MatterKind};
use domain::worklist::rule::Rule;
use domain::worklist::waiting::{Waiting, earlier_step};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everybody with files reads their own worklist.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

/// The most matters of one kind that are looked at; the longest-waiting come first.
const MATTERS_MOST: usize = 500;
/// The most matters of one kind that are looked at for their number alone.
const COUNTED_MOST: usize = 100;
/// The most matters that are listed beside the page although the person cannot act on them.
const CANNOT_ACT_MOST: usize = 50;

/// What a person asks their worklist for.
#[derive(Clone, Debug, Default)]
pub struct WorklistQuery {
    pub kind: Option<MatterKind>,
    pub scheme_code: Option<String>,
    pub organisation: Option<OrganisationId>,
    pub limit: usize,
    /// The key of the row after which the page begins.
    pub after: Option<String>,
}

/// A person who may act where the caller cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// `None` where the caller may not see names.
    pub person: Option<User>,
    pub office: Role,
}

/// One row: a matter, how it waits, and, where the caller took an earlier step, who can act instead.
#[derive(Clone, Debug)]
pub struct WorklistRow {
    pub matter: Matter,
    pub waiting: Waiting,
    /// Whether its first clock has run out.
    pub overdue: bool,
    pub earlier_step: Option<Step>,
    pub who_can: Vec<Candidate>,
}

impl WorklistRow {
    /// What orders the rows: whose clock runs out first. Unique, so that a page can begin after it.
    pub fn key(&self) -> String {
        let until = self.waiting.until.map_or_else(|| "9999-12-31".to_owned(), |day| day.to_string());
        format!("{until}.{}.{}", self.matter.kind, self.matter.id)
    }
}

/// Whether a text has the form of a key: a day, a kind of matter, and the id of a record. The row itself may be gone,
/// for it was dealt with since.
fn is_key(text: &str) -> bool {
    let mut parts = text.splitn(3, '.');
    let day = parts.next().and_then(|day| day.parse::<NaiveDate>().ok().filter(|read| read.to_string() == day));
    let kind = parts.next().and_then(|kind| kind.parse::<MatterKind>().ok());
    let record = parts.next().filter(|id| !id.is_empty());
    day.is_some() && kind.is_some() && record.is_some()
}

/// The matters of one kind that the caller can act on.
#[derive(Clone, Debug, Default)]
pub struct KindTotal {
    pub count: i64,
    pub overdue: i64,
    pub amount_paise: i64,
    /// Whether there are more than were looked at; then `count` is a lower bound.
    pub more: bool,
}

/// The worklist of one person.
#[derive(Clone, Debug)]
pub struct Worklist {
    pub today: NaiveDate,
    pub rows: Vec<WorklistRow>,
    pub next: Option<String>,
    pub totals: BTreeMap<MatterKind, KindTotal>,
    pub cannot_act: Vec<WorklistRow>,
    pub cannot_act_count: usize,
    /// How many matters wait for others, by the office for which they wait first, and by kind.
    pub others: BTreeMap<Role, BTreeMap<MatterKind, i64>>,
}

impl Service {
    /// The desk times in force.
    pub fn desk_times(&self) -> &domain::worklist::desk_times::DeskTimes {
        &self.finance.desk_times
    }

    /// The worklist of the caller.
    pub async fn worklist(self: &Arc<Self>, caller: Caller, query: WorklistQuery) -> Result<Worklist, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            if query.after.as_deref().is_some_and(|after| !is_key(after)) {
                return Err(no_cursor());
            }
            service.worklist_of(tx, actor, &query)
        })
        .await
    }

    fn worklist_of(&self, tx: &mut ReadTx<'_>, actor: &Actor, query: &WorklistQuery) -> Result<Worklist, Error> {
        let today = self.clock.now().date_in_india();
        let organisation = organisation(actor, query.organisation)?;
        let kinds: Vec<MatterKind> =
            visible_kinds(actor).filter(|kind| query.kind.is_none_or(|asked| asked == *kind)).collect();
        let schemes = self.schemes.known(tx)?;
        let direct = schemes.awarding_directly();
        let of = |kinds| MatterQuery {
            awarding_directly: &direct,
            kinds,
            organisation,
            scheme_code: query.scheme_code.as_deref(),
            records: &[],
            today,
            horizon: self.finance.desk_times.horizon(today),
            rejected_from: self.finance.desk_times.rejected_from(today),
            unanswered_from: self.finance.desk_times.unanswered_from(today),
            payment_unit: self.finance.units.on(today).least(),
        };
        let own = |kind: &MatterKind| (*kind, kind.states_of(|role| actor.roles.has(role)));
        let found = self.matters(tx, &of(kinds.iter().map(own).collect()), MATTERS_MOST)?;
        let (mut rows, mut cannot_act) = self.sorted_out(actor, found, today)?;
        let of_all = rows.iter_mut().chain(&mut cannot_act).map(|(row, _)| row);
        add_interest(tx, &schemes, of_all.collect(), today)?;
        let totals = totals(&rows, MATTERS_MOST);
        let others = |kind: &MatterKind| {
            let mine = kind.states_of(|role| actor.roles.has(role));
            (*kind, open_states(*kind).into_iter().filter(|state| !mine.contains(state)).collect())
        };
        let waiting = kinds.iter().filter(|kind| !kind.only_tells());
        let others = matters::counts(tx, &of(waiting.map(others).collect()))?;
        let cannot_act_count = cannot_act.len();
        let mut cannot_act: Vec<WorklistRow> =
            cannot_act.into_iter().map(|(row, _)| row).take(CANNOT_ACT_MOST).collect();
        self.add_candidates(tx, actor, &mut cannot_act)?;
        let (rows, next) = page(rows.into_iter().map(|(row, _)| row).collect(), query);
        Ok(Worklist { today, rows, next, totals, cannot_act, cannot_act_count, others: by_office(&others)? })
    }

    /// How many matters of each kind a person can act on; of one kind only the first ones are looked at.
    pub(in crate::service) fn to_do(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
    ) -> Result<BTreeMap<MatterKind, KindTotal>, Error> {
        let today = self.clock.now().date_in_india();
        let own = |kind: MatterKind| (kind, kind.states_of(|role| actor.roles.has(role)));
        let schemes = self.schemes.known(tx)?;
        let query = MatterQuery {
            awarding_directly: &schemes.awarding_directly(),
            kinds: visible_kinds(actor).map(own).collect(),
            organisation: actor.narrowed_to(),
            scheme_code: None,
            records: &[],
            today,
            horizon: self.finance.desk_times.horizon(today),
            rejected_from: self.finance.desk_times.rejected_from(today),
            unanswered_from: self.finance.desk_times.unanswered_from(today),
            payment_unit: self.finance.units.on(today).least(),
        };
        let found = self.matters(tx, &query, COUNTED_MOST)?;
        Ok(totals(&self.sorted_out(actor, found, today)?.0, COUNTED_MOST))
    }

    /// The matters that wait for the caller, and those on which the caller took an earlier step, both sorted; each
    /// with the number of matters of its kind.
    fn sorted_out(&self, actor: &Actor, found: Vec<FoundMatter>, today: NaiveDate) -> Result<SortedOut, Error> {
        let (mut rows, mut cannot_act) = (Vec::new(), Vec::new());
        for FoundMatter { matter, of_kind } in found {
            let rules = self.rules_of(&matter, today)?;
            let own = |rule: &&Rule| rule.offices().iter().any(|role| actor.roles.has(*role));
            let own: Vec<&Rule> = rules.iter().filter(own).collect();
            // Who may not take one act may still take another: complete what somebody else submits.
            let free = own.iter().find(|rule| earlier_step(&matter, rule, actor.user_id).is_none());
            let Some(rule) = free.or(own.first()) else { continue };
            let waiting = matter.waiting(rule, &self.finance.desk_times);
            let earlier_step = earlier_step(&matter, rule, actor.user_id);
            let overdue = waiting.until.is_some_and(|until| until < today);
            let row = WorklistRow { matter, waiting, overdue, earlier_step, who_can: Vec::new() };
            if earlier_step.is_some() { &mut cannot_act } else { &mut rows }.push((row, of_kind));
        }
        rows.sort_by_cached_key(|(row, _): &(WorklistRow, i64)| row.key());
        cannot_act.sort_by_cached_key(|(row, _): &(WorklistRow, i64)| row.key());
        Ok((rows, cannot_act))
    }

    /// Adds to rows that the caller cannot act on the people who can: those of the offices who took no other step
    /// on the same money. A manufacturer sees only the people of its own company.
    fn add_candidates(&self, tx: &mut ReadTx<'_>, actor: &Actor, rows: &mut [WorklistRow]) -> Result<(), Error> {
        if rows.is_empty() {
            return Ok(());
        }
        let people = users::enabled(tx, actor.organisation_id)?;
        let today = self.clock.now().date_in_india();
        for row in rows {
            let rules = self.rules_of(&row.matter, today)?;
            let Some(rule) = rules.iter().find(|rule| rule.act == row.waiting.ends_with) else { continue };
            row.who_can = candidates(&people, &row.matter, rule, actor);
        }
        Ok(())
    }
}

/// What waits for one office, as somebody else sees it.
#[derive(Clone, Debug)]
pub struct OfficeList {
    pub today: NaiveDate,
    pub rows: Vec<WorklistRow>,
    pub count: usize,
    pub next: Option<String>,
}

impl Service {
    /// What of a kind waits for an office and not for the caller: the matters that `others` of their worklist counts.
    pub async fn waiting_for(
        self: &Arc<Self>,
        caller: Caller,
        (office, kind): (Role, MatterKind),
        query: WorklistQuery,
    ) -> Result<OfficeList, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            if query.after.as_deref().is_some_and(|after| !is_key(after)) {
                return Err(no_cursor());
            }
            service.of_office(tx, actor, (office, kind), &query)
        })
        .await
    }

    fn of_office(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        (office, kind): (Role, MatterKind),
        query: &WorklistQuery,
    ) -> Result<OfficeList, Error> {
        let today = self.clock.now().date_in_india();
        let mine = kind.states_of(|role| actor.roles.has(role));
        let theirs = |state: &&'static str| {
            let first = kind.waits(state, false).ok().and_then(|waits| waits.offices().first().copied());
            !mine.contains(state) && first == Some(office)
        };
        let states: Vec<&'static str> = open_states(kind).into_iter().filter(theirs).collect();
        let seen = visible_kinds(actor).any(|visible| visible == kind) && !kind.only_tells();
        if !seen || states.is_empty() {
            return Ok(OfficeList { today, rows: Vec::new(), count: 0, next: None });
        }
        let schemes = self.schemes.known(tx)?;
        let asked = MatterQuery {
            awarding_directly: &schemes.awarding_directly(),
            kinds: vec![(kind, states)],
            organisation: organisation(actor, query.organisation)?,
            scheme_code: query.scheme_code.as_deref(),
            records: &[],
            today,
            horizon: self.finance.desk_times.horizon(today),
            rejected_from: self.finance.desk_times.rejected_from(today),
            unanswered_from: self.finance.desk_times.unanswered_from(today),
            payment_unit: self.finance.units.on(today).least(),
        };
        let mut rows = Vec::new();
        for FoundMatter { matter, .. } in self.matters(tx, &asked, MATTERS_MOST)? {
            let rules = self.rules_of(&matter, today)?;
            let Some(rule) = rules.first() else { continue };
            let waiting = matter.waiting(rule, &self.finance.desk_times);
            let overdue = waiting.until.is_some_and(|until| until < today);
            rows.push(WorklistRow { matter, waiting, overdue, earlier_step: None, who_can: Vec::new() });
        }
        add_interest(tx, &schemes, rows.iter_mut().collect(), today)?;
        rows.sort_by_cached_key(WorklistRow::key);
        let count = rows.len();
        let (rows, next) = page(rows, query);
        Ok(OfficeList { today, rows, count, next })
    }
}

/// Adds to what is owed back the interest up to today, which is posted with the next credit only.
fn add_interest(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    mut rows: Vec<&mut WorklistRow>,
    today: NaiveDate,
) -> Result<(), Error> {
    rows.retain(|row| matches!(row.matter.kind, MatterKind::Recovery | MatterKind::Relief));
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = rows.iter().map(|row| row.matter.id.clone()).collect();
    let owed = recoveries::of_ids(tx, &ids)?.into_iter().filter(|one| one.status == RecoveryStatus::Demanded);
    for recovery in owed {
        let terms = schemes.in_force(&recovery.scheme_code, today)?.recovery_terms();
        let due = recovery.dues_on(&terms, today)?.0.due.total()?;
        let id = recovery.id.to_string();
        rows.iter_mut().filter(|row| row.matter.id == id).for_each(|row| row.matter.amount_paise = Some(due.0));
    }
    Ok(())
}

/// Rows, each with the number of matters of its kind.
type Counted = Vec<(WorklistRow, i64)>;
type SortedOut = (Counted, Counted);

/// The company to which the worklist is narrowed: a manufacturer's own, or the one that was asked for.
fn organisation(actor: &Actor, asked: Option<OrganisationId>) -> Result<Option<OrganisationId>, Error> {
    match (actor.narrowed_to(), asked) {
        (Some(own), Some(other)) if own != other => Err(Error::NotFound("organisation")),
        (Some(own), _) => Ok(Some(own)),
        (None, asked) => Ok(asked),
    }
}

fn totals(rows: &Counted, most: usize) -> BTreeMap<MatterKind, KindTotal> {
    let mut totals: BTreeMap<MatterKind, KindTotal> = BTreeMap::new();
    for (row, of_kind) in rows {
        let total = totals.entry(row.matter.kind).or_default();
        total.count += 1;
        total.overdue += i64::from(row.overdue);
        total.amount_paise = total.amount_paise.saturating_add(row.matter.amount_paise.unwrap_or(0));
        total.more = *of_kind > most as i64;
    }
    totals
}

/// One page of sorted rows, and the key after which the next one begins.
fn page(rows: Vec<WorklistRow>, query: &WorklistQuery) -> (Vec<WorklistRow>, Option<String>) {
    let after = |row: &WorklistRow| query.after.as_ref().is_none_or(|after| row.key() > *after);
    let mut rows: Vec<WorklistRow> = rows.into_iter().filter(after).collect();
    let more = rows.len() > query.limit;
    rows.truncate(query.limit);
    let next = rows.last().filter(|_| more).map(WorklistRow::key);
    (rows, next)
}

fn by_office(counts: &[matters::StateCount]) -> Result<BTreeMap<Role, BTreeMap<MatterKind, i64>>, Error> {
    let mut offices: BTreeMap<Role, BTreeMap<MatterKind, i64>> = BTreeMap::new();
    for one in counts {
        let waits = one.kind.waits(&one.state, false).map_err(Error::Internal)?;
        if let Some(office) = waits.rules().first().and_then(|rule| rule.offices().first()) {
            *offices.entry(*office).or_default().entry(one.kind).or_default() += one.count;
        }
    }
    Ok(offices)
}
