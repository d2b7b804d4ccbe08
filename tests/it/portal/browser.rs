//! A browser without script, as small as these tests need it: it keeps cookies, follows redirects, reads a page into
//! elements, and sends a form by the text of its button with fields that are filled in by their labels.

use crate::harness::app::App;
pub use crate::harness::html::Node;
use magnet_scheme::client::{Client, Person, Response};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What a person does with a radio button or a checkbox.
pub const CHOSEN: &str = "(chosen)";

/// A page as it was shown.
pub struct Shown {
    pub answer: Response,
    /// Where it was found in the end.
    pub address: String,
    pub page: Node,
}

impl Shown {
    fn of(answer: Response, address: String) -> Shown {
        Shown { page: Node::document(&answer.bytes), answer, address }
    }

    /// Fails unless the answer has this status.
    #[track_caller]
    pub fn with_status(self, status: u16) -> Shown {
        assert_eq!(self.answer.status, status, "{}: {}", self.address, self.page.text());
        self
    }

    /// Fails unless the page says this.
    #[track_caller]
    pub fn says(self, text: &str) -> Shown {
        let all = self.page.text();
        assert!(all.contains(text), "{} does not say '{text}': {all}", self.address);
        self
    }

    /// Fails unless the page leads to the explanation of this code.
    #[track_caller]
    pub fn explains(self, code: &str) -> Shown {
        let path = format!("/problems/{code}");
        let links = self.page.named("a");
        let led = links.iter().any(|link| link.attribute("href").is_some_and(|address| address.ends_with(&path)));
        assert!(led, "{} does not lead to the explanation of {code}: {}", self.address, self.page.text());
        self
    }

    /// Fails if the page says this.
    #[track_caller]
    pub fn says_nothing_of(self, text: &str) -> Shown {
        let all = self.page.text();
        assert!(!all.contains(text), "{} says '{text}': {all}", self.address);
        self
    }

    /// Where the summary of what is wrong leads to.
    pub fn led(&self) -> Vec<String> {
        let summary = |node: &&Node| node.attribute("class") == Some("govuk-error-summary");
        let links = self.page.all().into_iter().filter(summary).flat_map(|one| one.named("a"));
        links.filter_map(|link| link.attribute("href")?.strip_prefix('#').map(str::to_owned)).collect()
    }

    /// Fails unless the summary of what is wrong leads to places of the page, in the order in which they stand.
    #[track_caller]
    fn leads_to_its_faults_in_order(&self) {
        let all = self.page.all();
        let ids: Vec<&str> = all.iter().filter_map(|node| node.attribute("id")).collect();
        let place = |id: &String| {
            let found = ids.iter().position(|known| known == id);
            found.unwrap_or_else(|| panic!("{} leads to #{id}, which is not there", self.address))
        };
        let led = self.led();
        let places: Vec<usize> = led.iter().map(place).collect();
        assert!(places.is_sorted(), "{} names faults in another order than its fields have: {led:?}", self.address);
    }

    pub fn title(&self) -> String {
        let heads = self.page.named("title");
        heads[0].children().iter().map(|child| if let Node::Text(text) = child { text.as_str() } else { "" }).collect()
    }

    /// The buttons of the page itself, not those of the frame around it.
    pub fn buttons(&self) -> Vec<String> {
        let main = self.page.named("main");
        main.iter()
            .flat_map(|main| main.named("button"))
            .filter(|one| one.attribute("type") != Some("button") && one.attribute("name") != Some("redraw"))
            .map(Node::text)
            .collect()
    }

    /// The address of the link with this text; of a fault also without the name of its field.
    #[track_caller]
    pub fn link(&self, text: &str) -> String {
        let mut letters = text.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
        let fault = format!(": {first}{}", letters.as_str());
        let links = || self.page.named("a").into_iter();
        let named = || links().find(|link| link.text().ends_with(&fault));
        let found = links().find(|link| link.text() == text).or_else(named);
        found.unwrap_or_else(|| panic!("no link '{text}' on {}", self.address)).attribute("href").unwrap().to_owned()
    }

