//! Every list of the interface is bounded and is paged in one way. The tests find the lists in the OpenAPI description,
//! so a new list is tested as soon as it is described; only the few lists that stay short are named here.

mod stories;

use crate::harness::app::App;
use crate::harness::people::{Answered, SCHEME};
use crate::harness::problem::problem;
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Lists that are whole because they stay short, as docs/API.md says.
const WHOLE: &[&str] = &[
    "/schemes",
    "/schemes/{code}/bid-openings",
    "/schemes/{code}/versions",
    "/schemes/{code}/windows",
    "/budget",
    "/budget/limits",
    "/applications/{id}/checks",
    "/controls",
    "/selections",
    "/desk-times",
    "/log/witnesses",
    "/log/disclosures/{entry}",
];

/// Lists of which the stories may have fewer than two records.
const FEW: &[&str] = &["/log/checkpoints", "/treasury-return-lines", "/worklist"];

/// One list of the interface.
struct List {
    /// Without its prefix, as in the description.
    path: String,
    operation: Value,
}

impl List {
    fn parameter(&self, name: &str) -> Option<&Value> {
        self.operation["parameters"].as_array()?.iter().find(|one| one["name"] == name)
    }

    /// The least and the largest number of records on a page.
    fn limits(&self) -> (i64, i64) {
        let schema = &self.parameter("limit").unwrap_or_else(|| panic!("{} has no limit", self.path))["schema"];
        let bound = |name: &str| schema[name].as_i64().unwrap_or_else(|| panic!("{}: no {name}: {schema}", self.path));
        (bound("minimum"), bound("maximum"))
    }

    fn sorts(&self) -> Vec<String> {
        let words = self.parameter("sort").and_then(|one| one["schema"]["enum"].as_array()).cloned();
        words.unwrap_or_default().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    }

    /// Whether its items are the rows of a selection, whose orders have tests of their own.
    fn has_rows(&self) -> bool {
        self.path.starts_with("/selections/")
    }
}

/// Whether a schema is that of an answer with a list.
fn is_list(document: &Value, schema: &Value) -> bool {
    let named = schema["$ref"].as_str().map(|name| document.pointer(name.trim_start_matches('#')).unwrap());
    let parts = schema["allOf"].as_array().into_iter().flatten();
    schema["properties"]["data"]["type"] == "array"
        || named.is_some_and(|schema| is_list(document, schema))
        || parts.into_iter().any(|part| is_list(document, part))
}

/// Every list that the description has.
fn lists(app: &App) -> Vec<List> {
    let document = app.anybody("GET", "/api/v1/openapi.json", None).json();
    let reads = app.operations().into_iter().filter(|(method, path, _)| method == "GET" && !path.contains("/public/"));
    let found = reads.filter(|(_, _, operation)| {
        is_list(&document, &operation["responses"]["200"]["content"]["application/json"]["schema"])
    });
    let lists: Vec<List> = found
        .map(|(_, path, operation)| List { path: path.trim_start_matches("/api/v1").to_owned(), operation })
        .collect();
    assert!(lists.len() > 50, "{}", lists.len());
    lists
}

/// The lists that are paged; every other one stands among the short ones.
fn paged(app: &App) -> Vec<List> {
    let (paged, whole): (Vec<List>, Vec<List>) =
        lists(app).into_iter().partition(|list| list.parameter("cursor").is_some());
    let whole: BTreeSet<&str> = whole.iter().map(|list| list.path.as_str()).collect();
    assert_eq!(whole, WHOLE.iter().copied().collect(), "lists without pages: page them, or say why they stay short");
    paged
}

fn data(page: &Value) -> Vec<Value> {
    page["data"].as_array().unwrap().clone()
}

