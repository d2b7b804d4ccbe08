//! The model of recoveries. A recovery is the amount claimed back and a list of events; every balance is
//! computed from the whole list each time.

pub use super::recovery_act::RecoveryAct;
use super::{COMPONENTS, Calendar, Model, RUPEE, Refused, Tranche, of_award, of_year, rupees};
use std::collections::BTreeMap;

/// 9 % a year, simple; a paisa in parts of 10,000 × 365.
const BASIS_POINTS: i128 = 900;
const PARTS: i128 = 3_650_000;

/// An event of a recovery.
#[derive(Clone, Copy, Debug)]
enum What {
    MoneyIn(i64),
    /// Like money, but from a bank return of the payment itself, so that no later event is dated before it.
    Returned(i64),
    GivenUp {
        principal: i64,
        interest: i64,
        waiver: bool,
    },
    /// The set-off of the payment with this number is owed again.
    Undone(usize),
}

#[derive(Clone, Debug)]
struct Event {
    day: i64,
    year: i64,
    what: What,
    /// The payment with the set-off.
    payment: Option<usize>,
    /// Where the recovered money was that a bank return takes: balances that become smaller.
    from: Vec<(String, i64)>,
}

#[derive(Clone, Debug)]
pub struct Recovery {
    pub payment: usize,
    pub paise: i64,
    pub status: &'static str,
    true_up: bool,
    reply_due: i64,
    pub demanded: i64,
    interest_from: i64,
    pub set_off: Option<i64>,
    held: bool,
    events: Vec<Event>,
}

/// The balances that follow from the list.
#[derive(Clone, Default)]
struct Books {
    principal: i64,
    interest: i64,
    carried: i128,
    accrued_to: i64,
    /// The principal and interest that each event took.
    taken: Vec<(i64, i64)>,
    held: BTreeMap<String, i64>,
}

impl Books {
    fn add(&mut self, name: String, paise: i64) {
        *self.held.entry(name).or_default() += paise;
    }

    fn accrue(&mut self, to: i64) -> i64 {
        let days = (to - self.accrued_to).max(0);
        let parts = i128::from(self.principal) * BASIS_POINTS * i128::from(days) + self.carried;
        self.carried = parts % PARTS;
        self.accrued_to = self.accrued_to.max(to);
        let grown = (parts / PARTS) as i64;
        self.interest += grown;
        grown
    }

    /// Recovered money.
    fn came_back(&mut self, principal: i64, interest: i64, year: i64) {
        self.principal -= principal;
        self.interest -= interest;
        self.add(of_award("principal_recovered"), principal);
        self.add(of_award("interest_recovered"), interest);
        self.add(of_award("disbursed"), -principal);
        self.add(format!("{}:recovered", COMPONENTS[0]), principal);
        self.add(of_year(0, year, "recovered"), principal);
        self.add(of_year(0, year, "receipts"), principal);
    }

    /// Money whose recovery is undone, taken from where it is.
    fn went_back(&mut self, principal: i64, interest: i64, from: &[(String, i64)]) {
        self.principal += principal;
        self.interest += interest;
        self.add(of_award("principal_recovered"), -principal);
        self.add(of_award("interest_recovered"), -interest);
        self.add(of_award("disbursed"), principal);
        from.iter().for_each(|(name, paise)| self.add(name.clone(), -paise));
    }
}

impl Recovery {
    fn is_due(&self) -> bool {
        ["demanded", "settled"].contains(&self.status)
    }

