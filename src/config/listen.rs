//! `[HOST]:PORT`, as Go programs take it.

use std::{fmt, io, net::SocketAddr};

use tokio::net::{TcpListener, lookup_host};

/// An address to listen on. Without a host it is every address, of both families where the machine has both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    host: String,
    port: u16,
}

/// Reads `[HOST]:PORT`.
///
/// # Errors
/// A line that says what is wrong.
pub fn parse(text: &str) -> Result<Listen, String> {
    let (host, port) = text.rsplit_once(':').ok_or("must be [HOST]:PORT, such as :10048 or 127.0.0.1:10048")?;
    let port = port.parse().map_err(|_| format!("{port:?} is not a port from 0 to 65535"))?;
    let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(v6) => v6,
        None if host.contains(':') => return Err("an IPv6 address goes in brackets: [::1]:10048".to_owned()),
        None => host,
    };
    Ok(Listen { host: host.to_owned(), port })
}

impl Listen {
    /// Binds it.
    ///
    /// # Errors
    /// When the name cannot be resolved or the address cannot be had.
    pub async fn bind(&self) -> io::Result<TcpListener> {
        if self.host.is_empty() {
            // Linux takes both families on the unspecified IPv6 address; a machine without IPv6 has only the other one.
            return match TcpListener::bind(("::", self.port)).await {
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                    TcpListener::bind(("0.0.0.0", self.port)).await
                }
                bound => bound,
            };
        }
        let addresses: Vec<SocketAddr> = lookup_host((self.host.as_str(), self.port)).await?.collect();
        TcpListener::bind(addresses.as_slice()).await
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_ports_and_mistakes() {
        for good in [":10048", "127.0.0.1:0", "[::1]:9", "localhost:65535"] {
            assert_eq!(parse(good).unwrap().to_string(), good);
        }
        for bad in ["10048", ":", ":x", ":65536", "::1:80", ""] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
