//! The interface that the list of routes is written for: one implementation serves them, the other describes
//! them. Only the description is made with the schemas of every operation; a worker that serves does not need
//! them.

use crate::service::running::operation::Operation;
use crate::service::running::runner::Command;
use actix_web::dev::HttpServiceFactory;
use actix_web::http::Method;
use actix_web::web::ServiceConfig;
use domain::base::permission::Permission;
use std::collections::BTreeMap;
use utoipa::openapi::path::Paths;
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::service_config::ServiceConfig as Described;

/// Takes the operations one by one, each with what it declares.
pub trait RouteTable: Sized {
    /// An operation whose declaration stands beside its service function.
    fn operation<F: HttpServiceFactory + OpenApiFactory + 'static>(
        &mut self,
        declared: Operation,
        handler: F,
    ) -> &mut Self;

    /// An operation that runs one command.
    fn command<C: Command>(&mut self, handler: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        self.operation(const { Operation::of::<C>() }, handler)
    }

    /// A read by people who hold this permission.
    fn reads(
        &mut self,
        permission: Permission,
        handler: impl HttpServiceFactory + OpenApiFactory + 'static,
    ) -> &mut Self {
        self.operation(Operation::reads(permission), handler)
    }

    /// A read by everybody.
    fn open(&mut self, handler: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        self.operation(Operation::open(), handler)
    }
}

impl RouteTable for ServiceConfig {
    fn operation<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, _: Operation, handler: F) -> &mut Self {
        self.service(handler)
    }
}

impl RouteTable for Described<'_> {
    fn operation<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, _: Operation, handler: F) -> &mut Self {
        self.service(handler)
    }
}

/// What every operation declares, by its operation id.
#[derive(Clone, Debug, Default)]
pub struct Operations(pub BTreeMap<String, Operation>);

impl Operations {
    fn add(&mut self, declared: Operation, paths: Paths) {
        let items = paths.paths.into_values();
        let described = items.flat_map(|item| [item.get, item.put, item.post, item.delete]).flatten();
        for id in described.filter_map(|operation| operation.operation_id) {
            let named = declared.command.is_none_or(|command| command == id);
            debug_assert!(named, "the route table gives {id} the declaration of {:?}", declared.command);
            let before = self.0.insert(id, declared);
            debug_assert!(before.is_none(), "an operation id is given twice");
        }
    }
}

impl RouteTable for Operations {
    fn operation<F: HttpServiceFactory + OpenApiFactory + 'static>(
        &mut self,
        declared: Operation,
        handler: F,
    ) -> &mut Self {
        self.add(declared, handler.paths());
        self
    }
}

/// The operations that can be rehearsed.
#[derive(Clone, Debug, Default)]
pub struct Rehearsed(Vec<(Method, String)>);

impl Rehearsed {
    /// Whether the operation with this method and this pattern of a path can be rehearsed.
    pub fn has(&self, method: &Method, pattern: &str) -> bool {
        self.0.iter().any(|(of, path)| of == method && path == pattern)
    }
}

impl RouteTable for Rehearsed {
    fn operation<F: HttpServiceFactory + OpenApiFactory + 'static>(
        &mut self,
        declared: Operation,
        handler: F,
    ) -> &mut Self {
        if declared.rehearses {
            for (path, item) in handler.paths().paths {
                let served = [(Method::POST, item.post), (Method::PUT, item.put), (Method::DELETE, item.delete)];
                let methods = served.into_iter().filter(|(_, operation)| operation.is_some());
                self.0.extend(methods.map(|(method, _)| (method, path.clone())));
            }
        }
        self
    }
}