/// The address of the next page, which the header and the body name alike.
fn next(path: &str, answer: &Response, page: &Value) -> Option<String> {
    let link = answer.header("link").map(|link| {
        let target = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).unwrap();
        target.strip_prefix("/api/v1").unwrap().to_owned()
    });
    let cursor = page["page"]["next"].as_str();
    assert_eq!(link.is_some(), cursor.is_some(), "{path}: the header says what the body says");
    if let (Some(link), Some(cursor)) = (&link, cursor) {
        assert!(link.ends_with(&format!("cursor={cursor}")), "{link} leads behind {cursor}");
    }
    link
}

/// Everything that a list holds for a person, by pages of so many; each page is as long as it can be.
fn walked(person: &Person, path: &str, query: &str, limit: i64) -> Vec<Value> {
    let mut at = Some(format!("{path}?{query}limit={limit}"));
    let mut found = Vec::new();
    while let Some(address) = at {
        let answer = person.get(&address).unwrap();
        let page = answer.clone().ok();
        assert_eq!(page["page"]["limit"], limit, "{address}");
        let rows = data(&page);
        at = next(path, &answer, &page);
        let full = rows.len() as i64 == limit;
        assert!(rows.len() as i64 <= limit && (full || at.is_none()), "{address}: {} rows", rows.len());
        found.extend(rows);
        assert!(found.len() < 10_000, "{path} does not end");
    }
    found
}

/// Whoever of these people may see a list.
fn reader(app: &App, path: &str) -> Arc<Person> {
    let people = [app.auditor(), app.administrator(), app.section_officer()];
    let may = |person: &&Arc<Person>| person.get(path).unwrap().status == 200;
    people.iter().find(may).unwrap_or_else(|| panic!("nobody sees {path}")).clone()
}

/// The sum of each member of the totals over all records, where the records have that member.
fn check_totals(path: &str, totals: &Value, all: &[Value]) {
    assert_eq!(totals["count"], all.len(), "{path}");
    for (name, sum) in totals.as_object().unwrap().iter().filter(|(name, _)| *name != "count") {
        if all.iter().all(|one| one.get(name).is_some()) {
            let added: i64 = all.iter().filter_map(|one| one[name].as_i64()).sum();
            assert_eq!(sum, added, "{path}: {name}");
        }
    }
}

/// Asserts that a list is bounded and that its pages make the whole. Returns how many records it has.
fn check_pages(app: &App, list: &List, path: &str) -> usize {
    let person = reader(app, path);
    let (least, most) = list.limits();
    assert_eq!(least, 1, "{path}");
    for wrong in ["limit=0".to_owned(), format!("limit={}", most + 1), "limit=ten".to_owned(), "nonsense=1".to_owned()]
    {
        problem(person.get(&format!("{path}?{wrong}")).unwrap(), 400, "bad_parameter");
    }
    let all = walked(&person, path, "", most);
    let distinct: BTreeSet<String> = all.iter().map(Value::to_string).collect();
    assert_eq!(distinct.len(), all.len(), "{path} repeats a record");
    // With a record on each page, every record is once behind a cursor.
    assert_eq!(walked(&person, path, "", 1), all, "{path} one by one");
    let first = person.get(path).unwrap().ok();
    let shown = first["page"]["limit"].as_i64().unwrap() as usize;
    assert_eq!(data(&first), all[..shown.min(all.len())], "{path}: without parameters, its first page");
    // A longer page needs no more statements, but for what only some records have.
    let statements = |limit: i64| -> u64 {
        let answer = person.get(&format!("{path}?limit={limit}")).unwrap();
        answer.header("x-statements").unwrap().parse().unwrap()
    };
    let (of_one, of_all) = (statements(1), statements(most));
    // The names of an answer may be known from the one before; else they take three.
    assert!(of_all <= of_one + 2 + 3 && of_all <= 12, "{path}: {of_one} statements for a record, {of_all} for all");
    if list.parameter("totals").is_some() {
        let page = person.get(&format!("{path}?limit=1&totals=true")).unwrap().ok();
        check_totals(path, &page["totals"], &all);
        assert_eq!(person.get(&format!("{path}?totals=false")).unwrap().ok()["totals"], Value::Null, "{path}");
        problem(person.get(&format!("{path}?totals=maybe")).unwrap(), 400, "bad_parameter");
    }
    if !list.has_rows() {
        check_orders(&person, list, path, &all);
    }
    all.len()
}

