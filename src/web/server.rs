//! The HTTP server: its routes and limits, its start and stop, and the tasks that run every minute.

use crate::config::Server;
use crate::service::Service;
use crate::web::api::claim::statement_page;
use crate::web::api::log::log_files;
use crate::web::api::public::public_files::PublicShelf;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::edge::{
    conditional, docs, dry_run, gate, health, methods, middleware, moment, names, numbers, reference,
};
use crate::web::portal::everyone::elsewhere;
use crate::web::portal::public::home_shelf::HomeShelf;
use crate::web::unparsed::Watched;
use crate::web::{Web, openapi};
use actix_http::{HttpService, Protocol};
use actix_service::{
    IntoServiceFactory, Service as OfRequests, ServiceFactory, ServiceFactoryExt, fn_service, map_config,
};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, ServerHandle};
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpRequest, web};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// A running server.
pub struct Running {
    pub address: SocketAddr,
    pub handle: ServerHandle,
    pub server: actix_server::Server,
}

/// Takes the address of the settings. A program does so before it opens its data: one that finds the address taken
/// must have made, changed and shown nothing. Whoever connects before [`start`] waits.
pub fn listen(settings: &Server) -> std::io::Result<TcpListener> {
    TcpListener::bind(&settings.bind).map_err(|error| {
        let why = format!("server.bind: cannot listen on {}: {error}", settings.bind);
        std::io::Error::new(error.kind(), why)
    })
}

/// Starts serving; the future in `server` ends when the server stops.
pub fn start(service: Arc<Service>, listener: TcpListener, settings: &Server) -> std::io::Result<Running> {
    let address = listener.local_addr()?;
    service.clear_incoming().map_err(std::io::Error::other)?;
    let plays_demo = service.plays_demo();
    let web = web::Data::new(Web {
        service,
        json_bytes_most: settings.json_bytes_most,
        body_seconds_most: settings.body_seconds_most,
        public_files: PublicShelf::default(),
        home: HomeShelf::default(),
    });
    actix_web::rt::spawn(keep_money(web.clone()));
    actix_web::rt::spawn(keep_high_water_mark(web.clone()));
    for place in 0..web.service.count_witnesses() {
        actix_web::rt::spawn(keep_witness(web.clone(), place));
    }
    let app = move || {
        App::new()
            .app_data(web.clone())
            .app_data(
                web::QueryConfig::default().error_handler(|_, request| gate::unreadable_parameters(request).into()),
            )
            .app_data(
                web::PathConfig::default()
                    .error_handler(|_, _| Problem::edge("not_found", "there is nothing with this id").into()),
            )
            .wrap(actix_web::middleware::from_fn(dry_run::where_offered))
            .wrap(actix_web::middleware::from_fn(gate::around))
            // The last of these is the first that a request meets.
            .wrap(actix_web::middleware::from_fn(names::added))
            .wrap(actix_web::middleware::from_fn(numbers::in_address))
            .wrap(actix_web::middleware::from_fn(moment::of_then))
            .wrap(actix_web::middleware::from_fn(conditional::around))
            .wrap(actix_web::middleware::from_fn(middleware::around))
            // Comes before the scope below, which would take everything under its prefix.
            .service(docs::openapi_json)
            .service(web::scope("/api/v1").configure(crate::web::routes::routes))
            .service(docs::explain_problem)
            .service(docs::to_reference)
            .service(reference::show_reference)
            .configure(|config| crate::web::portal::serve(config, plays_demo))
            .service(statement_page::print_style)
            .service(log_files::checkpoint)
            .service(log_files::verifier_key)
            .service(log_files::tile)
            .service(health::live)
            .service(health::ready)
            .default_service(web::to(unknown))
    };
    let server = serve(app, listener, workers(settings))?;
    Ok(Running { address, handle: server.handle(), server })
}