    /// The form whose button has this text.
    #[track_caller]
    pub fn form(&self, button: &str) -> Form {
        self.form_beside(button, button)
    }

    /// The form that has a button with the first text, as the one with the second text sends it.
    #[track_caller]
    pub fn form_beside(&self, beside: &str, button: &str) -> Form {
        let has = |form: &&Node| {
            let texts: Vec<String> = form.named("button").into_iter().map(Node::text).collect();
            [beside, button].iter().all(|text| texts.iter().any(|one| one == text))
        };
        let form = self.page.named("form").into_iter().find(has);
        let form = form.unwrap_or_else(|| panic!("no button '{button}' on {}, but {:?}", self.address, self.buttons()));
        let pressed = form.named("button").into_iter().find(|one| one.text() == button);
        Form::of(form).pressed(pressed.unwrap())
    }
}

/// A form that a person fills in.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    /// Names and texts, in the order of the page.
    pub fields: Vec<(String, String)>,
    /// Name of the field, and its value if it is a choice, by label.
    labels: BTreeMap<String, (String, Option<String>)>,
    /// Whether it is sent in parts, as forms with files are.
    in_parts: bool,
    /// The names of its fields for files.
    file_fields: Vec<String>,
    /// The files that were chosen: name of the field, name, type and content.
    pub files: Vec<(String, String, String, Vec<u8>)>,
}

impl Form {
    fn of(form: &Node) -> Form {
        let (mut fields, mut file_fields, mut ids) = (Vec::new(), Vec::new(), BTreeMap::new());
        for node in form.all() {
            let Some(name) = node.attribute("name").map(str::to_owned).filter(|_| node.name() != "button") else {
                continue;
            };
            let value = match node.name() {
                // The first line end after the tag does not count.
                "textarea" => node
                    .children()
                    .iter()
                    .map(|child| if let Node::Text(text) = child { text.clone() } else { String::new() })
                    .collect(),
                // A browser sends the choice that is marked, and otherwise the first one.
                "select" => {
                    let choices = node.named("option");
                    let marked = choices.iter().find(|one| one.attribute("selected").is_some());
                    let chosen = marked.or(choices.first()).and_then(|one| one.attribute("value"));
                    chosen.unwrap_or_default().to_owned()
                }
                _ => node.attribute("value").unwrap_or_default().to_owned(),
            };
            let choice = matches!(node.attribute("type"), Some("radio" | "checkbox"));
            if let Some(id) = node.attribute("id") {
                ids.insert(id.to_owned(), (name.clone(), choice.then(|| value.clone())));
            }
            let file = node.attribute("type") == Some("file");
            if file {
                file_fields.push(name);
            } else if !choice || node.attribute("checked").is_some() {
                fields.push((name, value));
            }
        }
        let labels = form
            .named("label")
            .into_iter()
            .filter_map(|label| Some((label.text(), ids.get(label.attribute("for")?)?.clone())));
        Form {
            action: form.attribute("action").unwrap().to_owned(),
            labels: labels.collect(),
            fields,
            in_parts: form.attribute("enctype") == Some("multipart/form-data"),
            file_fields,
            files: Vec::new(),
        }
    }

    /// The form as this button of it sends it.
    fn pressed(mut self, button: &Node) -> Form {
        if let Some(elsewhere) = button.attribute("formaction") {
            self.action = elsewhere.to_owned();
        }
        if button.attribute("formenctype").is_some() {
            // The names of the files alone are sent.
            self.in_parts = false;
        }
        if let Some(name) = button.attribute("name") {
            self.fields.push((name.to_owned(), button.attribute("value").unwrap_or_default().to_owned()));
        }
        self
    }

    /// The form with a file chosen in the field with this label.
    #[track_caller]
    pub fn choose(mut self, label: &str, file_name: &str, kind: &str, content: &[u8]) -> Form {
        let (name, _) = self.labels.get(label).unwrap_or_else(|| panic!("no field '{label}' in {self:?}")).clone();
        self.files.push((name, file_name.to_owned(), kind.to_owned(), content.to_vec()));
        self
    }

