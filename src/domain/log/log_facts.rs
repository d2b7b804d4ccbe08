//! What an entry says about the log itself, besides its act: the first entry of a log names the key that signs it and
//! whether its data are live; an entry that is not the first one of its commit says so; and about once a minute an
//! entry says how many checkpoints were signed. The hash of the entry covers these members of its details, so that the
//! key, the commits and the checkpoints cannot be changed or taken away unseen.

use crate::log::checkpoint::VerifierKey;
use serde_json::{Value, json};

/// The command that names the key of a log which an earlier program began.
pub const NAME_LOG_KEY: &str = "name_log_key";

/// The members of the details.
pub const LOG_BEGINS: &str = "log_begins";
pub const LOG_SIGNED: &str = "log_signed";
pub const SAME_COMMIT: &str = "same_commit";

/// Who signs a log, and whether its data are live. From the entry that says this on, entries say which of them are one
/// commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogBegins {
    pub key: VerifierKey,
    pub sandbox: bool,
}

/// How many checkpoints there are up to the newest one of that moment, and how many entries that one covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSigned {
    pub checkpoints: i64,
    pub entries: i64,
}

/// Details with one more member at their end.
pub fn with_member(details: &str, name: &str, value: &str) -> String {
    let Some(open) = details.strip_suffix('}') else { return details.to_owned() };
    let comma = if open.ends_with('{') { "" } else { "," };
    format!("{open}{comma}\"{name}\":{value}}}")
}

/// The member at the top of the details. Only details that have its name at all are read.
fn member(details: &str, name: &str) -> Option<Value> {
    if !details.contains(&format!("\"{name}\":")) {
        return None;
    }
    let mut details: Value = serde_json::from_str(details).ok()?;
    Some(details.get_mut(name)?.take())
}

/// Whether an entry with these details was written in the same commit as the entry before it.
pub fn in_same_commit(details: &str) -> bool {
    // It is always the last member, and nobody else can end the details: within a text a quotation mark has a
    // backslash.
    details.strip_suffix("\"same_commit\":true}").is_some_and(|rest| rest.ends_with(['{', ',']))
}

impl LogBegins {
    pub fn json(&self) -> Value {
        json!({ "key": self.key.to_string(), "mode": if self.sandbox { "sandbox" } else { "live" } })
    }

    /// What an entry with these details says.
    pub fn of(details: &str) -> Option<LogBegins> {
        let said = member(details, LOG_BEGINS)?;
        let sandbox = match said["mode"].as_str()? {
            "sandbox" => true,
            "live" => false,
            _ => return None,
        };
        Some(LogBegins { key: said["key"].as_str()?.parse().ok()?, sandbox })
    }
}

impl LogSigned {
    pub fn json(&self) -> Value {
        json!({ "checkpoints": self.checkpoints, "entries": self.entries })
    }

    /// What an entry with these details says.
    pub fn of(details: &str) -> Option<LogSigned> {
        let said = member(details, LOG_SIGNED)?;
        Some(LogSigned { checkpoints: said["checkpoints"].as_i64()?, entries: said["entries"].as_i64()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_the_log_reads_back_from_any_details() {
        let begins =
            LogBegins { key: VerifierKey { name: "example.org/log".to_owned(), public: [7; 32] }, sandbox: true };
        let signed = LogSigned { checkpoints: 3, entries: 90 };
        for details in ["{}", "{\"a\":1}", "{\"message\":\"\\\"log_begins\\\":{\\\"key\\\":1}\"}"] {
            assert_eq!((LogBegins::of(details), LogSigned::of(details)), (None, None));
            let said = with_member(details, LOG_BEGINS, &begins.json().to_string());
            let said = with_member(&said, LOG_SIGNED, &signed.json().to_string());
            assert_eq!((LogBegins::of(&said), LogSigned::of(&said)), (Some(begins.clone()), Some(signed)), "{said}");
            assert!(!in_same_commit(&said));
            assert!(in_same_commit(&with_member(&said, SAME_COMMIT, "true")), "{said}");
        }
        for forged in [
            "{\"message\":\"same_commit\\\":true}\"}",
            "{\"same_commit\":true,\"a\":1}",
            "{\"x\":\"\"same_commit\":true}",
        ] {
            assert!(!in_same_commit(forged), "{forged}");
        }
    }
}
