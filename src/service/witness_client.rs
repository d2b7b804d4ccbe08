//! How a checkpoint reaches a witness: over HTTP in the protocol of C2SP `tlog-witness`, or as a file in
//! a folder.

use crate::service::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::TlsConfig;

const LONGEST_ANSWER: Duration = Duration::from_secs(10);
const ANSWER_BYTES_MOST: u64 = 65_536;

/// What a witness said.
pub enum Answer {
    /// Lines of signatures.
    Cosigned(String),
    /// It has cosigned so many entries, not as many as was thought.
    Has(i64),
    /// The proof that the log only grew does not hold.
    NotConsistent,
    /// Anything else, in words.
    Refused(String),
}

/// Speaks to witnesses.
#[derive(Clone)]
pub struct WitnessClient {
    agent: ureq::Agent,
}

impl WitnessClient {
    pub fn new() -> WitnessClient {
        // The cryptography that signs checkpoints, and no second library for it.
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

    /// Sends one request and reads what the status says (C2SP `tlog-witness`).
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

/// Leaves a checkpoint in a folder, whole or not at all. `false` when another one of this size is
/// there. The folder itself is not made: a share that is not mounted shall not be taken for one.
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
