//! The demo as somebody runs it for the first time: what it prints, whom its links sign in, what it leaves for them to
//! do, and what it leaves behind. The other commands that are run by hand say what is missing.

use crate::harness::app::{App, Engine};
use crate::harness::described;
use crate::harness::program::{Going, program};
use crate::harness::scratch;
use crate::portal::browser::Browser;
use magnet_scheme::client::{Client, Person};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Child;

/// A demo that serves, with what it printed until then.
pub struct Demo {
    child: Child,
    told: Vec<String>,
}

impl Demo {
    pub fn play(folder: &Path) -> Demo {
        let mut child = program(folder, &["demo"]).spawn().unwrap();
        let mut told = Vec::new();
        for line in BufReader::new(child.stdout.as_mut().unwrap()).lines() {
            told.push(line.unwrap());
            if told.last().is_some_and(|line| line.starts_with("Serving until")) {
                return Demo { child, told };
            }
        }
        let mut why = String::new();
        child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
        child.wait().unwrap();
        panic!("the demo ended: {told:?} {why}")
    }

    fn client(&self) -> Client {
        let base = self.told[0].split(" at ").nth(1).unwrap().split(',').next().unwrap();
        described::client(base)
    }

    /// Everybody: office, address, password and link.
    pub fn people(&self) -> Vec<(String, Person, String)> {
        let client = self.client();
        let links = self.told.iter().enumerate().filter(|(_, line)| line.contains("/en/demo/"));
        let one = |(place, link): (usize, &String)| {
            let words: Vec<&str> = self.told[place - 1].split_whitespace().collect();
            let path = link.trim().strip_prefix(client.base.as_str()).unwrap().to_owned();
            (words[0].to_owned(), Person::new(&client, words[1], words[2]), path)
        };
        links.map(one).collect()
    }

    pub fn browser(&self) -> Browser {
        Browser { client: self.client(), cookies: RefCell::default() }
    }

