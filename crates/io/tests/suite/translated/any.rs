//! Any bytes, read as any format, end and are accounted for.

use super::{read_as, read_with};
use crate::support::{bz2, xz};
use proptest::prelude::*;
use wirefold_io::{FeedOptions, Format};

const FORMATS: [Format; 11] = [
    Format::Json,
    Format::Ninjs,
    Format::NewsMlG2,
    Format::Nitf,
    Format::Rss,
    Format::Atom,
    Format::Csv,
    Format::Tsv,
    Format::Tar,
    Format::Zip,
    Format::Warc,
];

/// Pieces that formats are made of, so that chance gets past the first byte.
const PIECES: &[&str] = &[
    "<?xml version='1.0'",
    " encoding='utf-16'",
    "?>",
    "<rss>",
    "<channel>",
    "<item>",
    "<title>",
    "</title>",
    "</item>",
    "<feed xmlns='http://www.w3.org/2005/Atom'>",
    "<entry>",
    "<content type='xhtml'>",
    "<nitf>",
    "<body>",
    "<body.content>",
    "<p>",
    "</p>",
    "</nitf>",
    "<newsMessage>",
    "<itemSet>",
    "<newsItem guid='a'>",
    "<contentSet>",
    "<inlineXML>",
    "</newsItem>",
    "<!DOCTYPE a [",
    "]>",
    "<!ENTITY a '&a;'>",
    "&a;",
    "&amp;",
    "&#0;",
    "&",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<",
    ">",
    "/>",
    "xmlns:a='b'",
    "<a:b",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\\",
    "\\ud83d",
    "\"uri\":\"a\"",
    "\"bodies\":[",
    "\"value\":\"v\"",
    "\"text\":\"t\"",
    "id,text",
    "WARC/1.0\r\n",
    "WARC-Type: response\r\n",
    "WARC-Type: conversion\r\n",
    "Content-Type: text/plain\r\n",
    "Content-Length: 9\r\n",
    "\r\n\r\n",
    "HTTP/1.1 200 OK\r\n",
    "Content-Encoding: br\r\n",
    "Transfer-Encoding: chunked\r\n",
    "<html>",
    "<nav>",
    "</nav>",
    "\n",
    "\r\n",
    "\t",
    ";",
    " ",
    "é",
    "\u{feff}",
    "\u{fdd0}",
    "text",
    "1",
];

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        12 => prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_ends(
        bytes in prop_oneof![3 => pieces(), 1 => prop::collection::vec(any::<u8>(), 0..300)],
        format in prop::sample::select(&FORMATS[..]),
    ) {
        // The second pass, and reading each record at its place, are claimed within.
        let whole = read_as(format, &bytes);
        // Sizes of blocks change nothing.
        let options = FeedOptions { format: Some(format), chunk_bytes: 1, ..FeedOptions::default() };
        prop_assert_eq!(read_with("source", &bytes, options), whole);
    }

    #[test]
    fn damaged_compression_ends(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
        packing in any::<bool>(),
    ) {
        let text = "{\"text\":\"Ice is thick.\"}\n".repeat(200);
        let mut bytes = if packing { bz2(text.as_bytes()) } else { xz(text.as_bytes()) };
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes.truncate(cut.index(bytes.len()) + 1);
        let _ = super::read("a.jsonl", bytes);
    }
}
