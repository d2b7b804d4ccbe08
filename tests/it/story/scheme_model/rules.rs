//! The model: the money rules in as few lines as possible, without any code of the service. A refused
//! act leaves it unchanged.

mod certificates;
mod payments;
pub mod recoveries;
mod recovery_act;

use recoveries::{Recovery, RecoveryAct};
use std::collections::BTreeMap;

/// The financial year of a day, by its first calendar year.
pub type Year = i64;
pub type Refused = &'static str;

pub const COMPONENTS: [&str; 3] = ["sales_linked_incentive", "capital_subsidy", "administration"];

/// An attempted act.
#[derive(Clone, Debug)]
pub enum Act {
    Provide {
        kind: &'static str,
        component: usize,
        year: Year,
        paise: i64,
    },
    Revise {
        component: usize,
        year: Year,
        to: i64,
    },
    Surrender {
        component: usize,
        year: Year,
        paise: i64,
    },
    Lapse {
        component: usize,
        year: Year,
    },
    Move {
        from: usize,
        to: usize,
        year: Year,
        paise: i64,
    },
    Outlay {
        component: usize,
        to: i64,
    },
    /// A new claim of this amount is verified.
    Verify {
        paise: i64,
    },
    Release {
        claim: usize,
    },
    /// `recommendation`, `concurrence`, `sanction` or `rejection`.
    Step {
        tranche: usize,
        step: &'static str,
    },
    Advise {
        tranche: usize,
    },
    /// `succeeded` (today), `failed`, `failed_after_success` or `unknown`.
    Settle {
        payment: usize,
        outcome: &'static str,
    },
    /// The final certificate of a claim shows this much and is accepted.
    Certify {
        claim: usize,
        paise: i64,
    },
    /// Part of a payment is claimed back.
    AskBack {
        payment: usize,
        paise: i64,
    },
    Recover {
        recovery: usize,
        act: RecoveryAct,
    },
    /// Days pass; holds whose last day has passed end.
    Wait {
        days: i64,
    },
}

#[derive(Clone, Debug)]
pub struct Claim {
    pub paise: i64,
    pub deferred: i64,
    pub withheld: i64,
    /// The amount of its final certificate, once submitted; and whether it is accepted.
    pub certificate: Option<i64>,
    pub certified: bool,
}

#[derive(Clone, Debug)]
pub struct Tranche {
    pub claim: usize,
    pub paise: i64,
    pub held_in: Year,
    pub held_until: i64,
    pub status: &'static str,
}

#[derive(Clone, Debug)]
pub struct Payment {
    pub tranche: usize,
    pub paise: i64,
    pub status: &'static str,
    /// The day of its advice, and the day and year of its payment.
    pub advised: i64,
    pub paid: i64,
    /// The serial number of its success.
    pub settled: usize,
    /// Its set-offs, by recovery.
    pub kept: Vec<(usize, i64)>,
}

/// The model's calendar: it counts days and returns years and twelve-month spans.
pub trait Calendar {
    fn year(&self, day: i64) -> Year;
    fn plus_year(&self, day: i64) -> i64;
}

#[derive(Clone)]
pub struct Model<C> {
    pub calendar: C,
    pub day: i64,
    /// Balances by name: `sales_linked_incentive:2026:available`, `capital_subsidy:available`,
    /// `sales_linked_incentive:award:reserved`. Sources are left out: they follow from the rest.
    pub held: BTreeMap<String, i64>,
    pub outlay: [i64; 3],
    pub claims: Vec<Claim>,
    pub tranches: Vec<Tranche>,
    pub payments: Vec<Payment>,
    pub recoveries: Vec<Recovery>,
    /// The share of a claim that is paid before its final certificate, in basis points; 10,000 without
    /// staged release.
    pub share: i64,
    /// Heads that were augmented, by component and year.
    pub augmented: Vec<(usize, Year)>,
}

/// Payments are in whole rupees.
const RUPEE: i64 = 100;

/// The whole rupees of an amount in paise.
fn rupees(paise: i64) -> i64 {
    paise - paise % RUPEE
}

fn of_year(component: usize, year: Year, stage: &str) -> String {
    format!("{}:{year}:{stage}", COMPONENTS[component])
}

fn of_award(stage: &str) -> String {
    format!("{}:award:{stage}", COMPONENTS[0])
}

impl<C: Calendar + Clone> Model<C> {
    pub fn year(&self) -> Year {
        self.calendar.year(self.day)
    }

    pub fn at(&self, name: &str) -> i64 {
        self.held.get(name).copied().unwrap_or(0)
    }

    /// Tries an act, all or nothing.
    pub fn does(&mut self, act: &Act) -> Result<(), Refused> {
        let mut after = self.clone();
        let done = after.act(act);
        match (act, done) {
            (_, Ok(())) => *self = after,
            // It was submitted, and waits to be accepted.
            (Act::Certify { claim, paise }, Err("payment_under_way")) => {
                self.claims[*claim].certificate.get_or_insert(*paise);
            }
            _ => {}
        }
        done
    }