    /// Stops it; returns what it wrote beside what it said.
    pub fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Demo {
    /// A test that fails leaves no service behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[apply(plain!)]
fn everybody_in_the_demo_enters_by_a_link_and_finds_something_to_do() {
    let folder = scratch::folder();
    let demo = Demo::play(folder.path());
    let people = demo.people();
    assert_eq!(people.len(), 13);
    let mut offices = BTreeSet::new();
    for (office, person, link) in &people {
        // What only looks at a link does not use it up.
        for (method, headers) in [("HEAD", &[][..]), ("GET", &[("Sec-Purpose", "prefetch")][..])] {
            let answer = demo.client().send(method, link, headers, None).unwrap();
            assert!(answer.status >= 400 && answer.header("set-cookie").is_none(), "{method}: {}", answer.status);
        }
        let browser = demo.browser();
        let shown = browser.opens(link).with_status(200);
        browser.opens("/en/account").with_status(200).says(&person.email);
        if office != "administrator" {
            assert_eq!(shown.address, "/en/inbox", "{office}");
            let waits = person.gets("/worklist").unwrap();
            assert!(!waits["data"].as_array().unwrap().is_empty(), "{} has nothing to do", person.email);
            assert!(shown.page.named("tr").len() > 1, "{office}: {}", shown.page.text());
        }
        offices.insert(office.clone());
    }
    assert_eq!(offices.len(), domain::base::permission::Role::ALL.len(), "{offices:?}");

    // A link that was used says what to do, and that works.
    let (_, person, link) = &people[7];
    let used = demo.browser().opens(link).with_status(410).says("was used. Sign in with the e-mail address");
    demo.browser().signs_in(&used, person).with_status(200);
    demo.browser().opens(&link.replacen("/en/", "/hi/", 1)).with_status(410).says("साइन इन");
    demo.browser().opens("/en/demo/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").with_status(404);
    // The session of a link is one as any other: it ends when the person signs out.
    let browser = demo.browser();
    browser.signs_in(&used, person).with_status(200);
    browser.sends(&browser.opens("/en/account").form("Sign out"));
    browser.opens("/en/account").with_status(401);
    assert_eq!(demo.end(), "", "nothing but the demo's own lines");
}

#[apply(plain!)]
fn the_demo_shows_a_return_a_query_and_references_of_the_day_of_payment() {
    let folder = scratch::folder();
    let demo = Demo::play(folder.path());
    let people = demo.people();
    let verifier = &people.iter().find(|(office, ..)| office == "verifier").unwrap().1;
    let claims = verifier.gets("/claims").unwrap()["data"].as_array().unwrap().clone();
    let open = claims.iter().filter(|claim| claim["queries"].to_string().contains("\"reply\":null"));
    assert_eq!(open.count(), 1, "one query is open");
    let corrected = claims.iter().filter(|claim| claim["returned_times"] == 1 && claim["status"] == "submitted");
    assert_eq!(corrected.count(), 1, "one claim was returned and corrected");
    let paid = verifier.gets("/disbursements").unwrap();
    for one in paid["data"].as_array().unwrap() {
        let day = one["paid_on"].as_str().unwrap().replace('-', "");
        assert!(one["utr"].as_str().unwrap().contains(&day), "{one}");
    }
    assert!(demo.told.iter().all(|line| !line.starts_with('{')), "{:?}", demo.told);
    demo.end();
}

#[apply(plain!)]
fn a_demo_that_stops_leaves_nothing_and_offers_nothing() {
    let folder = scratch::folder();
    let run = |filter: &str| {
        let mut command = program(folder.path(), &["demo", "--exit"]);
        let done = command.env("RUST_LOG", filter).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let told = String::from_utf8(done.stdout).unwrap();
        for dead in ["Open  http", "/en/demo/", "Serving until"] {
            assert!(!told.contains(dead), "{dead} in {told}");
        }
        assert!(told.contains("Disbursements"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a folder is left behind");
        String::from_utf8(done.stderr).unwrap()
    };
    assert_eq!(run("error"), "");
    assert!(run("info").lines().filter(|line| line.starts_with('{')).count() > 50);
}

/// Ctrl-C, a supervisor and a closed terminal end a demo, at the end of its story and in the middle of it.
#[apply(plain!)]
fn a_demo_that_is_ended_takes_its_folder_with_it() {
    const SCHEME: &str = "Incentive scheme for sintered NdFeB magnets (July 2025 proposal)";
    let folder = scratch::folder();
    for (until, signal, code) in [
        ("Serving until", "INT", 0),
        ("magnet-scheme demo on", "TERM", 2),
        ("  — the sandbox clock", "HUP", 2),
        ("  — the sandbox clock", "INT", 2),
    ] {
        let going = Going::until(program(folder.path(), &["demo"]), until);
        if code == 0 {
            let tables = ["Budget, ₹ crore (sample data)", "Disbursements"].map(|table| format!("{table}: {SCHEME}"));
            for table in tables {
                assert!(going.said.contains(&table), "{table} is not in {:?}", going.said);
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        going.is_sent(signal);
        let ended = going.ends().with(code);
        assert!(code == 0 || ended.complained.contains("stopped before its end"), "{ended:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{signal} after {until}");
    }
}

#[apply(on_postgres!)]
fn a_demo_that_is_refused_leaves_no_keys_behind(app: App) {
    for used in [App::sandbox(app.engine), app] {
        used.verifier();
        let folder = scratch::folder();
        let mut command = program(folder.path(), &["demo", "--exit"]);
        command.env("MAGNET_SCHEME__DATABASE__ALLOW_UNSAFE_SETTINGS", "true");
        // The clock of the test is that of another day, and is not what is refused here.
        command.env("MAGNET_SCHEME__CLOCK__AHEAD_DAYS_MOST", "36525");
        let done = command.env("DATABASE_URL", &used.config.database.url).output().unwrap();
        let why = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(!done.status.success() && (why.contains("fresh database") || why.contains("live data")), "{why}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[apply(plain!)]
fn no_service_but_the_demo_has_links() {
    for app in [App::start(Engine::Sqlite), App::sandbox(Engine::Sqlite)] {
        let browser = Browser::new(&app);
        let shown = browser.opens("/en/demo/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").with_status(404);
        assert_eq!(shown.page.text(), browser.opens("/en/nothing").page.text());
    }
}

#[apply(plain!)]
fn commands_in_an_empty_folder_say_what_is_missing() {
    let folder = scratch::folder();
    for command in ["verify", "recompute"] {
        let done = program(folder.path(), &[command]).output().unwrap();
        let why = String::from_utf8(done.stderr).unwrap();
        assert!(!done.status.success() && why.contains("there is no database at"), "{why}");
        assert!(why.contains("MAGNET_SCHEME__DATA__FOLDER") && !why.contains("internal"), "{why}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{command} makes nothing");
    }
}
