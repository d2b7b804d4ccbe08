//! What every page needs: its language, who reads it, where it is, and the frame around it. Templates print what is
//! here and decide nothing.

use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use crate::service::worklist::last_change::{ChangedSince, LastChange};
use crate::service::worklist::visitor::ToDo;
use crate::web::Web;
use crate::web::edge::extract;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::money_stop::Mark;
use crate::web::portal::numbers::grouped;
use crate::web::portal::session::{Renewed, Visitor, token_of};
use crate::web::portal::texts::Language;
use crate::web::portal::{assets, days, route_table};
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::EvidenceId;
use domain::base::money::{Paise, indian_grouping};
use domain::base::permission::{Permission, Role};
use domain::scheme::rules::figure::Title;
use domain::scheme::scheme::Component;
use domain::worklist::matter::MatterKind;
use futures_util::FutureExt;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};

/// What waits for the reader: the first entry of the navigation.
pub const INBOX: &str = "/inbox";

/// Where people sign in.
pub const SIGN_IN: &str = "/sign-in";

/// One request for a page.
#[derive(Clone)]
pub struct Page {
    pub language: Language,
    /// The address after the language: `/tranches/…`.
    pub path: String,
    /// Where the page can be opened again: for a form that was sent, the page from which it was sent.
    pub shown_at: String,
    pub query: String,
    pub visitor: Option<Visitor>,
    /// Whether it has a form that moves money, or speaks of the movement of money otherwise.
    pub money: Mark,
    /// For a form that was made for an older version of a record: who changed the record since, and when.
    pub changed: Option<ChangedSince>,
    /// For an answer to a form, what its page in another language sends again, so that nothing typed is lost.
    pub carried: Option<Arc<[(String, String)]>>,
    /// Whether the form was only asked for in another language, and nothing is wrong with it.
    pub redrawn: bool,
    /// Whether what a button would do could not be found out in time.
    pub unknown: Mark,
    /// Whether files were chosen for the form that comes back: a browser does not choose them again by itself.
    pub choose_again: bool,
    /// The matter and the record whose acts the page has, from which it learns who can act where the reader cannot.
    pub about: OnceLock<(MatterKind, String)>,
    /// Who can take each act that was asked about, so that two forms of one act ask once.
    pub who_can: Arc<Mutex<BTreeMap<&'static str, Option<String>>>>,
    pub web: web::Data<Web>,
}

/// A link of the frame.
pub struct Link {
    pub text: String,
    pub address: String,
    /// Whether it leads to what is shown.
    pub here: bool,
}

/// The frame of one page.
#[derive(Default)]
pub struct Frame {
    pub title: String,
    /// The way to this page, without the page itself.
    pub crumbs: Vec<Link>,
    /// Whether the page says that something is wrong.
    pub wrong: bool,
}

/// A text with the language it is in, when it need not be that of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    pub language: Language,
}

impl Said {
    /// Whether it has lines that must stay apart, as what a parser said of a text.
    pub fn has_lines(&self) -> bool {
        self.text.contains('\n')
    }
}

impl FromRequest for Page {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Page::of(request.clone()).boxed_local()
    }
}

