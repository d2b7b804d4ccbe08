//! Tranches: one amount of a claim, from verification to payment. Each step requires the state
//! before it and a person who took no other step on this rupee, and takes the time as an argument.

use crate::base::act::Act;
use crate::base::calendar::{FinancialYear, Timestamp};
use crate::base::id::{AwardId, ClaimId, OrganisationId, TrancheId, UserId};
use crate::base::money::Paise;
use crate::base::permission::Step;
use crate::base::refusal::Refusal;
use crate::base::step::TrancheStep;
use crate::budget::ledger::Journal;
use crate::budget::posting;
use crate::budget::posting::Purse;
use crate::payment::tranche_return::TrancheReturns;
use crate::scheme::scheme::Component;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The status of a tranche.
    pub enum TrancheStatus {
        /// Returned to the desk of verification, or from there to the beneficiary; its money stays reserved.
        Returned = "returned",
        Verified = "verified",
        Recommended = "recommended",
        Concurred = "concurred",
        Sanctioned = "sanctioned",
        Advised = "advised",
        Disbursed = "disbursed",
        Rejected = "rejected",
        Expired = "expired",
    }
}

/// All steps, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct TrancheSteps(pub Vec<TrancheStep>);

/// The rejection of a tranche.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rejection {
    pub reason: String,
    pub rejected_by: UserId,
    pub rejected_at: Timestamp,
}

/// The sanction order, which obliges the Government to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SanctionOrder {
    pub number: String,
    pub sanctioned_on: NaiveDate,
    /// The appropriation from which it is met (General Financial Rules 2017, rule 25).
    pub met_from: String,
}

/// One amount that is sanctioned and paid as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tranche {
    pub id: TrancheId,
    pub number: String,
    pub claim_id: ClaimId,
    pub award_id: AwardId,
    pub organisation_id: OrganisationId,
    pub scheme_code: String,
    pub component: Component,
    /// The financial year in which it was earned.
    pub performance_year: FinancialYear,
    /// The financial year whose appropriation holds it now.
    pub held_in: FinancialYear,
    pub amount_paise: Paise,
    /// The last day on which the money is held for it; afterwards the money returns automatically.
    pub held_until: NaiveDate,
    pub status: TrancheStatus,
    pub steps: TrancheSteps,
    /// Every return to an earlier desk, oldest first.
    #[serde(skip_serializing_if = "TrancheReturns::is_empty")]
    pub returns: TrancheReturns,
    pub returned_times: i64,
    pub sanction: Option<SanctionOrder>,
    pub rejection: Option<Rejection>,
    pub created_at: Timestamp,
    pub version: i64,
}

impl Tranche {
    /// Whether the bank returned its payment and recoveries took all of the money: then nothing is
    /// owed again, and the tranche stays disbursed. `kept` is the amount that recoveries took,
    /// `pays` whether a payment of the tranche is valid.
    pub fn is_used_up(&self, kept: Paise, pays: bool) -> bool {
        kept > Paise::ZERO && !pays && self.status == TrancheStatus::Disbursed
    }

    /// `Ok` when the tranche has the status that a step requires.
    pub fn require(&self, status: TrancheStatus, needs: &'static str) -> Result<(), Refusal> {
        if self.status == status {
            Ok(())
        } else {
            Err(Refusal::WrongState { noun: "tranche", is: self.status.as_str(), needs })
        }
    }

    /// Takes a step: it requires the right status and a person without another step on this rupee.
    /// Verifying the milestone and verifying the claim are one and the same step.
    pub fn take(&mut self, step: Step, by: UserId, at: Timestamp, note: &str) -> Result<(), Refusal> {
        let (from, needs, to) = match step {
            Step::Recommend => (TrancheStatus::Verified, "verified", TrancheStatus::Recommended),
            Step::Concur => (TrancheStatus::Recommended, "recommended", TrancheStatus::Concurred),
            Step::Sanction => (TrancheStatus::Concurred, "concurred", TrancheStatus::Sanctioned),
            Step::Pay => (TrancheStatus::Sanctioned, "sanctioned", TrancheStatus::Advised),
            // Other steps are taken on the budget, the claim or a recovery.
            _ => (self.status, "verified", self.status),
        };
        self.require(from, needs)?;
        self.record(step, by, at, note)?;
        self.status = to;
        Ok(())
    }

