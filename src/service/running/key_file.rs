//! Ed25519 keys in files that only the service may read. A missing key is created; a file that others may read
//! stops the start.

use crate::private_files;
use crate::service::running::error::Error;
use aws_lc_rs::signature::Ed25519KeyPair;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// Returns the key of a file (PKCS #8) and its pair. Creates the file with a new key (mode 0600) if there is
/// none.
pub(in crate::service) fn open(path: &Path) -> Result<(Vec<u8>, Ed25519KeyPair), Error> {
    let key = match File::open(path) {
        Ok(file) => read_key(file, path)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_key(path)?,
        Err(error) => return Err(Error::Setup(format!("{}: {error}", path.display()))),
    };
    let pair = Ed25519KeyPair::from_pkcs8(&key)
        .map_err(|_| Error::Setup(format!("{} is not an Ed25519 key (PKCS #8)", path.display())))?;
    Ok((key, pair))
}

fn make_key(path: &Path) -> Result<Vec<u8>, Error> {
    let random = aws_lc_rs::rand::SystemRandom::new();
    let document =
        Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| Error::Internal("no key could be made".to_owned()))?;
    let mut file = private_files::make_file(path)?;
    file.write_all(document.as_ref())?;
    file.sync_all()?;
    Ok(document.as_ref().to_vec())
}

fn read_key(mut file: File, path: &Path) -> Result<Vec<u8>, Error> {
    if let Some(why) = private_files::open_to_others(path) {
        return Err(Error::Setup(why));
    }
    let mut key = Vec::new();
    file.read_to_end(&mut key)?;
    Ok(key)
}