impl Page {
    /// The page that a request asks for, with the person whom its cookie names, if the session still goes on.
    pub async fn of(request: HttpRequest) -> Result<Page, Problem> {
        let mut page = Page::of_nobody(&request)?;
        if let Some(token) = token_of(&request, &page.web)?.filter(|token| token.in_time) {
            let caller = Caller::Person { user_id: token.user_id, session_id: token.session_id };
            match page.web.service.visitor(caller).await {
                Ok((user, to_do)) => {
                    page.visitor = Some(Visitor { user, caller, session_id: token.session_id, to_do });
                    if let Some(renewed) = page.web.service.renewed_portal_token(&token)? {
                        request.extensions_mut().insert(Renewed(renewed));
                    }
                }
                Err(Error::Unauthenticated) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(page)
    }

    /// A page for a request of which it cannot be known who sends it.
    pub fn of_nobody(request: &HttpRequest) -> Result<Page, Problem> {
        let web = extract::web_of(request)?;
        let (language, path) = split(request.path());
        let query = request.query_string().to_owned();
        let shown_at = if request.method() == Method::POST { route_table::page_above(&path) } else { path.clone() };
        Ok(Page {
            language,
            path,
            shown_at,
            query,
            visitor: None,
            money: Mark::default(),
            changed: None,
            carried: None,
            redrawn: false,
            unknown: Mark::default(),
            about: OnceLock::new(),
            who_can: Arc::default(),
            choose_again: false,
            web,
        })
    }

    /// The person who reads, or the problem that brings them to the sign-in page.
    pub fn visitor(&self) -> Result<&Visitor, Problem> {
        self.visitor.as_ref().ok_or_else(|| Error::Unauthenticated.into())
    }

    /// Who reads, for the service.
    pub fn caller(&self) -> Result<Caller, Problem> {
        Ok(self.visitor()?.caller)
    }

    /// What a read returns for the record as the person saw it before somebody changed it; `None` where that is not
    /// known.
    pub async fn as_seen<T>(&self, read: impl Future<Output = Result<T, Problem>>) -> Option<T> {
        let seen = self.changed.as_ref()?.seen.clone()?;
        seen.within(read).await.ok()
    }

    /// By whom and when the record was changed since the person saw it, the newest change first.
    pub fn changes_since(&self) -> &[LastChange] {
        self.changed.as_ref().map_or(&[], |changed| &changed.changes)
    }

    /// Refuses a person whose roles do not have the act at this address, before anything of its form is read.
    pub fn require_act(&self) -> Result<(), Problem> {
        let Some(act) = route_table::act_at(&self.path) else { return Ok(()) };
        let Some(permission) = act.permission else { return Ok(()) };
        let refused = permission.check(&self.visitor()?.user.roles);
        refused.map_err(|refusal| Problem { attempt: Some(Box::new(act)), ..refusal.into() })
    }

    /// 200 with a page.
    pub fn show(&self, template: &impl Template) -> Reply {
        self.show_with(HttpResponse::Ok(), template)
    }

    /// A page with another status.
    pub fn show_with(&self, mut answer: actix_web::HttpResponseBuilder, template: &impl Template) -> Reply {
        let text = template.render().map_err(|error| Error::Internal(error.to_string()))?;
        Ok(answer.content_type("text/html; charset=utf-8").body(text))
    }

    /// 303 to another page of this language.
    pub fn see_other(&self, path: &str) -> HttpResponse {
        HttpResponse::SeeOther().insert_header((header::LOCATION, self.to(path))).finish()
    }

    /// The text of a key in the language of the page.
    pub fn t(&self, key: &str) -> String {
        self.language.text(key)
    }

    /// The same for a text with one variable.
    pub fn t1(&self, key: &str, name: &'static str, value: impl ToString) -> String {
        self.language.text_with(key, &[(name, value.to_string())])
    }

    /// Says which matter and record the acts of the page are about.
    pub fn is_about(&self, kind: MatterKind, id: impl ToString) {
        self.about.get_or_init(|| (kind, id.to_string()));
    }

    /// The text of a word of the vocabulary: `status-concurred`.
    pub fn word(&self, kind: &str, word: impl ToString) -> String {
        self.t(&format!("{kind}-{}", word.to_string()))
    }

    /// Offices by name: `Section Officer or Finance Officer`.
    pub fn offices(&self, offices: &[Role]) -> String {
        let names: Vec<String> = offices.iter().map(|office| self.word("role", office)).collect();
        names.join(&format!(" {} ", self.t("or")))
    }

    /// A day in the language of the page.
    pub fn day(&self, day: &NaiveDate) -> String {
        days::day(*day, self.language)
    }

    /// An instant in the language of the page.
    pub fn instant(&self, at: &Timestamp) -> String {
        days::instant(*at, self.language)
    }

    /// Whole kilograms, grouped as people write them.
    pub fn kilograms(&self, kg: &i64) -> String {
        let sign = if *kg < 0 { "-" } else { "" };
        self.t1("unit-kg", "n", format!("{sign}{}", indian_grouping(kg.unsigned_abs())))
    }

    /// A capacity in tonnes a year, grouped as people write it.
    pub fn tonnes(&self, mtpa: &i64) -> String {
        self.t1("unit-mtpa", "n", grouped(*mtpa))
    }

    /// A whole number, grouped as people write it, where its unit stands above.
    pub fn whole(&self, number: &i64) -> String {
        grouped(*number)
    }

    /// Kilograms of what was sold; a dash for a component that counts none.
    pub fn sold(&self, component: &Component, kg: &i64) -> String {
        if *component == Component::SalesLinkedIncentive { self.kilograms(kg) } else { "–".to_owned() }
    }

    /// The part of a line that counts.
    pub fn counted(&self, component: &Component, kg: &i64, amount: &Paise) -> String {
        match component {
            Component::SalesLinkedIncentive => format!("{}, {amount}", self.kilograms(kg)),
            _ => amount.to_string(),
        }
    }

    /// The address at which a document is opened.
    pub fn file_address(&self, id: &EvidenceId) -> String {
        self.to(&format!("/files/{id}/content"))
    }

    /// The title that a scheme gives to something of its own.
    pub fn titled(&self, title: &Title) -> String {
        if self.language == Language::Hindi { title.hi.clone() } else { title.en.clone() }
    }

    /// A text in the language of the page.
    pub fn said(&self, key: &str) -> Said {
        Said { text: self.t(key), language: self.language }
    }

    /// The address of another page in this language.
    pub fn to(&self, path: &str) -> String {
        format!("/{}{path}", self.language)
    }

    /// The address of this page in another language, with its query.
    pub fn here_in(&self, language: impl std::fmt::Display) -> String {
        match self.query.as_str() {
            "" => format!("/{language}{}", self.shown_at),
            query => format!("/{language}{}?{query}", self.shown_at),
        }
    }

    /// Where a form that was sent is shown again in another language.
    pub fn again_in(&self, language: impl std::fmt::Display) -> String {
        format!("/{language}{}", self.path)
    }

    /// The languages, for the switch.
    pub fn languages(&self) -> &'static [Language] {
        Language::ALL
    }

    /// The address of a style, script or picture.
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// The owner of the service, as the settings name it.
    pub fn owner(&self) -> &str {
        &self.web.service.publisher.name
    }

    /// Whether everything here is invented.
    pub fn is_sandbox(&self) -> bool {
        self.web.service.sandbox
    }

    /// How many matters wait, as far as they were counted: `4`, `104 or more`.
    pub(super) fn number_of(&self, to_do: &ToDo) -> String {
        if to_do.more() { self.t1("or-more", "n", to_do.count()) } else { to_do.count().to_string() }
    }

    /// Whether this person holds a permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| permission.check(&visitor.user.roles).is_ok())
    }

