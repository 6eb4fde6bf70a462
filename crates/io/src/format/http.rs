//! An answer of HTTP as it stands in a web archive: its status, and its content without codings.

use super::gate::Gate;
use crate::compression::{Compression, decoder};
use crate::growth::{Damage, Given};
use crate::refused::Reason;
use flate2::bufread::ZlibDecoder;
use httparse::{EMPTY_HEADER, ParserConfig, Response, Status};
use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::Arc;

/// Most headers of an answer.
const MAX_HEADERS: usize = 256;

/// An answer: how it went, and what it says of its content.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    codings: Vec<String>,
    chunked: bool,
    /// Where its content begins.
    pub(super) begin: usize,
}

impl Answer {
    /// Reads the head of an answer.
    ///
    /// # Errors
    /// What is wrong with it, as words.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut config = ParserConfig::default();
        config
            .allow_spaces_after_header_name_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_multiple_spaces_in_response_status_delimiters(true)
            .ignore_invalid_headers_in_responses(true);
        let mut headers = [EMPTY_HEADER; MAX_HEADERS];
        let mut response = Response::new(&mut headers);
        let begin = match config.parse_response(&mut response, bytes) {
            Ok(Status::Complete(begin)) => begin,
            Ok(Status::Partial) => return Err("the answer ends within its headers".to_owned()),
            Err(error) => return Err(format!("no answer of HTTP: {error}")),
        };
        let mut answer = Answer {
            status: response.code.unwrap_or_default(),
            begin,
            ..Answer::default()
        };
        for header in &*response.headers {
            let value = String::from_utf8_lossy(header.value).to_ascii_lowercase();
            let values = || value.split(',').map(|part| part.trim().to_owned());
            match &*header.name.to_ascii_lowercase() {
                "content-type" => answer.content_type = value,
                "content-encoding" => answer.codings.extend(values()),
                "transfer-encoding" => {
                    answer.chunked |= values().any(|value| value == "chunked");
                    let codings = values().filter(|value| value != "chunked");
                    answer.codings.extend(codings);
                }
                _ => {}
            }
        }
        Ok(answer)
    }

    /// The content as it was before it was sent. Many archives say codings that they have already
    /// undone, so what does not look coded is taken as it stands.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub(super) fn content<'b>(&self, body: &'b [u8], gate: &Gate) -> Result<Cow<'b, [u8]>, Reason> {
        let mut body = Cow::Borrowed(body);
        if self.chunked
            && let Some(whole) = dechunked(&body)
        {
            body = Cow::Owned(whole);
        }
        // The last coding was put on last.
        for coding in self.codings.iter().rev() {
            if let Some(decoded) = decoded(coding, &body, gate)? {
                body = Cow::Owned(decoded);
            }
        }
        Ok(body)
    }
}

/// Takes one coding off; nothing if the bytes are not so coded.
fn decoded(coding: &str, body: &[u8], gate: &Gate) -> Result<Option<Vec<u8>>, Reason> {
    let growth = gate.growth();
    let told = |error: &io::Error| Damage::of(error).reason(0);
    let input: Box<dyn Read + '_> = match (coding, body) {
        ("gzip" | "x-gzip" | "zstd", _) => {
            let compression = Compression::of_bytes(body);
            if compression == Compression::None {
                return Ok(None);
            }
            decoder(compression, body, growth).map_err(|error| told(&error))?
        }
        ("deflate", [first, second, ..])
            if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0 =>
        {
            Box::new(Given {
                inner: ZlibDecoder::new(body),
                growth: Arc::clone(growth),
            })
        }
        // It has no sign of its own, but begins with no letter that a page begins with.
        ("br", [first, ..]) if !matches!(first, b'<' | b' ' | b'\r' | b'\n' | b'\t' | 0xef) => {
            Box::new(Given {
                inner: brotli_decompressor::Decompressor::new(body, 1 << 14),
                growth: Arc::clone(growth),
            })
        }
        _ => return Ok(None),
    };
    let limit = gate.limit();
    let mut out = Vec::new();
    match input.take(limit.saturating_add(1)).read_to_end(&mut out) {
        Ok(_) if out.len() as u64 > limit => Err(Reason::TooLong {
            len: out.len() as u64,
            limit,
        }),
        Ok(_) => Ok(Some(out)),
        Err(error) => Err(Damage::of(&error).reason(out.len() as u64)),
    }
}

/// The content of chunks (RFC 9112, 7.1); nothing if it does not stand in such. What is cut off is
/// given as far as it goes.
fn dechunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len());
    loop {
        let Some(end) = memchr::memchr(b'\n', body) else {
            return (!whole.is_empty()).then_some(whole);
        };
        let line = std::str::from_utf8(&body[..end]).ok()?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        body = &body[end + 1..];
        if size == 0 {
            return Some(whole);
        }
        let chunk = &body[..size.min(body.len())];
        whole.extend_from_slice(chunk);
        body = &body[chunk.len()..];
        body = body.strip_prefix(b"\r").unwrap_or(body);
        body = body.strip_prefix(b"\n").unwrap_or(body);
        if body.is_empty() {
            return Some(whole);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined() {
        let body = b"4\r\nIce \r\n9;x=y\r\nis thick.\r\n0\r\n\r\n";
        assert_eq!(dechunked(body).as_deref(), Some(&b"Ice is thick."[..]));
        assert_eq!(dechunked(b"4\r\nIc").as_deref(), Some(&b"Ic"[..]));
        assert_eq!(dechunked(b"<p>Ice.\n"), None);
        assert_eq!(dechunked(b"Ice is thick."), None);
    }

    #[test]
    fn heads_of_any_make() {
        let head = b"HTTP/1.1 200\r\nContent-Type : Text/HTML; charset=X\r\nbad header\r\n\
                     Content-Encoding: gzip, br\r\n\r\n<p>";
        let answer = Answer::read(head).unwrap();
        assert_eq!(answer.status, 200);
        assert_eq!(answer.content_type, "text/html; charset=x");
        assert_eq!(answer.codings, ["gzip", "br"]);
        assert_eq!(&head[answer.begin..], b"<p>");
        assert!(
            Answer::read(b"<html>")
                .unwrap_err()
                .starts_with("no answer of HTTP")
        );
        assert!(Answer::read(b"HTTP/1.1 200 OK\r\nA: b").is_err());
    }
}
