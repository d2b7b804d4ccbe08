//! The standing controls that are not a single query, because a scheme, the rules of finance or all instruments
//! together say what must be true.

use crate::db::award::awards;
use crate::db::budget::{accounts, budget_instruments};
use crate::db::check::differences;
use crate::db::claim::claims;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::row_notes;
use crate::db::payment::bank_differences;
use crate::db::people::{organisations, users};
use crate::service::budget::expenditure_limits;
use crate::service::check::records_as_logged::{CHANGED, GONE, records_as_logged};
use crate::service::check::unanswered_delays;
use crate::service::running::as_logged::noun;
use crate::service::running::error::Error;
use crate::service::running::finance::FinanceRules;
use crate::service::running::scheme_shelf::Schemes;
use chrono::NaiveDate;
use domain::base::id::AwardId;
use domain::base::money::Paise;
use domain::budget::budget::Balance;
use domain::budget::budget_instrument::{BudgetInstrument, InstrumentKind, difference};
use domain::budget::ledger::{Ledger, Stage};
use domain::check::control::{COUNTEREXAMPLES_MOST, ControlCode, Counterexample};
use domain::claim::claim::Claim;
use domain::claim::material_chain::{Overdrawn, overdrawn};
use domain::payment::bank_difference::BankDifference;
use std::collections::{BTreeMap, BTreeSet};

/// The rules that these controls compare the data with.
pub(in crate::service) struct Rules<'r> {
    pub schemes: &'r Schemes,
    pub finance: &'r FinanceRules,
    pub today: NaiveDate,
}

/// Runs a control and returns its counter-examples.
pub(in crate::service) fn ask(
    tx: &mut ReadTx<'_>,
    control: ControlCode,
    rules: &Rules<'_>,
) -> Result<Vec<Counterexample>, Error> {
    match control {
        ControlCode::OutlayAsPublished => outlay_as_published(tx, rules.schemes),
        ControlCode::BudgetEqualsInstruments => {
            let approved = budget_instruments::all_approved(tx)?;
            let differs = difference(&approved, &accounts::balances(tx)?);
            Ok(differs.map(|(account, said, kept)| shown_account(&account, kept, said)).into_iter().collect())
        }
        ControlCode::RecordsEqualLedger => Ok(differences::differing_records(tx)?.iter().map(of_record).collect()),
        ControlCode::CapacityWithinScheme => capacity_within_scheme(tx, rules.schemes),
        ControlCode::LastQuarterWithinLimits => last_quarter_within_limits(tx, rules),
        ControlCode::BankLinesSettled => bank_lines_settled(tx, rules),
        ControlCode::MaterialsAddUp => materials_add_up(tx),
        ControlCode::DelaysAnswered => unanswered_delays::ask(tx, rules),
        ControlCode::PeopleAndPayeesAsLogged => people_and_payees_as_logged(tx),
        ControlCode::RecordsAsLogged => records_as_logged(tx),
        other => Err(Error::Internal(format!("nothing asks {other}"))),
    }
}

fn shown_account(account: &str, kept: i64, said: i64) -> Counterexample {
    Counterexample {
        subject: format!("account:{account}"),
        found: format!("it says {kept} paise, the approved instruments say {said}"),
    }
}

fn of_record(one: &differences::Difference) -> Counterexample {
    Counterexample {
        subject: format!("award:{}", one.award_id),
        found: format!(
            "{}, {}: its records say {} paise, its account {}",
            one.component, one.stage, one.records, one.ledger
        ),
    }
}

/// The sum of the approved changes of outlay that posted to this account's component.
fn changes(balance: &Balance, approved: &[BudgetInstrument]) -> i64 {
    let account = &balance.account;
    let ours = |one: &&BudgetInstrument| {
        one.kind == InstrumentKind::ChangeOfOutlay
            && one.component == account.component
            && one.scheme_code == account.scheme_code
    };
    approved.iter().filter(ours).filter_map(|one| one.posted_paise).fold(0, |sum, paise| sum.saturating_add(paise.0))
}

