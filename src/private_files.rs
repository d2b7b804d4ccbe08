//! Files and folders that only the account of the service may open: the data folder and what is in it. Their modes
//! are set when they are made, whatever the umask of whoever started the program.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// The permissions of everybody but the owner.
const OTHERS: u32 = 0o077;

/// The error of something done to a path, which the system does not name.
pub fn at(path: &Path) -> impl Fn(io::Error) -> io::Error + '_ {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Makes a folder and those above it where they are missing. A folder that exists stays as it is.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path).map_err(at(path))
}

/// Makes a file that must not exist yet.
pub fn make_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path).map_err(at(path))
}

/// Opens a file for writing and makes it where it is missing. What it holds stays.
pub fn open_or_make_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(FILE_MODE).open(path).map_err(at(path))
}

/// Fails if nothing can be made in a folder, because it, or the file system, may only be read.
pub fn check_writable(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!("probe-{}", uuid::Uuid::now_v7()));
    make_file(&probe)?;
    std::fs::remove_file(&probe).map_err(at(&probe))
}

/// Why a file or folder may not be used: others may open it. It says what to do.
pub fn open_to_others(path: &Path) -> Option<String> {
    let found = std::fs::metadata(path).ok()?;
    let mode = found.permissions().mode() & 0o777;
    let wanted = if found.is_dir() { FOLDER_MODE } else { FILE_MODE };
    (mode & OTHERS != 0).then(|| {
        format!(
            "{} may be opened by others (mode {mode:o}); make it private: chmod {wanted:o} {}",
            path.display(),
            path.display()
        )
    })
}

/// A SQLite database with the files beside it. SQLite gives these the mode of the database.
pub fn of_database(path: &Path) -> [PathBuf; 3] {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    [path.to_owned(), beside("-wal"), beside("-shm")]
}