/// Asserts that each order is that of the bytes of its field, and then of the id: the same on both engines.
fn check_orders(person: &Person, list: &List, path: &str, all: &[Value]) {
    for sort in list.sorts().iter().filter(|sort| all.iter().all(|one| one.get(sort.trim_start_matches('-')).is_some()))
    {
        let (name, descending) = (sort.trim_start_matches('-'), sort.starts_with('-'));
        let mut wanted = all.to_vec();
        let key = |one: &Value| match &one[name] {
            Value::Number(number) => (number.as_i64(), String::new()),
            Value::String(text) => (None, text.clone()),
            other => panic!("{path}: {name} is {other}"),
        };
        wanted.sort_by_key(|one| (key(one), one["id"].to_string()));
        if descending {
            wanted.reverse();
        }
        assert_eq!(walked(person, path, &format!("sort={sort}&"), 2), wanted, "{path} by {sort}, two by two");
    }
}

/// Asserts that a company sees in a list what is its own and nothing of another.
fn check_companies(app: &App, list: &List, path: &str) {
    let (_, most) = list.limits();
    let owned = |one: &Value| one["organisation_id"].as_str().map(str::to_owned);
    let everything = walked(&reader(app, path), path, "", most);
    for maker in ["lodestone", "magnetite"] {
        let (company, person) = (app.organisation(maker)["id"].as_str().unwrap().to_owned(), app.signatory_of(maker));
        let answer = person.get(path).unwrap();
        if answer.status != 200 {
            assert!([403, 404].contains(&answer.status), "{maker} at {path}: {}", answer.text());
            continue;
        }
        let seen = walked(&person, path, "", most);
        assert!(seen.iter().all(|one| owned(one).is_none_or(|id| id == company)), "{maker} at {path}");
        let others: Vec<String> = everything
            .iter()
            .filter(|one| owned(one).is_some_and(|id| id != company))
            .filter_map(|one| one["id"].as_str().map(str::to_owned))
            .collect();
        let text = Value::from(seen).to_string();
        assert!(others.iter().all(|id| !text.contains(id.as_str())), "{maker} reads of another company in {path}");
        if list.parameter("organisation_id").is_some() {
            let other = app.organisation(if maker == "lodestone" { "magnetite" } else { "lodestone" });
            let of_other = format!("{path}?organisation_id={}", other["id"].as_str().unwrap());
            // A worklist is narrowed by any company, and holds nothing of another.
            let answer = person.get(&of_other).unwrap();
            assert!(answer.status == 404 || data(&answer.clone().ok()).is_empty(), "{of_other}");
        }
    }
}

#[apply(on_both!)]
fn every_list_is_bounded_and_paged_in_one_way(app: App) {
    let lists = paged(&app);
    let mut most: BTreeMap<&str, usize> = BTreeMap::new();
    for story in stories::all(app.engine) {
        for list in &lists {
            let sample = story.sample.as_deref();
            if list.path.contains("{id}") && sample.is_none() {
                continue;
            }
            let path = list.path.replace("{id}", sample.unwrap_or_default()).replace("{code}", SCHEME);
            let count = check_pages(&story.app, list, &path);
            let known = most.entry(&list.path).or_default();
            *known = count.max(*known);
            if story.has_two_companies && !list.path.contains('{') {
                check_companies(&story.app, list, &path);
            }
        }
    }
    let short: Vec<&&str> = most.iter().filter(|(_, count)| **count < 2).map(|(path, _)| path).collect();
    let answered = |path: &&&&str| !FEW.contains(**path) && !path.starts_with("/selections/");
    assert_eq!(short.iter().filter(answered).collect::<Vec<_>>(), Vec::<&&&str>::new(), "lists without two records");
}

