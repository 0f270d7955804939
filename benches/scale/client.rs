//! The smallest HTTP client that can read the exporter's pages.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::Duration,
};

use anyhow::{Context as _, Result};

/// An answer.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// One request on a connection of its own.
pub fn get(port: u16, path: &str, gzip: bool) -> Result<Answer> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let encoding = if gzip { "gzip" } else { "identity" };
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::with_capacity(1 << 20);
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").context("an answer without an end of headers")?;
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).context("an answer without a status")?;
    let body = &answer[end + 4..];
    let body = if head.contains("transfer-encoding: chunked") { unchunk(body)? } else { body.to_vec() };
    Ok(Answer { status, body })
}

fn unchunk(mut chunked: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::with_capacity(chunked.len());
    loop {
        let end = chunked.windows(2).position(|two| two == b"\r\n").context("a chunk without a length")?;
        let length = usize::from_str_radix(std::str::from_utf8(&chunked[..end])?, 16)?;
        let chunk = chunked.get(end + 2..end + 2 + length).context("a chunk that is too short")?;
        if length == 0 {
            return Ok(body);
        }
        body.extend_from_slice(chunk);
        chunked = chunked.get(end + 4 + length..).context("a chunk without an end")?;
    }
}
