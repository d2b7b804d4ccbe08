//! The model of the final certificate: it ends the withholding, withdraws what will not be sent,
//! reserves the balance, and opens a recovery of any overpayment.

use super::{Calendar, Model, Refused, of_year, rupees};

impl<C: Calendar + Clone> Model<C> {
    /// Submits a certificate, unless one is waiting, and accepts it. A refused acceptance leaves it waiting.
    pub fn certify(&mut self, claim: usize, paise: i64) -> Result<(), Refused> {
        let file = &self.claims[claim];
        if self.share == 10_000 || file.certified {
            return Err("certificate_not_needed");
        }
        let entitled = file.certificate.unwrap_or(paise).min(file.paise);
        let live: Vec<usize> = (0..self.tranches.len())
            .filter(|one| self.tranches[*one].claim == claim)
            .filter(|one| !["rejected", "expired"].contains(&self.tranches[*one].status))
            .collect();
        if live.iter().any(|one| self.tranches[*one].status == "advised") {
            return Err("payment_under_way");
        }
        let (held, gone): (Vec<usize>, Vec<usize>) = live.into_iter().partition(|one| self.is_held(*one));
        let sum = |tranches: &[usize]| tranches.iter().map(|one| self.tranches[*one].paise).sum::<i64>();
        let (paid, under_way) = (sum(&gone), sum(&held));
        let withheld = std::mem::take(&mut self.claims[claim].withheld);
        self.within_award("withheld", "committed", withheld)?;
        let mut released = paid + under_way;
        if entitled < released {
            released = paid;
            for one in held {
                let from = if self.tranches[one].status == "sanctioned" { "sanctioned" } else { "reserved" };
                let (paise, year) = (self.tranches[one].paise, self.tranches[one].held_in);
                self.tranches[one].status = "rejected";
                self.within_award(from, "committed", paise)?;
                self.within_year(0, year, from, "available", paise)?;
            }
        }
        self.receivables(claim, released - entitled);
        let balance = (entitled - released).max(0);
        let payable = rupees(balance.min(self.at(&of_year(0, self.year(), "available"))));
        let file = &mut self.claims[claim];
        (file.certified, file.certificate, file.deferred) = (true, Some(entitled), balance - payable);
        if payable > 0 { self.reserve(claim, payable) } else { Ok(()) }
    }

    /// Whether a certified claim would leave more with the payee than it allows, if this was not asked any more.
    pub fn leaves_too_much(&self, recovery: usize, freed: i64) -> bool {
        let of = |payment: usize| self.tranches[self.payments[payment].tranche].claim;
        let claim = of(self.recoveries[recovery].payment);
        let file = &self.claims[claim];
        let paid = self
            .payments
            .iter()
            .enumerate()
            .filter(|(one, payment)| of(*one) == claim && payment.status == "succeeded");
        let asked = self.recoveries.iter().filter(|file| of(file.payment) == claim);
        let left = paid.map(|(_, payment)| payment.paise).sum::<i64>()
            - asked.map(|file| file.paise - file.principal_returned()).sum::<i64>();
        let entitled = file.certificate.unwrap_or(file.paise).min(file.paise);
        file.certified && freed > 0 && left + freed > entitled
    }

    /// Opens recoveries of the overpaid amount, beginning with the latest payment.
    fn receivables(&mut self, claim: usize, mut paise: i64) {
        let mut paid: Vec<usize> =
            (0..self.payments.len()).filter(|one| self.tranches[self.payments[*one].tranche].claim == claim).collect();
        paid.sort_by_key(|one| std::cmp::Reverse((self.payments[*one].paid, self.payments[*one].settled)));
        // What recoveries of these payments ask, or brought back, is part of it.
        let asked = self.recoveries.iter().filter(|file| paid.contains(&file.payment)).map(|file| file.paise);
        paise -= asked.sum::<i64>();
        for one in paid {
            let part = paise.min(self.room_to_ask(one)).max(0);
            if part > 0 {
                paise -= part;
                self.open(one, part, true);
            }
        }
    }
}
