//! Settings: built-in defaults, then a file, then the environment. Each later one wins; unknown
//! keys are refused with their name. Nothing in the database overrides a setting.

mod bounds;
mod layers;
mod shown;

pub use shown::Shown;

use crate::config::layers::Layers;
use crate::db::engine::connection::DatabaseUrl;
use crate::service::log::witness_mail::Mailbox;
use domain::log::checkpoint::is_key_name;
use domain::log::cosignature::WitnessKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// All settings.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub data: Data,
    pub database: Database,
    pub clock: Clock,
    pub evidence: Evidence,
    pub treasury: Treasury,
    pub sign_in: SignIn,
    pub personal_data: PersonalData,
    pub schemes: Schemes,
    pub finance: Finance,
    pub log: Log,
    pub controls: Controls,
    pub publisher: Publisher,
    pub portal: Portal,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub bind: String,
    pub json_bytes_most: usize,
    pub body_seconds_most: u64,
    pub workers: usize,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    pub folder: PathBuf,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub readers: u32,
    pub queue_length: usize,
    pub command_seconds_most: u64,
    pub allow_unsafe_settings: bool,
}

/// How far the clock of the machine is believed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    pub ahead_days_most: i64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    pub bytes_most: u64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Treasury {
    pub source_system: String,
    pub return_bytes_most: usize,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub issuer: String,
    pub audience: String,
    pub access_minutes: i64,
    pub session_days: i64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PersonalData {
    pub kept_years: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Schemes {
    pub folder: PathBuf,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Finance {
    pub folder: PathBuf,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub origin: String,
    #[serde(default)]
    pub witnesses: Vec<Witness>,
}

/// A witness outside that receives every new checkpoint: a folder stored elsewhere, an address with the
/// witness's key, or a mailbox.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    pub folder: Option<PathBuf>,
    pub url: Option<String>,
    pub key: Option<String>,
    pub mail: Option<MailWitness>,
}

/// A mailbox that receives the newest checkpoint at intervals. The password is never in the settings: they name
/// an environment variable or a file that contains it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MailWitness {
    pub to: String,
    pub from: String,
    /// `host:port` of the mail server.
    pub server: String,
    #[serde(default)]
    pub tls: MailTls,
    pub user: Option<String>,
    pub password_variable: Option<String>,
    pub password_file: Option<PathBuf>,
    #[serde(default = "daily")]
    pub every_minutes: i64,
}

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// TLS from the first byte (port 465).
    #[default]
    Required,
    /// TLS after the greeting; without it nothing is sent (port 587).
    StartTls,
    /// No encryption: only for a server on this machine.
    None,
}

fn daily() -> i64 {
    1_440
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Controls {
    pub every_minutes: i64,
}

/// The publisher of the public data.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    pub name: String,
    pub id: String,
    pub website: String,
    pub grant_prefix: String,
    pub ocid_prefix: String,
}

impl Publisher {
    /// Why these settings cannot be.
    fn fault(&self) -> Option<(&'static str, &'static str)> {
        let plain = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let letters = "letters, digits, '-', '_' and '.'";
        let web = self.website.starts_with("https://") || self.website.starts_with("http://");
        let needed = [
            (web, "publisher.website", "an address that begins with https:// or http://"),
            (!self.name.is_empty(), "publisher.name", "must not be empty"),
            (plain(&self.id), "publisher.id", letters),
            (plain(&self.grant_prefix), "publisher.grant_prefix", letters),
            (plain(&self.ocid_prefix), "publisher.ocid_prefix", letters),
        ];
        needed.into_iter().find(|(holds, ..)| !holds).map(|(_, key, why)| (key, why))
    }
}

impl Log {
    /// Why these witnesses cannot be.
    fn fault(&self) -> Option<(&'static str, String)> {
        let mut mailboxes = BTreeSet::new();
        for witness in &self.witnesses {
            let key = witness.key.as_ref().map(|key| key.parse::<WitnessKey>());
            let good = match (&witness.folder, &witness.url, key, &witness.mail) {
                (Some(_), None, None, None) => true,
                (None, Some(url), Some(Ok(_)), None) => url.starts_with("https://") || url.starts_with("http://"),
                (None, None, None, Some(mail)) => match Mailbox::of(mail) {
                    Ok(mailbox) if mailboxes.insert(mailbox.name.clone()) => true,
                    Ok(_) => return Some(("log.witnesses.mail", "a mailbox stands there once".to_owned())),
                    Err(why) => return Some(("log.witnesses.mail", why)),
                },
                _ => false,
            };
            if !good {
                let why = "each has a folder, or a url (http or https) and a key of kind 4, or mail";
                return Some(("log.witnesses", why.to_owned()));
            }
        }
        None
    }
}

