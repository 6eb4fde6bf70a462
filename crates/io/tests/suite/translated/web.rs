//! Web archives.

use super::{becomes, read, read_with};
use crate::support::{gz, zst};
use std::io::Write;
use wirefold_io::FeedOptions;

/// A record of a kind with more lines of header, and its content.
fn record(kind: &str, lines: &[&str], content: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Date: 2031-03-15T08:00:00Z\r\n\
         WARC-Record-ID: <urn:uuid:1>\r\n"
    )
    .into_bytes();
    for line in lines {
        write!(bytes, "{line}\r\n").unwrap();
    }
    write!(bytes, "Content-Length: {}\r\n\r\n", content.len()).unwrap();
    bytes.extend_from_slice(content);
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes
}

/// An answer with headers and a body.
fn answer(headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut content = format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", headers.join("\r\n")).into_bytes();
    content.extend_from_slice(body);
    let lines = [
        "Content-Type: application/http; msgtype=response",
        "WARC-Target-URI: https://news.brackwater.invalid:8080/pier?x=1",
    ];
    record("response", &lines, &content)
}

const HTML: &str = "Content-Type: text/html; charset=utf-8";
const PAGE: &str = "<html lang='en'><head><title>Pier closed</title></head><body><nav>Home</nav>\
    <p>The café on the pier is closed.</p><footer>Imprint</footer></body></html>";
const READ: &str = r#"{"id":"urn:uuid:1","source":"news.brackwater.invalid","language":"en","published":"2031-03-15T08:00:00Z","title":"Pier closed","url":"https://news.brackwater.invalid:8080/pier?x=1","text":"The café on the pier is closed."}"#;

#[test]
fn records_that_are_stories_are_read() {
    let wet = record(
        "conversion",
        &[
            "WARC-Target-URI: http://a.invalid/x",
            "Content-Type: text/plain",
            "WARC-Identified-Content-Language: deu,eng",
        ],
        "Das Café am Pier.\nIst zu.\n".as_bytes(),
    );
    let archive = [
        record(
            "warcinfo",
            &["Content-Type: application/warc-fields"],
            b"a: b\r\n",
        ),
        record(
            "request",
            &["Content-Type: application/http; msgtype=request"],
            b"GET / HTTP/1.1",
        ),
        answer(&[HTML], PAGE.as_bytes()),
        answer(&["Content-Type: image/png"], &[0x89, b'P']),
        record("response", &["Content-Type: text/dns"], b"dns"),
        record(
            "response",
            &[],
            b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>No.",
        ),
        record("metadata", &[], b""),
        record(
            "revisit",
            &["Content-Type: application/http"],
            b"HTTP/1.1 200 OK\r\n\r\n",
        ),
        wet,
        record(
            "resource",
            &["Content-Type: text/plain", "WARC-Target-URI: <file://a>"],
            b"Ice.",
        ),
        answer(&["Content-Type: text/html"], b"<html><body><nav>Home</nav>"),
    ];
    let expected = [
        Ok(READ),
        Ok(
            r#"{"id":"urn:uuid:1","source":"a.invalid","language":"deu","published":"2031-03-15T08:00:00Z","url":"http://a.invalid/x","text":"Das Café am Pier.\nIst zu."}"#,
        ),
        Ok(
            r#"{"id":"urn:uuid:1","source":"a","published":"2031-03-15T08:00:00Z","url":"file://a","text":"Ice."}"#,
        ),
        Err("4: a page without title and text, not a text story"),
    ];
    becomes("a.warc", archive.concat(), &expected);
    // Each record compressed by itself, as crawlers write them; told by content.
    let packed: Vec<u8> = archive.iter().flat_map(|record| gz(record)).collect();
    becomes("a.warc.gz", &packed, &expected);
    becomes("a", &packed, &expected);
    becomes("a.warc.zst", zst(&archive.concat()), &expected);
    // Lines that end in a line feed alone, and version 1.0.
    let plain = String::from_utf8(answer(&[HTML], PAGE.as_bytes())).unwrap();
    let (head, content) = plain.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n", "\n").replace("WARC/1.1", "WARC/1.0");
    becomes("a.warc", format!("{head}\n\n{content}"), &expected[..1]);
}

