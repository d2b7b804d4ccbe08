//! Every figure of every scheme file matters: after the smallest change the file is refused, or a
//! decision of the scheme comes out differently.

use super::{CRORE, day, file, form, line, names, sales, share, stated, text, whole};
use domain::award::allocation_bid::Bid;
use domain::award::allocation_run::{RoomLeft, run};
use domain::award::allocation_statement::OutlayRoom;
use domain::award::award::{Room, terms};
use domain::award::scrutiny::checks;
use domain::base::id::{ApplicationId, OrganisationId};
use domain::base::money::Paise;
use domain::claim::entitlement::{Facts, compute, money};
use domain::recovery::interest::{Dues, Parts};
use domain::scheme::fact::{FactValue, StatedFact};
use domain::scheme::rules::names::Value;
use domain::scheme::scheme::{Component, Scheme};
use uuid::Uuid;

/// Every decision of a scheme, for a battery of facts around its limits.
fn decisions(scheme: &Scheme) -> String {
    let mut told = String::new();
    let mut note = |what: String| told.push_str(&format!("{what}\n"));
    let bounds = &scheme.capacity_mtpa;
    let on = day("2026-12-01");
    for capacity in [bounds.least, bounds.least + bounds.step, 600, 700, 750, 800, 900, 1_000, 1_100, bounds.most] {
        let form = form(scheme, capacity, 100_000);
        note(format!("{:?}", checks(&form, scheme).iter().map(|c| (c.met, &c.detail)).collect::<Vec<_>>()));
        for awards in [0, 1, 4, 9, 49] {
            let room = Room { awards, awarded_mtpa: 500 };
            note(format!("{:?}", terms(scheme, &form, capacity, room, on)));
        }
    }
    note(format!(
        "{:?}",
        scheme
            .milestones
            .iter()
            .map(|rule| (rule.due_months, rule.capital_share, &rule.installed, &rule.partial))
            .collect::<Vec<_>>()
    ));
    note(format!("{} {}", scheme.holds.reservation_ends(on), scheme.holds.sanction_ends(on)));
    note(format!("{:?}", scheme.damages_terms(Paise(100 * CRORE), bounds.least)));
    let due = Parts { principal_paise: Paise(100 * CRORE), ..Parts::default() };
    let from = day("2025-03-01");
    let mut due = Dues { due, bearing_paise: Paise::ZERO, carried: 0, interest_from: from, accrued_to: from };
    note(format!("{:?}", due.accrue(scheme.recovery_interest(), on)));
    for rules in &scheme.book.claims {
        note(format!("{:?} {:?}", rules.window_months, rules.period));
        for date in ["2025-03-31", "2025-04-01", "2028-04-14", "2028-06-01"] {
            for facts in claims(scheme, rules.component, date) {
                note(format!("{:?}", compute(scheme, &facts)));
            }
        }
    }
    if let Some(rules) = &scheme.allocation {
        note(format!("{:?} {:?}", rules.oxide_supply, run(&bids(scheme), scheme, &room(scheme), None)));
    }
    told
}

fn claims(scheme: &Scheme, component: Component, date: &str) -> Vec<Facts<'static>> {
    let facts: &'static [StatedFact] = match scheme.code.as_str() {
        "repm-2025-notified" if component == Component::CapitalSubsidy && scheme.version > 2 => {
            let head = FactValue::Word("plant_and_machinery".parse().unwrap());
            Box::leak(Box::new([stated("head_of_investment", head)]))
        }
        "sample-incremental-sales" => Box::leak(Box::new([stated("value_addition", FactValue::Number(5_000))])),
        _ => &[],
    };
    let of = |kg: i64, crore: i64, years: i64, oxide_kg: i64| {
        let lines = vec![line("S/1", date, kg, crore * CRORE, facts)];
        let mut claim = sales(scheme, 1_000_000, lines);
        claim.component = component;
        claim.known.insert("milestone_share", share(3_000));
        claim.known.insert("period_from", Value::Date(day(&format!("{}-05-01", 2026 + years))));
        claim.known.insert("award_ceiling", money(Paise(60 * CRORE)));
        if scheme.mass_balance.is_some() {
            claim.known.extend(balance(oxide_kg));
        }
        claim.stated = vec![
            (stated("value_addition", FactValue::Number(6_000)), String::new()),
            (stated("base_year_sales", FactValue::Number(100 * CRORE)), String::new()),
        ];
        claim
    };
    let plenty = 10_000_000;
    vec![
        of(1_000, 10, 1, plenty),
        of(1_000, 300, 2, plenty),
        of(600_001, 500, 3, plenty),
        of(1_000, 800, 4, plenty),
        of(5_000_001, 2_000, 5, plenty),
        of(200_000, 800, 4, 30_000),
    ]
}

