//! The cookie of a browser that is signed in to the pages: its name, and how it is found in a request.

use crate::config::Portal;
use actix_web::HttpRequest;
use actix_web::http::header;

/// The prefix makes browsers refuse the cookie from any other host and without TLS.
const NAME: &str = "__Host-portal";
/// The name without it, for a service that only its own machine reaches.
const PLAIN_NAME: &str = "portal";

/// The name of the cookie under these settings.
pub fn name(settings: &Portal) -> &'static str {
    if settings.plain_cookie { PLAIN_NAME } else { NAME }
}

/// The value of the cookie; `None` as well if it stands there twice, because then one of them is not ours.
pub fn value<'r>(request: &'r HttpRequest, settings: &Portal) -> Option<&'r str> {
    let name = name(settings);
    let headers = request.headers().get_all(header::COOKIE).filter_map(|header| header.to_str().ok());
    let pairs = headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    found.next().filter(|_| found.next().is_none())
}