/// Serves an application over connections that are watched, so that what the library answers by itself is a problem
/// too. Otherwise this is what `HttpServer` of actix-web does.
fn serve<F, I, S, B>(app: F, listener: TcpListener, workers: usize) -> std::io::Result<actix_server::Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, actix_http::Request>,
    S: ServiceFactory<actix_http::Request, Config = AppConfig, Error = actix_web::Error> + 'static,
    S::Response: Into<actix_http::Response<B>> + 'static,
    S::InitError: std::fmt::Debug,
    S::Service: 'static,
    <S::Service as OfRequests<actix_http::Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let builder = actix_server::Server::build();
    let stops = builder.graceful_shutdown_signal();
    let connections = move || {
        let stops = stops.clone();
        let app = app().into_factory().map_err(|error: actix_web::Error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stops = stops.clone();
                async move { stops.notified().await }
            })
            .keep_alive(Duration::from_secs(60))
            .client_request_timeout(Duration::from_secs(10))
            .client_disconnect_timeout(Duration::from_secs(1))
            .on_connect_ext(|watched: &Watched, extensions| watched.remember(extensions))
            .finish(map_config(app, |()| AppConfig::default()));
        fn_service(|stream: TcpStream| async move {
            let peer = stream.peer_addr().ok();
            Ok((Watched::new(stream), Protocol::Http1, peer))
        })
        .and_then(http)
    };
    let builder = builder
        .workers(workers)
        .worker_max_blocking_threads(8)
        .max_concurrent_connections(4_096)
        .shutdown_timeout(10)
        .listen("magnet-scheme", listener, connections)?;
    Ok(builder.run())
}

/// The number of workers: two for each processor, unless the settings say another. A connection stays with the worker
/// that accepted it. With more workers than processors it is rarer that two busy connections share one, and the
/// operating system shares out the processors; each further worker costs memory, and context switches where many
/// clients write.
fn workers(settings: &Server) -> usize {
    match settings.workers {
        0 => std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get) * 2,
        workers => workers,
    }
}

/// Every minute: compares the ledger with its entries, runs the controls when they are due, releases expired
/// holds, looks whether files of evidence are there, and signs a checkpoint of the log. The start has just done all but
/// the last.
async fn keep_money(web: web::Data<Web>) {
    let mut minutes = tokio::time::interval(Duration::from_secs(60));
    minutes.tick().await;
    sign(&web).await;
    loop {
        minutes.tick().await;
        if let Err(error) = web.service.check_money().await {
            tracing::error!(cause = %error, "the ledger could not be checked; trying again in a minute");
        }
        if let Err(error) = web.service.run_due_controls().await {
            tracing::error!(cause = %error, "the controls could not be asked; trying again in a minute");
        }
        if let Err(error) = web.service.expire_holds().await {
            tracing::error!(cause = %error, "due holds could not be ended; trying again in a minute");
        }
        if let Err(error) = web.service.look_at_evidence().await {
            tracing::error!(cause = %error, "the files of evidence could not be looked at; trying again in a minute");
        }
        sign(&web).await;
    }
}

async fn sign(web: &Web) {
    if let Err(error) = web.service.keep_checkpoint().await {
        tracing::error!(cause = %error, "the log could not be signed; trying again in a minute");
    }
}

/// Every few seconds: raises the high-water mark to what is committed, so that a backup from before is told from it.
async fn keep_high_water_mark(web: web::Data<Web>) {
    let mut times = tokio::time::interval(Duration::from_secs(5));
    times.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        times.tick().await;
        if let Err(error) = web.service.raise_high_water_mark().await {
            tracing::warn!(cause = %error, "the high-water mark could not be raised; trying again");
        }
    }
}

/// Sends new checkpoints to a witness, some time after they are signed. Each witness has its own task: a slow
/// one does not delay the others.
async fn keep_witness(web: web::Data<Web>, place: usize) {
    let mut times = tokio::time::interval(Duration::from_secs(20));
    times.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        times.tick().await;
        if let Err(error) = web.service.ask_witness(place).await {
            tracing::error!(cause = %error, "a witness could not be asked; trying again");
        }
    }
}

/// A path or method that is not served. A browser gets a page, or is led to one.
async fn unknown(request: HttpRequest) -> Reply {
    let known = openapi::description().methods_of(request.path());
    let answer = methods::not_routed(&request, &known, "there is nothing at this address; see /docs/");
    match answer {
        Err(problem) if elsewhere::asks_for_a_page(&request) => elsewhere::answer(&request, problem).await,
        answer => answer,
    }
}
