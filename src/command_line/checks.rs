//! The commands that ask the data or the service a question: `verify`, `recompute`, `migrate`, `healthcheck`.

use crate::command_line::Form;
use crate::command_line::outcome::{Failure, Outcome};
use domain::log::checkpoint::VerifierKey;
use domain::log::mailed_note::checkpoint_in;
use magnet_scheme::client::Client;
use magnet_scheme::config::Config;
use magnet_scheme::db::engine::migrations::{self, StartLock};
use magnet_scheme::service::check::verify::{Verified, verify_with};
use magnet_scheme::service::check::verify_around::Around;
use magnet_scheme::service::check::verify_log::Outside;
use magnet_scheme::service::log::high_water;
use magnet_scheme::service::log::log_key::{KEY_FILE, LogKey};
use magnet_scheme::service::revision::recompute::recompute;
use magnet_scheme::service::running::finance::FinanceRules;
use magnet_scheme::service::start::make_private_places;
use magnet_scheme::terminal;
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

#[derive(clap::Args)]
pub struct VerifyArguments {
    /// A checkpoint that was stored elsewhere (a signed note, or a saved mail that contains one): the log must
    /// be an extension of it.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// The log's key as `/log/key` shows it, stored elsewhere; the one in the data folder unless given.
    #[arg(long, value_name = "LINE")]
    key: Option<String>,
    /// Leave out the files of evidence.
    #[arg(long)]
    without_files: bool,
    #[command(flatten)]
    form: Form,
}

#[derive(clap::Args)]
pub struct HealthArguments {
    /// Give up after so many seconds.
    #[arg(long, default_value_t = 5, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    within: u64,
    #[command(flatten)]
    form: Form,
}

/// Inputs from outside the database: the log's key, and checkpoints that were stored elsewhere.
fn outside(config: &Config, arguments: &VerifyArguments) -> Result<Outside, Failure> {
    let folder_key = LogKey::find(&config.data.folder, &config.log.origin)?.map(|key| key.verifier().clone());
    let key = match &arguments.key {
        Some(line) => {
            let read = line.parse::<VerifierKey>();
            Some(read.map_err(|error| Failure::new(format!("--key: {error}")))?)
        }
        None => folder_key.clone(),
    };
    let mark = high_water::stored(&config.data.folder)?;
    let Some(path) = &arguments.against else { return Ok(Outside { key, folder_key, mark, checkpoint: None }) };
    let named = |error: &dyn std::fmt::Display| Failure::new(format!("--against: {}: {error}", path.display()));
    let kept = std::fs::read(path).map_err(|error| named(&error))?;
    let checkpoint = checkpoint_in(&kept).map_err(|error| named(&error))?;
    Ok(Outside { key, folder_key, mark, checkpoint: Some(checkpoint) })
}

/// Recomputes log, ledger and records.
pub fn verify(config: &Config, arguments: &VerifyArguments) -> Result<Outcome, Failure> {
    let outside = outside(config, arguments)?;
    terminal::watch_progress();
    let (finance, folder) = (FinanceRules::read(&config.finance.folder)?, config.data.folder.join("evidence"));
    let evidence = if arguments.without_files { None } else { Some(folder.as_path()) };
    let around = Around { evidence, finance: Some(&finance) };
    let mut result = verify_with(&config.database_url()?, &outside, &around)?;
    let knows_key = outside.key.is_some();
    let signed = result.checkpoints > 0 || outside.mark.is_some();
    if !knows_key && signed && result.fault.is_none() {
        result.fault = Some(format!(
            "the data folder has no key of the log ({KEY_FILE}), and --key names none: nothing signed can be checked"
        ));
    }
    if arguments.form.json {
        terminal::say(json!({
            "agrees": result.fault.is_none(), "fault": result.fault, "entries": result.entries,
            "journals": result.journals, "checkpoints": result.checkpoints, "last_hash": result.last_hash,
            "signatures_checked": knows_key, "rows": result.rows, "rows_proven_from": result.rows_proven_from,
            "files": result.files, "key_changes": result.key_changes, "signatures_unchecked": result.unchecked,
            "engine_left_out": result.engine_left_out,
        }));
    } else {
        say_verified(&result, knows_key);
    }
    Ok(Outcome::of(result.fault.is_none()))
}

