//! `config show`: every setting with its source.

use crate::command_line::Form;
use crate::command_line::outcome::{Failure, Outcome};
use magnet_scheme::config::Config;
use magnet_scheme::terminal;
use std::path::Path;

/// Prints the settings with which the program would start.
pub fn show(file: Option<&Path>, form: &Form) -> Result<Outcome, Failure> {
    let all = Config::show(file)?;
    if form.json {
        terminal::say(serde_json::to_string_pretty(&all)?);
    } else {
        all.iter().for_each(terminal::say);
    }
    Ok(Outcome::Good)
}
