//! Ed25519 keys in files that only the service may read. A missing key is created; a file that others may read
//! stops the start.

use crate::service::running::error::Error;
use aws_lc_rs::signature::Ed25519KeyPair;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

/// Returns the key of a file (PKCS #8) and its pair. Creates the file with a new key (mode 0600) if there is
/// none.
pub(in crate::service) fn open(path: &Path) -> Result<(Vec<u8>, Ed25519KeyPair), Error> {
    let key = match File::open(path) {
        Ok(file) => read_key(file, path)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_key(path)?,
        Err(error) => return Err(error.into()),
    };
    let pair = Ed25519KeyPair::from_pkcs8(&key)
        .map_err(|_| Error::Internal(format!("{} is not an Ed25519 key (PKCS #8)", path.display())))?;
    Ok((key, pair))
}

fn make_key(path: &Path) -> Result<Vec<u8>, Error> {
    use std::os::unix::fs::OpenOptionsExt;
    let random = aws_lc_rs::rand::SystemRandom::new();
    let document =
        Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| Error::Internal("no key could be made".to_owned()))?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(document.as_ref())?;
    file.sync_all()?;
    Ok(document.as_ref().to_vec())
}

fn read_key(mut file: File, path: &Path) -> Result<Vec<u8>, Error> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Error::Internal(format!(
            "{} may be read by others (mode {mode:o}); set it to 600",
            path.display()
        )));
    }
    let mut key = Vec::new();
    file.read_to_end(&mut key)?;
    Ok(key)
}
