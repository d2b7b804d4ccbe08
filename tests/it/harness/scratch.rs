//! The place of the databases and folders of tests: in memory, where a commit waits for no disk, when
//! the machine has a file system there with room; otherwise, and for tests whose subject is durability,
//! in the folder for temporary files. `TEST_FOLDER` names another folder than either.
//!
//! No setting of the service is changed for this: as far as it can tell, its commits are on disk.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

const MEMORY: &str = "/dev/shm";

/// Tests that run at once need about 50 MB each, and the shared PostgreSQL server needs 300 MB.
const ROOM_KIB: u64 = 2 * 1024 * 1024;

const PREFIX: &str = "magnet-scheme-tests-";

/// The folder of this run. The next run removes the folders of a run that was killed.
static RUN: OnceLock<PathBuf> = OnceLock::new();

/// A new folder, which need not survive a crash of the machine.
pub fn folder() -> TempDir {
    TempDir::new_in(RUN.get_or_init(begin)).unwrap()
}

/// A new folder on the disk, for tests of durability.
pub fn folder_on_disk() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Removes everything of this run.
pub fn remove() {
    if let Some(folder) = RUN.get() {
        let _ = std::fs::remove_dir_all(folder);
    }
}

fn begin() -> PathBuf {
    let above = match std::env::var_os("TEST_FOLDER") {
        Some(folder) => PathBuf::from(folder),
        None if has_room(MEMORY) => PathBuf::from(MEMORY),
        None => std::env::temp_dir(),
    };
    remove_left_over(&above);
    let folder = above.join(format!("{PREFIX}{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // The account that runs PostgreSQL finds its own folder below.
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

/// Whether this folder exists, is writable and has room.
fn has_room(folder: &str) -> bool {
    let Ok(told) = Command::new("df").args(["-Pk", folder]).output() else { return false };
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let available = told.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    available.is_some_and(|kib| kib >= ROOM_KIB) && tempfile::tempdir_in(folder).is_ok()
}

/// Removes the folders of runs whose process has ended.
fn remove_left_over(above: &Path) {
    let Ok(entries) = std::fs::read_dir(above) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(process) = name.strip_prefix(PREFIX) else { continue };
        if process.parse::<u32>().is_ok() && !Path::new("/proc").join(process).exists() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
