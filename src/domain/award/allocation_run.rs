//! The allocation run, which allots capacity to competing bids: one pure calculation over the bids,
//! the scheme and the room that is left, which states every comparison it made. The result does not
//! depend on the order in which bids come in, and no limit of the scheme is ever exceeded.

use crate::award::allocation_bid::{Bid, StandingKind};
use crate::award::allocation_statement::{
    AllocationLimits, AllocationStatement, BidResult, FollowedRun, LimitCheck, LossReason, Outcome, OutlayRoom, Trial,
};
use crate::award::award::{Ceilings, ceilings};
use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::scheme::allocation_rules::{AllocationRules, PartialLast};
use crate::scheme::scheme::Scheme;

/// The room that the scheme has left for all bids of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomLeft {
    pub beneficiaries_awarded: i64,
    pub awarded_mtpa: i64,
    /// The uncommitted outlay of each component.
    pub outlay: Vec<OutlayRoom>,
}

/// Allots capacity to bids; returns a refusal where an amount cannot be computed.
pub fn run(
    bids: &[Bid],
    scheme: &Scheme,
    room: &RoomLeft,
    follows: Option<FollowedRun>,
) -> Result<AllocationStatement, Refusal> {
    let rules = scheme.allocation.as_ref().ok_or(Refusal::NotInScheme { what: "allocation" })?;
    let mut outlay = room.outlay.clone();
    outlay.sort_by_key(|room| room.component);
    let limits = AllocationLimits {
        beneficiaries_most: scheme.beneficiaries_most.value,
        beneficiaries_awarded: room.beneficiaries_awarded,
        total_capacity_mtpa: scheme.total_capacity_mtpa.value,
        awarded_mtpa: room.awarded_mtpa,
        least_mtpa: scheme.capacity_mtpa.least,
        most_mtpa: scheme.capacity_mtpa.most,
        step_mtpa: scheme.capacity_mtpa.step,
        outlay,
    };
    let mut bids = bids.to_vec();
    bids.sort_by(|a, b| rules.compare(a, b).0);
    let order = rules.comparisons(&bids);
    let mut run = Run { scheme, rules, left: Left::of(&limits), part_given: false };
    let mut results: Vec<BidResult> = (1..).zip(bids).map(|(rank, bid)| BidResult::new(rank, bid)).collect();
    // Awards and earlier allotments come first, so that a bid that is better later cannot take them
    // away.
    for result in &mut results {
        run.keep(result)?;
    }
    for result in &mut results {
        run.decide(result)?;
    }
    run.list_the_waiting(&mut results);
    run.give_oxide(&mut results);
    Ok(AllocationStatement {
        scheme_code: scheme.code.clone(),
        scheme_version: scheme.version,
        follows,
        rules: rules.clone(),
        limits,
        order,
        results,
    })
}

/// The room that is left at one point of the run.
struct Left {
    places: i64,
    mtpa: i64,
    outlay: Vec<OutlayRoom>,
}

impl Left {
    fn of(limits: &AllocationLimits) -> Self {
        Self {
            places: limits.beneficiaries_most - limits.beneficiaries_awarded,
            mtpa: limits.total_capacity_mtpa - limits.awarded_mtpa,
            outlay: limits.outlay.clone(),
        }
    }
}

struct Run<'a> {
    scheme: &'a Scheme,
    rules: &'a AllocationRules,
    left: Left,
    /// Whether a place was filled in part; that place is the last one.
    part_given: bool,
}

