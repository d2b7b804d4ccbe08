//! Properties that hold for any bids and any limits, and the greedy rule compared with a short model.

use super::{CRORE, RULES, bid, published, room_of, stands, text};
use domain::award::allocation_bid::{Bid, StandingKind};
use domain::award::allocation_run::{RoomLeft, run};
use domain::award::allocation_statement::{AllocationStatement, Outcome};
use domain::award::award::ceilings;
use domain::base::money::Paise;
use domain::scheme::scheme::Scheme;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Bids of few rates and capacities, so that ties and tight fits are common.
fn some_bids() -> impl Strategy<Value = Vec<Bid>> {
    let one = (6_i64..=12, 0_i64..6, proptest::option::of(6_i64..=12), 0_i64..3, 0_i64..3);
    proptest::collection::vec(one, 0..14).prop_map(|all| {
        let make = |(n, (capacity, rate, least, worth, second)): (u128, (i64, i64, Option<i64>, i64, i64))| Bid {
            least_capacity_mtpa: least.map(|least| (least * 100).min(capacity * 100)),
            net_worth_paise: Paise((400 + worth) * CRORE),
            submitted_at: format!("2026-05-01T06:30:0{second}Z").parse().unwrap(),
            ..bid(n, capacity * 100, 1_400 + rate * 150)
        };
        (1..).zip(all).map(make).collect()
    })
}

/// Total capacity, beneficiaries, and crores left of the two components.
fn some_limits() -> impl Strategy<Value = (i64, i64, i64, i64)> {
    (12_i64..=60, 1_i64..=6, 500_i64..=6_450, 60_i64..=750)
}

fn limited((total, most, sales, capital): (i64, i64, i64, i64)) -> (Scheme, RoomLeft) {
    let text = text(RULES)
        .replacen("value = 6000", &format!("value = {}", total * 100), 1)
        .replacen("value = 5\n", &format!("value = {most}\n"), 1)
        .replacen("to_lowest = 3", &format!("to_lowest = {}", most.min(3)), 1);
    let scheme = Scheme::parse(&text).unwrap();
    let mut room = room_of(&scheme);
    (room.outlay[0].room_paise, room.outlay[1].room_paise) = (Paise(sales * CRORE), Paise(capital * CRORE));
    (scheme, room)
}

#[track_caller]
fn holds(
    strategy: impl Strategy<Value = (Vec<Bid>, (i64, i64, i64, i64), usize)>,
    test: fn(&[Bid], &Scheme, &RoomLeft, usize),
) {
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&strategy, |(bids, limits, seed)| {
        let (scheme, room) = limited(limits);
        test(&bids, &scheme, &room, seed);
        Ok(())
    });
    outcome.unwrap();
}

/// Fails when a run exceeds a limit, gives a capacity that is not allowed, or gives no reason.
#[track_caller]
fn within(statement: &AllocationStatement, scheme: &Scheme, room: &RoomLeft) {
    let placed: Vec<_> = statement.results.iter().filter(|one| one.outcome == Outcome::Allotted).collect();
    assert!(placed.len() as i64 <= scheme.beneficiaries_most.value);
    assert!(placed.iter().map(|one| one.capacity_mtpa).sum::<i64>() <= scheme.total_capacity_mtpa.value);
    for outlay in &room.outlay {
        let of = |capacity: i64, rate| ceilings(scheme, rate, &[], capacity).unwrap().of(outlay.component);
        let sum = Paise::sum(placed.iter().map(|one| of(one.capacity_mtpa, one.bid.rate_paise_per_kg))).unwrap();
        assert!(sum <= outlay.room_paise, "{} of {}", sum, outlay.component);
    }
    for result in &statement.results {
        assert_eq!(result.capacity_mtpa == 0, result.reason.is_some());
        if result.capacity_mtpa > 0 {
            assert_eq!(scheme.capacity_problem(result.capacity_mtpa), None);
            let least = result.bid.least_capacity_mtpa.unwrap_or(result.bid.capacity_mtpa);
            assert!((least..=result.bid.capacity_mtpa).contains(&result.capacity_mtpa));
        }
    }
}

