//! `verifiers FOLDER`: writes the small programs with which people outside check what the service gave them. They
//! share no code with the service.

use crate::command_line::outcome::{Failure, Outcome};
use magnet_scheme::terminal;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct VerifiersArguments {
    /// Where to write them; the folder is made if it is missing.
    folder: PathBuf,
}

/// The programs by the names of their files.
const VERIFIERS: [(&str, &str); 7] = [
    ("checking.py", include_str!("../../verifiers/checking.py")),
    ("verify_log.py", include_str!("../../verifiers/verify_log.py")),
    ("verify_receipt.py", include_str!("../../verifiers/verify_receipt.py")),
    ("verify_disclosure.py", include_str!("../../verifiers/verify_disclosure.py")),
    ("verify_bundle.py", include_str!("../../verifiers/verify_bundle.py")),
    ("recompute_statement.py", include_str!("../../verifiers/recompute_statement.py")),
    ("draw_sample.py", include_str!("../../verifiers/draw_sample.py")),
];

/// Writes all of them.
pub fn write(arguments: &VerifiersArguments) -> Result<Outcome, Failure> {
    let failed = |path: &Path, error: &std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    std::fs::create_dir_all(&arguments.folder).map_err(|error| failed(&arguments.folder, &error))?;
    for (name, text) in VERIFIERS {
        let path = arguments.folder.join(name);
        std::fs::write(&path, text).map_err(|error| failed(&path, &error))?;
        terminal::say(path.display());
    }
    Ok(Outcome::Good)
}