/// What narrows a list is a field of its records, and a value that it cannot hold is refused.
#[apply(on_both!)]
fn lists_are_narrowed_by_what_people_ask_for(app: App) {
    let story = stories::paid_out(app.engine);
    let (app, auditor) = (&story.app, story.app.auditor());
    let count = |path: &str| data(&auditor.get(path).unwrap().ok()).len();
    let company = app.organisation("magnetite")["id"].as_str().unwrap().to_owned();
    let award = auditor.get(&format!("/awards?organisation_id={company}")).unwrap().ok()["data"][0].clone();
    let number = award["number"].as_str().unwrap().replace('/', "-");
    let claims = format!("/claims?award_id={number}&component=sales_linked_incentive&performance_year=2026-27");
    assert_eq!(count(&claims), 2);
    assert_eq!(count(&format!("{claims}&period_from_from=2026-07-01")), 1);
    assert_eq!(count("/claims?status=verified&status=rejected"), 7);
    assert_eq!(count("/tranches?held_in=2026-27") + count("/tranches?held_in=2027-28"), 7);
    assert_eq!(count(&format!("/payments?award_id={number}&status=succeeded")), 2);
    assert_eq!(
        count(&format!("/payments?claim_id={}", data(&auditor.get(&claims).unwrap().ok())[0]["id"].as_str().unwrap())),
        1
    );
    assert_eq!(count("/payments?utr=utr%20000-000%20000003"), 1);
    assert_eq!(count("/milestones?scheme_code=another"), 0);
    assert_eq!(count(&format!("/milestones?award_id={number}&code_contains=OXIDE")), 1);
    assert_eq!(count(&format!("/recoveries?number={}", "NDFEB%2F2027-28%2FREC%2F0001")), 1);
    let newest = auditor.get("/tranches?sort=-created_at&limit=1").unwrap().ok();
    let oldest = auditor.get("/tranches?limit=1&totals=true").unwrap().ok();
    assert_ne!(newest["data"][0]["id"], oldest["data"][0]["id"]);
    assert_eq!(oldest["totals"]["count"], 7);
    let refused = |path: &str| problem(auditor.get(path).unwrap(), 400, "bad_parameter");
    for (path, pointer) in [
        ("/tranches?status=late", "?status"),
        ("/tranches?status=paid&status=late", "?status"),
        ("/tranches?claim_id=1", "?claim_id"),
        ("/tranches?colour=red", "?colour"),
        ("/tranches?sort=colour", "?sort"),
        ("/tranches?sort=id&sort=-id", "?sort"),
        ("/claims?period_from=yesterday", "?period_from"),
        ("/claims?amount_claimed_paise_from=1.5", "?amount_claimed_paise_from"),
        ("/payments?performance_year=2026", "?performance_year"),
        ("/payments?tranche_id=", "?tranche_id"),
    ] {
        assert_eq!(refused(path)["errors"][0]["pointer"], pointer, "{path}");
    }
    for path in ["/tranches?cursor=nonsense", "/tranches?group_by=status", "/claims?limit=201"] {
        refused(path);
    }
}

/// A list at a past moment is that of the moment, page after page.
#[apply(on_both!)]
fn the_pages_of_a_past_moment_have_that_moment(app: App) {
    let story = stories::paid_out(app.engine);
    let auditor = story.app.auditor();
    let then = auditor.get("/tranches?as_of=2026-05-01&totals=true").unwrap().ok();
    assert_eq!((data(&then).len(), &then["totals"]["count"]), (1, &json!(1)));
    let answer = auditor.get("/claims?known_at=now&limit=2").unwrap();
    let (link, moment) = (answer.header("link").unwrap(), answer.header("known-at").unwrap());
    assert!(link.contains(&format!("limit=2&known_at={moment}&cursor=")), "{link}");
}

/// The lists that are whole, and why, are told to clients.
#[apply(plain!)]
fn lists_without_pages_are_named_in_the_document() {
    let document = include_str!("../../../docs/API.md");
    for path in WHOLE {
        assert!(document.contains(&format!("`{path}`")), "docs/API.md does not say why {path} is whole");
    }
}
