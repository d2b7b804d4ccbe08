//! The scheme files in the repository: published figures that must come out, two schemes that consist of
//! files alone, and a proof that every figure matters.

mod figures;

use domain::award::application::{ApplicationForm, AttachedDocument, PlannedInvestment};
use domain::award::award::{Room, terms};
use domain::award::scrutiny::checks;
use domain::base::id::EvidenceId;
use domain::base::money::Paise;
use domain::claim::counted_lines::LineFacts;
use domain::claim::entitlement::{Facts, Release, compute, money};
use domain::revision::scheme_text;
use domain::scheme::fact::{FactValue, StatedFact};
use domain::scheme::rules::exact::Exact;
use domain::scheme::rules::names::Value;
use domain::scheme::scheme::{Component, Scheme};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use uuid::Uuid;

const CRORE: i64 = 1_000_000_000;
const PLENTY: Paise = Paise(1_000_000_000_000_000);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/schemes")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

fn file(name: &str) -> Scheme {
    scheme_text::read(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn names() -> Vec<String> {
    let mut found = Vec::new();
    for part in ["", "samples"] {
        for entry in std::fs::read_dir(folder().join(part)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".toml") {
                found.push(if part.is_empty() { name } else { format!("{part}/{name}") });
            }
        }
    }
    found.sort();
    found
}

#[apply(plain!)]
fn every_file_is_good_and_names_two_people() {
    assert_eq!(names().len(), 11);
    for name in names() {
        let scheme = file(&name);
        if !scheme.claims.is_empty() {
            assert_ne!(scheme.prepared_by, scheme.published_by, "{name}");
            assert_eq!(scheme.changes.is_empty(), scheme.version == 1, "{name}");
        }
    }
}

/// The first scheme of the guide is the sample, block by block.
#[apply(plain!)]
fn the_guide_writes_the_first_sample_step_by_step() {
    let guide = std::fs::read_to_string(folder().join("../../docs/RULES.md")).unwrap();
    let section = guide.split("## A first scheme, step by step").nth(1).unwrap().split("\n## ").next().unwrap();
    let blocks: Vec<&str> =
        section.split("```toml\n").skip(1).map(|block| block.split("\n```").next().unwrap()).collect();
    assert_eq!(blocks.join("\n\n"), text("samples/first.toml").trim_end());
    assert!(blocks.iter().map(|block| block.lines().count()).sum::<usize>() < 70);
}

/// Only a text of government makes a figure official. Versions that were published before stay as they are.
#[apply(plain!)]
fn what_is_official_rests_on_a_text_of_government() {
    let published = ["ndfeb-2025-proposal", "repm-2025-notified.toml", "repm-2025-notified-2.toml"];
    let of_government = ["S.O. ", "PIB ", "General Financial Rules", "udyamimitra.in", "the award"];
    let mut official = 0;
    for name in names().into_iter().filter(|name| !published.iter().any(|old| name.starts_with(old))) {
        let file: serde_json::Value = serde_json::to_value(file(&name)).unwrap();
        let mut open = vec![&file];
        while let Some(value) = open.pop() {
            if let Some(fields) = value.as_object() {
                for (basis, source) in
                    [("basis", "source"), ("documents_basis", "documents_source"), ("method_basis", "method_source")]
                {
                    if fields.get(basis).is_some_and(|basis| basis == "official") {
                        let source = fields[source].as_str().unwrap();
                        assert!(of_government.iter().any(|text| source.contains(text)), "{name}: {source}");
                        official += 1;
                    }
                }
                open.extend(fields.values());
            }
            open.extend(value.as_array().into_iter().flatten());
        }
    }
    assert!(official > 10, "{official}");
}

#[apply(plain!)]
fn the_schema_in_the_tree_is_the_programs() {
    let made = domain::scheme::scheme_schema::scheme_schema().unwrap();
    assert!(
        text("scheme.schema.json") == made,
        "write it anew: cargo run -- scheme-schema > config/schemes/scheme.schema.json"
    );
    let schema: serde_json::Value = serde_json::from_str(&made).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    let mut references = Vec::new();
    collect(&schema, &mut references);
    assert!(references.len() > 30);
    for reference in references {
        let name = reference.strip_prefix("#/$defs/").unwrap();
        assert!(schema["$defs"][name].is_object(), "{reference}");
    }
}

/// As a program reads them that is not ours: most take `format` as a remark.
#[apply(plain!)]
fn every_file_is_what_the_schema_says_also_to_who_passes_over_formats() {
    let schema = serde_json::from_str(&text("scheme.schema.json")).unwrap();
    let validator = jsonschema::draft202012::options().should_validate_formats(false).build(&schema).unwrap();
    for name in names() {
        let written: toml::Value = toml::from_str(&text(&name)).unwrap();
        let mut written = with_days_as_text(written);
        if let Err(fault) = validator.validate(&written) {
            panic!("{name}: {fault} at {}", fault.instance_path());
        }
        written["unknown"] = serde_json::json!(1);
        assert!(!validator.is_valid(&written), "{name}: an unknown key passes");
    }
}

/// The file as JSON, in which a day is its text.
fn with_days_as_text(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Datetime(day) => day.to_string().into(),
        toml::Value::Array(all) => all.into_iter().map(with_days_as_text).collect(),
        toml::Value::Table(all) => all.into_iter().map(|(key, inner)| (key, with_days_as_text(inner))).collect(),
        other => serde_json::to_value(other).unwrap(),
    }
}

