//! The interface that the list of routes is written for: one implementation serves them, the other describes
//! them. Only the description is made with the schemas of every operation; a worker that serves does not need
//! them.

use crate::service::running::operation::Operation;
use crate::service::running::runner::Command;
use crate::web::edge::parameters::{self, Parameter};
use actix_web::dev::HttpServiceFactory;
use actix_web::http::Method;
use actix_web::web::ServiceConfig;
use domain::base::permission::Permission;
use std::collections::BTreeMap;
use std::sync::Arc;
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

/// What every operation declares, and the chapter of the description that it stands in, by its operation id.
#[derive(Clone, Debug, Default)]
pub struct Operations(pub BTreeMap<String, Operation>, BTreeMap<String, String>);

impl Operations {
    fn add(&mut self, declared: Operation, paths: Paths) {
        let items = paths.paths.into_values();
        let described = items.flat_map(|item| [item.get, item.put, item.post, item.delete]).flatten();
        for operation in described {
            let Some(id) = operation.operation_id else { continue };
            let tag = operation.tags.into_iter().flatten().next().unwrap_or_default();
            self.1.insert(id.clone(), tag);
            let named = declared.command.is_none_or(|command| command == id);
            debug_assert!(named, "the route table gives {id} the declaration of {:?}", declared.command);
            let before = self.0.insert(id, declared);
            debug_assert!(before.is_none(), "an operation id is given twice");
        }
    }
}

impl Operations {
    /// The chapter of the description in which an operation stands.
    pub fn tag_of(&self, id: &str) -> &str {
        self.1.get(id).map_or("", String::as_str)
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

/// One operation as it is served.
#[derive(Clone, Debug)]
pub struct ServedOperation {
    method: Method,
    /// Its path, part by part; a part in braces stands for anything.
    pattern: Vec<String>,
    pub declared: Operation,
    pub parameters: Vec<Parameter>,
}

impl ServedOperation {
    /// How many parts of a path are those of the pattern; `None` if it is another path.
    fn fits(&self, path: &[&str]) -> Option<usize> {
        let same = |(known, part): (&String, &&str)| known.starts_with('{') && !part.is_empty() || known == part;
        // The last part of a pattern may stand for several (`{path}` of a tile of the log).
        let is_open = self.pattern.last().is_some_and(|last| last == "{path}") && self.pattern.len() < path.len();
        let fits = (self.pattern.len() == path.len() || is_open) && self.pattern.iter().zip(path).all(same);
        fits.then(|| self.pattern.iter().filter(|part| !part.starts_with('{')).count())
    }

    /// The noun of its records in addresses.
    pub fn noun(&self) -> &str {
        self.pattern.first().map(String::as_str).unwrap_or_default()
    }
}

/// Every operation with its address and parameters, for what is decided before a handler.
#[derive(Clone, Debug, Default)]
pub struct Served(Vec<Arc<ServedOperation>>);

impl Served {
    /// The method and the address of the operation that runs a command, with this id in the place of the record's.
    pub fn address_of(&self, command: &str, id: &str) -> Option<String> {
        let one = self.0.iter().find(|one| one.declared.command == Some(command))?;
        let parts: Vec<&str> = one.pattern.iter().map(|part| if part == "{id}" { id } else { part }).collect();
        Some(format!("{} /api/v1/{}", one.method, parts.join("/")))
    }

    /// The operation of a request: `path` is what follows on `/api/v1/`.
    pub fn find(&self, method: &Method, path: &str) -> Option<&Arc<ServedOperation>> {
        let parts: Vec<&str> = path.split('/').collect();
        let of_method = self.0.iter().filter(|one| one.method == method);
        of_method.filter_map(|one| Some((one.fits(&parts)?, one))).max_by_key(|(same, _)| *same).map(|(_, one)| one)
    }
}

impl RouteTable for Served {
    fn operation<F: HttpServiceFactory + OpenApiFactory + 'static>(
        &mut self,
        declared: Operation,
        handler: F,
    ) -> &mut Self {
        let mut schemas = Vec::new();
        handler.schemas(&mut schemas);
        for (path, item) in handler.paths().paths {
            let served = [
                (Method::GET, item.get),
                (Method::POST, item.post),
                (Method::PUT, item.put),
                (Method::DELETE, item.delete),
            ];
            for (method, operation) in served {
                let Some(operation) = operation else { continue };
                let parameters = parameters::of_operation(operation.parameters.unwrap_or_default(), &schemas);
                let pattern = path.trim_start_matches('/').split('/').map(str::to_owned).collect();
                self.0.push(Arc::new(ServedOperation { method, pattern, declared, parameters }));
            }
        }
        self
    }
}
