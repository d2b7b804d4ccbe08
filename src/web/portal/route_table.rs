//! The interface that the list of pages is written for: one implementation serves them, the other lists them, so that
//! tests go through every page that there is.

use crate::service::running::operation::Operation;
use crate::service::running::runner::Command;
use crate::web::edge::methods;
use crate::web::edge::problem::Problem;
use crate::web::portal::page::split;
use crate::web::portal::{declared, routes};
use actix_web::http::{Method, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Responder, guard};
use domain::base::permission::Permission;
use std::sync::LazyLock;

/// One page or act, as the list names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    pub method: &'static str,
    /// The address after the language.
    pub path: &'static str,
    /// The permission that it takes; `None` for what everybody may.
    pub permission: Option<Permission>,
}

/// Takes the pages one by one, each with what it declares.
pub trait PageTable: Sized {
    /// A page, or an act.
    fn route<F, A>(&mut self, declared: Declared, handler: F) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static;

    /// A page for people who hold this permission.
    fn page<F, A>(&mut self, path: &'static str, permission: Permission, handler: F) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(Declared { method: "GET", path, permission: Some(permission) }, handler)
    }

    /// A page for everybody.
    fn open_page<F, A>(&mut self, path: &'static str, handler: F) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(Declared { method: "GET", path, permission: None }, handler)
    }

    /// A form that runs one command.
    fn act<C: Command, F, A>(&mut self, path: &'static str, handler: F) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.operation(path, const { Operation::of::<C>() }, handler)
    }

    /// A form whose declaration stands beside its service function.
    fn operation<F, A>(&mut self, path: &'static str, declared: Operation, handler: F) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(Declared { method: "POST", path, permission: declared.permission }, handler)
    }
}

/// The acts by their addresses, with all that each declares.
#[derive(Default)]
struct Acts(Vec<(&'static str, Operation)>);

impl PageTable for Acts {
    fn route<F, A>(&mut self, _: Declared, _: F) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self
    }

    fn operation<F, A>(&mut self, path: &'static str, declared: Operation, _: F) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.0.push((path, declared));
        self
    }
}

/// The acts of all pages. They are collected from the route table on first use.
static ACTS: LazyLock<Acts> = LazyLock::new(|| {
    let mut acts = Acts::default();
    routes(&mut acts);
    acts
});

/// Whether a page has a form for the act of this name.
pub fn has_form(act: &str) -> bool {
    ACTS.0.iter().any(|(_, declared)| declared.command == Some(act))
}

/// The act at an address after the language. One that only shows what an act would do is not on record.
pub fn act_at(path: &str) -> Option<Operation> {
    let (_, declared) = ACTS.0.iter().find(|(known, _)| is_at(known, path))?;
    let command = declared.command.filter(|_| !path.ends_with("/rehearsal") && !path.ends_with("/rows"));
    Some(Operation { command, ..*declared })
}

/// The permission of the page at an address; `None` for what everybody may read.
pub fn permission_of_page(address: &str) -> Option<Permission> {
    permission_of(&split(address.split(['?', '#']).next().unwrap_or_default()).1)
}

/// The page to which an act belongs: the nearest one above its address, `/claims/…` for `/claims/…/return`.
pub fn page_above(path: &str) -> String {
    let pages: Vec<Declared> = declared().into_iter().filter(|one| one.method == "GET").collect();
    let mut above = path;
    while !above.is_empty() && !pages.iter().any(|page| is_at(page.path, above)) {
        above = above.rsplit_once('/').map_or("", |(rest, _)| rest);
    }
    above.to_owned()
}

/// Whether an address after the language is that of a page.
pub fn is_page(path: &str) -> bool {
    declared().iter().any(|one| one.method == "GET" && is_at(one.path, path))
}

/// The permission of the page at an address after the language; `None` for a page of everybody, and where there is
/// none.
pub fn permission_of(path: &str) -> Option<Permission> {
    permission_at("GET", path)
}

/// The permission of the act at an address after the language; `None` for what everybody may, and for no act.
pub fn permission_of_act(path: &str) -> Option<Permission> {
    permission_at("POST", path)
}

fn permission_at(method: &str, path: &str) -> Option<Permission> {
    declared().into_iter().find(|one| one.method == method && is_at(one.path, path))?.permission
}

/// The methods of an address after the language; none if the table has no such address.
pub fn methods_of(path: &str) -> Vec<&'static str> {
    let all = declared();
    let known = |method: &str| all.iter().any(|one| one.method == method && is_at(one.path, path));
    let (read, sent) = (known("GET"), known("POST"));
    ["GET", "HEAD"].into_iter().filter(|_| read).chain(["POST"].into_iter().filter(|_| sent)).collect()
}

