//! The evidence store: a folder that holds each file under the SHA-256 of its content (content-addressed). A
//! file is written under a temporary name, synced, renamed and only then recorded, so that an acknowledged
//! upload is complete.

use crate::private_files;
use crate::service::running::error::Error;
use domain::base::digest::hex;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Number of bytes from the start of a file by which its type is recognised.
const START_BYTES: usize = 512;

pub struct EvidenceStore {
    folder: PathBuf,
    pub bytes_most: u64,
}

/// A file being received.
pub struct Upload {
    temporary: PathBuf,
    file: File,
    hasher: Sha256,
    size_bytes: u64,
    start: Vec<u8>,
    bytes_most: u64,
}

/// A file that was received completely and stored.
pub struct Stored {
    pub digest: String,
    pub size_bytes: i64,
}

impl EvidenceStore {
    pub fn open(folder: PathBuf, bytes_most: u64) -> Result<Self, Error> {
        private_files::make_folder(&folder.join("incoming")).map_err(Error::of_folder)?;
        Ok(Self { folder, bytes_most })
    }

    /// The store in a folder that is there, to be read only.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder, bytes_most: 0 }
    }

    /// What is wrong with a stored file of this digest and size, if anything.
    pub fn fault_of(&self, digest: &str, size_bytes: i64) -> Result<Option<&'static str>, Error> {
        let path = self.path(digest)?;
        // A pipe in the place of a file would be waited for without end.
        match fs::metadata(&path) {
            Ok(found) if !found.is_file() => return Ok(Some("something else stands in the place of its file")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Some("its file is missing")),
            _ => {}
        }
        let Ok(mut file) = File::open(path) else { return Ok(Some("its file cannot be read")) };
        let mut hasher = Hashing(Sha256::new());
        let length = std::io::copy(&mut file, &mut hasher)?;
        let whole = i64::try_from(length).ok() == Some(size_bytes) && hex(&hasher.0.finalize()) == digest;
        Ok((!whole).then_some("its file was changed"))
    }

    /// Whether a file of this digest and size is stored, without reading it.
    pub fn is_there(&self, digest: &str, size_bytes: i64) -> Result<bool, Error> {
        match fs::metadata(self.path(digest)?) {
            Ok(found) => Ok(found.is_file() && i64::try_from(found.len()).ok() == Some(size_bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes files that a crash left half received: they were never acknowledged. A file that another process
    /// is receiving right now is locked by it, and stays.
    pub fn clear_incoming(&self) -> Result<(), Error> {
        let incoming = self.folder.join("incoming");
        let named = |error| Error::of_folder(private_files::at(&incoming)(error));
        for entry in fs::read_dir(&incoming).map_err(named)? {
            let path = entry.map_err(named)?.path();
            // The file is gone: it was completed, or cleared by another process that is starting.
            let Ok(file) = File::open(&path) else { continue };
            if file.try_lock().is_ok() {
                let _ = fs::remove_file(&path);
            }
        }
        Ok(())
    }

    pub fn begin(&self) -> Result<Upload, Error> {
        let (temporary, file) = self.incoming_file()?;
        Ok(Upload {
            temporary,
            file,
            hasher: Sha256::new(),
            size_bytes: 0,
            start: Vec::new(),
            bytes_most: self.bytes_most,
        })
    }

    /// Creates a file and locks it. Retries when a starting process took the file for an abandoned one before
    /// the lock was taken.
    fn incoming_file(&self) -> Result<(PathBuf, File), Error> {
        loop {
            let path = self.folder.join("incoming").join(uuid::Uuid::now_v7().to_string());
            let file = private_files::make_file(&path)?;
            file.lock()?;
            if path.exists() {
                return Ok((path, file));
            }
        }
    }

    /// Moves a received file to its final place.
    pub fn keep(&self, mut upload: Upload) -> Result<Stored, Error> {
        upload.file.sync_all()?;
        let digest = hex(&std::mem::take(&mut upload.hasher).finalize());
        let path = self.path(&digest)?;
        let parent = path.parent().unwrap_or(&self.folder);
        private_files::make_folder(parent)?;
        fs::rename(&upload.temporary, &path)?;
        sync_folder(parent)?;
        sync_folder(&self.folder)?;
        Ok(Stored { digest, size_bytes: i64::try_from(upload.size_bytes).unwrap_or(i64::MAX) })
    }

    /// The complete content of a stored file; fails if its digest does not match.
    pub fn read(&self, digest: &str) -> Result<Vec<u8>, Error> {
        let content = fs::read(self.regular(digest)?)?;
        if hex(&Sha256::digest(&content)) == digest {
            Ok(content)
        } else {
            Err(Error::Internal(format!("the stored file {digest} was changed")))
        }
    }

    /// Opens a stored file of this size, to be read in parts. The reader must check its digest.
    pub fn open_file(&self, digest: &str, size_bytes: i64) -> Result<File, Error> {
        let file = File::open(self.regular(digest)?)?;
        if i64::try_from(file.metadata()?.len()).ok() == Some(size_bytes) {
            Ok(file)
        } else {
            Err(Error::Internal(format!("the stored file {digest} was changed")))
        }
    }

    /// The path of a stored file, in whose place nothing else stands.
    fn regular(&self, digest: &str) -> Result<PathBuf, Error> {
        let path = self.path(digest)?;
        match fs::metadata(&path)?.is_file() {
            true => Ok(path),
            false => Err(Error::Internal(format!("the stored file {digest} was changed"))),
        }
    }

    /// The path `ab/ab12…`, built from hexadecimal digits alone.
    fn path(&self, digest: &str) -> Result<PathBuf, Error> {
        let plain = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
        match digest.get(..2).filter(|_| plain) {
            Some(first) => Ok(self.folder.join(first).join(digest)),
            None => Err(Error::Internal("a digest is 64 hexadecimal digits".to_owned())),
        }
    }
}

/// Hashes what is written to it.
struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        self.0.update(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Upload {
    /// Writes the next part; returns `false` when the file has become too large.
    pub fn write(&mut self, part: &[u8]) -> Result<bool, Error> {
        self.size_bytes += part.len() as u64;
        if self.size_bytes > self.bytes_most {
            return Ok(false);
        }
        let wanted = START_BYTES.saturating_sub(self.start.len());
        self.start.extend(part.iter().take(wanted));
        self.hasher.update(part);
        self.file.write_all(part)?;
        Ok(true)
    }

    /// The digest of the bytes received so far.
    pub fn digest_so_far(&self) -> String {
        hex(&self.hasher.clone().finalize())
    }

    pub fn start(&self) -> &[u8] {
        &self.start
    }

    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // After a successful upload the file is already gone; otherwise nothing refers to it.
        let _ = fs::remove_file(&self.temporary);
    }
}

fn sync_folder(folder: &Path) -> Result<(), Error> {
    File::open(folder)?.sync_all()?;
    Ok(())
}
