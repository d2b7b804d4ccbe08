//! The address of a PostgreSQL server, with the times after which a silent network counts as broken, and what the
//! client library says of an address, without the password in it.

use crate::db::engine::error::DbError;
use diesel::{Connection, PgConnection};

/// What holds unless the address names others: to connect may take four seconds; what was sent must be acknowledged
/// within ten seconds; a connection on which nothing happens is tried after five seconds, and given up six later. On a
/// socket of this machine all but the first are without effect.
const USUAL: [(&str, &str); 6] = [
    ("connect_timeout", "4"),
    ("tcp_user_timeout", "10000"),
    ("keepalives", "1"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
];

/// Connects to the server at this address.
pub(in crate::db) fn establish(url: &str) -> Result<PgConnection, DbError> {
    PgConnection::establish(&with_times(url)).map_err(|error| {
        let why = without_secrets(url, error.to_string().trim_end());
        if NO_ADDRESS.iter().any(|begin| why.starts_with(begin)) {
            return DbError::Setup(format!("database.url (or DATABASE_URL): {why}"));
        }
        DbError::Unavailable(why)
    })
}

/// How the library begins when an address is none, so that nothing was tried.
const NO_ADDRESS: [&str; 6] =
    ["invalid ", "missing ", "unexpected ", "end of string", "forbidden value", "could not parse"];

/// What the library says of an address, without anything that may be of a password: what stands in quotes, if it stands
/// in a secret of the address too. Rather too much is masked than too little.
fn without_secrets(url: &str, said: &str) -> String {
    let after = url.split_once("://").map_or(url, |(_, after)| after);
    let before_host = after.rsplit_once('@').and_then(|(before, _)| before.split_once(':'));
    let parameters = after.split(['?', '&']).filter_map(|parameter| parameter.split_once('='));
    let secrets: Vec<&str> = parameters
        .filter(|(name, _)| name.to_lowercase().contains("pass"))
        .map(|(_, value)| value)
        .chain(before_host.map(|(_, password)| password))
        .filter(|secret| !secret.is_empty())
        .collect();
    let mut masked = said.to_owned();
    for quoted in said.split('"').skip(1).step_by(2).filter(|quoted| !quoted.is_empty()) {
        if secrets.iter().any(|secret| secret.contains(quoted) || quoted.contains(secret)) {
            masked = masked.replace(&format!("\"{quoted}\""), "\"***\"");
        }
    }
    masked
}

/// The address with the usual times, where it names no others.
fn with_times(url: &str) -> String {
    let begins = url.find("://").map_or(0, |at| at + 3);
    // A question mark may stand in a password, which ends with the first `@` before the path.
    let host =
        url[begins..].split('/').next().and_then(|authority| authority.rfind('@')).map_or(begins, |at| begins + at);
    let named = url[host..].split_once('?').map(|(_, named)| named);
    let is_named = |key: &str| {
        let mut pairs = named.unwrap_or_default().split('&');
        pairs.any(|pair| pair.split('=').next() == Some(key))
    };
    let usual = USUAL.iter().filter(|(key, _)| !is_named(key)).map(|(key, value)| format!("{key}={value}"));
    let usual = usual.collect::<Vec<_>>().join("&");
    match named {
        _ if usual.is_empty() => url.to_owned(),
        None => format!("{url}?{usual}"),
        Some("") => format!("{url}{usual}"),
        Some(_) => format!("{url}&{usual}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "connect_timeout=4&tcp_user_timeout=10000&keepalives=1&keepalives_idle=5&keepalives_interval=2&keepalives_count=3";

    #[test]
    fn what_is_said_of_an_address_shows_no_password() {
        for (url, said, shown) in [
            ("postgres://u:sec/ret@h/db", "invalid integer value \"sec\" for", "invalid integer value \"***\" for"),
            ("postgres://u:p%zz@h/db", "invalid token: \"p%zz\"", "invalid token: \"***\""),
            ("postgres:///db?password=a%zz", "invalid token: \"a%zz\"", "invalid token: \"***\""),
            (
                "postgres://u:pass@h/db?foo=bar",
                "invalid URI query parameter: \"foo\"",
                "invalid URI query parameter: \"foo\"",
            ),
            ("postgres://u@h:port/db", "invalid integer value \"port\"", "invalid integer value \"port\""),
        ] {
            assert_eq!(without_secrets(url, said), shown, "{url}");
        }
    }

    #[test]
    fn an_address_has_the_usual_times_unless_it_names_others() {
        for (url, expected) in [
            ("postgres://db/magnet", format!("postgres://db/magnet?{ALL}")),
            ("postgres:///magnet?", format!("postgres:///magnet?{ALL}")),
            ("postgres:///magnet?host=/run&user=magnet", format!("postgres:///magnet?host=/run&user=magnet&{ALL}")),
            ("postgresql://u:p?w@db/magnet", format!("postgresql://u:p?w@db/magnet?{ALL}")),
            ("postgresql://u:p?w@db?user=x", format!("postgresql://u:p?w@db?user=x&{ALL}")),
            (
                "postgres://db/magnet?connect_timeout=9",
                format!("postgres://db/magnet?connect_timeout=9&{}", &ALL["connect_timeout=4&".len()..]),
            ),
        ] {
            assert_eq!(with_times(url), expected, "{url}");
        }
        let own = format!("postgres://db/magnet?{}", ALL.replace('4', "7"));
        assert_eq!(with_times(&own), own);
    }
}