/// Whether an address is one of a declared path, whose parts in braces stand for anything; the last one may stand for
/// several parts.
pub fn is_at(declared: &str, address: &str) -> bool {
    let (declared, address) = (declared.split('/'), address.split('/'));
    let same = |(part, given): (&str, &str)| part.starts_with('{') && !given.is_empty() || part == given;
    let open = declared.clone().next_back().is_some_and(|last| last.contains(":.+"));
    let counts = (declared.clone().count(), address.clone().count());
    (counts.0 == counts.1 || open && counts.0 < counts.1) && declared.zip(address).all(same)
}

impl PageTable for ServiceConfig {
    fn route<F, A>(&mut self, declared: Declared, handler: F) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        // HEAD asks for what GET would answer, without its body (RFC 9110, section 9.3.2).
        let route = match declared.method {
            "POST" => web::post(),
            _ => web::route().guard(guard::Any(guard::Get()).or(guard::Head())),
        };
        ServiceConfig::route(self, declared.path, route.to(handler))
    }
}

impl PageTable for Vec<Declared> {
    fn route<F, A>(&mut self, declared: Declared, _: F) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.push(declared);
        self
    }
}

/// There is no such page, or not by this method. Whoever opens the address of a form again gets the form's page.
pub async fn unknown(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (language, path) = split(request.path());
    let known = methods_of(&path);
    if request.method() == Method::GET && known == ["POST"] {
        let above = page_above(&path);
        let page = format!("/{language}{}", if above.is_empty() { "/" } else { &above });
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, page)).finish());
    }
    methods::not_routed(&request, &known, "there is no such page")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_table_has_is_a_page() {
        for page in ["/", "/tranches", "/tranches/NDFEB-2028-29-TRN-0001", "/n/NDFEB/2028-29/TRN/0001", "/account"] {
            assert!(is_page(page), "{page}");
        }
        for other in ["/sign-out", "/account/password", "/tranches/X/sanction", "/tranches/", "/nothing", "/n"] {
            assert!(!is_page(other), "{other}");
        }
        assert_eq!(methods_of("/tranches"), ["GET", "HEAD"]);
        assert_eq!(methods_of("/sign-in"), ["GET", "HEAD", "POST"]);
        assert_eq!(methods_of("/tranches/X/sanction"), ["POST"]);
        assert_eq!(permission_of_act("/scrolls"), Some(Permission::UploadBankScroll));
        assert_eq!(permission_of_act("/payments"), None);
        assert!(methods_of("/nothing").is_empty());
    }

    #[test]
    fn an_act_belongs_to_the_page_above_it() {
        for (act, page) in [
            ("/claims/NDFEB-2028-29-CLM-0001/queries/1/reply", "/claims/NDFEB-2028-29-CLM-0001"),
            ("/claims/NDFEB-2028-29-CLM-0001/verification/rehearsal", "/claims/NDFEB-2028-29-CLM-0001/verification"),
            ("/budget/instruments", "/budget/instruments"),
            ("/account/password", "/account"),
            ("/nothing", ""),
        ] {
            assert_eq!(page_above(act), page);
        }
    }
}
