//! The settings as `config show` prints them: every key with its value and its source. A password in an address is
//! masked.

use crate::config::Config;
use crate::config::layers::{Layers, Source};
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// What stands in the place of a secret.
const MASK: &str = "***";

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Its name, such as `server.bind`.
    pub key: String,
    pub value: Value,
    /// `default`, `file` or `environment`.
    pub source: &'static str,
    /// The path of the file, or the name of the variable.
    pub from: Option<String>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}  # {}", self.key, self.value, self.source)?;
        self.from.iter().try_for_each(|from| write!(f, " {from}"))
    }
}

/// Every setting, in the order of their names.
pub fn all(config: &Config, layers: &Layers) -> Result<Vec<Shown>, serde_json::Error> {
    let mut shown = Vec::new();
    let Value::Object(sections) = serde_json::to_value(config)? else { return Ok(shown) };
    for (section, values) in sections {
        let Value::Object(values) = values else { continue };
        for (name, mut value) in values {
            let key = format!("{section}.{name}");
            mask_addresses(&mut value);
            let (source, from) = match layers.source(&key) {
                Source::Default => ("default", None),
                Source::File(path) => ("file", Some(path.display().to_string())),
                Source::Variable(name) => ("environment", Some(name)),
            };
            shown.push(Shown { key, value, source, from });
        }
    }
    shown.sort_by(|one, two| one.key.cmp(&two.key));
    Ok(shown)
}

/// Masks the passwords of all addresses in a value.
fn mask_addresses(value: &mut Value) {
    match value {
        Value::String(text) => *text = masked(text),
        Value::Array(all) => all.iter_mut().for_each(mask_addresses),
        Value::Object(all) => all.values_mut().for_each(mask_addresses),
        _ => {}
    }
}

/// An address without the passwords in it: before the last `@`, and in parameters whose name speaks of one. Rather too
/// much is masked than too little.
fn masked(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let rest = match rest.rsplit_once('@') {
        Some((before, after)) => match before.split_once(':') {
            Some((user, _)) => format!("{user}:{MASK}@{after}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let (path, parameters) = rest.split_once('?').map_or((rest.as_str(), None), |(path, all)| (path, Some(all)));
    let one = |parameter: &str| match parameter.split_once('=') {
        Some((name, _)) if name.to_lowercase().contains("pass") => format!("{name}={MASK}"),
        _ => parameter.to_owned(),
    };
    let parameters = parameters.map(|all| all.split('&').map(one).collect::<Vec<_>>().join("&"));
    let parameters = parameters.map(|all| format!("?{all}")).unwrap_or_default();
    format!("{scheme}://{path}{parameters}")
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn no_password_of_an_address_is_shown() {
        for (address, shown) in [
            ("postgres://magnet:secret@db/magnet", "postgres://magnet:***@db/magnet"),
            ("postgres://magnet:se/c@r?et@db/magnet", "postgres://magnet:***@db/magnet"),
            ("postgres://magnet@db/magnet", "postgres://magnet@db/magnet"),
            ("postgres:///magnet?host=/run&password=secret&user=a", "postgres:///magnet?host=/run&password=***&user=a"),
            ("postgres://db/magnet?sslpassword=secret", "postgres://db/magnet?sslpassword=***"),
            ("sqlite:data.sqlite3", "sqlite:data.sqlite3"),
            ("https://user:secret@witness.example.org/w", "https://user:***@witness.example.org/w"),
            ("https://witness.example.org:8443/w", "https://witness.example.org:8443/w"),
        ] {
            assert_eq!(masked(address), shown);
        }
    }
}