/// A quantity of the first material, and more than enough made of it.
fn balance(oxide_kg: i64) -> Vec<(&'static str, Value)> {
    let plenty = 100_000_000;
    let mut facts = vec![("dispatched_kg", 0), ("dispatched_before_kg", 0), ("oxide_in_kg", oxide_kg)];
    facts.extend(["oxide_before_kg", "metal_before_kg", "alloy_before_kg", "magnet_before_kg"].map(|name| (name, 0)));
    facts.extend(["oxide_after_kg", "metal_after_kg", "alloy_after_kg", "magnet_after_kg"].map(|name| (name, 0)));
    facts.extend(["metal_in_kg", "alloy_in_kg", "magnet_in_kg"].map(|name| (name, plenty)));
    facts.extend(
        ["oxide_opening_kg", "metal_opening_kg", "alloy_opening_kg", "magnet_opening_kg"].map(|name| (name, 0)),
    );
    facts.extend(["oxide_scrap_kg", "metal_scrap_kg", "alloy_scrap_kg", "magnet_scrap_kg"].map(|name| (name, 0)));
    facts.extend(
        ["oxide_closing_kg", "metal_closing_kg", "alloy_closing_kg", "magnet_closing_kg"].map(|name| (name, 0)),
    );
    facts.into_iter().map(|(name, kg)| (name, whole(kg))).collect()
}

fn bids(scheme: &Scheme) -> Vec<Bid> {
    let bid = |number: u128, rate: i64| Bid {
        application_id: ApplicationId(Uuid::from_u128(number)),
        organisation_id: OrganisationId(Uuid::from_u128(number)),
        number: format!("SAMPLE/{number}"),
        submitted_at: "2026-12-01T00:00:00Z".parse().unwrap(),
        scrutinised_by: None,
        capacity_mtpa: scheme.capacity_mtpa.most,
        least_capacity_mtpa: Some(scheme.capacity_mtpa.least),
        rate_paise_per_kg: Paise(rate),
        net_worth_paise: Paise(400 * CRORE),
        facts: Vec::new(),
        standing: None,
    };
    (1..=7).map(|number| bid(number, 100_000 + (number as i64 / 2) * 1_000)).collect()
}

fn room(scheme: &Scheme) -> RoomLeft {
    let of = |component| OutlayRoom { component, room_paise: scheme.component_outlay(component) };
    let outlay = vec![of(Component::SalesLinkedIncentive), of(Component::CapitalSubsidy)];
    RoomLeft { beneficiaries_awarded: 0, awarded_mtpa: 0, outlay }
}

/// The keys of all figures in a file: numbers and dates outside its header.
fn figures(value: &toml::Value, key: &str, found: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            for (name, inner) in table {
                figures(inner, &format!("{key}/{name}"), found);
            }
        }
        toml::Value::Array(all) => {
            for (index, inner) in all.iter().enumerate() {
                figures(inner, &format!("{key}/{index}"), found);
            }
        }
        toml::Value::Integer(_) => found.push(key.to_owned()),
        toml::Value::String(text) if text.parse::<chrono::NaiveDate>().is_ok() => found.push(key.to_owned()),
        _ => {}
    }
}

fn at<'a>(value: &'a mut toml::Value, key: &str) -> &'a mut toml::Value {
    key.split('/').skip(1).fold(value, |value, part| match value {
        toml::Value::Table(table) => table.get_mut(part).unwrap(),
        toml::Value::Array(all) => &mut all[part.parse::<usize>().unwrap()],
        _ => panic!("{key}"),
    })
}

#[apply(plain!)]
fn every_figure_matters() {
    let mut looked_at = 0;
    for name in names() {
        let original: toml::Value = text(&name).parse::<toml::Table>().unwrap().into();
        let expected = decisions(&file(&name));
        let mut keys = Vec::new();
        figures(&original, "", &mut keys);
        // Examples decide nothing: what they say is held whenever the file is read.
        // Nor does what a scheme says of another one.
        keys.retain(|key| !key.starts_with("/examples/") && !key.starts_with("/supersedes/"));
        for key in keys.iter().filter(|key| !["/version", "/effective_from"].contains(&key.as_str())) {
            for step in [1, -1] {
                let mut changed = original.clone();
                let place = at(&mut changed, key);
                *place = match &*place {
                    toml::Value::Integer(number) => (number + step).into(),
                    toml::Value::String(text) => (day(text) + chrono::Days::new(1)).to_string().into(),
                    other => panic!("{other}"),
                };
                if let Ok(scheme) = Scheme::parse(&changed.to_string()) {
                    assert!(decisions(&scheme) != expected, "{name}: {key} changes nothing");
                }
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 300, "{looked_at}");
}