    /// Computes all balances from the first day. Refuses money for which nothing was due on its day.
    fn books(&self) -> Result<Books, Refused> {
        let mut books = Books::default();
        if !self.is_due() {
            return Ok(books);
        }
        (books.principal, books.accrued_to) = (self.paise, self.interest_from);
        let mut demanded = self.paise;
        for event in &self.events {
            // A debt that is owed again brings its own interest, up to the last accrued day.
            if !matches!(event.what, What::Undone(_)) {
                demanded += books.accrue(event.day);
            }
            let taken = match event.what {
                What::MoneyIn(paise) | What::Returned(paise) => {
                    let interest = paise.min(books.interest);
                    if paise - interest > books.principal {
                        return Err("receipt_exceeds_due");
                    }
                    books.came_back(paise - interest, interest, event.year);
                    (paise - interest, interest)
                }
                What::GivenUp { principal, interest, waiver } => {
                    if principal > books.principal || interest > books.interest {
                        return Err("relief_exceeds_due");
                    }
                    books.principal -= principal;
                    books.interest -= interest;
                    books.add(of_award(if waiver { "waived" } else { "written_off" }), principal + interest);
                    (principal, interest)
                }
                What::Undone(payment) => {
                    let place = self.events.iter().position(|one| one.payment == Some(payment)).unwrap();
                    let (principal, interest) = books.taken[place];
                    let accrued_to = self.events[place].day.max(self.interest_from);
                    let mut missed = Books { principal, accrued_to, ..Books::default() };
                    let missed = missed.accrue(books.accrued_to);
                    books.went_back(principal, interest, &event.from);
                    books.interest += missed;
                    demanded += missed;
                    (-principal, -interest)
                }
            };
            books.taken.push(taken);
        }
        books.add(of_award("demanded"), demanded);
        books.add(of_award("principal_due"), books.principal);
        books.add(of_award("interest_due"), books.interest);
        Ok(books)
    }

    /// Principal and interest owed on a day.
    pub fn due(&self, day: i64) -> (i64, i64) {
        let mut books = self.books().unwrap();
        books.accrue(day);
        (books.principal, books.interest)
    }

    /// The principal recovered by money, less what was undone.
    fn principal_back(&self) -> i64 {
        let taken = self.books().unwrap().taken;
        let counts = |event: &Event| matches!(event.what, What::MoneyIn(_) | What::Undone(_));
        self.events.iter().zip(taken).filter(|(event, _)| counts(event)).map(|(_, (principal, _))| principal).sum()
    }

    /// What a bank return of the payment kept.
    pub fn returned(&self) -> i64 {
        let kept = |event: &Event| if let What::Returned(paise) = event.what { paise } else { 0 };
        self.events.iter().map(kept).sum()
    }

    /// What it asks while nobody decided on it.
    fn undecided(&self) -> i64 {
        if ["noticed", "replied"].contains(&self.status) { self.paise } else { 0 }
    }

    fn require_due(&self) -> Result<(), Refused> {
        match (self.status, self.held) {
            ("demanded", false) => Ok(()),
            ("demanded", true) => Err("set_off_pending"),
            _ => Err("wrong_state"),
        }
    }
}

impl<C: Calendar + Clone> Model<C> {
    /// Changes a recovery, and every balance by the resulting difference.
    fn rebook(&mut self, recovery: usize, change: impl FnOnce(&mut Recovery)) -> Result<(), Refused> {
        let before = self.recoveries[recovery].books()?.held;
        change(&mut self.recoveries[recovery]);
        let file = &mut self.recoveries[recovery];
        file.events.sort_by_key(|event| event.day);
        let after = file.books()?;
        if file.is_due() {
            let settled = after.principal + after.interest == 0;
            file.status = if settled { "settled" } else { "demanded" };
            file.set_off = file.set_off.filter(|_| !settled);
        }
        let mut moved = after.held;
        before.into_iter().for_each(|(name, paise)| *moved.entry(name).or_default() -= paise);
        moved.into_iter().try_for_each(|(name, paise)| self.add(name, paise))
    }

    fn event(&self, day: i64, what: What) -> Event {
        Event { day, year: self.calendar.year(day), what, payment: None, from: Vec::new() }
    }

    /// The part of a payment that no recovery claims yet.
    pub fn room_to_ask(&self, payment: usize) -> i64 {
        if self.payments[payment].status != "succeeded" {
            return 0;
        }
        let asked = self.recoveries.iter().filter(|file| file.payment == payment).map(|file| file.paise).sum::<i64>();
        self.payments[payment].paise - asked
    }

    pub fn ask_back(&mut self, payment: usize, paise: i64) -> Result<(), Refused> {
        if paise > self.room_to_ask(payment) {
            return Err("recovery_exceeds_payment");
        }
        self.open(payment, paise, false);
        Ok(())
    }

