//! `completions` and `manual`: what shells and `man` know of this program, made from the same command line that it
//! reads.

use crate::command_line::CommandLine;
use crate::command_line::outcome::{Failure, Outcome};
use clap::CommandFactory;
use clap_complete::Shell;
use magnet_scheme::terminal;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct CompletionArguments {
    /// The shell that completes the commands.
    shell: Shell,
}

#[derive(clap::Args)]
pub struct ManualArguments {
    /// The folder of the pages; it is made if it is missing, and pages of an earlier program are replaced.
    folder: PathBuf,
}

/// Prints the completions for a shell.
pub fn complete(arguments: &CompletionArguments) -> Result<Outcome, Failure> {
    let mut command = CommandLine::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    terminal::print(String::from_utf8(script)?);
    Ok(Outcome::Good)
}

/// Writes a page of the manual (roff) for the program and for each of its commands.
pub fn write(arguments: &ManualArguments) -> Result<Outcome, Failure> {
    let at = |error: std::io::Error| Failure::new(format!("{}: {error}", arguments.folder.display()));
    std::fs::create_dir_all(&arguments.folder).map_err(at)?;
    clap_mangen::generate_to(CommandLine::command(), &arguments.folder).map_err(at)?;
    terminal::say(format_args!("man --local-file {}", arguments.folder.join("magnet-scheme.1").display()));
    Ok(Outcome::Good)
}