fn say_verified(result: &Verified, knows_key: bool) {
    if !knows_key {
        terminal::say("no key of the log is known here: signatures of checkpoints are not checked");
    }
    terminal::say(format_args!(
        "checked {} audit entries, {} journals and {} checkpoints; last hash {}",
        result.entries, result.journals, result.checkpoints, result.last_hash
    ));
    for (entry, key) in &result.key_changes {
        terminal::say(format_args!("from entry {entry} on the log is signed with the key {key}"));
    }
    if knows_key && result.unchecked > 0 {
        terminal::say(format_args!(
            "{} checkpoints are signed with the key before, which is not known here: name it with --key",
            result.unchecked
        ));
    }
    match result.rows_proven_from {
        Some(entry) => terminal::say(format_args!(
            "compared {} rows with the log, which proves every row from entry {entry} on",
            result.rows
        )),
        None => terminal::say("the rows of an earlier program are not proven yet: the next start adopts them"),
    }
    if result.engine_left_out {
        terminal::say("PostgreSQL's own check was left out: amcheck is not installed, or this role may not use it");
    }
    match result.files {
        Some(files) => terminal::say(format_args!("checked {files} files of evidence")),
        // After a fault the files are not reached.
        None if result.fault.is_some() => {}
        None => terminal::say("the files of evidence were left out"),
    }
    match &result.fault {
        None => terminal::say("everything agrees"),
        Some(fault) => terminal::say(format_args!("FAULT: {fault}")),
    }
}

/// Derives every decision anew.
pub fn recompute_all(config: &Config, form: &Form) -> Result<Outcome, Failure> {
    terminal::watch_progress();
    let result = recompute(&config.database_url()?)?;
    if form.json {
        terminal::say(json!({ "decisions": result.decisions, "differences": result.differences }));
        return Ok(Outcome::of(result.differences.is_empty()));
    }
    terminal::say(format_args!("derived {} decisions anew", result.decisions));
    for difference in &result.differences {
        terminal::say(format_args!("DIFFERENCE: {difference}"));
    }
    if result.differences.is_empty() {
        terminal::say("every one comes out as it was decided");
    }
    Ok(Outcome::of(result.differences.is_empty()))
}

/// Brings the schema up to date.
pub fn migrate(config: &Config, form: &Form) -> Result<Outcome, Failure> {
    let url = make_private_places(config, false)?;
    terminal::watch_progress();
    terminal::progress("waiting for no other program to start …");
    let mut lock = StartLock::take(&url)?;
    terminal::progress("migrating …");
    let ran = migrations::migrate(&url, &mut lock)?;
    if form.json {
        terminal::say(json!({ "migrations_run": ran }));
    } else {
        terminal::say(format_args!("{ran} migrations ran; the schema is up to date"));
    }
    Ok(Outcome::Good)
}

/// Asks the running service whether it can serve.
pub fn check_health(config: &Config, arguments: &HealthArguments) -> Result<Outcome, Failure> {
    let client = Client::with_patience(base(&config.server.bind)?, Duration::from_secs(arguments.within));
    let answer = client.send("GET", "/health/ready", &[], None)?;
    let (good, told) = (answer.status == 200, answer.json());
    if arguments.form.json {
        terminal::say(json!({ "ready": good, "status": answer.status, "answer": told }));
    } else if good {
        let why = told["output"].as_str().map(|why| format!(", but {why}")).unwrap_or_default();
        terminal::say(format_args!("{} is ready{why}", client.base));
    } else {
        terminal::say(format_args!("{} is not ready: it answered {}", client.base, answer.status));
    }
    Ok(Outcome::of(good))
}

/// Where the service of these settings is reached from its own machine.
pub fn base(bind: &str) -> Result<String, Failure> {
    let Ok(mut address) = bind.parse::<SocketAddr>() else { return Ok(format!("http://{bind}")) };
    if address.port() == 0 {
        return Err(Failure::new("server.bind: a service whose port is chosen at its start cannot be found here"));
    }
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    Ok(format!("http://{address}"))
}