#[test]
fn content_is_read_through_its_codings() {
    let page = PAGE.as_bytes();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zlib.write_all(page).unwrap();
    let chunked = |body: &[u8]| {
        let (one, two) = body.split_at(body.len() / 2);
        let mut bytes = format!("{:x}\r\n", one.len()).into_bytes();
        bytes.extend_from_slice(one);
        write!(bytes, "\r\n{:X};x\r\n", two.len()).unwrap();
        bytes.extend_from_slice(two);
        bytes.extend_from_slice(b"\r\n0\r\n\r\n");
        bytes
    };
    for (headers, body) in [
        (vec![HTML, "Content-Encoding: gzip"], gz(page)),
        (
            vec![HTML, "Content-Encoding: deflate"],
            zlib.finish().unwrap(),
        ),
        (vec![HTML, "Content-Encoding: zstd"], zst(page)),
        (vec![HTML, "Transfer-Encoding: chunked"], chunked(page)),
        (
            vec![HTML, "Transfer-Encoding: chunked", "Content-Encoding: gzip"],
            chunked(&gz(page)),
        ),
        // Said, and undone before it was archived.
        (
            vec![HTML, "Transfer-Encoding: chunked", "Content-Encoding: gzip"],
            page.to_vec(),
        ),
        (vec![HTML, "Content-Encoding: br"], page.to_vec()),
    ] {
        becomes("a.warc", answer(&headers, &body), &[Ok(READ)]);
    }
    let text = answer(
        &[
            "Content-Type: text/plain; charset=utf-8",
            "Content-Encoding: br",
        ],
        &brotli(b"Ice is thick."),
    );
    let items = read("a.warc", text);
    assert!(
        items[0]
            .as_ref()
            .unwrap()
            .ends_with(r#""text":"Ice is thick."}"#),
        "{items:?}"
    );
}

/// A text as a stored block of Brotli (RFC 7932), and an empty last block.
fn brotli(text: &[u8]) -> Vec<u8> {
    // Bits from the lowest up: a window of 16 bits, 0; not the last, 0; the size less one in 16 bits, 00
    // and these; not compressed, 1; zeros to the end of the byte.
    let bits = ((text.len() - 1) << 4) | (1 << 20);
    let mut out = bits.to_le_bytes()[..3].to_vec();
    out.extend_from_slice(text);
    // The last, 1; empty, 1.
    out.push(3);
    out
}

#[test]
fn encodings_of_pages() {
    let text = "Das Café hat “zu”.";
    let page = |meta: &str| format!("<html><head>{meta}</head><p>{text}</p></html>");
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(page("").encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let in_western = |meta: &str| {
        let page = page(meta);
        encoding_rs::WINDOWS_1252.encode(&page).0.into_owned()
    };
    let html = "Content-Type: text/html";
    for (headers, body) in [
        (
            "Content-Type: text/html; Charset=\"windows-1252\"",
            in_western("<meta charset=utf-8>"),
        ),
        (html, in_western("<meta charset=\"ISO-8859-1\">")),
        (
            html,
            in_western(
                "<meta http-equiv='Content-Type' content='text/html; charset=windows-1252'>",
            ),
        ),
        (html, in_western("")),
        (html, page("").into_bytes()),
        (html, page("<meta charset=utf-16>").into_bytes()),
        (html, wide.clone()),
        ("Content-Type: text/html; charset=utf-8", wide),
        ("X: y", page("").into_bytes()),
    ] {
        let items = read("a.warc", answer(&[headers], &body));
        let line = items[0].as_ref().unwrap();
        assert!(
            line.ends_with(&format!("\"text\":\"{text}\"}}")),
            "{headers}: {line}"
        );
    }
}

#[test]
fn web_archives_that_are_broken() {
    let good = answer(&[HTML], PAGE.as_bytes());
    let with = |bytes: &[u8]| [bytes, &good].concat();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let len = good.len();
    let cut = format!(
        "2: broken WARC record at byte {}: the file ends within a record: it is cut",
        2 * len - 40
    );
    let bare = text(&good).replace("Content-Length", "Content-Len");
    let bare_told = format!(
        "1: broken WARC record at byte {}: a record without the length of its content",
        bare.find("HTTP/").unwrap()
    );
    let short = text(&good).replacen("Content-Length: ", "Content-Length: 1\r\nX: ", 1);
    let short = short.replace("HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nX: y");
    for (bytes, expected) in [
        (
            with(&good)[..2 * len - 40].to_vec(),
            vec![Ok(READ), Err(&*cut)],
        ),
        (
            with(b"No record.\r\n\r\n"),
            vec![
                Err(
                    "1: broken WARC record at byte 12: it does not begin with `WARC/1.0` or the like",
                ),
                Ok(READ),
            ],
        ),
        (with(bare.as_bytes()), vec![Err(&bare_told), Ok(READ)]),
        (
            with(&record(
                "response",
                &["Content-Type: application/http"],
                b"<html>",
            )),
            vec![
                Err("1: broken WARC record at byte 153: no answer of HTTP: invalid HTTP version"),
                Ok(READ),
            ],
        ),
        (vec![], vec![]),
        (
            b"WARC/1.0\r\n".to_vec(),
            vec![Err(
                "1: broken WARC record at byte 10: the file ends within a record: it is cut",
            )],
        ),
    ] {
        becomes("a.warc", &bytes, &expected);
    }
    // What says that it is shorter than it is: the next record is found.
    let items = read("a.warc", with(short.as_bytes()));
    assert_eq!(items.last(), Some(&Ok(READ.to_owned())), "{items:?}");
    assert!(items.iter().filter(|item| item.is_err()).count() >= 1);
    // A header without end, and a line without end.
    for endless in ["X: y\r\n".repeat(2000), "x".repeat(1 << 17)] {
        let items = read(
            "a.warc",
            with(format!("WARC/1.0\r\n{endless}\r\n").as_bytes()),
        );
        let told = items[0].as_ref().unwrap_err();
        assert!(told.ends_with("a header without end"), "{told}");
        assert_eq!(items.last(), Some(&Ok(READ.to_owned())));
    }
    // A torn stream, a torn coding.
    let mut packed = gz(&good);
    packed.truncate(packed.len() / 2);
    let items = read("a.warc.gz", [gz(&good), packed].concat());
    assert_eq!(items[0], Ok(READ.to_owned()));
    assert!(
        items[1]
            .as_ref()
            .unwrap_err()
            .contains("compressed data end early")
    );
    let torn = gz(PAGE.as_bytes());
    let torn = answer(&[HTML, "Content-Encoding: gzip"], &torn[..40]);
    let items = read("a.warc", with(&torn));
    assert!(
        items[0]
            .as_ref()
            .unwrap_err()
            .contains("compressed data end early")
    );
    assert_eq!(items[1], Ok(READ.to_owned()));
    // Too long, as it lies or as it unfolds.
    let options = || FeedOptions {
        max_record_bytes: 2000,
        ..FeedOptions::default()
    };
    let long = format!("<html><p>{}</html>", "a".repeat(5000));
    for long in [
        answer(&[HTML], long.as_bytes()),
        answer(&[HTML, "Content-Encoding: gzip"], &gz(long.as_bytes())),
    ] {
        let items = read_with("a.warc", with(&long), options());
        let told = items[0].as_ref().unwrap_err();
        assert!(told.contains("more than the limit of 2000"), "{told}");
        assert_eq!(items[1], Ok(READ.to_owned()));
    }
}
