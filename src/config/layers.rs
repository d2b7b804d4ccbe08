//! Reading the settings: the built-in defaults, then a file, then the environment. The type of a value of the
//! environment is that of the default under the same key, whatever a file says: what looks like a number is a number
//! only where one is expected. Every value keeps its source, which an error and `config show` name.

use crate::config::bounds;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

const DEFAULTS: &str = include_str!("../../config/default.toml");

/// The beginning of the variables that set something, before `SECTION__KEY`.
const PREFIX: &str = "MAGNET_SCHEME__";

/// The variable that other programs read too.
const URL_VARIABLE: &str = "DATABASE_URL";

/// A list, which has no default in the file of defaults and cannot be written into a variable.
const WITNESSES: (&str, &str) = ("log", "witnesses");

/// Where a setting is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Default,
    File(PathBuf),
    Variable(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File(path) => write!(f, "file {}", path.display()),
            Source::Variable(name) => write!(f, "environment {name}"),
        }
    }
}

/// All settings as they were found, and the source of each that is no default.
pub struct Layers {
    defaults: Table,
    table: Table,
    sources: BTreeMap<String, Source>,
}

impl Layers {
    /// Reads all layers. The variables are those of the process.
    pub fn read(file: Option<&Path>, variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Layers, String> {
        let table = DEFAULTS.parse::<Table>().map_err(|error| format!("the defaults: {error}"))?;
        let mut layers = Layers { defaults: table.clone(), table, sources: BTreeMap::new() };
        if let Some(path) = file {
            layers.add_file(path)?;
        }
        let mut variables: Vec<(OsString, OsString)> = variables.collect();
        // In the order of their names, but what other programs read too wins over our own name for it.
        variables.sort_by_key(|(name, _)| (name == URL_VARIABLE, name.clone()));
        for (name, value) in variables {
            let name = name.to_string_lossy().into_owned();
            if name == URL_VARIABLE || name.starts_with(PREFIX) {
                let text = value.into_string().map_err(|_| format!("{name}: the value is not UTF-8"))?;
                layers.add_variable(name, &text)?;
            }
        }
        Ok(layers)
    }

    fn add_file(&mut self, path: &Path) -> Result<(), String> {
        let named = |why: &dyn fmt::Display| format!("{}: {why}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
        let found = text.parse::<Table>().map_err(|error| named(&error))?;
        for (section, values) in found {
            let Value::Table(values) = values else {
                return Err(named(&format_args!("{section} is not a section: a section is written [name]")));
            };
            for (key, value) in values {
                self.set(&section, &key, value, Source::File(path.to_owned())).map_err(|why| named(&why))?;
            }
            if !self.table.contains_key(&section) {
                return Err(named(&format_args!("there is no section {section}")));
            }
        }
        Ok(())
    }

    fn add_variable(&mut self, name: String, text: &str) -> Result<(), String> {
        let lower = name.to_lowercase();
        let place = match lower.get(PREFIX.len()..).filter(|_| name != URL_VARIABLE) {
            Some(place) => place.split_once("__").unwrap_or((place, "")),
            None => ("database", "url"),
        };
        if place == WITNESSES {
            return Err(format!("{name}: witnesses are named in a file (--config)"));
        }
        let like = self.defaults.get(place.0).and_then(|section| section.get(place.1));
        let value = match like {
            None => Err(no_such(place.0, place.1)),
            Some(like) => typed(text, like, place),
        };
        let source = Source::Variable(name.clone());
        value.and_then(|value| self.set(place.0, place.1, value, source)).map_err(|why| format!("{name}: {why}"))
    }

    fn set(&mut self, section: &str, key: &str, value: Value, source: Source) -> Result<(), String> {
        let known = self.table.get_mut(section).and_then(Value::as_table_mut);
        let known = known.filter(|table| table.contains_key(key) || (section, key) == WITNESSES);
        let Some(table) = known else { return Err(no_such(section, key)) };
        table.insert(key.to_owned(), value);
        self.sources.insert(format!("{section}.{key}"), source);
        Ok(())
    }

    /// The settings as a value of their type.
    pub fn value<T: DeserializeOwned>(&self) -> Result<T, String> {
        self.check_bounds()?;
        serde_path_to_error::deserialize(Value::Table(self.table.clone())).map_err(|error| {
            let path = error.path().to_string();
            format!("{path}: {}{}", error.inner().message(), self.blame(&path))
        })
    }

    /// Refuses a number beyond its bounds, before its type does so in words of its own.
    fn check_bounds(&self) -> Result<(), String> {
        for (name, least, most) in bounds::ALL {
            let Some((section, key)) = name.split_once('.') else { continue };
            let value = self.table.get(section).and_then(|values| values.get(key)).and_then(Value::as_integer);
            if let Some(value) = value.filter(|value| !(least..=most).contains(value)) {
                return Err(format!("{name}: {least} to {most} is expected, not {value}{}", self.blame(name)));
            }
        }
        Ok(())
    }

    /// The source of a setting.
    pub fn source(&self, key: &str) -> Source {
        self.sources.get(key).cloned().unwrap_or(Source::Default)
    }

    /// Where what is wrong under this path was set, as the end of a sentence.
    pub fn blame(&self, path: &str) -> String {
        let within = |long: &str, short: &str| {
            long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let set: Vec<String> = self
            .sources
            .iter()
            .filter(|(key, _)| within(path, key) || within(key, path))
            .map(|(_, source)| source.to_string())
            .collect();
        if set.is_empty() { String::new() } else { format!(" (set in: {})", set.join(", ")) }
    }
}

fn no_such(section: &str, key: &str) -> String {
    let name = if key.is_empty() { section.to_owned() } else { format!("{section}.{key}") };
    format!("there is no setting {name}; `magnet-scheme config show` lists all of them")
}

/// The value of a text under a key whose default is of this type.
fn typed(text: &str, like: &Value, (section, key): (&str, &str)) -> Result<Value, String> {
    let wrong = |wanted: &str| format!("{section}.{key}: {wanted} is expected, not {text:?}");
    match like {
        Value::Integer(_) => text
            .trim()
            .parse()
            .map(Value::Integer)
            .map_err(|_| wrong(&format!("a whole number{}", bounds::in_words(section, key)))),
        Value::Boolean(_) => text.trim().parse().map(Value::Boolean).map_err(|_| wrong("true or false")),
        _ => Ok(Value::String(text.to_owned())),
    }
}