fn collect(value: &serde_json::Value, references: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(|place| place.as_str()).map(str::to_owned));
            fields.values().for_each(|inner| collect(inner, references));
        }
        serde_json::Value::Array(all) => all.iter().for_each(|inner| collect(inner, references)),
        _ => {}
    }
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn whole(number: i64) -> Value {
    Value::Number(Exact::whole(number))
}

fn share(points: i64) -> Value {
    Value::Number(Exact::ratio(points, 10_000).unwrap())
}

fn stated(code: &str, value: FactValue) -> StatedFact {
    StatedFact { code: code.to_owned(), value, evidence_id: Some(EvidenceId(Uuid::nil())) }
}

fn form(scheme: &Scheme, capacity_mtpa: i64, rate: i64) -> ApplicationForm {
    let attached = |kind: &_| AttachedDocument { kind: *kind, evidence_id: EvidenceId(Uuid::nil()) };
    ApplicationForm {
        capacity_mtpa,
        least_capacity_mtpa: Some(scheme.capacity_mtpa.least),
        stages: scheme.chain.stages.clone(),
        net_worth_paise: Paise(300 * CRORE),
        investment_plan: vec![PlannedInvestment {
            financial_year: "2026-27".parse().unwrap(),
            amount_paise: Paise(450 * CRORE),
        }],
        incentive_asked_paise_per_kg: Some(Paise(rate)),
        documents: scheme.eligibility.documents.iter().map(attached).collect(),
        facts: vec![
            stated("consortium", FactValue::YesNo(true)),
            stated("lead_equity", FactValue::Number(5_100)),
            stated("base_year_sales", FactValue::Number(100 * CRORE)),
        ],
    }
}

