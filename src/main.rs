//! The command line: serve, demo, user, verify, recompute, migrate, openapi, scheme-schema.

use clap::{Args, Parser, Subcommand};
use domain::base::permission::Roles;
use domain::log::mailed_note::checkpoint_in;
use domain::scheme::scheme_schema::scheme_schema;
use magnet_scheme::config::Config;
use magnet_scheme::db::engine::migrations;
use magnet_scheme::db::engine::migrations::StartLock;
use magnet_scheme::demo;
use magnet_scheme::service::Service;
use magnet_scheme::service::check::verify::verify_against;
use magnet_scheme::service::check::verify_log::Outside;
use magnet_scheme::service::log::log_key::LogKey;
use magnet_scheme::service::people::users::NewUser;
use magnet_scheme::service::revision::recompute::recompute;
use magnet_scheme::service::running::clock::Clock;
use magnet_scheme::service::running::runner::{Call, Caller};
use magnet_scheme::web::refused_requests::RefusedRequests;
use magnet_scheme::web::{openapi, server};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// A command makes many small allocations, and the writer and the web threads free each other's memory. Huge
/// pages are off: they would take 25 MiB more without a measurable gain.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Records the whole life of public incentive money.
#[derive(Parser)]
#[command(version, about)]
struct CommandLine {
    /// Settings file (TOML); see config/default.toml for every key.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Serve the interface.
    Serve {
        /// Hold data that is not real, with a clock that can be moved. Refused on live data.
        #[arg(long)]
        sandbox: bool,
    },
    /// Play a sample story on a fresh database and keep serving it.
    Demo(DemoArguments),
    /// Manage accounts at the machine itself.
    User {
        #[command(subcommand)]
        what: UserWhat,
    },
    /// Check the audit log, the ledger and the disbursements; names the first fault.
    Verify(VerifyArguments),
    /// Recompute every past decision from its facts and its own rules, and report any difference.
    Recompute,
    /// Migrate the database schema to that of this program.
    Migrate,
    /// Print the OpenAPI description.
    Openapi,
    /// Print the JSON Schema of a scheme file.
    SchemeSchema,
}

#[derive(Args)]
struct VerifyArguments {
    /// A checkpoint that was stored elsewhere (a signed note, or a saved mail that contains one): the log must
    /// be an extension of it.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// The log's key as `/log/key` shows it, stored elsewhere; the one in the data folder unless given.
    #[arg(long, value_name = "LINE")]
    key: Option<String>,
}

#[derive(Args)]
struct DemoArguments {
    /// Stop at the end of the story.
    #[arg(long)]
    exit: bool,
}

