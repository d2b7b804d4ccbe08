//! The ledger compared with a model of a few lines: the same random acts, legal and illegal, go to both,
//! and after each of them both must agree. Seeds are fixed, so a failure can be repeated.
//! `LEDGER_MODEL_ACTS` sets the number of acts from each seed (100).

use crate::harness::app::App;
use crate::harness::dice::Dice;
use crate::harness::people::CRORE;
use domain::base::calendar::{FinancialYear, Timestamp};
use domain::base::id::JournalId;
use domain::base::money::Paise;
use domain::base::refusal::Refusal;
use domain::budget::budget_instrument::InstrumentKind;
use domain::budget::ledger::{AccountAward, Journal, JournalKind};
use domain::budget::posting;
use domain::budget::posting::Purse;
use domain::budget::posting_budget;
use domain::budget::posting_budget::Year;
use domain::recovery::posting_recovery;
use domain::recovery::taken_back::TakenBack;
use domain::scheme::scheme::Component;
use magnet_scheme::db::budget::accounts;
use magnet_scheme::db::budget::accounts::PostError;
use magnet_scheme::db::engine::error::DbError;
use magnet_scheme::db::engine::prefetch::Prefetch;
use magnet_scheme::db::engine::read_pool::ReadPool;
use magnet_scheme::db::engine::writer::Writer;
use magnet_scheme::db::log::row_notes;
use serde_json::Value;
use std::collections::BTreeMap;

const SEEDS: &[u64] = &[1, 7, 1_345, 7_280];
const SCHEME: &str = "ndfeb-2025-proposal";

fn acts() -> usize {
    std::env::var("LEDGER_MODEL_ACTS").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

/// The whole model: a balance for each account; an act that would take one below zero does nothing.
#[derive(Default)]
struct Model(BTreeMap<String, i64>);

impl Model {
    fn post(&mut self, journal: &Journal) -> Result<(), String> {
        let mut after = self.0.clone();
        for movement in &journal.movements {
            for (account, debit) in [(&movement.from, -movement.amount.0), (&movement.to, movement.amount.0)] {
                let balance = after.entry(account.code()).or_default();
                *balance += if account.grows_on_debit() { debit } else { -debit };
                if *balance < 0 {
                    return Err(account.code());
                }
            }
        }
        self.0 = after;
        Ok(())
    }
}

/// A random act: any kind, any year, any amount up to three times the available one.
fn act(dice: &mut Dice, purses: &[Purse]) -> Journal {
    let purse = &purses[dice.roll(purses.len() as u64) as usize];
    let year = |dice: &mut Dice| -> FinancialYear {
        ["2026-27", "2027-28", "2028-29"][dice.roll(3) as usize].parse().unwrap()
    };
    let (one, other) = (year(dice), year(dice));
    let amount = Paise(i64::try_from(1 + dice.roll(12)).unwrap() * CRORE + i64::try_from(dice.roll(3)).unwrap());
    let budget = |year| Year { scheme_code: SCHEME, component: purse.component, year };
    let signed = |dice: &mut Dice| Paise(if dice.roll(2) == 0 { amount.0 } else { -amount.0 });
    match dice.roll(16) {
        0 | 1 => budget(one).provide(InstrumentKind::Provision, Paise(amount.0 * 2), "BE"),
        2 | 3 => posting::reserve(purse, one, amount, "T"),
        4 => posting::sanction(purse, one, other, amount, "T"),
        5 => posting::disburse(purse, one, other, amount, "P"),
        6 => posting::return_reservation(purse, one, amount, "T"),
        7 => posting::lapse_sanction(purse, one, amount, "T"),
        8 => {
            let all = TakenBack { gross_paise: amount, ..TakenBack::default() };
            let movements = posting_recovery::take_back(purse, one, &all);
            Journal { kind: JournalKind::DisbursementReversed, reference: "P".to_owned(), movements }
        }
        9 => budget(one).provide(InstrumentKind::Supplementary, amount, "SD"),
        10 => budget(one).revise(signed(dice), "RE"),
        11 => budget(one).re_appropriate(Component::Administration, amount, "RA"),
        12 => budget(one).surrender(amount, "SU"),
        13 => budget(one).lapse(amount, Paise(i64::try_from(dice.roll(2)).unwrap()), "LA"),
        14 => budget(one).free_recovered(amount, "RR"),
        _ => posting_budget::change_outlay(SCHEME, purse.component, signed(dice), "CO"),
    }
}

fn account_award(award: &Value) -> AccountAward {
    let text = |field: &str| award[field].as_str().unwrap();
    AccountAward {
        id: text("id").parse().unwrap(),
        number: text("number").to_owned(),
        organisation_id: text("organisation_id").parse().unwrap(),
    }
}

#[apply(on_both!)]
fn random_acts_leave_the_ledger_as_the_model_says(app: App) {
    app.window_is_open();
    let awards = [account_award(&app.awarded("lodestone", 900)), account_award(&app.awarded("coercive", 600))];
    let components = [Component::CapitalSubsidy, Component::SalesLinkedIncentive];
    let purses: Vec<Purse> = awards
        .iter()
        .flat_map(|award| {
            components.map(|component| Purse { scheme_code: SCHEME.to_owned(), component, award: award.clone() })
        })
        .collect();
    let reads = ReadPool::open(&app.database_url(), 1).unwrap();
    let mut model = Model::default();
    for found in reads.read(accounts::balances).unwrap() {
        model.0.insert(found.account.code(), found.balance.0);
    }
    let writer = Writer::start(app.database_url(), 8, std::time::Duration::from_secs(30)).unwrap();
    let at: Timestamp = crate::harness::app::FIRST_INSTANT.parse().unwrap();
    let mut sequence = 1_000_000;
    let (mut posted, mut refused) = (0, 0);
    for seed in SEEDS {
        let mut dice = Dice(*seed);
        for number in 0..acts() {
            let journal = act(&mut dice, &purses);
            sequence += 1;
            let expected = model.post(&journal);
            let kind = journal.kind;
            let done = actix_web::rt::System::new().block_on(writer.write(Prefetch::default(), move |tx| {
                let id = JournalId(uuid::Uuid::now_v7());
                let posted = tx.savepoint(|tx| accounts::post(tx, &journal, id, at, sequence).map(|_| ()));
                // No act of the log is behind these journals, so nobody else takes the notes of their rows.
                row_notes::take(tx, || Ok::<_, DbError>("salt".to_owned()))?;
                Ok(posted)
            }));
            let told = match done.unwrap() {
                Ok(()) => Ok(()),
                Err(PostError::Refused(Refusal::BudgetExceeded { account, .. })) => Err(account),
                Err(other) => panic!("seed {seed}, act {number}: {other}"),
            };
            assert_eq!(told, expected, "seed {seed}, act {number}: {kind}");
            if told.is_ok() { posted += 1 } else { refused += 1 }
        }
        for found in reads.read::<_, DbError>(accounts::balances).unwrap() {
            let code = found.account.code();
            assert_eq!(model.0.get(&code).copied().unwrap_or(0), found.balance.0, "seed {seed}: {code}");
        }
    }
    assert!(posted > 100 && refused > 100, "the dice must try both: {posted} posted, {refused} refused");
}
