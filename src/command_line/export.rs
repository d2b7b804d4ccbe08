//! `export`: a file of the public data, as the running service publishes it.

use crate::command_line::checks::base;
use crate::command_line::outcome::{Failure, Outcome};
use magnet_scheme::client::Client;
use magnet_scheme::config::Config;
use magnet_scheme::terminal;
use magnet_scheme::web::api::public::public_files::PublicFile;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file of all payments is made anew for the first who asks.
const PATIENCE: Duration = Duration::from_secs(600);

#[derive(clap::Args)]
pub struct Arguments {
    /// Which file: 360giving.json, ocds.json, datapackage.zip, datapackage.json, or the CSV of one table.
    #[arg(long, value_name = "NAME", value_parser = format_of)]
    format: String,
    /// Where it is written; a file that is there already is replaced once the new one is complete.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// The file of this name; its ending may be left out.
fn format_of(text: &str) -> Result<String, String> {
    let names: Vec<String> = PublicFile::all().map(PublicFile::name).collect();
    let without_ending = |name: &str| name.rsplit_once('.').map(|(stem, _)| stem.to_owned());
    let found = names.iter().find(|name| *name == text || without_ending(name).as_deref() == Some(text));
    found.cloned().ok_or_else(|| format!("the files are {}", names.join(", ")))
}

/// Writes the file.
pub fn write(config: &Config, arguments: &Arguments) -> Result<Outcome, Failure> {
    let client = Client::with_patience(base(&config.server.bind)?, PATIENCE);
    terminal::watch_progress();
    terminal::progress(format_args!("waiting for {} …", arguments.format));
    let path = format!("/api/v1/public/data/{}", arguments.format);
    let answer = client.send("GET", &path, &[], None)?;
    if answer.status != 200 {
        return Err(Failure::new(format!("{}{path} was answered {}: {}", client.base, answer.status, answer.text())));
    }
    put(&arguments.to, &answer.bytes)
        .map_err(|error| Failure::new(format!("--to: {}: {error}", arguments.to.display())))?;
    terminal::say(format_args!("{} bytes in {}", answer.bytes.len(), arguments.to.display()));
    Ok(Outcome::Good)
}

/// Writes beside the file and renames, so that nobody reads half of it. What a link leads to is written; a pipe or a
/// device is written to, and stays what it is.
fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let target = match std::fs::metadata(path) {
        Ok(there) if !there.is_file() => {
            let mut device = std::fs::OpenOptions::new().write(true).open(path)?;
            device.write_all(bytes)?;
            return device.flush();
        }
        Ok(_) => path.canonicalize()?,
        Err(_) => path.to_owned(),
    };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(bytes)?;
    beside.as_file().sync_all()?;
    beside.persist(&target).map_err(|error| error.error)?;
    Ok(())
}