#[derive(Subcommand)]
enum UserWhat {
    /// Create an account; its random password is printed once.
    Add {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// One or more roles, such as `administrator`.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Work on a sandbox database.
        #[arg(long)]
        sandbox: bool,
    },
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    start_log(match line.what {
        What::Demo(_) => "warn",
        _ => "info,actix_server=warn",
    });
    let outcome = actix_web::rt::System::new().block_on(run(line));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("magnet-scheme: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes one JSON line per event to standard error. `MAGNET_SCHEME_LOG` filters, else `RUST_LOG`, else `usual`.
fn start_log(usual: &str) {
    let named = ["MAGNET_SCHEME_LOG", "RUST_LOG"].into_iter().filter_map(|name| std::env::var(name).ok());
    let wanted = named.filter(|filter| !filter.trim().is_empty()).find_map(|filter| EnvFilter::try_new(filter).ok());
    let filter = wanted.unwrap_or_else(|| EnvFilter::new(usual));
    // A log that cannot be written (its disk is full) must not end a thread by an error message about it.
    let lines = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).log_internal_errors(false);
    tracing_subscriber::registry().with(filter).with(lines).with(RefusedRequests).init();
}

async fn run(line: CommandLine) -> Result<ExitCode, Failure> {
    let config = Config::load(line.config.as_deref());
    match line.what {
        What::Serve { sandbox } => serve(config?, sandbox).await,
        What::Demo(arguments) => play_demo(config?, arguments).await,
        What::User { what: UserWhat::Add { email, name, roles, sandbox } } => {
            add_user(config?, email, name, &roles, sandbox).await
        }
        What::Verify(arguments) => check(&config?, &arguments),
        What::Recompute => derive_anew(&config?),
        What::Migrate => {
            let url = config?.database_url()?;
            let ran = migrations::migrate(&url, &mut StartLock::take(&url)?)?;
            println!("{ran} migrations ran; the schema is up to date");
            Ok(ExitCode::SUCCESS)
        }
        What::SchemeSchema => {
            print!("{}", scheme_schema()?);
            Ok(ExitCode::SUCCESS)
        }
        What::Openapi => {
            println!("{}", openapi::description().text);
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn serve(config: Config, sandbox: bool) -> Result<ExitCode, Failure> {
    let engine = config.database_url()?.engine();
    let service = Service::start(&config, Clock::system(), sandbox).await?;
    if let Some(password) = service.make_first_administrator().await? {
        println!(
            "First administrator: {}  password: {password}  (shown once)",
            magnet_scheme::service::start::FIRST_ADMINISTRATOR
        );
    }
    let running = server::start(service, &config.server)?;
    let mode = if sandbox { "sandbox" } else { "live" };
    println!("magnet-scheme serves {mode} data ({engine}) at http://{}/", running.address);
    running.server.await?;
    Ok(ExitCode::SUCCESS)
}

/// With PostgreSQL the given database is used if it is fresh; otherwise SQLite in a new folder. A demo that is not
/// played to its end, or is not served afterwards, leaves no folder with keys behind.
async fn play_demo(config: Config, arguments: DemoArguments) -> Result<ExitCode, Failure> {
    let mut config = config;
    let folder = std::env::temp_dir().join(format!("magnet-scheme-demo-{}", uuid::Uuid::now_v7()));
    config.data.folder = folder.clone();
    // Some browsers take no Secure cookie from an address without TLS, not even from their own machine.
    config.portal.plain_cookie = config.server.is_for_this_machine();
    let outcome = play_in(&config, &arguments).await;
    if (outcome.is_err() || arguments.exit) && folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    outcome
}

async fn play_in(config: &Config, arguments: &DemoArguments) -> Result<ExitCode, Failure> {
    let engine = config.database_url()?.engine();
    let folder = config.data.folder.display();
    let service = Service::start(config, Clock::system(), true).await?;
    service.begin_demo().await?;
    let password = service.make_first_administrator().await?.unwrap_or_default();
    let running = server::start(Arc::clone(&service), &config.server)?;
    let base = format!("http://{}", running.address);
    println!("magnet-scheme demo on {engine} at {base}, data in {folder}");
    let serving = actix_web::rt::spawn(running.server);
    let played = actix_web::rt::task::spawn_blocking({
        let base = base.clone();
        move || demo::play(&base, &password).map_err(|error| error.to_string())
    })
    .await??;
    played.report();
    if arguments.exit {
        running.handle.stop(true).await;
        return Ok(ExitCode::SUCCESS);
    }
    played.invite(&base, &service).await?;
    println!("\nServing until Ctrl-C. All data here is sample data; delete {folder} when done.");
    serving.await??;
    Ok(ExitCode::SUCCESS)
}

async fn add_user(
    config: Config,
    email: String,
    name: String,
    roles: &[String],
    sandbox: bool,
) -> Result<ExitCode, Failure> {
    let service = Service::start(&config, Clock::system(), sandbox).await?;
    let roles: Roles = roles.join(" ").parse()?;
    let new = NewUser { email, name, roles, organisation_id: None, password: None };
    let call = Call::unkeyed(Caller::Operator);
    let made = service.create_user(call, new, |_| String::new()).await?;
    println!("password: {}  (shown once)", made.password.unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}

fn derive_anew(config: &Config) -> Result<ExitCode, Failure> {
    let result = recompute(&config.database_url()?)?;
    println!("derived {} decisions anew", result.decisions);
    for difference in &result.differences {
        println!("DIFFERENCE: {difference}");
    }
    if result.differences.is_empty() {
        println!("every one comes out as it was decided");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// Inputs from outside the database: the log's key, and a checkpoint that was stored elsewhere.
fn outside(config: &Config, arguments: &VerifyArguments) -> Result<Outside, Failure> {
    let key = match &arguments.key {
        Some(line) => Some(line.parse()?),
        None => LogKey::find(&config.data.folder, &config.log.origin)?.map(|key| key.verifier().clone()),
    };
    let kept = arguments.against.as_ref().map(std::fs::read).transpose()?;
    Ok(Outside { key, checkpoint: kept.map(|kept| checkpoint_in(&kept)).transpose()? })
}

fn check(config: &Config, arguments: &VerifyArguments) -> Result<ExitCode, Failure> {
    let outside = outside(config, arguments)?;
    let result = verify_against(&config.database_url()?, &outside)?;
    if outside.key.is_none() {
        println!("no key of the log is known here: signatures of checkpoints are not checked");
    }
    println!(
        "checked {} audit entries, {} journals and {} checkpoints; last hash {}",
        result.entries, result.journals, result.checkpoints, result.last_hash
    );
    match result.fault {
        None => {
            println!("everything agrees");
            Ok(ExitCode::SUCCESS)
        }
        Some(fault) => {
            println!("FAULT: {fault}");
            Ok(ExitCode::FAILURE)
        }
    }
}
