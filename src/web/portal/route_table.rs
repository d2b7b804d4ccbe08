//! The interface that the list of pages is written for: one implementation serves them, the other lists them, so that
//! tests go through every page that there is.

use crate::service::running::runner::Command;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Responder};
use domain::base::permission::Permission;

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
        self.route(Declared { method: "POST", path, permission: Some(C::PERMISSION) }, handler)
    }
}

impl PageTable for ServiceConfig {
    fn route<F, A>(&mut self, declared: Declared, handler: F) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = if declared.method == "POST" { web::post() } else { web::get() };
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
