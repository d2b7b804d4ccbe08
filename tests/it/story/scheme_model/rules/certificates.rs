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
        let (paid, under_way) = (sum(&gone) + self.kept_of(claim), sum(&held));
        // Of what was granted beyond the entitlement, recoveries ask some already.
        let counted = self.asked_of(claim).min((paid + under_way + self.claims[claim].deferred - entitled).max(0));
        let stands = entitled + counted;
        let withheld = std::mem::take(&mut self.claims[claim].withheld);
        self.within_award("withheld", "committed", withheld)?;
        let mut released = paid + under_way;
        if stands < released {
            released = paid;
            for one in held {
                let from = if self.tranches[one].status == "sanctioned" { "sanctioned" } else { "reserved" };
                let (paise, year) = (self.tranches[one].paise, self.tranches[one].held_in);
                self.tranches[one].status = "rejected";
                self.within_award(from, "committed", paise)?;
                self.within_year(0, year, from, "available", paise)?;
            }
        }
        self.receivables(claim, released.max(stands) - entitled);
        let balance = (stands - released).max(0);
        let payable = rupees(balance.min(self.at(&of_year(0, self.year(), "available"))));
        let file = &mut self.claims[claim];
        (file.certified, file.certificate, file.deferred) = (true, Some(entitled), balance - payable);
        if payable > 0 { self.reserve(claim, payable) } else { Ok(()) }
    }

    fn claim_of(&self, payment: usize) -> usize {
        self.tranches[self.payments[payment].tranche].claim
    }

    /// What recoveries of all payments of a claim ask, or asked and brought back.
    fn asked_of(&self, claim: usize) -> i64 {
        self.recoveries.iter().filter(|file| self.claim_of(file.payment) == claim).map(|file| file.paise).sum()
    }

    /// What bank returns kept of the payments of a claim, beside what their tranches still amount to.
    fn kept_of(&self, claim: usize) -> i64 {
        let beside = |payment: usize| {
            let tranche = self.payments[payment].tranche;
            let pays = self.payments.iter().any(|one| one.tranche == tranche && one.status == "succeeded");
            self.tranches[tranche].status != "disbursed" || pays
        };
        let of_claim = self.recoveries.iter().filter(|file| self.claim_of(file.payment) == claim);
        of_claim.filter(|file| beside(file.payment)).map(|file| file.returned()).sum()
    }

    /// What would stay with the payee of a certified claim beyond its entitlement, if so much was not asked any more.
    pub fn beyond(&self, payment: usize, freed: i64) -> i64 {
        let claim = self.claim_of(payment);
        let file = &self.claims[claim];
        if !file.certified {
            return 0;
        }
        let live = self.tranches.iter().filter(|one| one.claim == claim);
        let live = live.filter(|one| !["rejected", "expired"].contains(&one.status)).map(|one| one.paise).sum::<i64>();
        let gross = live + self.kept_of(claim) + file.deferred + file.withheld;
        let entitled = file.certificate.unwrap_or(file.paise).min(file.paise);
        (gross - (self.asked_of(claim) - freed) - entitled).clamp(0, freed)
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