    /// Records that a person took a step; refuses a person who already took another step on this
    /// rupee, be it fallen or not. Repeating one's own step (a payment advised again) adds no record
    /// unless it fell.
    pub fn record(&mut self, step: Step, by: UserId, at: Timestamp, note: &str) -> Result<(), Refusal> {
        self.check_person(step, step.into(), by)?;
        let stands = |taken: &TrancheStep| taken.taken_by == by && taken.fallen.is_none();
        if !self.steps.0.iter().any(stands) {
            self.steps.0.push(TrancheStep::taken(step, by, at, note));
        }
        Ok(())
    }

    /// Refuses a person who acted at another desk of this rupee than the one of `step`: took another step, or returned
    /// it from there. `now` is what they try.
    pub fn check_person(&self, step: Step, now: Act, by: UserId) -> Result<(), Refusal> {
        let took = self.steps.0.iter().map(|taken| (taken.taken_by, taken.step, Act::Step(taken.step)));
        let returned = self.returns.0.iter().map(|one| (one.returned_by, one.from.step(), Act::Return));
        match took.chain(returned).find(|(person, other, _)| *person == by && *other != step) {
            Some((_, _, earlier)) => Err(Refusal::SamePerson { earlier, now }),
            None => Ok(()),
        }
    }

    /// Refuses an act that is too late: from the day after `held_until` the money is no longer
    /// held.
    pub fn check_hold(&self, today: NaiveDate) -> Result<(), Refusal> {
        let gone = self.status == TrancheStatus::Expired || (self.is_held() && today > self.held_until);
        if gone {
            return Err(Refusal::HoldExpired { tranche: self.number.clone(), until: self.held_until });
        }
        Ok(())
    }

    /// Whether money is held for its next step. After it is advised, the bank must settle the
    /// payment first.
    pub fn is_held(&self) -> bool {
        use TrancheStatus::{Concurred, Recommended, Returned, Sanctioned, Verified};
        [Returned, Verified, Recommended, Concurred, Sanctioned].contains(&self.status)
    }

    /// Whether it was rejected or expired.
    pub fn is_over(&self) -> bool {
        [TrancheStatus::Rejected, TrancheStatus::Expired].contains(&self.status)
    }

    /// Ends a hold whose time is over and returns the previous status; `None` if the hold is not
    /// over.
    pub fn expire(&mut self, today: NaiveDate) -> Option<TrancheStatus> {
        if !self.is_held() || today <= self.held_until {
            return None;
        }
        Some(std::mem::replace(&mut self.status, TrancheStatus::Expired))
    }

    /// Ends a tranche that is not yet with the bank, because the final certificate replaces it;
    /// returns the previous status.
    pub fn withdraw(&mut self, reason: &str, by: UserId, at: Timestamp) -> Result<TrancheStatus, Refusal> {
        if !self.is_held() {
            let needs = "returned, verified, recommended, concurred or sanctioned";
            return Err(Refusal::WrongState { noun: "tranche", is: self.status.as_str(), needs });
        }
        self.rejection = Some(Rejection { reason: reason.to_owned(), rejected_by: by, rejected_at: at });
        Ok(std::mem::replace(&mut self.status, TrancheStatus::Rejected))
    }

    /// What gives the money back of a tranche that ended and `was` in this state before.
    pub fn give_back(&self, was: TrancheStatus, purse: &Purse) -> Journal {
        let returned = match was {
            TrancheStatus::Sanctioned => posting::lapse_sanction,
            _ => posting::return_reservation,
        };
        returned(purse, self.held_in, self.amount_paise, &self.number)
    }