    /// Opens a recovery; a true-up is already ordered.
    pub fn open(&mut self, payment: usize, paise: i64, true_up: bool) {
        self.recoveries.push(Recovery {
            payment,
            paise,
            status: if true_up { "ordered" } else { "noticed" },
            true_up,
            reply_due: self.day + 30,
            demanded: 0,
            interest_from: self.payments[payment].paid,
            set_off: None,
            held: false,
            events: Vec::new(),
        });
    }

    pub fn recover(&mut self, recovery: usize, act: RecoveryAct) -> Result<(), Refused> {
        let (today, file) = (self.day, &self.recoveries[recovery]);
        let (principal_due, interest_due) = file.due(today);
        match act {
            RecoveryAct::Reply if file.status != "noticed" => Err("wrong_state"),
            RecoveryAct::Reply => self.rebook(recovery, |file| file.status = "replied"),
            RecoveryAct::Order(_) if file.status == "noticed" && today <= file.reply_due => Err("reply_awaited"),
            RecoveryAct::Order(_) if !["noticed", "replied"].contains(&file.status) => Err("wrong_state"),
            RecoveryAct::Order(paise) if paise > file.paise => Err("order_exceeds_notice"),
            RecoveryAct::Order(paise) if self.beyond(file.payment, file.paise - paise) > 0 => {
                Err("certificate_needs_recovery")
            }
            RecoveryAct::Order(paise) => self.rebook(recovery, |file| {
                (file.paise, file.status) = (paise, if paise == 0 { "dropped" } else { "ordered" });
            }),
            RecoveryAct::Demand if file.status != "ordered" => Err("wrong_state"),
            RecoveryAct::Demand => self.make_due(recovery, today + 10),
            RecoveryAct::Receive { paise, days_ago } => {
                file.require_due()?;
                let fixed = file.events.iter().filter(|event| !matches!(event.what, What::MoneyIn(_)));
                let first = fixed.map(|event| event.day).fold(file.demanded, i64::max);
                if today - days_ago < first {
                    return Err("date_not_allowed");
                }
                let event = self.event(today - days_ago, What::MoneyIn(paise));
                self.rebook(recovery, |file| file.events.push(event))
            }
            RecoveryAct::SetOff(paise) => {
                file.require_due()?;
                if paise > principal_due + interest_due {
                    return Err("set_off_exceeds");
                }
                self.recoveries[recovery].set_off = Some(paise);
                Ok(())
            }
            RecoveryAct::Relieve { principal, interest, waiver } => {
                file.require_due()?;
                let event = self.event(today, What::GivenUp { principal, interest, waiver });
                self.rebook(recovery, |file| file.events.push(event))
            }
        }
    }

    fn make_due(&mut self, recovery: usize, due_on: i64) -> Result<(), Refused> {
        let today = self.day;
        self.rebook(recovery, |file| {
            (file.status, file.demanded) = ("demanded", today);
            file.interest_from = if file.true_up { due_on } else { file.interest_from };
        })
    }

    /// Deducts the set-offs from an advice, the oldest recovery first; at least a rupee remains for the
    /// bank to pay. Returns the payment's gross amount and the set-offs.
    pub fn hold_set_offs(&mut self, tranche: usize) -> (i64, Vec<(usize, i64)>) {
        let gross = self.tranches[tranche].paise;
        let (mut room, mut kept) = (gross - RUPEE, Vec::new());
        for (index, file) in self.recoveries.iter_mut().enumerate() {
            let Some(open) = file.set_off.filter(|_| file.status == "demanded" && !file.held) else { continue };
            let (principal, interest) = file.due(self.day);
            let paise = rupees(open.min(principal + interest).min(room));
            if paise > 0 {
                room -= paise;
                (file.set_off, file.held) = (Some(open - paise), true);
                kept.push((index, paise));
            }
        }
        (gross, kept)
    }