    fn add(&mut self, name: String, paise: i64) -> Result<(), Refused> {
        let balance = self.held.entry(name).or_default();
        *balance += paise;
        if *balance < 0 { Err("budget_exceeded") } else { Ok(()) }
    }

    fn within_year(&mut self, component: usize, year: Year, from: &str, to: &str, paise: i64) -> Result<(), Refused> {
        self.add(of_year(component, year, from), -paise)?;
        self.add(of_year(component, year, to), paise)
    }

    fn within_award(&mut self, from: &str, to: &str, paise: i64) -> Result<(), Refused> {
        self.add(of_award(from), -paise)?;
        self.add(of_award(to), paise)
    }

    /// Moves money held in one year to `to` in another, which must have room for it.
    fn across(&mut self, old: Year, new: Year, from: &str, to: &str, paise: i64) -> Result<(), Refused> {
        if old == new {
            return self.within_year(0, new, from, to, paise);
        }
        self.within_year(0, new, "available", to, paise)?;
        self.within_year(0, old, from, "available", paise)
    }

    fn years_total(&self, component: usize, stages: &[&str], counts: impl Fn(Year) -> bool) -> i64 {
        let years = (2026..2040).filter(|year| counts(*year));
        years.flat_map(|year| stages.iter().map(move |stage| self.at(&of_year(component, year, stage)))).sum()
    }

    /// The part of an outlay that no year has; leftovers of past years count as gone.
    pub fn room(&self, component: usize) -> i64 {
        let current = self.year();
        let spent = self.years_total(component, &["reserved", "sanctioned", "disbursed", "recovered"], |_| true)
            - self.years_total(component, &["receipts"], |_| true);
        (self.outlay[component] - spent - self.years_total(component, &["available"], |year| year >= current)).max(0)
    }

    fn provide(&mut self, component: usize, year: Year, paise: i64) -> Result<(), Refused> {
        if paise > self.room(component) {
            return Err("outlay_exceeded");
        }
        self.add(of_year(component, year, "available"), paise)
    }

    fn act(&mut self, act: &Act) -> Result<(), Refused> {
        let current = self.year();
        match *act {
            Act::Provide { year, .. } | Act::Revise { year, .. } | Act::Surrender { year, .. } if year < current => {
                Err("invalid_fields")
            }
            Act::Lapse { year, .. } if year >= current => Err("invalid_fields"),
            Act::Move { year, from, to, .. } if year != current || from == to => Err("invalid_fields"),
            Act::Provide { kind, component, year, paise } => {
                self.provide(component, year, paise)?;
                if kind == "supplementary" {
                    self.augmented.push((component, year));
                }
                Ok(())
            }
            Act::Revise { component, year, to } => {
                let stages = ["available", "reserved", "sanctioned", "disbursed", "recovered"];
                let total = self.years_total(component, &stages, |other| other == year)
                    - self.years_total(component, &["receipts"], |other| other == year);
                self.provide(component, year, to - total)
            }
            Act::Surrender { component, year, paise } => {
                self.within_year(component, year, "available", "surrendered", paise)
            }
            Act::Lapse { component, year } => {
                let [left, back] = ["available", "recovered"].map(|stage| self.at(&of_year(component, year, stage)));
                if left + back == 0 {
                    return Err("nothing_to_lapse");
                }
                self.within_year(component, year, "available", "lapsed", left)?;
                self.within_year(component, year, "recovered", "lapsed", back)?;
                self.add(format!("{}:recovered", COMPONENTS[component]), -back)?;
                self.add(format!("{}:available", COMPONENTS[component]), back)
            }
            Act::Move { from, year, .. } if self.augmented.contains(&(from, year)) => Err("reappropriation_forbidden"),
            Act::Move { from, to, year, paise } => {
                self.provide(to, year, paise)?;
                self.augmented.push((to, year));
                self.add(of_year(from, year, "available"), -paise)
            }
            Act::Outlay { component, to } => {
                let difference = to - self.outlay[component];
                if -difference > self.room(component) {
                    return Err("outlay_provided");
                }
                self.outlay[component] = to;
                self.add(format!("{}:available", COMPONENTS[component]), difference)
            }
            ref other => self.on_files(other),
        }
    }

