//! Sending a checkpoint to a witness: over HTTP in the protocol of C2SP `tlog-witness`, or as a file in a
//! folder.

use crate::service::running::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::TlsConfig;

const LONGEST_ANSWER: Duration = Duration::from_secs(10);
const ANSWER_BYTES_MOST: u64 = 65_536;

/// The answer of a witness.
pub enum Answer {
    /// Lines of signatures: it has cosigned.
    Cosigned(String),
    /// It has cosigned this many entries, which differs from the size that was assumed.
    Has(i64),
    /// It rejects the proof that the log only grew.
    NotConsistent,
    /// Any other answer, in words.
    Refused(String),
}

/// The client that sends checkpoints to witnesses.
#[derive(Clone)]
pub struct WitnessClient {
    agent: ureq::Agent,
}

impl WitnessClient {
    pub fn new() -> WitnessClient {
        // Uses the cryptography library that signs checkpoints, and no second one.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider).build();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(LONGEST_ANSWER))
            .max_redirects(0)
            .tls_config(tls)
            .build();
        WitnessClient { agent: config.into() }
    }

    /// Sends one request and interprets the status of the answer (C2SP `tlog-witness`).
    pub fn post(&self, url: &str, body: String) -> Result<Answer, Error> {
        let away = |error: ureq::Error| Error::Unavailable(error.to_string());
        let mut answer = self.agent.post(url).content_type("text/plain; charset=utf-8").send(body).map_err(away)?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(ANSWER_BYTES_MOST).read_to_string().map_err(away)?;
        Ok(match (status, text.trim_end_matches('\n').parse()) {
            (200, _) => Answer::Cosigned(text),
            (409, Ok(size)) => Answer::Has(size),
            (422, _) => Answer::NotConsistent,
            (404, _) => Answer::Refused("it does not know this log".to_owned()),
            (403, _) => Answer::Refused("it does not know the key of this log".to_owned()),
            _ => Answer::Refused(format!("it answered {status}")),
        })
    }
}

/// Writes a checkpoint into a folder, whole or not at all. Returns `false` when another checkpoint of this size
/// is there. The folder itself is not created: a share that is not mounted must not be replaced by an empty
/// folder.
pub fn leave_in(folder: &Path, size: i64, note: &str) -> Result<bool, Error> {
    let away = |error: std::io::Error| Error::Unavailable(format!("{}: {error}", folder.display()));
    let path = folder.join(format!("checkpoint-{size:012}.note"));
    if let Ok(there) = fs::read_to_string(&path) {
        return Ok(there == note);
    }
    let half = folder.join(format!(".{}", uuid::Uuid::now_v7()));
    let written = File::create_new(&half).and_then(|mut file| {
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        fs::rename(&half, &path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&half);
    }
    written.map_err(away).map(|()| true)
}
