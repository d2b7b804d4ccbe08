//! The interface that the list of routes is written for: one implementation serves them, the other describes
//! them. Only the description is made with the schemas of every operation; a worker that serves does not need
//! them.

use actix_web::dev::HttpServiceFactory;
use actix_web::web::ServiceConfig;
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::service_config::ServiceConfig as Described;

/// Takes the operations one by one.
pub trait RouteTable {
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self;
}

impl RouteTable for ServiceConfig {
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self {
        ServiceConfig::service(self, operation)
    }
}

impl RouteTable for Described<'_> {
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self {
        Described::service(self, operation)
    }
}