#[apply(plain!)]
fn the_published_caps_come_out_of_the_notified_scheme() {
    let scheme = file("repm-2025-notified-2.toml");
    let none = Room { awards: 0, awarded_mtpa: 0 };
    for (capacity, sales, capital) in [
        (600, "₹645.00 crore", "₹75.00 crore"),
        (900, "₹967.50 crore", "₹112.50 crore"),
        (1_200, "₹1,290.00 crore", "₹150.00 crore"),
    ] {
        let form = form(&scheme, capacity, 200_000);
        let terms = terms(&scheme, &form, capacity, none, day("2026-10-01")).unwrap();
        assert_eq!(terms.ceilings.of(Component::SalesLinkedIncentive).in_crore(), sales);
        assert_eq!(terms.ceilings.of(Component::CapitalSubsidy).in_crore(), capital);
    }
    assert_eq!(scheme.component_outlay(Component::SalesLinkedIncentive).in_crore(), "₹6,450.00 crore");
    let per_kg = scheme.rate_ceiling().unwrap();
    assert_eq!(per_kg.times(6_000_000 * 5), Some(scheme.component_outlay(Component::SalesLinkedIncentive)));
    let met = |capacity: i64, crore: i64| {
        let form = ApplicationForm { net_worth_paise: Paise(crore * CRORE), ..form(&scheme, capacity, 200_000) };
        checks(&form, &scheme).into_iter().find(|check| check.criterion == "net_worth").unwrap().met
    };
    for (capacity, crore) in [(600, 180), (700, 245), (800, 245), (900, 310), (1_000, 310), (1_100, 375), (1_200, 375)]
    {
        assert!(met(capacity, crore) && !met(capacity, crore - 1), "{capacity} MTPA need {crore} crore");
    }
}

fn line(number: &'static str, date: &str, kg: i64, amount: i64, facts: &'static [StatedFact]) -> LineFacts<'static> {
    LineFacts {
        line: 1,
        invoice_number: number,
        party: "Sample Motors",
        invoice_date: day(date),
        quantity_kg: kg,
        amount: Paise(amount),
        facts,
    }
}

