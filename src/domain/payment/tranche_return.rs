//! Sending a tranche back to an earlier desk. The steps of that desk and of every later one fall: they stay in the
//! record, and are taken again. The money stays held and `held_until` runs on. A fallen step still binds the
//! person who took it: they may take the same step again, because the same desk handles the file again, and never
//! another one.

use crate::base::act::Act;
use crate::base::calendar::Timestamp;
use crate::base::desk::Desk;
use crate::base::digest::hex;
use crate::base::id::UserId;
use crate::base::money::Paise;
use crate::base::noting::{Noting, Reasons};
use crate::base::permission::{Roles, Step};
use crate::base::refusal::Refusal;
use crate::base::step::{Fallen, TrancheStep};
use crate::payment::tranche::{SanctionOrder, Tranche, TrancheStatus};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// A return to an earlier desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrancheReturn {
    /// 1 for the first return of the tranche.
    pub round: i64,
    pub from: Desk,
    pub to: Desk,
    /// What whoever sits at that desk is to do; left out for a manufacturer unless it is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Reasons>,
    /// Internal noting; left out for a manufacturer.
    #[serde(default, skip_serializing_if = "Noting::is_hidden")]
    pub note: Noting,
    /// The amount of the tranche at that time.
    pub amount_paise: Paise,
    /// The sanction order that the return reversed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reversed_sanction: Option<SanctionOrder>,
    /// The number of steps on record at that time. Only these could fall.
    pub steps_before: i64,
    pub returned_by: UserId,
    pub returned_at: Timestamp,
}

/// All returns, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct TrancheReturns(pub Vec<TrancheReturn>);

impl TrancheReturn {
    /// SHA-256 of the whole as stored, for the audit log.
    pub fn digest(&self) -> String {
        // It holds only text, numbers and lists, which always have a JSON form.
        hex(&Sha256::digest(serde_json::to_string(self).unwrap_or_default().as_bytes()))
    }
}

impl TrancheReturns {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a person who returns a tranche says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendBack {
    pub to: Desk,
    pub reasons: Reasons,
    pub note: Noting,
    pub by: UserId,
    pub at: Timestamp,
}

impl TrancheStatus {
    /// The desk at which a tranche lies; `None` while it is with the bank, and when it is over.
    pub fn desk(self) -> Option<Desk> {
        match self {
            TrancheStatus::Returned => Some(Desk::Verify),
            TrancheStatus::Verified => Some(Desk::Recommend),
            TrancheStatus::Recommended => Some(Desk::Concur),
            TrancheStatus::Concurred => Some(Desk::Sanction),
            TrancheStatus::Sanctioned => Some(Desk::Pay),
            _ => None,
        }
    }

    /// The status in which a tranche lies at a desk.
    fn at(desk: Desk) -> TrancheStatus {
        match desk {
            Desk::Prepare | Desk::Verify => TrancheStatus::Returned,
            Desk::Recommend => TrancheStatus::Verified,
            Desk::Concur => TrancheStatus::Recommended,
            Desk::Sanction => TrancheStatus::Concurred,
            Desk::Pay => TrancheStatus::Sanctioned,
        }
    }
}

impl Tranche {
    /// Returns the tranche to an earlier desk, by a person who sits at the desk where it lies. The result is the
    /// status before; a sanction must be reversed in the ledger.
    pub fn send_back(&mut self, order: SendBack, roles: &Roles) -> Result<TrancheStatus, Refusal> {
        let wrong = |needs| Refusal::WrongState { noun: "tranche", is: self.status.as_str(), needs };
        let from = self.status.desk().ok_or_else(|| wrong("at the desk of an office"))?;
        if !roles.has(from.role()) {
            return Err(Refusal::NotYourDesk { desk: from });
        }
        if order.to >= from {
            return Err(wrong("past the desk to which it goes back"));
        }
        let advised = |taken: &TrancheStep| taken.step == Step::Pay;
        if self.steps.0.iter().any(advised) {
            return Err(Refusal::PaymentAdvised { tranche: self.number.clone() });
        }
        self.check_person(from.step(), Act::Return, order.by)?;
        Ok(self.fall_back(order, from))
    }

    /// Sends it back to the desk of verification because its claim is opened again, wherever it lies, by the second of
    /// two people. The result is the status before; a sanction must be reversed in the ledger.
    pub fn reopen(&mut self, order: SendBack) -> Result<TrancheStatus, Refusal> {
        let wrong = || Refusal::WrongState { noun: "tranche", is: self.status.as_str(), needs: "between the desks" };
        let from = self.status.desk().filter(|from| *from > order.to).ok_or_else(wrong)?;
        self.check_person(from.step(), Act::Return, order.by)?;
        Ok(self.fall_back(order, from))
    }