impl Server {
    /// Whether only this machine reaches the service.
    pub fn is_for_this_machine(&self) -> bool {
        is_loopback(&self.bind)
    }
}

fn is_loopback(bind: &str) -> bool {
    bind.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_loopback())
}

/// The most letters of a contact.
const MOST_LETTERS: usize = 300;

/// The pages.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    pub idle_minutes: i64,
    pub session_hours: i64,
    pub plain_cookie: bool,
    /// Whom the pages name for questions and faults; each may be empty.
    pub contact_email: String,
    pub contact_phone: String,
    pub contact_address: String,
    /// What stands above the owner at the top of every page; empty for nothing.
    pub emblem_text: String,
}

impl Portal {
    /// Why these settings cannot be; `bind` is where the service listens.
    fn fault(&self, bind: &str) -> Option<(&'static str, &'static str)> {
        if self.plain_cookie && !is_loopback(bind) {
            return Some(("portal.plain_cookie", "only for a service that listens on a loopback address"));
        }
        let (email, phone) = (&self.contact_email, &self.contact_phone);
        let is_address = |text: &str| {
            text.split_once('@').is_some_and(|(name, host)| {
                let plain = |part: &str| {
                    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte))
                };
                plain(name) && plain(host)
            })
        };
        if !email.is_empty() && !is_address(email) {
            return Some(("portal.contact_email", "empty, or one e-mail address"));
        }
        if !phone.bytes().all(|byte| byte.is_ascii_digit() || b"+- ()".contains(&byte)) {
            return Some(("portal.contact_phone", "empty, or digits with + - ( ) and spaces"));
        }
        if [email, phone, &self.contact_address, &self.emblem_text]
            .iter()
            .any(|text| text.chars().count() > MOST_LETTERS)
        {
            return Some(("portal", "a contact and the text for an emblem have at most 300 letters"));
        }
        None
    }
}

/// Settings that are not valid, and why.
#[derive(Debug, thiserror::Error)]
#[error("configuration: {0}")]
pub struct BadConfig(String);

impl Config {
    /// Reads the defaults, then the file if one is given, then the environment.
    pub fn load(file: Option<&Path>) -> Result<Config, BadConfig> {
        Self::load_layers(file).map(|(settings, _)| settings)
    }

    /// Every setting with its source, as the program would start with them. Secrets are masked.
    pub fn show(file: Option<&Path>) -> Result<Vec<Shown>, BadConfig> {
        let (settings, layers) = Self::load_layers(file)?;
        shown::all(&settings, &layers).map_err(|error| BadConfig(error.to_string()))
    }

    fn load_layers(file: Option<&Path>) -> Result<(Config, Layers), BadConfig> {
        let layers = Layers::read(file, std::env::vars_os()).map_err(BadConfig)?;
        let settings: Config = layers.value().map_err(BadConfig)?;
        match settings.fault() {
            Some((key, why)) => Err(BadConfig(format!("{key}: {why}{}", layers.blame(key)))),
            None => Ok((settings, layers)),
        }
    }

    /// The first setting that cannot be, and what is expected. Numbers were held against their bounds before.
    fn fault(&self) -> Option<(&'static str, String)> {
        let sign_in = &self.sign_in;
        let needed = [
            (!sign_in.issuer.is_empty(), "sign_in.issuer", "must not be empty"),
            (!sign_in.audience.is_empty(), "sign_in.audience", "must not be empty"),
        ];
        let source = &self.treasury.source_system;
        let four_digits = source.len() == 4 && source.bytes().all(|byte| byte.is_ascii_digit());
        let origin = "a name without spaces and +, such as magnets.example.org/log";
        let text = |(key, why): (&'static str, &'static str)| (key, why.to_owned());
        let first = needed.into_iter().find(|(holds, ..)| !holds).map(|(_, key, why)| (key, why));
        first
            .or_else(|| self.portal.fault(&self.server.bind))
            .or_else(|| self.publisher.fault())
            .or_else(|| (!four_digits).then_some(("treasury.source_system", "four digits")))
            .or_else(|| (!is_key_name(&self.log.origin)).then_some(("log.origin", origin)))
            .map(text)
            .or_else(|| self.log.fault())
            .or_else(|| self.database_url().err().map(|error| ("database.url", error.to_string())))
    }

    /// The address of the database: the given URL, or SQLite in the data folder.
    pub fn database_url(&self) -> Result<DatabaseUrl, crate::db::engine::error::DbError> {
        match self.database.url.trim() {
            "" => Ok(DatabaseUrl::Sqlite(self.data.folder.join("magnet-scheme.sqlite3"))),
            url => DatabaseUrl::parse(url),
        }
    }
}
