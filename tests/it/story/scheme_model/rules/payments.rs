//! The model of the bank's answers to a payment.

use super::{Calendar, Model, Payment, Refused, Tranche};

impl<C: Calendar + Clone> Model<C> {
    pub fn settle(&mut self, payment: usize, outcome: &'static str) -> Result<(), Refused> {
        let Payment { tranche, status, .. } = self.payments[payment];
        let from: &[&str] = match outcome {
            "failed_after_success" => &["succeeded"],
            "unknown" => &["advised"],
            _ => &["advised", "unknown"],
        };
        if !from.contains(&status) {
            return Err("wrong_state");
        }
        self.payments[payment].status = outcome;
        let Tranche { paise, held_in, .. } = self.tranches[tranche];
        match outcome {
            "succeeded" => {
                let year = self.year();
                self.payments[payment].paid = self.day;
                self.payments[payment].settled = 1 + self.payments.iter().map(|one| one.settled).max().unwrap_or(0);
                self.tranches[tranche].status = "disbursed";
                self.tranches[tranche].held_in = year;
                self.within_award("sanctioned", "disbursed", paise)?;
                self.across(held_in, year, "sanctioned", "disbursed", paise)?;
                self.count_set_offs(payment)
            }
            "failed_after_success" => self.take_back(payment),
            "failed" => {
                self.tranches[tranche].status = "sanctioned";
                self.release_set_offs(payment);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
