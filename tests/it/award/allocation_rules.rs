//! The allocation as a calculation alone: golden cases of the notified scheme's figures, and properties
//! that must hold for any bids. The greedy rule is compared with a short model.

mod properties;

use domain::award::allocation_bid::{Bid, ComparedBy, Standing, StandingKind};
use domain::award::allocation_run::{RoomLeft, run};
use domain::award::allocation_statement::{AllocationStatement, Limit, LossReasonCode, Outcome, OutlayRoom};
use domain::base::id::{ApplicationId, OrganisationId};
use domain::base::money::Paise;
use domain::scheme::scheme::{Component, Scheme};
use uuid::Uuid;

const TEXT: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml");
pub const RULES: &str = include_str!("allocation_rules/rules.toml");
const CRORE: i64 = 1_000_000_000;

/// A scheme with the figures of the notified one: 6,000 MTPA to five, 600 to 1,200 in steps of 100.
pub fn text(rules: &str) -> String {
    let figures = [
        ("version = 2", "version = 1"),
        ("rupees = 1345_00_00_000", "rupees = 7280_00_00_000"),
        ("rupees = 1200_00_00_000", "rupees = 6450_00_00_000"),
        ("rupees = 130_00_00_000", "rupees = 750_00_00_000"),
        ("rupees = 15_00_00_000", "rupees = 80_00_00_000"),
        ("value = 2\n", "value = 5\n"),
        ("value = 1500", "value = 6000"),
        ("least = 500\nmost = 1000\nstep = 50", "least = 600\nmost = 1200\nstep = 100"),
        ("up_to_mtpa = 1000", "up_to_mtpa = 1200"),
        ("rupees = 1600", "rupees = 2150"),
    ];
    let mut text = TEXT.to_owned();
    for (from, to) in figures {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    format!("{text}\n{rules}")
}

fn scheme() -> Scheme {
    Scheme::parse(&text(RULES)).unwrap()
}

fn scheme_with(from: &str, to: &str) -> Scheme {
    let whole = text(RULES);
    let changed = whole.replacen(from, to, 1);
    assert_ne!(changed, whole, "{from}");
    Scheme::parse(&changed).unwrap()
}

fn room_of(scheme: &Scheme) -> RoomLeft {
    let of = |component| OutlayRoom { component, room_paise: scheme.component_outlay(component) };
    let outlay = vec![of(Component::SalesLinkedIncentive), of(Component::CapitalSubsidy)];
    RoomLeft { beneficiaries_awarded: 0, awarded_mtpa: 0, outlay }
}

/// Bid `n` with this capacity and a rate in rupees a kilogram; all else is alike.
fn bid(n: u128, capacity_mtpa: i64, rupees: i64) -> Bid {
    Bid {
        application_id: ApplicationId(Uuid::from_u128(n)),
        organisation_id: OrganisationId(Uuid::from_u128(n)),
        number: format!("NDFEB/2026-27/APP/{n:04}"),
        submitted_at: "2026-05-01T06:30:00Z".parse().unwrap(),
        scrutinised_by: None,
        capacity_mtpa,
        least_capacity_mtpa: None,
        rate_paise_per_kg: Paise(rupees * 100),
        net_worth_paise: Paise(400 * CRORE),
        facts: Vec::new(),
        standing: None,
    }
}

fn accepts(bid: Bid, least: i64) -> Bid {
    Bid { least_capacity_mtpa: Some(least), ..bid }
}

fn stands(bid: Bid, kind: StandingKind, capacity_mtpa: i64) -> Bid {
    Bid { standing: Some(Standing { kind, capacity_mtpa }), ..bid }
}

fn allot(bids: &[Bid], scheme: &Scheme) -> AllocationStatement {
    run(bids, scheme, &room_of(scheme), None).unwrap()
}

/// `number outcome capacity reason` of each bid in the order of the ranks.
fn told(statement: &AllocationStatement) -> Vec<String> {
    let line = |result: &domain::award::allocation_statement::BidResult| {
        let number = result.bid.number.rsplit('/').next().unwrap().trim_start_matches('0').to_owned();
        let reason = result.reason.as_ref().map_or(String::new(), |reason| format!(" {}", reason.code));
        format!("{number} {} {}{reason}", result.outcome, result.capacity_mtpa)
    };
    statement.results.iter().map(line).collect()
}

#[apply(plain!)]
fn five_at_the_most_exhaust_six_thousand_and_less_is_less() {
    let rates = [2_000, 1_900, 2_150, 1_800, 2_100, 1_950];
    let bids: Vec<Bid> = (1..).zip(rates).map(|(n, rate)| bid(n, 1_200, rate)).collect();
    let whole = allot(&bids, &scheme());
    assert_eq!(
        told(&whole),
        [
            "4 allotted 1200",
            "2 allotted 1200",
            "6 allotted 1200",
            "1 allotted 1200",
            "5 allotted 1200",
            "3 waiting 0 beneficiaries_reached",
        ]
    );
    let mut less = bids.clone();
    less[4].capacity_mtpa = 700;
    let less = allot(&less, &scheme());
    assert_eq!(less.results.iter().map(|result| result.capacity_mtpa).sum::<i64>(), 5_500, "four and a smaller fifth");
    let reason = less.results[5].reason.clone().unwrap();
    assert_eq!((reason.code, reason.need, reason.room), (LossReasonCode::BeneficiariesReached, Some(1), Some(0)));
}

#[apply(plain!)]
fn ties_are_broken_in_the_published_order() {
    let early = "2026-04-30T06:30:00Z".parse().unwrap();
    let bids = [
        bid(1, 700, 2_000),
        Bid { submitted_at: early, ..bid(2, 700, 2_000) },
        Bid { net_worth_paise: Paise(401 * CRORE), ..bid(3, 700, 2_000) },
        bid(4, 800, 2_000),
        bid(5, 600, 1_999),
    ];
    let statement = allot(&bids, &scheme());
    let order: Vec<&str> = statement.results.iter().map(|one| &one.bid.number[one.bid.number.len() - 1..]).collect();
    assert_eq!(order, ["5", "4", "3", "2", "1"]);
    let decided: Vec<ComparedBy> = statement.order.iter().map(|one| one.compared.last().unwrap().by).collect();
    use ComparedBy::{EarlierSubmission, HigherNetWorth, LargerCapacity, LeastCost};
    assert_eq!(decided, [LeastCost, LargerCapacity, HigherNetWorth, EarlierSubmission]);
    // The scheme's file decides: with the submission first, the early bid beats the larger and the richer one.
    let other = scheme_with(
        "[\"larger_capacity\", \"higher_net_worth\", \"earlier_submission\", \"lot\"]",
        "[\"earlier_submission\", \"lot\"]",
    );
    assert_eq!(allot(&bids, &other).results[1].bid.number, bids[1].number);
}

/// The lot as anybody can compute it: `printf '%s%s' seed number | sha256sum`.
#[apply(plain!)]
fn the_lot_is_the_digest_of_seed_and_number() {
    let statement = allot(&[bid(1, 700, 2_000), bid(2, 700, 2_000)], &scheme());
    let lot = statement.order[0].compared.last().unwrap();
    assert_eq!(lot.by, ComparedBy::Lot);
    // The digest of `sample-seed-of-a-test` followed by NDFEB/2026-27/APP/0001 and /0002.
    assert_eq!(lot.better, "550a23d0b551b8a02ae841f9df69b4c78e2c015392db349fc508e82ff116fcdc");
    assert_eq!(lot.other, "a86728c8560f9b5ee82357a1b954159773528632ccce3e1ce0878a2dacdb5a77");
}

/// Four of 1,200 and one of 700 leave 500 of 6,000, which is below the minimum. A scheme of 5,500 is
/// filled by part of the fifth.
#[apply(plain!)]
fn the_last_place_is_filled_in_part_if_that_is_accepted() {
    let short = scheme_with("value = 6000", "value = 5500");
    let four = |fifth: Bid| {
        let mut bids: Vec<Bid> = (1..=4).map(|n| bid(n, 1_200, 1_700 + n as i64)).collect();
        bids.extend([fifth, bid(6, 600, 2_100), bid(7, 700, 2_110)]);
        bids
    };
    let given = allot(&four(accepts(bid(5, 1_200, 2_000), 700)), &short);
    assert_eq!(
        told(&given)[4..],
        ["5 allotted 700", "6 waiting 0 beneficiaries_reached", "7 waiting 0 beneficiaries_reached"]
    );
    let tried: Vec<i64> = given.results[4].trials.iter().map(|trial| trial.capacity_mtpa).collect();
    assert_eq!(tried, [1_200, 1_100, 1_000, 900, 800, 700], "down in steps until it fits");
    let refused = allot(&four(accepts(bid(5, 1_200, 2_000), 800)), &short);
    assert_eq!(
        told(&refused)[4..],
        ["5 waiting 0 part_not_accepted", "6 allotted 600", "7 waiting 0 beneficiaries_reached"]
    );
    let reason = refused.results[4].reason.clone().unwrap();
    assert_eq!((reason.need, reason.room), (Some(800), Some(700)));
    assert!(reason.detail.contains("1200 MTPA are asked, 700 MTPA are left"), "{}", reason.detail);
    assert!(reason.detail.contains("700 MTPA would fit, and the bid accepts no less than 800 MTPA"));
    let silent = allot(&four(bid(5, 1_200, 2_000)), &short);
    assert_eq!(told(&silent)[4], "5 waiting 0 part_not_accepted");
    let never = allot(&four(accepts(bid(5, 1_200, 2_000), 700)), &never_in_part(5_500));
    assert_eq!(told(&never)[4..6], ["5 waiting 0 capacity_exhausted", "6 allotted 600"]);
}

/// Steps larger than the minimum leave room after a partial allotment: 2,500 less 1,300 less 600.
#[apply(plain!)]
fn nothing_is_allotted_behind_a_part() {
    let mut scheme = scheme_with("value = 6000", "value = 2500");
    (scheme.capacity_mtpa.most, scheme.capacity_mtpa.step) = (1_300, 700);
    let bids = [bid(1, 1_300, 1_700), accepts(bid(2, 1_300, 1_800), 600), bid(3, 600, 1_900), bid(4, 1_300, 2_000)];
    let statement = allot(&bids, &scheme);
    assert_eq!(
        told(&statement),
        ["1 allotted 1300", "2 allotted 600", "3 waiting 0 after_the_last_place", "4 waiting 0 capacity_exhausted",]
    );
    let reason = statement.results[3].reason.clone().unwrap();
    assert_eq!((reason.need, reason.room), (Some(1_300), Some(600)));
}

/// A scheme of this capacity that makes no partial allotment.
fn never_in_part(total: i64) -> Scheme {
    let never = text(RULES).replacen("partial_last = \"if_accepted\"", "partial_last = \"never\"", 1);
    Scheme::parse(&never.replacen("value = 6000", &format!("value = {total}"), 1)).unwrap()
}

/// 1,200 MTPA at Rs 2,150 commit Rs 1,290 crore of sales-linked incentive. With Rs 2,000 crore left, the
/// second bid gets the remaining Rs 710 crore, which 660 MTPA would use: 600 in steps.
#[apply(plain!)]
fn the_outlay_binds_before_the_capacity() {
    let scheme = scheme();
    let mut room = room_of(&scheme);
    room.outlay[0].room_paise = Paise(2_000 * CRORE);
    let bids = [bid(1, 1_200, 2_150), bid(2, 1_200, 2_150)];
    let refused = run(&bids, &scheme, &room, None).unwrap();
    let loser = refused.results.iter().find(|result| result.capacity_mtpa == 0).unwrap();
    let failing = loser.trials[0].checks.iter().filter(|check| !check.fits).collect::<Vec<_>>();
    assert_eq!(failing.len(), 1);
    assert_eq!((failing[0].limit, failing[0].component), (Limit::OutlayPaise, Some(Component::SalesLinkedIncentive)));
    assert_eq!((failing[0].need, failing[0].room), (1_290 * CRORE, 710 * CRORE));
    let accepted = bids.clone().map(|bid| accepts(bid, 600));
    let given = run(&accepted, &scheme, &room, None).unwrap();
    let capacities: Vec<i64> = given.results.iter().map(|result| result.capacity_mtpa).collect();
    assert_eq!(capacities, [1_200, 600]);
    let never = never_in_part(6_000);
    let sunk = run(&bids, &never, &room, None).unwrap();
    let reason = sunk.results[1].reason.clone().unwrap();
    assert_eq!(
        (reason.code, reason.component),
        (LossReasonCode::OutlayExhausted, Some(Component::SalesLinkedIncentive))
    );
    assert!(reason.detail.contains("sales_linked_incentive"), "{}", reason.detail);
    // The other component limits the allotment by itself as well.
    let mut room = room_of(&scheme);
    room.outlay[1].room_paise = Paise(150 * CRORE);
    let sunk = run(&bids, &never, &room, None).unwrap();
    assert_eq!(sunk.results[1].reason.clone().unwrap().component, Some(Component::CapitalSubsidy));
}

#[apply(plain!)]
fn the_rest_waits_in_order_as_long_as_the_list_is() {
    let bids: Vec<Bid> = (1..=9).map(|n| bid(n, 1_200, 1_700 + n as i64)).collect();
    let all = allot(&bids, &scheme());
    let places: Vec<Option<i64>> = all.results.iter().map(|result| result.waiting_place).collect();
    assert_eq!(places[..5], [None; 5]);
    assert_eq!(places[5..], [Some(1), Some(2), Some(3), Some(4)]);
    let two = Scheme::parse(&format!(
        "{}\n[allocation.waiting_list]\nmost = 2\nbasis = \"assumption\"\nsource = \"x\"\n",
        text(RULES)
    ));
    let two = allot(&bids, &two.unwrap());
    let outcomes: Vec<Outcome> = two.results[5..].iter().map(|result| result.outcome).collect();
    assert_eq!(outcomes, [Outcome::Waiting, Outcome::Waiting, Outcome::NotAllotted, Outcome::NotAllotted]);
    assert!(two.results[5..].iter().all(|result| result.reason.is_some()), "each knows what sank it");
}

/// The bids of a run as they are stored once it is published.
fn published(statement: &AllocationStatement) -> Vec<Bid> {
    let after = |result: &domain::award::allocation_statement::BidResult| match result.outcome {
        Outcome::Allotted => stands(result.bid.clone(), StandingKind::Allotted, result.capacity_mtpa),
        _ => result.bid.clone(),
    };
    statement.results.iter().map(after).collect()
}

#[apply(plain!)]
fn what_was_surrendered_goes_to_who_waits() {
    let bids: Vec<Bid> = (1..=7).map(|n| bid(n, 1_200, 1_700 + n as i64)).collect();
    let mut next = published(&allot(&bids, &scheme()));
    next[1] = stands(next[1].clone(), StandingKind::Surrendered, 1_200);
    let again = allot(&next, &scheme());
    assert_eq!(
        told(&again),
        [
            "1 allotted 1200",
            "3 allotted 1200",
            "4 allotted 1200",
            "5 allotted 1200",
            "6 allotted 1200",
            "7 waiting 0 beneficiaries_reached",
            "2 surrendered 0 surrendered",
        ]
    );
    assert_eq!(again.results[5].waiting_place, Some(1));
}

#[apply(plain!)]
fn a_place_filled_in_part_is_filled_up_first() {
    let short = scheme_with("value = 6000", "value = 1900");
    let bids = [bid(1, 1_200, 1_700), accepts(bid(2, 1_200, 1_800), 600), accepts(bid(3, 1_200, 1_900), 600)];
    let first = allot(&bids, &short);
    assert_eq!(told(&first), ["1 allotted 1200", "2 allotted 700", "3 waiting 0 capacity_exhausted"]);
    let mut next = published(&first);
    next[0] = stands(next[0].clone(), StandingKind::Surrendered, 1_200);
    let again = allot(&next, &short);
    assert_eq!(told(&again), ["2 allotted 1200", "3 allotted 700", "1 surrendered 0 surrendered"]);
}

#[apply(plain!)]
fn an_award_stands_and_nobody_cheaper_takes_it_away() {
    let scheme = scheme();
    let mut room = room_of(&scheme);
    (room.beneficiaries_awarded, room.awarded_mtpa) = (1, 1_200);
    let bids = [
        stands(bid(1, 1_200, 2_150), StandingKind::Awarded, 1_200),
        stands(bid(2, 1_200, 2_140), StandingKind::Allotted, 1_200),
        bid(3, 1_200, 1_000),
        bid(4, 1_200, 1_001),
        bid(5, 1_200, 1_002),
        bid(6, 1_200, 1_003),
    ];
    let told = told(&run(&bids, &scheme, &room, None).unwrap());
    assert_eq!(told[..2], ["2 allotted 1200", "1 awarded 1200"]);
    assert_eq!(told[4..], ["5 allotted 1200", "6 waiting 0 beneficiaries_reached"]);
}

/// Two published allotments take Rs 1,290 crore each; the outlay has since been cut to Rs 2,000 crore.
#[apply(plain!)]
fn an_allotment_that_the_outlay_no_longer_carries_is_told() {
    let scheme = scheme();
    let mut room = room_of(&scheme);
    room.outlay[0].room_paise = Paise(2_000 * CRORE);
    let bids = [1, 2].map(|n| stands(bid(n, 1_200, 2_150), StandingKind::Allotted, 1_200));
    let statement = run(&bids, &scheme, &room, None).unwrap();
    let second = &statement.results[1];
    assert_eq!((statement.results[0].capacity_mtpa, second.outcome), (1_200, Outcome::Waiting));
    assert!(second.reason.clone().unwrap().detail.contains("sales_linked_incentive"));
}

#[apply(plain!)]
fn oxide_goes_to_the_three_lowest() {
    let bids: Vec<Bid> = (1..=7).map(|n| bid(n, 1_200, 1_700 + n as i64)).collect();
    let oxide = |statement: &AllocationStatement| {
        statement.results.iter().filter(|one| one.oxide_supply).map(|one| one.rank).collect::<Vec<_>>()
    };
    assert_eq!(oxide(&allot(&bids, &scheme())), [1, 2, 3]);
    let without = text(RULES).split("[allocation.oxide_supply]").next().unwrap().to_owned();
    assert!(oxide(&allot(&bids, &Scheme::parse(&without).unwrap())).is_empty());
}

#[apply(plain!)]
fn the_statement_shows_every_comparison() {
    let bids: Vec<Bid> = (1..=7).map(|n| bid(n, 1_200, 2_000 - n as i64)).collect();
    let statement = allot(&bids, &scheme());
    assert_eq!(statement.order.len(), 6);
    for (pair, results) in statement.order.iter().zip(statement.results.windows(2)) {
        assert_eq!((&pair.better_number, &pair.other_number), (&results[0].bid.number, &results[1].bid.number));
    }
    for result in &statement.results {
        let checks: Vec<Limit> = result.trials[0].checks.iter().map(|check| check.limit).collect();
        assert_eq!(checks, [Limit::Beneficiaries, Limit::CapacityMtpa, Limit::OutlayPaise, Limit::OutlayPaise]);
    }
    let mut other = statement.clone();
    assert_eq!(other.digest(), statement.digest());
    other.results[3].bid.net_worth_paise.0 += 1;
    assert_ne!(other.digest(), statement.digest());
}