    fn on_files(&mut self, act: &Act) -> Result<(), Refused> {
        match *act {
            Act::Verify { paise } => {
                let releasable = paise * self.share / 10_000;
                let payable = rupees(releasable.min(self.at(&of_year(0, self.year(), "available"))));
                let (deferred, withheld) = (releasable - payable, paise - releasable);
                let (certificate, certified) = (None, false);
                self.claims.push(Claim { paise, deferred, withheld, certificate, certified });
                self.within_award("committed", "withheld", withheld)?;
                if payable == 0 { Ok(()) } else { self.reserve(self.claims.len() - 1, payable) }
            }
            Act::Release { claim } => {
                let deferred = self.claims[claim].deferred;
                if deferred == 0 {
                    return Err("nothing_deferred");
                }
                if deferred < RUPEE {
                    return Err("less_than_payable");
                }
                let payable = rupees(deferred.min(self.at(&of_year(0, self.year(), "available"))));
                if payable == 0 {
                    return Err("budget_exceeded");
                }
                self.claims[claim].deferred -= payable;
                self.reserve(claim, payable)
            }
            Act::Step { tranche, step } => self.step(tranche, step),
            Act::Advise { tranche } => {
                self.check_hold(tranche)?;
                self.moves(tranche, &["sanctioned"], "advised")?;
                let (held_in, year, paise) =
                    (self.tranches[tranche].held_in, self.year(), self.tranches[tranche].paise);
                if held_in != year {
                    self.across(held_in, year, "sanctioned", "sanctioned", paise)?;
                    self.tranches[tranche].held_in = year;
                }
                let (paise, kept) = self.hold_set_offs(tranche);
                let (status, advised) = ("advised", self.day);
                self.payments.push(Payment { tranche, paise, status, advised, paid: 0, settled: 0, kept });
                Ok(())
            }
            Act::Settle { payment, outcome } => self.settle(payment, outcome),
            Act::Certify { claim, paise } => self.certify(claim, paise),
            Act::AskBack { payment, paise } => self.ask_back(payment, paise),
            Act::Recover { recovery, act } => self.recover(recovery, act),
            Act::Wait { days } => {
                self.day += days;
                (0..self.tranches.len()).try_for_each(|tranche| self.expire(tranche))
            }
            _ => Ok(()),
        }
    }

    fn reserve(&mut self, claim: usize, paise: i64) -> Result<(), Refused> {
        let year = self.year();
        let held_until = self.day + 365;
        self.tranches.push(Tranche { claim, paise, held_in: year, held_until, status: "verified" });
        self.within_award("committed", "reserved", paise)?;
        self.within_year(0, year, "available", "reserved", paise)
    }

    fn is_held(&self, tranche: usize) -> bool {
        ["verified", "recommended", "concurred", "sanctioned"].contains(&self.tranches[tranche].status)
    }

    /// Whether money is held past its last day.
    pub fn is_overdue(&self) -> bool {
        (0..self.tranches.len()).any(|one| self.is_held(one) && self.day > self.tranches[one].held_until)
    }

    fn check_hold(&self, tranche: usize) -> Result<(), Refused> {
        let file = &self.tranches[tranche];
        let late = self.is_held(tranche) && self.day > file.held_until;
        if late || file.status == "expired" { Err("hold_expired") } else { Ok(()) }
    }

    fn moves(&mut self, tranche: usize, from: &[&str], to: &'static str) -> Result<(), Refused> {
        let status = &mut self.tranches[tranche].status;
        if !from.contains(status) {
            return Err("wrong_state");
        }
        *status = to;
        Ok(())
    }

    fn step(&mut self, tranche: usize, step: &str) -> Result<(), Refused> {
        let Tranche { paise, held_in, .. } = self.tranches[tranche];
        if step == "rejection" {
            self.moves(tranche, &["verified", "recommended", "concurred"], "rejected")?;
            return self.give_back(tranche, "reserved");
        }
        self.check_hold(tranche)?;
        match step {
            "recommendation" => self.moves(tranche, &["verified"], "recommended"),
            "concurrence" => self.moves(tranche, &["recommended"], "concurred"),
            _ => {
                self.moves(tranche, &["concurred"], "sanctioned")?;
                let year = self.year();
                self.tranches[tranche].held_in = year;
                self.tranches[tranche].held_until = self.calendar.plus_year(self.day);
                self.within_award("reserved", "sanctioned", paise)?;
                self.across(held_in, year, "reserved", "sanctioned", paise)
            }
        }
    }

    /// Releases held money: its claim has the amount again as deferred.
    fn give_back(&mut self, tranche: usize, from: &str) -> Result<(), Refused> {
        let Tranche { claim, paise, held_in, .. } = self.tranches[tranche];
        self.claims[claim].deferred += paise;
        self.within_award(from, "committed", paise)?;
        self.within_year(0, held_in, from, "available", paise)
    }

    fn expire(&mut self, tranche: usize) -> Result<(), Refused> {
        if !self.is_held(tranche) || self.day <= self.tranches[tranche].held_until {
            return Ok(());
        }
        let was = std::mem::replace(&mut self.tranches[tranche].status, "expired");
        self.give_back(tranche, if was == "sanctioned" { "sanctioned" } else { "reserved" })
    }
}