#[apply(plain!)]
fn any_bids_keep_every_limit_and_the_order_of_input_never_matters() {
    holds((some_bids(), some_limits(), 0_usize..1_000), |bids, scheme, room, seed| {
        let statement = run(bids, scheme, room, None).unwrap();
        within(&statement, scheme, room);
        let mut shuffled = bids.to_vec();
        if !shuffled.is_empty() {
            let middle = seed % shuffled.len();
            shuffled.rotate_left(middle);
            shuffled[..middle].reverse();
        }
        let mut mirrored = room.clone();
        mirrored.outlay.reverse();
        let again = run(&shuffled, scheme, &mirrored, None).unwrap();
        assert_eq!((&again, again.digest()), (&statement, statement.digest()));
        let from_itself = run(&statement.bids(), scheme, room, None).unwrap();
        assert_eq!(from_itself.digest(), statement.digest());
        let text = serde_json::to_string(&statement).unwrap();
        let stored: AllocationStatement = serde_json::from_str(&text).unwrap();
        assert_eq!(stored.digest(), statement.digest());
    });
}

/// The model: the same rule in other words, with rupees and tonnes left, cheapest first.
fn model(bids: &[Bid], scheme: &Scheme, room: &RoomLeft) -> Vec<(String, i64)> {
    let seed = "sample-seed-of-a-test";
    let lot = |bid: &Bid| {
        use sha2::Digest;
        sha2::Sha256::digest(format!("{seed}{}", bid.number)).to_vec()
    };
    let mut queue: Vec<&Bid> = bids.iter().collect();
    queue.sort_by_key(|bid| {
        (bid.rate_paise_per_kg, -bid.capacity_mtpa, -bid.net_worth_paise.0, bid.submitted_at, lot(bid))
    });
    let (mut tonnes, mut places) = (scheme.total_capacity_mtpa.value, scheme.beneficiaries_most.value);
    let (mut sales, mut capital) = (room.outlay[0].room_paise.0, room.outlay[1].room_paise.0);
    let capital_of = |mtpa: i64| 750 * CRORE * mtpa / scheme.total_capacity_mtpa.value;
    let mut given = Vec::new();
    let mut over = false;
    for bid in queue {
        let per_mtpa = bid.rate_paise_per_kg.0 * 5_000;
        let fits = |mtpa: i64| {
            places > 0 && mtpa <= tonnes && mtpa * per_mtpa <= sales && capital_of(mtpa) <= capital && !over
        };
        let least = bid.least_capacity_mtpa.unwrap_or(bid.capacity_mtpa);
        let gets = (6..=bid.capacity_mtpa / 100).rev().map(|step| step * 100).find(|mtpa| fits(*mtpa));
        let gets = gets.filter(|mtpa| *mtpa >= least).unwrap_or(0);
        if gets > 0 {
            (places, tonnes, sales, capital) =
                (places - 1, tonnes - gets, sales - gets * per_mtpa, capital - capital_of(gets));
            over = gets < bid.capacity_mtpa;
        }
        given.push((bid.number.clone(), gets));
    }
    given
}

#[apply(plain!)]
fn the_greedy_rule_is_what_a_short_model_says() {
    holds((some_bids(), some_limits(), 0_usize..1), |bids, scheme, room, _| {
        let statement = run(bids, scheme, room, None).unwrap();
        let told: Vec<_> = statement.results.iter().map(|one| (one.bid.number.clone(), one.capacity_mtpa)).collect();
        assert_eq!(told, model(bids, scheme, room));
    });
}

#[apply(plain!)]
fn a_following_run_takes_nothing_away() {
    holds((some_bids(), some_limits(), 0_usize..14), |bids, scheme, room, gone| {
        let first = run(bids, scheme, room, None).unwrap();
        let mut next = published(&first);
        let held: Vec<usize> = (0..next.len()).filter(|index| next[*index].standing.is_some()).collect();
        let Some(index) = (!held.is_empty()).then(|| held[gone % held.len()]) else { return };
        let capacity = next[index].standing.unwrap().capacity_mtpa;
        next[index] = stands(next[index].clone(), StandingKind::Surrendered, capacity);
        // A bidder cheaper than all others comes in afterwards.
        next.push(bid(99, 1_200, 1_000));
        let second = run(&next, scheme, room, None).unwrap();
        within(&second, scheme, room);
        // When the outlay was cut meanwhile, even the published allotments do not exceed it.
        let mut cut = room.clone();
        cut.outlay.iter_mut().for_each(|outlay| outlay.room_paise.0 /= 2);
        within(&run(&next, scheme, &cut, None).unwrap(), scheme, &cut);
        for before in first.results.iter().filter(|one| one.capacity_mtpa > 0) {
            let now = second.results.iter().find(|one| one.bid.number == before.bid.number).unwrap();
            let surrendered = now.outcome == Outcome::Surrendered;
            assert!(surrendered || now.capacity_mtpa >= before.capacity_mtpa, "{}", before.bid.number);
        }
    });
}