    /// The form in parts, as a browser sends it: the fields, and the files or an empty one where none was chosen.
    fn parts(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, text) in &self.fields {
            let text = text.replace('\n', "\r\n");
            body.extend(
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes(),
            );
        }
        let is_chosen = |field: &String| self.files.iter().any(|(name, ..)| name == field);
        let none = |field: &String| (field.clone(), String::new(), "application/octet-stream".to_owned(), Vec::new());
        let none = self.file_fields.iter().filter(|field| !is_chosen(field)).map(none);
        for (name, file_name, kind, content) in self.files.iter().cloned().chain(none) {
            let file_name = file_name.replace('"', "%22"); // as WHATWG's standard of HTML says
            let head = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"");
            body.extend(format!("--{BOUNDARY}\r\n{head}\r\nContent-Type: {kind}\r\n\r\n").bytes());
            body.extend(content);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").bytes());
        body
    }

    /// The text in the field with this label.
    #[track_caller]
    pub fn text(&self, label: &str) -> &str {
        let (name, _) = self.labels.get(label).unwrap_or_else(|| panic!("no field '{label}' in {self:?}"));
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text)
    }

    /// Whether the form has a field with this label.
    pub fn offers(&self, label: &str) -> bool {
        self.labels.contains_key(label)
    }

    /// The form with this text in the field with this label, or with this choice made.
    #[track_caller]
    pub fn fill(mut self, label: &str, text: &str) -> Form {
        let (name, choice) = self.labels.get(label).unwrap_or_else(|| panic!("no field '{label}' in {self:?}")).clone();
        let text = choice.filter(|_| text == CHOSEN).unwrap_or_else(|| text.to_owned());
        self.set(&name, &text);
        self
    }

    /// Sets a field by its name, hidden ones too.
    pub fn set(&mut self, name: &str, text: &str) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), text.to_owned()));
    }

    /// The form as a browser sends it.
    pub fn body(&self) -> String {
        // Where a form is not sent in parts, of a file its name alone is sent.
        let files = self.files.iter().map(|(name, file_name, ..)| (name, file_name));
        let fields = self.fields.iter().map(|(name, text)| (name, text));
        let pairs = fields.chain(files).map(|(name, text)| format!("{}={}", encoded(name), encoded(text)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// Stands between the parts of a form.
const BOUNDARY: &str = "----of-a-small-browser";

fn encoded(text: &str) -> String {
    let text = text.replace('\n', "\r\n");
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// A browser.
pub struct Browser {
    pub client: Client,
    pub cookies: RefCell<BTreeMap<String, String>>,
}

impl Browser {
    pub fn new(app: &App) -> Browser {
        Browser { client: app.client.clone(), cookies: RefCell::default() }
    }

    /// A browser in which this person has signed in, in this language.
    #[track_caller]
    pub fn of(app: &App, person: &Person, language: &str) -> Browser {
        let browser = Browser::new(app);
        browser.signs_in(&browser.opens(&format!("/{language}/sign-in")), person).with_status(200);
        browser
    }

    /// Fills in the sign-in form of a page.
    #[track_caller]
    pub fn signs_in(&self, shown: &Shown, person: &Person) -> Shown {
        let hindi = shown.page.named("html")[0].attribute("lang") == Some("hi");
        let (email, password, button) = if hindi {
            ("ई-मेल पता", "पासवर्ड", "साइन इन करें")
        } else {
            ("E-mail address", "Password", "Sign in")
        };
        self.sends(&shown.form(button).fill(email, &person.email).fill(password, &person.password))
    }

    pub fn cookie(&self) -> String {
        let cookies = self.cookies.borrow();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Sends one request with the cookies, and keeps those of the answer.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Response {
        self.request_bytes(method, path, headers, body.map(str::as_bytes))
    }

    fn request_bytes(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Response {
        let cookie = self.cookie();
        let mut all = headers.to_vec();
        if !cookie.is_empty() {
            all.push(("Cookie", &cookie));
        }
        let answer = self.client.send(method, path, &all, body).unwrap();
        for (_, value) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, rest) = value.split_once('=').unwrap();
            if value.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                let kept = rest.split(';').next().unwrap().to_owned();
                self.cookies.borrow_mut().insert(name.to_owned(), kept);
            }
        }
        answer
    }

    /// Opens an address, and follows where it leads. A Hindi page is in Hindi, and no page needs more statements than
    /// this, whatever it shows.
    #[track_caller]
    pub fn opens(&self, path: &str) -> Shown {
        let shown = self.follow(self.request("GET", path, &[], None), path);
        if let Some(statements) = shown.answer.header("x-statements") {
            let statements: u64 = statements.parse().unwrap();
            let more = MORE.iter().find(|(place, _)| shown.address.contains(place)).map_or(0, |(_, more)| *more);
            assert!(statements <= OF_EVERY_PAGE + MOST + more, "{} needs {statements} statements", shown.address);
        }
        shown
    }

    fn follow(&self, mut answer: Response, path: &str) -> Shown {
        let mut address = path.to_owned();
        for _ in 0..5 {
            let Some(next) = answer.header("location").map(str::to_owned) else { break };
            answer = self.request("GET", &next, &[], None);
            address = next;
        }
        let shown = Shown::of(answer, address);
        shown.is_in_its_language();
        shown.leads_to_its_faults_in_order();
        shown
    }

    /// Sends a form as its page does, and follows where it leads.
    pub fn sends(&self, form: &Form) -> Shown {
        self.follow(self.sends_once(form), &form.action)
    }

    /// Sends a form that shows what it comes to, again while the service is too busy to say so.
    pub fn rehearses(&self, form: &Form) -> Shown {
        until_rehearsed(|| self.sends(form))
    }

    /// Opens a page that shows what its form comes to, again while the service is too busy to say so.
    pub fn opens_rehearsed(&self, path: &str) -> Shown {
        until_rehearsed(|| self.opens(path))
    }

    /// Sends a form as its page does.
    pub fn sends_once(&self, form: &Form) -> Response {
        let origin = self.client.base.clone();
        let (kind, body) = if form.in_parts {
            (format!("multipart/form-data; boundary={BOUNDARY}"), form.parts())
        } else {
            ("application/x-www-form-urlencoded".to_owned(), form.body().into_bytes())
        };
        let headers = [("Content-Type", kind.as_str()), ("Origin", origin.as_str()), ("Sec-Fetch-Site", "same-origin")];
        // What stands behind `#` is a place in the page that comes back, which a browser does not send.
        let address = form.action.split('#').next().unwrap_or_default();
        self.request_bytes("POST", address, &headers, Some(&body))
    }
}

/// The statements of a page of its own, and those that every page needs: the session with its account, what waits, and
/// in a sandbox where its clock stands.
const MOST: u64 = 12;
/// Pages that ask more. That of a tranche: what its whole claim was paid before, and what the year holds for it. That
/// of a recovery, where the reader took an earlier step: who can take the next one, and the fates of its payment. That
/// of an award: to which record each document of the company is attached.
const MORE: [(&str, u64); 3] = [("/tranches/", 1), ("/recoveries/", 4), ("/awards/", 1)];
pub const OF_EVERY_PAGE: u64 = 3;

/// How often a page is asked for again on which a busy machine could not show everything in time.
const PATIENCE: usize = 100;

/// A page with everything that its buttons would do.
#[track_caller]
fn until_rehearsed(ask: impl Fn() -> Shown) -> Shown {
    let late = ["cannot be shown right now", "cannot be previewed now", "परिणाम अभी पहले से नहीं दिखाया जा सकता"];
    let is_late = |shown: &Shown| late.iter().any(|text| shown.page.text().contains(text));
    let shown = (0..PATIENCE).map(|_| ask()).find(|shown| !is_late(shown));
    shown.unwrap_or_else(|| panic!("nothing could be previewed in {PATIENCE} attempts"))
}