    /// Ends a tranche that is not yet sanctioned; its reservation goes back.
    pub fn reject(&mut self, reason: &str, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let open = [TrancheStatus::Verified, TrancheStatus::Recommended, TrancheStatus::Concurred];
        if !open.contains(&self.status) {
            return Err(Refusal::WrongState {
                noun: "tranche",
                is: self.status.as_str(),
                needs: "verified, recommended or concurred",
            });
        }
        self.rejection = Some(Rejection { reason: reason.to_owned(), rejected_by: by, rejected_at: at });
        self.status = TrancheStatus::Rejected;
        Ok(())
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use uuid::Uuid;

    pub fn person(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    pub fn now() -> Timestamp {
        "2026-08-01T06:00:00Z".parse().unwrap()
    }

    pub fn tranche() -> Tranche {
        Tranche {
            id: TrancheId(Uuid::nil()),
            number: "T".into(),
            claim_id: ClaimId(Uuid::nil()),
            award_id: AwardId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            scheme_code: "s".into(),
            component: Component::CapitalSubsidy,
            performance_year: now().financial_year(),
            held_in: now().financial_year(),
            amount_paise: Paise(1),
            held_until: now().date_in_india(),
            status: TrancheStatus::Verified,
            steps: TrancheSteps::default(),
            returns: TrancheReturns::default(),
            returned_times: 0,
            sanction: None,
            rejection: None,
            created_at: now(),
            version: 1,
        }
    }

    #[test]
    fn the_steps_come_in_order() {
        let order = [Step::Recommend, Step::Concur, Step::Sanction, Step::Pay];
        for skipped in 0..order.len() {
            let mut file = tranche();
            for (index, step) in order.iter().enumerate() {
                let taken = file.take(*step, person(index as u128), now(), "");
                if index == skipped {
                    break;
                }
                assert!(taken.is_ok());
            }
            for (index, step) in order.iter().enumerate().filter(|(index, _)| *index != skipped + 1) {
                let refused = file.clone().take(*step, person(100 + index as u128), now(), "").map_err(|r| r.code());
                assert_eq!(refused, Err("wrong_state"), "{step} after {skipped}");
            }
        }
    }

    #[test]
    fn no_pair_of_steps_belongs_to_one_person() {
        for earlier in Step::ALL {
            for now_step in [Step::Recommend, Step::Concur, Step::Sanction, Step::Pay] {
                let mut file = tranche();
                file.steps.0.push(TrancheStep::taken(*earlier, person(1), now(), ""));
                file.status = match now_step {
                    Step::Recommend => TrancheStatus::Verified,
                    Step::Concur => TrancheStatus::Recommended,
                    Step::Sanction => TrancheStatus::Concurred,
                    _ => TrancheStatus::Sanctioned,
                };
                let result = file.take(now_step, person(1), now(), "");
                assert_eq!(result.is_ok(), *earlier == now_step, "{earlier} then {now_step}");
            }
        }
    }

    #[test]
    fn a_hold_ends_the_day_after_its_last_and_only_once() {
        let mut file = tranche();
        let last = file.held_until;
        let next = last.succ_opt().unwrap();
        assert!(file.check_hold(last).is_ok() && file.expire(last).is_none());
        assert_eq!(file.check_hold(next).unwrap_err().code(), "hold_expired");
        assert_eq!(file.expire(next), Some(TrancheStatus::Verified));
        assert_eq!(file.expire(next), None);
        assert_eq!(file.check_hold(last).unwrap_err().code(), "hold_expired");
        file.status = TrancheStatus::Advised;
        assert!(file.check_hold(next).is_ok() && file.expire(next).is_none());
    }

    #[test]
    fn a_sanctioned_tranche_cannot_be_rejected() {
        let mut file = tranche();
        file.status = TrancheStatus::Sanctioned;
        assert_eq!(file.reject("no", person(1), now()).unwrap_err().code(), "wrong_state");
    }
}