    fn fall_back(&mut self, order: SendBack, from: Desk) -> TrancheStatus {
        self.returned_times += 1;
        self.returns.0.push(TrancheReturn {
            round: self.returned_times,
            from,
            to: order.to,
            reasons: Some(order.reasons),
            note: order.note,
            amount_paise: self.amount_paise,
            reversed_sanction: self.sanction.take(),
            steps_before: self.steps.0.len() as i64,
            returned_by: order.by,
            returned_at: order.at,
        });
        self.mark_fallen();
        std::mem::replace(&mut self.status, TrancheStatus::at(order.to))
    }

    /// Marks each step with the first return by which it fell. The marks follow from the returns alone.
    pub fn mark_fallen(&mut self) {
        for (index, step) in (0_i64..).zip(&mut self.steps.0) {
            let fells = |one: &&TrancheReturn| {
                index < one.steps_before && Desk::of(step.step).is_some_and(|desk| desk >= one.to)
            };
            step.fallen = self.returns.0.iter().find(fells).map(|one| Fallen {
                round: one.round,
                by: one.returned_by,
                at: one.returned_at,
                reasons: one.reasons.clone(),
            });
        }
    }

    /// Whether it waits at the desk of verification for its claim to be verified again.
    pub fn awaits_verification(&self) -> bool {
        self.status == TrancheStatus::Returned
    }

