//! The evidence bundle as a ZIP file: its files and their names, and how it is sent. The same chain gives the
//! same bytes: times are fixed, names are in order, nothing is compressed.

use crate::service::Service;
use crate::service::desk::bundles::Bundle;
use crate::service::running::error::Error;
use crate::web::api::desk::bundle_page;
use crate::web::api::desk::disbursement_chain::ChainView;
use crate::web::edge::download::{Spool, Spooled};
use domain::base::digest::hex;
use domain::base::evidence::Evidence;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Read, Write};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// Number of bytes of a file that are in memory at a time.
const PART_BYTES: usize = 64 * 1024;
/// From this size on, a ZIP entry needs the long form (ZIP64).
const LARGE_BYTES: i64 = 0xffff_ffff;
const NAME_CHARACTERS_MOST: usize = 80;

/// A bundle that is ready to be sent.
pub struct Ready {
    pub file_name: String,
    files: BTreeMap<String, Content>,
}

enum Content {
    Made(Vec<u8>),
    Kept(Evidence),
}

/// A file of the bundle, as the page lists it.
pub struct Listed {
    pub path: String,
    pub what: String,
    pub digest: String,
}

/// The name of a document in the bundle: its digest, and the harmless characters of its own name.
fn evidence_path(record: &Evidence) -> String {
    let plain = |one: char| if one.is_ascii_alphanumeric() || "._-".contains(one) { one } else { '_' };
    let name: String = record.file_name.chars().map(plain).take(NAME_CHARACTERS_MOST).collect();
    format!("evidence/{}-{}", record.digest, name.trim_start_matches('.'))
}

fn pretty<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|error| Error::Internal(error.to_string()))?;
    text.push(b'\n');
    Ok(text)
}

/// Names and makes every file of a bundle except the documents themselves.
pub fn lay_out(bundle: Bundle) -> Result<Ready, Error> {
    let Bundle { chain, proofs, checkpoint, verifier_key } = bundle;
    let mut files: BTreeMap<String, Content> =
        chain.evidence.iter().map(|one| (evidence_path(one), Content::Kept(one.clone()))).collect();
    let documents: Vec<serde_json::Value> = chain
        .evidence
        .iter()
        .map(|one| json!({ "evidence_id": one.id, "digest": one.digest, "path": evidence_path(one) }))
        .collect();
    let statements = json!({
        "claim": chain.grounds.claim.name(), "statement": chain.grounds.claim.statement,
        "final_certificates": chain.grounds.certificates.iter().map(|one| json!({
            "number": one.number, "settlement": one.settlement,
        })).collect::<Vec<_>>(),
    });
    let mut made = |path: &str, content: Vec<u8>| files.insert(path.to_owned(), Content::Made(content));
    made("log/checkpoint.txt", checkpoint.note.clone().into_bytes());
    made("log/key.txt", format!("{verifier_key}\n").into_bytes());
    made("log/entries.json", pretty(&proofs.iter().map(|proof| &proof.entry).collect::<Vec<_>>())?);
    for proof in &proofs {
        made(&format!("log/entry-{}.tlog-proof", proof.entry.facts.sequence), proof.to_string().into_bytes());
    }
    made("scheme.toml", chain.grounds.scheme_document.clone().into_bytes());
    made("statement.json", pretty(&statements)?);
    let file_name = format!("{}-{}.zip", chain.grounds.disbursement.number.replace('/', "-"), checkpoint.size);
    let view = ChainView::from(chain);
    let index = json!({
        "form": "magnet-scheme evidence bundle v1", "disbursement": view.disbursement.number,
        "checkpoint_size": checkpoint.size, "documents": documents, "chain": view,
    });
    made("index.json", pretty(&index)?);
    let page = bundle_page::page(&view, &listed(&files), &checkpoint);
    let page = page.map_err(|error| Error::Internal(error.to_string()))?;
    files.insert("index.html".to_owned(), Content::Made(page.into_bytes()));
    let mut sums = String::new();
    for (path, content) in &files {
        let _ = writeln!(sums, "{}  {path}", content.digest());
    }
    files.insert("SHA256SUMS".to_owned(), Content::Made(sums.into_bytes()));
    Ok(Ready { file_name, files })
}

fn listed(files: &BTreeMap<String, Content>) -> Vec<Listed> {
    let list = |(path, content): (&String, &Content)| Listed {
        path: path.clone(),
        what: match content {
            Content::Kept(record) => format!("{}, uploaded {}", record.file_name, record.uploaded_at),
            Content::Made(_) => String::new(),
        },
        digest: content.digest(),
    };
    files.iter().map(list).collect()
}

impl Content {
    fn digest(&self) -> String {
        match self {
            Content::Made(content) => hex(&Sha256::digest(content)),
            Content::Kept(record) => record.digest.clone(),
        }
    }
}

/// Writes a bundle to a file. Fails when a document does not match its digest, so that half a bundle is never
/// taken for a complete one.
pub fn write(service: &Service, ready: &Ready, file: Spool) -> io::Result<Spooled> {
    let mut archive = ZipWriter::new_stream(file);
    fill(service, ready, &mut archive)?;
    archive.finish()?.into_inner().finish()
}

fn fill(service: &Service, ready: &Ready, archive: &mut ZipWriter<StreamWriter<Spool>>) -> io::Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::DEFAULT)
        .unix_permissions(0o644);
    for (path, content) in &ready.files {
        let large = matches!(content, Content::Kept(record) if record.size_bytes >= LARGE_BYTES);
        archive.start_file(path, options.large_file(large))?;
        match content {
            Content::Made(content) => archive.write_all(content)?,
            Content::Kept(record) => copy(service, record, archive)?,
        }
    }
    Ok(())
}

/// Copies a document and checks that it is the one that was uploaded.
fn copy(service: &Service, record: &Evidence, archive: &mut impl Write) -> io::Result<()> {
    let mut file = service.open_evidence(record).map_err(io::Error::other)?;
    let (mut hasher, mut part) = (Sha256::new(), vec![0; PART_BYTES]);
    loop {
        let read = file.read(&mut part)?;
        let Some(content) = part.get(..read).filter(|content| !content.is_empty()) else { break };
        hasher.update(content);
        archive.write_all(content)?;
    }
    let found = hex(&hasher.finalize());
    if found == record.digest { Ok(()) } else { Err(io::Error::other(format!("{} was changed", record.digest))) }
}
