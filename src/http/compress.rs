//! gzip, for scrapers that take it.

use std::io::{self, Write as _};

use axum::http::{HeaderMap, header};
use flate2::{Compression, write::GzEncoder};

/// Whether the client takes gzip. A quality of 0 refuses it (RFC 9110, 12.5.3).
pub fn wants_gzip(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
            let refused = parts.any(|part| {
                part.strip_prefix("q=")
                    .and_then(|quality| quality.parse::<f32>().ok())
                    .is_some_and(|quality| quality <= 0.0)
            });
            named && !refused
        })
    })
}

/// Compresses fast rather than small: the page is made anew for each scrape.
///
/// # Errors
/// None that memory can give, but the encoder's type has them.
pub fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 8), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn only_those_who_ask_get_gzip() {
        let wants = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            wants_gzip(&headers)
        };
        assert!(wants("gzip") && wants("deflate, GZIP;q=0.5"));
        assert!(!wants("identity") && !wants("gzip;q=0") && !wants("gzipped"));
        assert!(!wants_gzip(&HeaderMap::new()));
    }

    #[test]
    fn what_is_packed_unpacks() {
        let mut text = String::new();
        flate2::read::GzDecoder::new(gzip(b"eks_nodes 1\n").unwrap().as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "eks_nodes 1\n");
    }
}