impl Run<'_> {
    /// Tries one capacity for a bid against every limit. If an amount cannot be computed for a bid,
    /// only that bid fails.
    fn trial(&self, bid: &Bid, capacity_mtpa: i64) -> Trial {
        let mut checks =
            vec![LimitCheck::places(1, self.left.places), LimitCheck::capacity(capacity_mtpa, self.left.mtpa)];
        let committed = ceilings(self.scheme, bid.rate_paise_per_kg, &bid.facts, capacity_mtpa);
        for (component, need) in committed.as_ref().map(Ceilings::pairs).unwrap_or_default() {
            let room = self.left.outlay.iter().find(|room| room.component == component);
            checks.push(LimitCheck::outlay(component, need, room.map_or(Paise::ZERO, |room| room.room_paise)));
        }
        let refused = || committed.as_ref().err().map(Refusal::to_string);
        let not_allowed = self.scheme.capacity_problem(capacity_mtpa).map(|reason| reason.to_string()).or_else(refused);
        let fits = not_allowed.is_none() && checks.iter().all(|check| check.fits);
        Trial { capacity_mtpa, fits, not_allowed, checks }
    }

    /// Takes a capacity out of the room that is left, or gives it back (`sign` is 1 or -1).
    fn take(&mut self, bid: &Bid, capacity_mtpa: i64, sign: i64) -> Result<(), Refusal> {
        let committed = ceilings(self.scheme, bid.rate_paise_per_kg, &bid.facts, capacity_mtpa)?;
        self.left.places -= sign;
        self.left.mtpa -= sign * capacity_mtpa;
        for (component, amount) in committed.pairs() {
            for room in self.left.outlay.iter_mut().filter(|room| room.component == component) {
                let taken = amount.0.checked_mul(sign).ok_or(Refusal::AmountTooLarge)?;
                room.room_paise = room.room_paise.checked_sub(Paise(taken)).ok_or(Refusal::AmountTooLarge)?;
            }
        }
        Ok(())
    }

    /// An award or an allotment of an earlier run remains as it is.
    fn keep(&mut self, result: &mut BidResult) -> Result<(), Refusal> {
        let Some(standing) = result.bid.standing else { return Ok(()) };
        match standing.kind {
            // The limits already include it.
            StandingKind::Awarded => result.gives(Outcome::Awarded, standing.capacity_mtpa),
            StandingKind::Surrendered => {
                result.outcome = Outcome::Surrendered;
                result.reason = Some(LossReason::surrendered(standing.capacity_mtpa));
            }
            StandingKind::Allotted => {
                let trial = self.trial(&result.bid, standing.capacity_mtpa);
                if trial.fits {
                    self.take(&result.bid, standing.capacity_mtpa, 1)?;
                    result.gives(Outcome::Allotted, standing.capacity_mtpa);
                }
                result.trials.push(trial);
            }
        }
        Ok(())
    }

    /// Decides what a bid gets of the room that is left when its turn comes.
    fn decide(&mut self, result: &mut BidResult) -> Result<(), Refusal> {
        match (result.bid.standing.map(|standing| standing.kind), result.outcome) {
            (Some(StandingKind::Awarded | StandingKind::Surrendered), _) => Ok(()),
            (Some(StandingKind::Allotted), Outcome::Allotted) => self.raise(result),
            _ => self.offer(result),
        }
    }

    /// A place that an earlier run filled in part is filled up before any later bid gets one.
    fn raise(&mut self, result: &mut BidResult) -> Result<(), Refusal> {
        let held = result.capacity_mtpa;
        if held >= result.bid.capacity_mtpa {
            return Ok(());
        }
        self.take(&result.bid, held, -1)?;
        let given = self.largest(result, held).unwrap_or(held);
        self.take(&result.bid, given, 1)?;
        result.gives(Outcome::Allotted, given);
        self.part_given |= given < result.bid.capacity_mtpa;
        Ok(())
    }

    /// Offers an open bid the whole capacity it requests; or else the part that fits, if this is
    /// the last place and the bid accepts so little.
    fn offer(&mut self, result: &mut BidResult) -> Result<(), Refusal> {
        let whole = self.trial(&result.bid, result.bid.capacity_mtpa);
        result.reason = whole.loss();
        result.trials.push(whole);
        if self.part_given {
            result.reason = result.reason.take().or_else(|| Some(LossReason::after_the_last_place()));
            return Ok(());
        }
        if result.reason.is_none() {
            self.take(&result.bid, result.bid.capacity_mtpa, 1)?;
            result.gives(Outcome::Allotted, result.bid.capacity_mtpa);
            return Ok(());
        }
        if self.left.places < 1 || self.rules.partial_last == PartialLast::Never {
            return Ok(());
        }
        let least = self.scheme.capacity_mtpa.least;
        if let Some(part) = self.largest(result, least) {
            match result.bid.least_capacity_mtpa {
                Some(accepted) if accepted <= part => {
                    self.take(&result.bid, part, 1)?;
                    result.gives(Outcome::Allotted, part);
                    self.part_given = true;
                }
                accepted => result.reason = Some(LossReason::part_not_accepted(result.reason.take(), part, accepted)),
            }
        }
        Ok(())
    }

    /// The largest allowed capacity below the requested one, not below `least`, that fits every
    /// limit. Each capacity that was tried is recorded as a trial.
    fn largest(&self, result: &mut BidResult, least: i64) -> Option<i64> {
        let bounds = &self.scheme.capacity_mtpa;
        let asked = result.bid.capacity_mtpa;
        let tried_whole = result.trials.iter().any(|trial| trial.capacity_mtpa == asked && !trial.fits);
        let mut capacity = asked.min(bounds.most);
        capacity -= (capacity - bounds.least).rem_euclid(bounds.step);
        while capacity >= least.max(bounds.least) {
            if capacity < asked || !tried_whole {
                let trial = self.trial(&result.bid, capacity);
                let fits = trial.fits;
                result.trials.push(trial);
                if fits {
                    return Some(capacity);
                }
            }
            capacity -= bounds.step;
        }
        None
    }

    /// Bids without a place are put on the waiting list in the order of the bids, up to its length.
    fn list_the_waiting(&self, results: &mut [BidResult]) {
        let most = self.rules.waiting_list.as_ref().map_or(i64::MAX, |list| list.most);
        let losers = results.iter_mut().filter(|result| result.outcome == Outcome::NotAllotted);
        for (place, loser) in (1..).zip(losers).take_while(|(place, _)| *place <= most) {
            loser.outcome = Outcome::Waiting;
            loser.waiting_place = Some(place);
        }
    }

    /// The lowest bidders among those with a place get oxide.
    fn give_oxide(&self, results: &mut [BidResult]) {
        let lowest = self.rules.oxide_supply.as_ref().map_or(0, |oxide| oxide.to_lowest);
        let placed = results.iter_mut().filter(|result| result.capacity_mtpa > 0);
        for (_, result) in (0..lowest).zip(placed) {
            result.oxide_supply = true;
        }
    }
}
