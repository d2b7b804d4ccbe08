//! Random acts.

use super::rules::recoveries::RecoveryAct;
use super::rules::{Act, COMPONENTS, Model};
use super::{Days1, PER_KG};
use crate::harness::people::CRORE;

pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }

    /// Usually one of these places, sometimes any of the list.
    pub fn one_of(&mut self, liked: Vec<usize>, length: usize) -> usize {
        if liked.is_empty() || self.roll(6) == 0 { self.recent(length) } else { liked[self.roll(liked.len())] }
    }

    /// Usually one of the last few of a list, sometimes an older one.
    pub fn recent(&mut self, length: usize) -> usize {
        if self.roll(5) == 0 { self.roll(length) } else { length - 1 - self.roll(length.min(6)) }
    }
}

/// A random act, with a preference for those that lead somewhere.
pub fn act(dice: &mut Dice, model: &Model<Days1>, next_sales: i64) -> Act {
    let component = dice.roll(4).saturating_sub(1);
    let year = model.year() + [0, 0, 0, 0, 1, -1][dice.roll(6)];
    let some = |dice: &mut Dice| (1 + dice.roll(9) as i64) * CRORE / 10 + dice.roll(2) as i64;
    let room = |stage: &str| model.at(&format!("{}:{year}:{stage}", COMPONENTS[component]));
    // Often the exact amount, or one paisa more.
    let near = |dice: &mut Dice, exact: i64| [exact, exact + 1, exact - 1, exact / 2][dice.roll(4)].max(1);
    match dice.roll(60) {
        0 => {
            let whole = component > 0 && dice.roll(2) == 0;
            let paise = if whole { near(dice, model.room(component)) } else { some(dice) };
            Act::Provide { kind: "provision", component, year, paise }
        }
        1 => Act::Provide { kind: "supplementary", component, year, paise: some(dice) },
        2 => {
            let held = room("reserved") + room("sanctioned") + room("disbursed");
            let to = if dice.roll(2) == 0 { (held - 1 + dice.roll(3) as i64).max(0) } else { held + some(dice) };
            Act::Revise { component, year, to }
        }
        3 => Act::Surrender { component, year, paise: near(dice, room("available")) },
        4 => Act::Lapse { component, year: model.year() - dice.roll(2) as i64 },
        5 => Act::Move { from: component, to: dice.roll(3), year, paise: near(dice, room("available")) },
        6 => {
            let free = model.at(&format!("{}:available", COMPONENTS[component]));
            let bound = near(dice, model.room(component));
            let cut = [near(dice, free), bound, -some(dice), dice.roll(9) as i64 * CRORE][dice.roll(4)];
            Act::Outlay { component, to: (model.outlay[component] - cut).max(0) }
        }
        7..=9 if next_sales < model.day => Act::Verify { paise: (1 + dice.roll(2_000) as i64) * PER_KG },
        37..=54 if !model.payments.is_empty() => about_money_back(dice, model),
        55..=56 if !model.claims.is_empty() => {
            let open = |one: &usize| model.share < 10_000 && !model.claims[*one].certified;
            let claim = dice.one_of((0..model.claims.len()).filter(open).collect(), model.claims.len());
            let whole = model.claims[claim].paise;
            let kg = dice.roll((whole / PER_KG) as usize + 1) as i64;
            Act::Certify { claim, paise: [whole, kg * PER_KG, whole / PER_KG * 3 / 4 * PER_KG, 0][dice.roll(4)] }
        }
        10 if !model.claims.is_empty() => Act::Release { claim: dice.recent(model.claims.len()) },
        11..=28 if !model.tranches.is_empty() => {
            let open =
                |one: &usize| !["rejected", "expired", "advised", "disbursed"].contains(&model.tranches[*one].status);
            let tranche = dice.one_of((0..model.tranches.len()).filter(open).collect(), model.tranches.len());
            let next = match model.tranches[tranche].status {
                "verified" => "recommendation",
                "recommended" => "concurrence",
                "concurred" => "sanction",
                _ => "advice",
            };
            let any = ["recommendation", "concurrence", "sanction", "rejection", "advice"];
            let step = if dice.roll(8) == 0 { any[dice.roll(5)] } else { next };
            if step == "advice" { Act::Advise { tranche } } else { Act::Step { tranche, step } }
        }
        29..=36 if !model.payments.is_empty() => {
            let open = |one: &usize| ["advised", "unknown"].contains(&model.payments[*one].status);
            let payment = dice.one_of((0..model.payments.len()).filter(open).collect(), model.payments.len());
            let outcomes = match model.payments[payment].status {
                "succeeded" => [
                    "failed_after_success",
                    "failed_after_success",
                    "failed_after_success",
                    "succeeded",
                    "failed",
                    "unknown",
                ],
                _ => ["succeeded", "succeeded", "succeeded", "failed", "unknown", "failed_after_success"],
            };
            Act::Settle { payment, outcome: outcomes[dice.roll(6)] }
        }
        57..=59 => {
            let days = [1, 1, 1, 2, 2, 5, 5, 20, 40, 120][dice.roll(10)];
            Act::Wait { days: if model.day + days < 2_300 { days } else { 0 } }
        }
        // There is no record for this act: another one is chosen.
        _ => act(dice, model, next_sales),
    }
}

/// A random act about a recovery: a new one, or a step on an existing one.
fn about_money_back(dice: &mut Dice, model: &Model<Days1>) -> Act {
    let near = |dice: &mut Dice, exact: i64| [exact, exact + 1, exact / 2, exact / 3][dice.roll(4)].max(1);
    let paid: Vec<usize> = (0..model.payments.len()).filter(|one| model.payments[*one].settled > 0).collect();
    if model.recoveries.is_empty() || dice.roll(7) == 0 {
        if paid.is_empty() {
            return Act::Wait { days: 0 };
        }
        let payment = paid[dice.recent(paid.len())];
        return Act::AskBack { payment, paise: near(dice, model.room_to_ask(payment)) };
    }
    let open = |one: &usize| !["settled", "dropped"].contains(&model.recoveries[*one].status);
    let recovery = dice.one_of((0..model.recoveries.len()).filter(open).collect(), model.recoveries.len());
    let file = &model.recoveries[recovery];
    let (principal, interest) = file.due(model.day);
    let due = principal + interest;
    let days_ago = [0, 0, 1, 3, 30][dice.roll(5)].min(model.day);
    let receive = |dice: &mut Dice| RecoveryAct::Receive { paise: near(dice, due), days_ago };
    let next = match file.status {
        "noticed" => RecoveryAct::Reply,
        "replied" => RecoveryAct::Order([file.paise, near(dice, file.paise), file.paise / 2, 0][dice.roll(4)]),
        "ordered" => RecoveryAct::Demand,
        _ => receive(dice),
    };
    let act = match dice.roll(16) {
        0 => RecoveryAct::Reply,
        1 => RecoveryAct::Demand,
        2 => RecoveryAct::Order(near(dice, file.paise)),
        3 => receive(dice),
        4..=6 => RecoveryAct::SetOff(near(dice, due)),
        7 => {
            let waiver = dice.roll(2) == 0;
            let principal = if waiver || dice.roll(2) == 0 { 0 } else { near(dice, principal) };
            RecoveryAct::Relieve { principal, interest: near(dice, interest), waiver }
        }
        _ => next,
    };
    Act::Recover { recovery, act }
}