    /// The payment succeeded: its set-offs count from the day of its advice.
    pub fn count_set_offs(&mut self, payment: usize) -> Result<(), Refused> {
        let file = self.payments[payment].clone();
        for (recovery, paise) in file.kept {
            let year = self.calendar.year(file.paid);
            let what = What::MoneyIn(paise);
            let event = Event { day: file.advised, year, what, payment: Some(payment), from: Vec::new() };
            self.rebook(recovery, |file| {
                file.held = false;
                file.set_off = file.set_off.filter(|open| *open > 0);
                file.events.push(event);
            })?;
        }
        Ok(())
    }

    /// The payment failed: the set-off orders are open as before.
    pub fn release_set_offs(&mut self, payment: usize) {
        for (recovery, paise) in self.payments[payment].kept.clone() {
            let file = &mut self.recoveries[recovery];
            file.held = false;
            file.set_off = file.set_off.map(|open| open + paise);
        }
    }

    /// Where recovered money is by now: it may have lapsed with its year or been freed.
    fn where_recovered(&self, principal: i64, year: i64) -> Vec<(String, i64)> {
        let take = |names: [String; 3]| {
            let mut rest = principal;
            let taken = names.map(|name| {
                let part = rest.min(self.at(&name));
                rest -= part;
                (name, part)
            });
            (taken, rest)
        };
        let component = |stage: &str| format!("{}:{stage}", COMPONENTS[0]);
        let (outlay, missing) = take([component("recovered"), component("available"), of_award("committed")]);
        let (of_its_year, left) = take(["recovered", "lapsed", "available"].map(|stage| of_year(0, year, stage)));
        let mut from: Vec<(String, i64)> = outlay.into_iter().chain(of_its_year).collect();
        from.push((component("recovered"), missing));
        from.push((of_year(0, year, "receipts"), principal - left));
        from
    }

    /// The bank took the payment back: its set-offs are owed again, it settles its own recoveries, and
    /// the rest is owed to the payee, together with the amounts already recovered from it.
    pub fn take_back(&mut self, payment: usize) -> Result<(), Refused> {
        let (paid, kept) = (self.payments[payment].paid, self.payments[payment].kept.clone());
        let ours: Vec<usize> =
            (0..self.recoveries.len()).filter(|one| self.recoveries[*one].payment == payment).collect();
        if kept.iter().map(|(other, _)| other).chain(&ours).any(|one| self.recoveries[*one].held) {
            return Err("set_off_pending");
        }
        for (recovery, _) in kept {
            let (year, file) = (self.calendar.year(paid), &self.recoveries[recovery]);
            let place = file.events.iter().position(|one| one.payment == Some(payment)).unwrap();
            let from = self.where_recovered(file.books()?.taken[place].0, year);
            let event = Event { year, from, ..self.event(self.day, What::Undone(payment)) };
            self.rebook(recovery, |file| file.events.push(event))?;
        }
        let Tranche { paise: gross, held_in, .. } = self.tranches[self.payments[payment].tranche];
        let mut again = gross;
        // What a certificate counted of the notices that are dropped stays asked.
        let needed = self.beyond(payment, ours.iter().map(|one| self.recoveries[*one].undecided()).sum());
        let mut ours = ours;
        if needed > 0 {
            self.open(payment, needed, true);
            ours.push(self.recoveries.len() - 1);
        }
        for one in &ours {
            match self.recoveries[*one].status {
                "noticed" | "replied" => self.rebook(*one, |file| (file.paise, file.status) = (0, "dropped"))?,
                "ordered" => self.make_due(*one, self.day)?,
                _ => {}
            }
            let (principal, interest) = self.recoveries[*one].due(self.day);
            let paise = rupees(again.min(principal + interest));
            if paise > 0 {
                again -= paise;
                let event = self.event(self.day, What::Returned(paise));
                self.rebook(*one, |file| file.events.push(event))?;
            }
        }
        let own = again.min(ours.iter().map(|one| self.recoveries[*one].principal_back()).sum());
        self.add(of_award("disbursed"), own - again)?;
        self.add(of_award("receipts"), own)?;
        self.add(of_award("sanctioned"), again)?;
        self.within_year(0, held_in, "disbursed", "sanctioned", again)?;
        if again > 0 {
            let tranche = &mut self.tranches[self.payments[payment].tranche];
            (tranche.paise, tranche.status) = (again, "sanctioned");
        }
        Ok(())
    }
}
