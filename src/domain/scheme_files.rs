//! Golden cases of the scheme files in the tree: published figures that must come out, and every
//! figure shown to matter.

use crate::domain::award::{Room, terms};
use crate::domain::scheme::{Component, Scheme};

fn file(name: &str) -> Scheme {
    let path = format!("{}/config/schemes/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    Scheme::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn all_files_are_good() {
    let folder = format!("{}/config/schemes", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".toml") {
            file(&name);
        }
    }
}

#[test]
fn the_published_caps_come_out_of_the_notified_scheme() {
    let scheme = file("repm-2025-notified-2.toml");
    let none = Room { awards: 0, awarded_mtpa: 0 };
    let day = "2026-10-01".parse().unwrap();
    for (capacity, sales, capital) in [
        (600, "₹645.00 crore", "₹75.00 crore"),
        (900, "₹967.50 crore", "₹112.50 crore"),
        (1_200, "₹1,290.00 crore", "₹150.00 crore"),
    ] {
        let form = crate::domain::award::tests::form(capacity);
        let terms = terms(&scheme, &form, capacity, none, day).unwrap();
        assert_eq!(terms.ceilings.of(Component::SalesLinkedIncentive).in_crore(), sales);
        assert_eq!(terms.ceilings.of(Component::CapitalSubsidy).in_crore(), capital);
    }
    assert_eq!(scheme.component_outlay(Component::SalesLinkedIncentive).in_crore(), "₹6,450.00 crore");
    let per_kg = scheme.rate_ceiling().unwrap();
    assert_eq!(per_kg.times(6_000_000 * 5), Some(scheme.component_outlay(Component::SalesLinkedIncentive)));
}