fn outlay_as_published(tx: &mut ReadTx<'_>, schemes: &Schemes) -> Result<Vec<Counterexample>, Error> {
    let approved = budget_instruments::all_approved(tx)?;
    let mut found = Vec::new();
    for balance in accounts::balances(tx)? {
        let account = &balance.account;
        if account.ledger != Ledger::Outlay || account.stage != Stage::Authorised || account.award.is_some() {
            continue;
        }
        let first = schemes.version(&account.scheme_code, 1).map(|scheme| scheme.component_outlay(account.component));
        let said = first.unwrap_or(Paise::ZERO).0.saturating_add(changes(&balance, &approved));
        if said != balance.balance.0 {
            let found_here = format!("it says {} paise, the scheme and its changes say {said}", balance.balance.0);
            found.push(Counterexample { subject: format!("account:{}", account.code()), found: found_here });
        }
    }
    Ok(found)
}

fn codes(schemes: &Schemes) -> BTreeSet<&str> {
    schemes.0.iter().map(|loaded| loaded.scheme.code.as_str()).collect()
}

fn capacity_within_scheme(tx: &mut ReadTx<'_>, schemes: &Schemes) -> Result<Vec<Counterexample>, Error> {
    let mut found = Vec::new();
    for code in codes(schemes) {
        let awarded = awards::room(tx, code)?.awarded_mtpa;
        let most = schemes.newest(code)?.total_capacity_mtpa.value;
        if awarded > most {
            let told = format!("awards share out {awarded} tonnes a year, the scheme has {most}");
            found.push(Counterexample { subject: format!("scheme:{code}"), found: told });
        }
    }
    Ok(found)
}

fn materials_add_up(tx: &mut ReadTx<'_>) -> Result<Vec<Counterexample>, Error> {
    let mut by_award: BTreeMap<AwardId, Vec<Claim>> = BTreeMap::new();
    for claim in claims::balanced(tx)? {
        by_award.entry(claim.award_id).or_default().push(claim);
    }
    let told = |one: Overdrawn<'_>| Counterexample {
        subject: format!("claim:{}", one.claim.id),
        found: format!(
            "{} opened with {} kg of {}, and the claim before leaves {} kg",
            one.claim.name(),
            one.opened_kg,
            one.material,
            one.left_kg
        ),
    };
    let found = by_award.values().flat_map(|claims| overdrawn(claims));
    Ok(found.take(COUNTEREXAMPLES_MOST + 1).map(told).collect())
}

fn last_quarter_within_limits(tx: &mut ReadTx<'_>, rules: &Rules<'_>) -> Result<Vec<Counterexample>, Error> {
    let mut found = Vec::new();
    for code in codes(rules.schemes) {
        for meter in expenditure_limits::passed(tx, &rules.finance.limits, code, rules.today)? {
            let told = format!(
                "{} of {}: {} paid and {} on their way, the limit is {}",
                meter.limit, meter.financial_year, meter.paid_paise, meter.advised_paise, meter.ceiling_paise
            );
            found.push(Counterexample { subject: format!("scheme:{code}"), found: told });
        }
    }
    Ok(found)
}

/// Every account of a person and every company against the index of digests, and that against the log.
fn people_and_payees_as_logged(tx: &mut ReadTx<'_>) -> Result<Vec<Counterexample>, Error> {
    let mut found = Vec::new();
    let mut kinds = [("users", users::standings(tx)?), ("organisations", organisations::standings(tx)?)];
    for (table, standings) in &mut kinds {
        let noun = noun(table);
        for key in row_notes::indexed_keys(tx, table)? {
            if !standings.iter().any(|(id, _)| *id == key) {
                found.push(Counterexample { subject: format!("{noun}:{key}"), found: GONE.to_owned() });
            }
        }
        for (id, standing) in standings.drain(..) {
            let holds = match standing.logged {
                Some((indexed, sequence)) => {
                    standing.digest.text() == indexed && row_notes::holds(tx, table, &id, standing.digest, sequence)?
                }
                None => false,
            };
            if !holds {
                found.push(Counterexample { subject: format!("{noun}:{id}"), found: CHANGED.to_owned() });
            }
        }
    }
    Ok(found)
}

fn bank_lines_settled(tx: &mut ReadTx<'_>, rules: &Rules<'_>) -> Result<Vec<Counterexample>, Error> {
    let before = rules.finance.reconciliation.settled_before(rules.today);
    let unsettled = bank_differences::unsettled_before(tx, before, COUNTEREXAMPLES_MOST as i64 + 1)?;
    let shown = |one: BankDifference| Counterexample {
        subject: format!("bank_difference:{}", one.id),
        found: format!("{} of {}, {}, is {}", one.kind, one.dated_on, one.amount_paise.in_rupees(), one.status),
    };
    Ok(unsettled.into_iter().map(shown).collect())
}
