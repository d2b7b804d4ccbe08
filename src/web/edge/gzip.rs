//! Answers that are sent compressed to whoever takes them so.

use actix_web::HttpMessage;
use actix_web::http::header::{ACCEPT_ENCODING, AcceptEncoding, Encoding, Header};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// The content compressed as gzip (RFC 1952), once for many readers.
pub fn compressed(content: &[u8]) -> Option<Vec<u8>> {
    packed(content, Compression::best())
}

/// The same with less work, for content that is made for one answer.
pub fn quickly_compressed(content: &[u8]) -> Option<Vec<u8>> {
    packed(content, Compression::fast())
}

fn packed(content: &[u8], effort: Compression) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), effort);
    encoder.write_all(content).ok()?;
    encoder.finish().ok()
}

/// Whether a client prefers an answer that is compressed as gzip (RFC 9110, 12.5.3).
pub fn takes_gzip(request: &impl HttpMessage) -> bool {
    let offered = [Encoding::gzip(), Encoding::identity()];
    request.headers().contains_key(ACCEPT_ENCODING)
        && AcceptEncoding::parse(request)
            .is_ok_and(|accepted| accepted.negotiate(offered.iter()) == Some(Encoding::gzip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_whoever_takes_it_compressed_gets_it_so() {
        for (header, takes) in [
            ("gzip, deflate, br", true),
            ("gzip", true),
            ("br;q=1.0, gzip;q=0.8, *;q=0.1", true),
            // Whoever takes anything gets what costs nothing to make.
            ("*", false),
            ("gzip;q=0", false),
            ("gzip;q=0, identity", false),
            ("identity", false),
            ("br", false),
            ("xgzip", false),
            ("", false),
        ] {
            let request = TestRequest::default().insert_header((ACCEPT_ENCODING, header)).to_http_request();
            assert_eq!(takes_gzip(&request), takes, "{header}");
        }
        assert!(!takes_gzip(&TestRequest::default().to_http_request()));
    }
}