/// Sales of the year 2028-29 under an award of the minimum capacity at a rate.
fn sales(scheme: &Scheme, rate: i64, lines: Vec<LineFacts<'static>>) -> Facts<'static> {
    let date = |text: &str| Value::Date(day(text));
    Facts {
        component: Component::SalesLinkedIncentive,
        accepted_lines: lines.len() as i64,
        rejected_lines: 0,
        lines,
        known: BTreeMap::from([
            ("capacity", whole(scheme.capacity_mtpa.least)),
            ("rate", whole(rate)),
            ("award_ceiling", money(PLENTY)),
            ("awarded_on", date("2026-05-01")),
            ("award_ends_on", date("2033-04-30")),
            ("commissioned_on", date("2028-04-15")),
            ("period_from", date("2028-04-01")),
            ("period_to", date("2029-03-31")),
            ("submitted_on", date("2029-04-20")),
            ("installed_capacity", whole(scheme.capacity_mtpa.least)),
            ("used_kg", whole(0)),
            ("counted_amount_before", whole(0)),
            ("entitled_before", whole(0)),
        ]),
        stated: Vec::new(),
        amount_claimed: PLENTY,
        award_room: PLENTY,
        component_room: PLENTY,
        appropriation_room: PLENTY,
        release: Release::Whole,
    }
}

fn result(scheme: &Scheme, facts: &Facts<'_>) -> (i64, String) {
    let (statement, _) = compute(scheme, facts).unwrap();
    (statement.entitlement_paise.0, statement.bound_by.unwrap_or_default())
}

#[apply(plain!)]
fn the_turnover_limit_binds_below_5375_rupees_a_kilogram() {
    let scheme = file("repm-2025-notified-2.toml");
    // 1,000 kg at the ceiling of Rs 2,150: 40 % of the turnover is less below Rs 5,375 a kilogram.
    let at = |rupees_per_kg: i64, more: i64| {
        let turnover = rupees_per_kg * 100 * 1_000 + more;
        result(&scheme, &sales(&scheme, 215_000, vec![line("S/1", "2028-06-01", 1_000, turnover, &[])]))
    };
    assert_eq!(at(5_375, 0), (215_000_000, "rate_per_kg".to_owned()));
    assert_eq!(at(5_375, -3), (214_999_998, "share_of_turnover".to_owned()));
    assert_eq!(at(5_000, 0), (200_000_000, "share_of_turnover".to_owned()));
    assert_eq!(at(9_000, 0), (215_000_000, "rate_per_kg".to_owned()));
}

#[apply(plain!)]
fn committed_capacity_and_value_addition_are_a_file() {
    let scheme = file("samples/committed-capacity.toml");
    let claim = |value_addition: i64, installed: i64, from: &str, kg: i64| {
        let mut facts = sales(&scheme, 40_000, vec![line("S/1", from, kg, CRORE, &[])]);
        facts.known.insert("installed_capacity", whole(installed));
        facts.known.insert("period_from", Value::Date(day(from)));
        facts.known.insert("period_to", Value::Date(day("2035-01-01")));
        facts.stated = vec![(stated("value_addition", FactValue::Number(value_addition)), "digest".to_owned())];
        result(&scheme, &facts)
    };
    // Rs 400 a kilogram x 25 % of value added, from the second year on, with a fifth of 5,000 MTPA committed.
    assert_eq!(claim(2_500, 1_000, "2028-05-01", 1_000), (10_000_000, "subsidy_by_value_addition".to_owned()));
    assert_eq!(claim(2_499, 1_000, "2028-05-01", 1_000), (0, "least_value_addition".to_owned()));
    assert_eq!(claim(2_500, 999, "2028-05-01", 1_000), (0, "committed_capacity".to_owned()));
    // In the fourth year the whole capacity is committed; in the fifth, 60 % of value added is required.
    assert_eq!(claim(2_500, 4_999, "2030-05-01", 1_000), (0, "committed_capacity".to_owned()));
    assert_eq!(claim(2_500, 5_000, "2030-05-01", 1_000).0, 10_000_000);
    assert_eq!(claim(5_999, 5_000, "2031-05-01", 1_000), (0, "least_value_addition".to_owned()));
    assert_eq!(claim(6_000, 5_000, "2031-05-01", 1_000).0, 24_000_000);
    // A quantity above the installed capacity does not count.
    assert_eq!(claim(2_500, 1_000, "2028-05-01", 1_000_001).0, 10_000_000_000);
    let form = |equity: i64| {
        let facts = vec![stated("lead_equity", FactValue::Number(equity))];
        ApplicationForm { facts, ..form(&scheme, 5_000, 40_000) }
    };
    let own =
        |form: &ApplicationForm| checks(form, &scheme).into_iter().find(|c| c.criterion == "lead_equity").unwrap();
    assert!(own(&form(5_100)).met && !own(&form(5_099)).met);
    let silent = own(&ApplicationForm { facts: Vec::new(), ..form(0) });
    assert_eq!(silent.result.unwrap().as_str(), "not_shown");
    assert!(silent.detail.contains("`lead_equity` is not shown"), "{}", silent.detail);
}

#[apply(plain!)]
fn slabs_on_incremental_sales_are_a_file() {
    let scheme = file("samples/incremental-sales.toml");
    let claim = |crore: i64, before: i64| {
        let facts: &'static [StatedFact] = Box::leak(Box::new([stated("value_addition", FactValue::Number(5_000))]));
        let poor: &'static [StatedFact] = Box::leak(Box::new([stated("value_addition", FactValue::Number(4_999))]));
        let lines =
            vec![line("S/1", "2028-06-01", 1, crore * CRORE, facts), line("S/2", "2028-06-02", 1, 900 * CRORE, poor)];
        let mut facts = sales(&scheme, 40_000, lines);
        facts.known.insert("counted_amount_before", whole(before * CRORE));
        facts.stated = vec![(stated("base_year_sales", FactValue::Number(100 * CRORE)), "digest".to_owned())];
        result(&scheme, &facts).0
    };
    // The rate of the slab applies to the whole increase over the base year's 100 crore.
    assert_eq!(claim(350, 0), 250 * CRORE / 100 * 8);
    assert_eq!(claim(351, 0), 251 * CRORE / 100 * 9);
    assert_eq!(claim(850, 0), 750 * CRORE / 100 * 10);
    assert_eq!(claim(851, 0), 751 * CRORE / 100 * 11);
    // The rate rises by 2 points once 1,250 crore are reached over the years.
    assert_eq!(claim(350, 899), 250 * CRORE / 100 * 8);
    assert_eq!(claim(350, 900), 250 * CRORE / 100 * 10);
    assert_eq!(claim(99, 0), 0);
    // The file may also apply the slabs marginally.
    let changed = text("samples/incremental-sales.toml").replace("whole(rate_by_sales", "marginal(rate_by_sales");
    let marginal = Scheme::parse(&changed).unwrap();
    let facts: &'static [StatedFact] = Box::leak(Box::new([stated("value_addition", FactValue::Number(5_000))]));
    let mut facts = sales(&marginal, 40_000, vec![line("S/1", "2028-06-01", 1, 700 * CRORE, facts)]);
    facts.stated = vec![(stated("base_year_sales", FactValue::Number(100 * CRORE)), "digest".to_owned())];
    assert_eq!(result(&marginal, &facts).0, (250 * 8 + 250 * 9 + 100 * 10) * CRORE / 100);
}

#[apply(plain!)]
fn a_wrong_file_is_named_by_key_and_line() {
    let original = text("ndfeb-2025-proposal-3.toml");
    for (from, to, key, why) in [
        (
            "counted_kg * min(rate, rate_ceiling_per_kg)",
            "counted_kg * min(rate, turnover_share)",
            "amount_paise",
            "like with like",
        ),
        ("counted_amount * turnover_share", "counted_amount * 40", "amount_paise", "figures"),
        ("counted_amount * turnover_share", "counted_kg * turnover_share", "amount_paise", "must be a number in paise"),
        ("when = \"related_party\"", "when = \"related\"", "when", "`related` is not known here"),
        ("code = \"credit_note\"", "code = \"related_party\"", "claims.1", "stands twice"),
        ("unit = \"rupees/kg\"", "unit = \"dollars/kg\"", "", "not a unit"),
        ("absent = true", "absent = 1", "facts.0.kind", "absent must be yes_no"),
        (
            "published_by = \"Sample integrated finance division of the ministry\"",
            "published_by = \"sample programme division of the ministry\"",
            "published_by",
            "two different people",
        ),
        (
            "[figures.turnover_share]",
            "[figures.unused]\nvalue = 1\nunit = \"1\"\nbasis = \"assumption\"\nsource = \"x\"\n\n[figures.turnover_share]",
            "figures.unused",
            "no rule uses",
        ),
        (
            "[figures.turnover_share]",
            "[figures.kg_per_tonne]\nvalue = 1\nunit = \"1\"\nbasis = \"assumption\"\nsource = \"x\"\n\n[figures.turnover_share]",
            "figures.kg_per_tonne",
            "taken",
        ),
        ("hi = \"शुद्ध बिक्री कारोबार का हिस्सा\"", "hi = \" \"", "title", "en and hi"),
        ("period_from or line_date", "period_from or or line_date", "when", "a name is expected"),
        (
            "[governed_by]\nclaim = \"award\"",
            "[governed_by]\nclaims = \"award\"",
            "",
            "is no field here; the fields are: claim, basis, source",
        ),
    ] {
        let changed = original.replacen(from, to, 1);
        assert_ne!(changed, original, "{from}");
        let told = Scheme::parse(&changed).unwrap_err().to_string();
        assert!(told.contains(why) && told.contains(key) && told.contains("line "), "{from}: {told}");
    }
    let broken = original.replacen("counted_kg * min(rate, rate_ceiling_per_kg)", "counted_kg *", 1);
    let line = 1 + broken.lines().position(|line| line.contains("\"counted_kg *\"")).unwrap();
    let told = Scheme::parse(&broken).unwrap_err();
    assert_eq!((told.key.as_str(), told.line), ("claims.1.limits.0.amount_paise", Some(line)));
}
