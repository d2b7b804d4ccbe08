//! The same story in Chromium, over WebDriver (W3C): five people, two languages, a phone and a desk; two people
//! without script.
//! `PORTAL_PICTURES` names a folder that then gets a picture of every page, and `AXE_CORE` the file `axe.min.js`, with
//! which every page is checked for accessibility (WCAG 2.1 AA): no fault, and nothing that axe could not decide.

mod awards;
mod bank;
mod claims;
mod every_page;
mod looks;
mod notes;
mod records;
mod relied_on;

use crate::harness::app::App;
use crate::harness::people::{CRORE, Sales, Verbs};
use crate::payment::disbursements::sample::seven;
use magnet_scheme::client::{Client, Person};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const PHONE: u32 = 320;
const DESK: u32 = 1_280;
/// How WebDriver names an element in its answers.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A running chromedriver with one window.
pub struct Chromium {
    driver: Child,
    client: Client,
    session: String,
    base: String,
    pictures: Option<PathBuf>,
    axe: Option<String>,
    scripts: bool,
}

impl Chromium {
    pub fn start(app: &App) -> Chromium {
        Chromium::with_letters(app, 16)
    }

    /// One in which a person has chosen how large letters are, in pixels; browsers begin with 16.
    fn with_letters(app: &App, pixels: u32) -> Chromium {
        let mut driver =
            Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let told = BufReader::new(driver.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port =
            told.filter_map(|line| line.split("on port ").nth(1).map(|rest| rest.trim_end_matches('.').to_owned()));
        let port = port.filter_map(|text| text.parse::<u16>().ok()).find(|port| *port > 0).unwrap();
        let client = Client::new(format!("http://127.0.0.1:{port}"));
        let arguments =
            ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments, "prefs": { "webkit.webprefs.default_font_size": pixels } }, "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let mut chromium = Chromium {
            driver,
            client,
            session: String::new(),
            base: app.client.base.clone(),
            pictures: std::env::var_os("PORTAL_PICTURES").map(PathBuf::from),
            axe: std::env::var_os("AXE_CORE").map(|path| std::fs::read_to_string(path).unwrap()),
            scripts: true,
        };
        let begun = chromium.asks("POST", "/session", &wanted);
        chromium.session = format!("/session/{}", begun["sessionId"].as_str().unwrap());
        chromium
    }

    #[track_caller]
    pub fn asks(&self, method: &str, path: &str, body: &Value) -> Value {
        let text = body.to_string();
        let body = (method == "POST").then_some(text.as_bytes());
        let headers = [("Content-Type", "application/json")];
        let answer = self.client.send(method, &format!("{}{path}", self.session), &headers, body).unwrap();
        assert_eq!(answer.status, 200, "{path} {text}: {}", answer.text());
        answer.json()["value"].clone()
    }

    pub fn runs(&self, script: &str) -> Value {
        self.asks("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// As wide as a screen, and as high as the page.
    pub(super) fn is_as_wide_as(&self, width: u32) {
        let size = |height: u64| {
            json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false } })
        };
        self.asks("POST", "/goog/cdp/execute", &size(800));
        let height = self.runs("return document.documentElement.scrollHeight").as_u64().unwrap();
        self.asks("POST", "/goog/cdp/execute", &size(height.max(800)));
    }

    pub fn opens(&self, path: &str) {
        self.asks("POST", "/url", &json!({ "url": format!("{}{path}", self.base) }));
    }

    fn finds(&self, xpath: &str) -> String {
        let found = self.asks("POST", "/element", &json!({ "using": "xpath", "value": xpath }));
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    pub fn types(&self, label: &str, text: &str) {
        let field = self.finds(&format!("//*[@id = //label[normalize-space() = \"{label}\"]/@for]"));
        self.asks("POST", &format!("/element/{field}/value"), &json!({ "text": text }));
    }

    /// Presses a button or a link, and waits for the page that it leads to.
    #[track_caller]
    pub fn presses(&self, text: &str) {
        self.follows(&format!("//*[self::button or self::a][normalize-space() = \"{text}\"]"));
    }

    /// Opens what stands behind a summary, if it is closed.
    #[track_caller]
    pub fn opens_details(&self, summary: &str) {
        let summary = self.finds(&format!("//summary[normalize-space() = \"{summary}\"]"));
        self.asks("POST", &format!("/element/{summary}/click"), &json!({}));
    }

    #[track_caller]
    pub fn follows(&self, xpath: &str) {
        let button = self.finds(xpath);
        self.leaves(xpath, || self.asks("POST", &format!("/element/{button}/click"), &json!({})));
    }

    /// Does something that leads to another page, and waits for that page.
    #[track_caller]
    pub fn leaves(&self, what: &str, act: impl FnOnce() -> Value) {
        self.runs("document.documentElement.dataset.left = 'no'");
        act();
        let script = "return document.readyState === 'complete' && !document.documentElement.dataset.left";
        let body = json!({ "script": script, "args": [] }).to_string();
        let headers = [("Content-Type", "application/json")];
        // The browser tells nobody when a page is there, and answers with an error while it changes the page.
        let is_there = |_: &u32| {
            let path = format!("{}/execute/sync", self.session);
            let answer = self.client.send("POST", &path, &headers, Some(body.as_bytes())).unwrap();
            answer.status == 200 && answer.json()["value"] == true
        };
        assert!((0..20_000).find(is_there).is_some(), "{what} leads nowhere");
    }

    /// Lets the pages run their script, or not. (What a test runs is not theirs.)
    pub fn lets_scripts_run(&mut self, allowed: bool) {
        self.scripts = allowed;
        let off = json!({ "cmd": "Emulation.setScriptExecutionDisabled", "params": { "value": !allowed } });
        self.asks("POST", "/goog/cdp/execute", &off);
    }

    pub fn chooses(&self, label: &str) {
        let choice = self.finds(&format!("//label[normalize-space() = \"{label}\"]"));
        self.asks("POST", &format!("/element/{choice}/click"), &json!({}));
    }

    pub fn text(&self) -> String {
        self.runs("return document.body.innerText").as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub fn reads(&self, part: &str) {
        let text = self.text();
        assert!(text.contains(part), "'{part}' is not on the page: {text}");
    }

    pub fn signs_in(&self, person: &Person, language: &str) {
        self.asks("DELETE", "/cookie", &json!({}));
        self.opens(&format!("/{language}/sign-in"));
        let (email, password, button) = match language {
            "hi" => ("ई-मेल पता", "पासवर्ड", "साइन इन करें"),
            _ => ("E-mail address", "Password", "Sign in"),
        };
        self.types(email, &person.email);
        self.types(password, &person.password);
        self.follows(&format!("//main//button[normalize-space() = \"{button}\"]"));
        let ran = self.runs("return document.body.classList.contains('js-enabled')");
        assert_eq!(ran, self.scripts, "the script of the page ran");
    }
}

#[apply(in_browser!)]
fn the_budget_in_chromium(app: App) {
    let chromium = Chromium::start(&app);
    app.tranche_of_15_crore();
    app.scheme_administrator().proposes("capital_subsidy", "2026-27", 20 * CRORE);
    chromium.signs_in(&app.other_scheme_administrator(), "en");
    for language in ["en", "hi"] {
        chromium.opens(&format!("/{language}/budget"));
        chromium.looks(&format!("budget-{language}"));
        chromium.opens(&format!("/{language}/budget/instruments"));
        chromium.looks(&format!("instruments-{language}"));
        chromium.opens(&format!("/{language}/budget/instruments/NDFEB-2026-27-BUD-0002"));
        chromium.looks(&format!("instrument-{language}"));
        chromium.opens(&format!("/{language}/budget/instruments/new"));
        chromium.looks(&format!("propose-{language}"));
        chromium.opens(&format!("/{language}/budget/instruments/new?kind=re_appropriation"));
        chromium.looks(&format!("propose-form-{language}"));
        chromium.opens(&format!("/{language}/find?q=sample"));
        chromium.looks(&format!("find-{language}"));
    }
    chromium.signs_in(&app.administrator(), "en");
    for language in ["en", "hi"] {
        chromium.opens(&format!("/{language}/people"));
        chromium.looks(&format!("people-{language}"));
        chromium.opens(&format!("/{language}/people/new"));
        chromium.looks(&format!("person-new-{language}"));
    }
    chromium.opens("/en/people");
    chromium.presses("Sample scheme-two");
    chromium.looks("person-en");
}

#[apply(in_browser!)]
fn paid_against_the_limits_in_chromium(app: App) {
    let chromium = Chromium::start(&app);
    seven(&app);
    let award = app.auditor().sees("/awards")["data"][0].clone();
    app.set_clock("2028-03-10T06:30:00Z");
    let tranche = app.tranche_for_sales("lodestone", &award, Sales::at_the_rate("2028-03-01", "2028-03-05", 9_000));
    app.paid(&tranche, "UTR000000000099", "2028-03-10");
    chromium.signs_in(&app.auditor(), "en");
    for language in ["en", "hi"] {
        chromium.opens(&format!("/{language}/budget"));
        chromium.looks(&format!("budget-march-{language}"));
    }
}

#[apply(in_browser!)]
fn the_first_page_in_chromium(app: App) {
    let chromium = Chromium::start(&app);
    chromium.opens("/en/");
    chromium.looks("home-before-en");
    chromium.opens("/hi/");
    chromium.looks("home-before-hi");
    seven(&app);
    for language in ["en", "hi"] {
        // The browser keeps the page for a minute; this address it does not know yet.
        chromium.opens(&format!("/{language}/?begun"));
        chromium.looks(&format!("home-begun-{language}"));
        chromium.runs("document.querySelectorAll('details').forEach(one => one.open = true)");
        chromium.looks(&format!("home-open-{language}"));
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.client.send("DELETE", &self.session, &[], None);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

#[apply(in_browser!)]
fn five_people_take_a_tranche_to_the_bank_in_chromium(app: App) {
    let mut chromium = Chromium::start(&app);
    app.tranche_of_15_crore();
    chromium.opens("/en/");
    chromium.looks("home-en");
    chromium.opens("/hi/");
    chromium.looks("home-hi");
    chromium.opens("/hi/tranches");
    chromium.looks("sign-in-hi");
    chromium.signs_in(&app.section_officer(), "en");
    chromium.reads("1 matter waits for you");
    chromium.looks("inbox-en");
    chromium.opens("/hi/inbox");
    chromium.looks("inbox-hi");
    chromium.opens("/en/tranches");
    chromium.reads("1 tranche");
    chromium.looks("tranches-en");
    chromium.opens("/hi/tranches");
    chromium.looks("tranches-hi");
    chromium.opens("/en/tranches?status=expired");
    chromium.looks("tranches-none-en");
    chromium.opens("/en/account");
    chromium.looks("account-en");
    chromium.opens("/en/tranches");
    chromium.presses("NDFEB/2026-27/TRN/0001");
    chromium.looks("tranche-verified-en");
    chromium.presses("Recommend: ₹15,00,00,000.00");
    chromium.reads("There is a problem");
    chromium.looks("tranche-mistake-en");
    chromium.types(
        "Noting on the file",
        "The certificate of the engineer is in order; the milestone was inspected on 1 May.",
    );
    // The switch of the language takes along what was typed since.
    chromium.presses("हिन्दी");
    chromium.reads("कुछ नहीं किया गया");
    chromium.looks("tranche-switched-hi");
    chromium.presses("English");
    let typed = chromium.runs("return document.querySelector('#recommend-note').value");
    assert!(typed.as_str().unwrap().starts_with("The certificate of the engineer"), "{typed}");
    chromium.presses("Recommend: ₹15,00,00,000.00");
    chromium.reads("Recommended by you");
    chromium.looks("tranche-recommended-en");
    chromium.opens("/hi/tranches/NDFEB-2026-27-TRN-0001");
    chromium.looks("tranche-recommended-hi");
    chromium.lets_scripts_run(false);
    chromium.signs_in(&app.finance_officer(), "hi");
    chromium.opens("/hi/tranches/NDFEB-2026-27-TRN-0001");
    chromium.looks("tranche-recommended-without-script-hi");
    goes_back_and_comes_again(&mut chromium, &app);
    chromium.types("फ़ाइल पर टिप्पणी", "राशि, विनियोग और प्रतिभूति जाँची; सहमति दी जाती है।");
    chromium.presses("सहमति दें: ₹15,00,00,000.00");
    chromium.reads("आपके द्वारा सहमति");
    chromium.lets_scripts_run(true);
    chromium.opens("/hi/tranches/NDFEB-2026-27-TRN-0001");
    chromium.looks("tranche-concurred-hi");
    chromium.signs_in(&app.competent_authority(), "hi");
    chromium.opens("/en/tranches/NDFEB-2026-27-TRN-0001");
    chromium.looks("tranche-to-sanction-en");
    chromium.opens("/hi/tranches/NDFEB-2026-27-TRN-0001");
    chromium.looks("tranche-to-sanction-hi");
    chromium.lets_scripts_run(false);
    chromium.opens("/hi/tranches/NDFEB-2026-27-TRN-0001");
    chromium.types("फ़ाइल पर टिप्पणी", "स्वीकृत");
    chromium.presses("स्वीकृत करें: ₹15,00,00,000.00");
    chromium.reads("आपके द्वारा स्वीकृत");
    chromium.lets_scripts_run(true);
    goes_to_the_bank(&chromium, &app);
    chromium.opens("/hi/nothing");
    chromium.looks("not-found-hi");
    app.must_verify();
}

/// The money is sent to the treasury, and arrives.
fn goes_to_the_bank(chromium: &Chromium, app: &App) {
    chromium.signs_in(&app.disbursing_officer(), "en");
    chromium.opens("/en/tranches/NDFEB-2026-27-TRN-0001");
    chromium.looks("tranche-sanctioned-en");
    chromium.presses("Advise the payment: ₹15,00,00,000.00");
    chromium.reads("Advised by you");
    chromium.presses("NDFEB/2026-27/PAY/0001");
    chromium.looks("payment-en");
    chromium.opens("/hi/payments/NDFEB-2026-27-PAY-0001");
    chromium.looks("payment-hi");
    chromium.opens("/en/payments/NDFEB-2026-27-PAY-0001");
    chromium.chooses("Paid");
    chromium.types("UTR", "SBINR52026050100001");
    chromium.types("Day", "1");
    chromium.types("Month", "5");
    chromium.types("Year", "2026");
    chromium.types("Amount that the bank paid", "15 crore");
    chromium.presses("Record the bank's answer");
    chromium.reads("was recorded by you");
    chromium.looks("payment-paid-en");
    chromium.opens("/en/tranches/NDFEB-2026-27-TRN-0001");
    chromium.looks("tranche-paid-en");
}

/// Finance returns the tranche; the section officer reads why, and recommends it again.
fn goes_back_and_comes_again(chromium: &mut Chromium, app: &App) {
    chromium.chooses("अनुभाग अधिकारी को, पुनः सिफारिश के लिए");
    chromium.types("कारण", "प्रमाणपत्र दूसरे संयंत्र का है।");
    chromium.types("आंतरिक टिप्पणी", "एजेंसी से दूरभाष पर बात हुई।");
    chromium.presses("कारण सहित लौटाएँ");
    chromium.reads("आपके द्वारा लौटाया गया");
    chromium.lets_scripts_run(true);
    chromium.signs_in(&app.section_officer(), "en");
    chromium.presses("NDFEB/2026-27/TRN/0001");
    chromium.looks("tranche-returned-en");
    chromium.opens("/hi/tranches/NDFEB-2026-27-TRN-0001");
    chromium.looks("tranche-returned-hi");
    chromium.opens("/en/tranches/NDFEB-2026-27-TRN-0001");
    chromium.types("Noting on the file", "The right certificate is attached now.");
    chromium.presses("Recommend: ₹15,00,00,000.00");
    chromium.lets_scripts_run(false);
    chromium.signs_in(&app.finance_officer(), "hi");
    chromium.opens("/hi/tranches/NDFEB-2026-27-TRN-0001");
}