    /// Whether this person is in one of these offices.
    pub fn is_in(&self, offices: &[Role]) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| offices.iter().any(|office| visitor.user.roles.has(*office)))
    }

    /// Whether a company reads it.
    pub fn is_of_company(&self) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.user.roles.is_manufacturer())
    }

    /// Whether this person may search for records.
    pub fn may_find(&self) -> bool {
        self.may(Permission::ReadFiles)
    }

    /// One step of the way to a page.
    pub fn crumb(&self, key: &str, path: &str) -> Link {
        Link { text: self.t(key), address: self.to(path), here: false }
    }

    /// The frame of a page with this title, one step from the beginning.
    pub fn frame(&self, title: impl Into<String>) -> Frame {
        Frame { title: title.into(), crumbs: vec![self.crumb("nav-home", "/")], wrong: false }
    }
}

/// The language and the rest of an address: `/hi/tranches` is Hindi and `/tranches`.
pub fn split(path: &str) -> (Language, String) {
    let rest = path.strip_prefix('/').unwrap_or(path);
    let (first, rest) = rest.split_once('/').unwrap_or((rest, ""));
    (first.parse().unwrap_or(Language::English), format!("/{rest}"))
}

/// An address of a page here that a form may lead to; `None` for every address that could leave this service.
pub fn own_address(address: &str) -> Option<&str> {
    let (language, rest) = address.strip_prefix('/')?.split_once('/')?;
    let plain = rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && !rest.starts_with('/');
    (language.parse::<Language>().is_ok() && plain).then_some(address)
}

/// The same for a page that can be opened: after signing in a person is led to no act, and not to signing in again.
pub fn own_page(address: &str) -> Option<&str> {
    let (_, path) = split(own_address(address)?.split(['?', '#']).next()?);
    (route_table::is_page(&path) && path != SIGN_IN).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_service_are_led_to() {
        for good in ["/en/", "/hi/tranches?status=verified", "/en/tranches/NDFEB-2028-29-TRN-0001"] {
            assert_eq!(own_address(good), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/en//evil.example",
            "https://evil.example/",
            "/fr/x",
            "/en/\\evil",
            "/en/a\r\nX: y",
            "/en",
        ] {
            assert_eq!(own_address(bad), None, "{bad}");
        }
    }

    #[test]
    fn people_are_led_back_to_pages_only() {
        for good in ["/en/", "/hi/tranches?status=verified", "/en/tranches/NDFEB-2028-29-TRN-0001?entry=3#steps"] {
            assert_eq!(own_page(good), Some(good));
        }
        for bad in ["/en/sign-out", "/en/sign-in", "/hi/account/password", "/en/tranches/X/sanction", "//evil.example"]
        {
            assert_eq!(own_page(bad), None, "{bad}");
        }
    }
}
