//! The address of a PostgreSQL server, with the times after which a silent network counts as broken.

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
    Ok(PgConnection::establish(&with_times(url))?)
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
