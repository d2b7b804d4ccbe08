//! Ed25519 keys in files that only the service may read. A file that others may read stops the start.

use crate::private_files;
use crate::service::running::error::Error;
use aws_lc_rs::signature::Ed25519KeyPair;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// A key (PKCS #8) and its pair.
type Key = (Vec<u8>, Ed25519KeyPair);

/// Returns the key of a file. Creates the file with a new key (mode 0600) if there is none.
pub(in crate::service) fn open(path: &Path) -> Result<Key, Error> {
    match find(path)? {
        Some(key) => Ok(key),
        None => paired(make_key(path)?, path),
    }
}

/// The same, but `None` if there is no file.
pub(in crate::service) fn find(path: &Path) -> Result<Option<Key>, Error> {
    match File::open(path) {
        Ok(file) => paired(read_key(file, path)?, path).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::Setup(format!("{}: {error}", path.display()))),
    }
}

fn paired(key: Vec<u8>, path: &Path) -> Result<Key, Error> {
    let pair = Ed25519KeyPair::from_pkcs8(&key)
        .map_err(|_| Error::Setup(format!("{} is not an Ed25519 key (PKCS #8)", path.display())))?;
    Ok((key, pair))
}

fn make_key(path: &Path) -> Result<Vec<u8>, Error> {
    let random = aws_lc_rs::rand::SystemRandom::new();
    let document =
        Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| Error::Internal("no key could be made".to_owned()))?;
    let named = private_files::at(path);
    let put = |document: &[u8]| {
        let mut file = private_files::make_file(path)?;
        file.write_all(document).map_err(&named)?;
        file.sync_all().map_err(&named)?;
        // The name too: what is signed with the key must not outlast it.
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all()).map_err(&named)
    };
    put(document.as_ref()).map_err(Error::of_folder)?;
    Ok(document.as_ref().to_vec())
}

fn read_key(mut file: File, path: &Path) -> Result<Vec<u8>, Error> {
    if let Some(why) = private_files::open_to_others(path) {
        return Err(Error::Setup(why));
    }
    let mut key = Vec::new();
    file.read_to_end(&mut key).map_err(|error| Error::of_folder(private_files::at(path)(error)))?;
    Ok(key)
}