    /// The copy for a manufacturer: without the noting of the offices, and without reasons that offices gave each
    /// other.
    pub fn without_noting(mut self) -> Tranche {
        for one in &mut self.returns.0 {
            one.note.hide();
            one.reasons = one.reasons.take().filter(|_| one.to == Desk::Prepare);
        }
        for step in &mut self.steps.0 {
            step.note.hide();
        }
        self.mark_fallen();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::tranche::tests::{now, person, tranche};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn order(to: Desk, by: u128) -> SendBack {
        SendBack {
            to,
            reasons: Reasons("the certificate is of another plant".into()),
            note: Noting::of("spoke to the agency"),
            by: person(by),
            at: now(),
        }
    }

    fn all_offices() -> Roles {
        "verifier section_officer finance_officer competent_authority disbursing_officer".parse().unwrap()
    }

    const ORDER: [Step; 3] = [Step::Recommend, Step::Concur, Step::Sanction];

    /// A tranche whose steps up to the one before `desk` are taken, each by a person numbered after it.
    fn at_desk(desk: Desk) -> Tranche {
        let mut file = tranche();
        for (by, step) in [(1, Step::Prepare), (2, Step::Submit), (3, Step::Verify)] {
            file.record(step, person(by), now(), "").unwrap();
        }
        for (by, step) in (4..).zip(ORDER).filter(|(_, step)| Desk::of(*step) < Some(desk)) {
            file.take(step, person(by), now(), "noted").unwrap();
        }
        file
    }

    fn standing(file: &Tranche) -> Vec<Step> {
        file.steps.0.iter().filter(|step| step.fallen.is_none()).map(|step| step.step).collect()
    }

    #[test]
    fn later_steps_fall_and_earlier_ones_stand() {
        let desks = [Desk::Recommend, Desk::Concur, Desk::Sanction, Desk::Pay];
        for (place, from) in desks.into_iter().enumerate() {
            for to in Desk::ALL.iter().copied().filter(|to| *to < from) {
                let mut file = at_desk(from);
                let before = file.clone();
                let was = file.send_back(order(to, 4 + place as u128), &all_offices()).unwrap();
                assert_eq!((was, file.held_until, file.amount_paise), (before.status, before.held_until, Paise(1)));
                assert_eq!(file.status, TrancheStatus::at(to));
                assert_eq!(file.steps.0.len(), before.steps.0.len(), "no step is removed");
                assert!(standing(&file).iter().all(|step| Desk::of(*step) < Some(to)), "{from} to {to}");
                let fallen = file.steps.0.iter().filter_map(|step| Some((Desk::of(step.step)?, step.fallen.as_ref()?)));
                assert!(fallen.clone().count() > 0);
                assert!(fallen.clone().all(|(desk, fell)| desk >= to && fell.round == 1 && fell.reasons.is_some()));
            }
            for to in Desk::ALL.iter().copied().filter(|to| *to >= from) {
                let refused = at_desk(from).send_back(order(to, 4 + place as u128), &all_offices());
                assert_eq!(refused.unwrap_err().code(), "wrong_state", "{from} to {to}");
            }
        }
    }

    #[test]
    fn only_the_desk_where_it_lies_returns_it() {
        for desk in [Desk::Recommend, Desk::Concur, Desk::Sanction, Desk::Pay] {
            for role in crate::base::permission::Role::ALL {
                let roles = Roles([*role].into());
                let result = at_desk(desk).send_back(order(Desk::Verify, 20), &roles).map_err(|one| one.code());
                let expected = if *role == desk.role() { None } else { Some("not_your_desk") };
                assert_eq!(result.err(), expected, "{role} at {desk}");
            }
        }
    }

    #[test]
    fn whoever_took_another_step_cannot_return_it_and_whoever_returned_it_takes_no_other_step() {
        let refused = at_desk(Desk::Concur).send_back(order(Desk::Recommend, 4), &all_offices()).unwrap_err();
        assert_eq!(refused, Refusal::SamePerson { earlier: Step::Recommend.into(), now: Act::Return });
        let mut file = at_desk(Desk::Concur);
        file.send_back(order(Desk::Recommend, 9), &all_offices()).unwrap();
        let refused = file.clone().take(Step::Recommend, person(9), now(), "").unwrap_err();
        assert_eq!(refused, Refusal::SamePerson { earlier: Act::Return, now: Step::Recommend.into() });
        file.take(Step::Recommend, person(4), now(), "again").unwrap();
        file.take(Step::Concur, person(9), now(), "").unwrap();
        assert_eq!(standing(&file).len(), 5);
    }

    #[test]
    fn a_sanction_goes_into_the_record_of_its_return_unless_a_payment_was_advised_on_it() {
        let mut file = at_desk(Desk::Pay);
        let number = "SAN/1".to_owned();
        file.sanction = Some(SanctionOrder { number, sanctioned_on: now().date_in_india(), met_from: "x".into() });
        let sanctioned = file.clone();
        file.send_back(order(Desk::Sanction, 7), &all_offices()).unwrap();
        assert_eq!((file.sanction, &file.returns.0[0].reversed_sanction), (None, &sanctioned.sanction));
        let mut paid = sanctioned;
        paid.take(Step::Pay, person(7), now(), "").unwrap();
        assert_eq!(paid.send_back(order(Desk::Sanction, 7), &all_offices()).unwrap_err().code(), "wrong_state");
        paid.status = TrancheStatus::Sanctioned;
        assert_eq!(paid.send_back(order(Desk::Sanction, 7), &all_offices()).unwrap_err().code(), "payment_advised");
    }

    #[test]
    fn a_manufacturer_reads_what_is_addressed_to_it_and_no_noting() {
        let mut file = at_desk(Desk::Concur);
        file.send_back(order(Desk::Verify, 5), &all_offices()).unwrap();
        file.send_back(order(Desk::Prepare, 3), &all_offices()).unwrap();
        let shown = serde_json::to_string(&file.clone().without_noting()).unwrap();
        assert!(!shown.contains("spoke to the agency") && !shown.contains("noted"), "{shown}");
        let copy = file.without_noting();
        let reasons: Vec<bool> = copy.returns.0.iter().map(|one| one.reasons.is_some()).collect();
        assert_eq!(reasons, [false, true]);
        let fell: Vec<bool> =
            copy.steps.0.iter().filter_map(|step| Some(step.fallen.as_ref()?.reasons.is_some())).collect();
        assert_eq!(fell, [true, true, false, false], "prepared and submitted again; verified and recommended");
    }

    proptest! {
        /// Whatever people try, in any order: nobody is on two steps, what stands is exactly what the status needs,
        /// and no step is ever removed.
        #[test]
        fn nobody_is_on_two_steps_after_any_returns(acts in prop::collection::vec((0_usize..8, 1_u128..9), 1..60)) {
            let mut file = at_desk(Desk::Recommend);
            let mut before = 0;
            for (act, by) in acts {
                let _ = match act {
                    0..=2 => file.take(ORDER[act], person(by), now(), ""),
                    3..=5 => file.send_back(order(Desk::ALL[act - 1], by), &all_offices()).map(|_| ()),
                    _ if file.awaits_verification() => file.record(Step::Verify, person(by), now(), "").map(|()| {
                        file.status = TrancheStatus::Verified;
                    }),
                    _ => Ok(()),
                };
                let mut of: BTreeMap<UserId, BTreeSet<Step>> = BTreeMap::new();
                file.steps.0.iter().for_each(|step| { of.entry(step.taken_by).or_default().insert(step.step); });
                file.returns.0.iter().for_each(|one| { of.entry(one.returned_by).or_default().insert(one.from.step()); });
                prop_assert!(of.values().all(|steps| steps.len() == 1), "{of:?}");
                let reached = file.status.desk().unwrap();
                let needed: BTreeSet<Step> = Desk::ALL.iter().filter(|desk| **desk < reached).map(|d| d.step()).collect();
                let stands: BTreeSet<Step> = standing(&file).into_iter().filter(|step| *step != Step::Submit).collect();
                prop_assert_eq!(stands, needed);
                prop_assert!(file.steps.0.len() >= before);
                before = file.steps.0.len();
            }
        }
    }
}
