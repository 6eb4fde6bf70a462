//! Items of other formats that cannot be used: each case of that part of the table.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::bad_table::{case, dedup};
use crate::support::{Folder, STORIES, gz, record, small_feed, zst};

/// Runs `dedup` over one file and claims what the table says of the case.
#[track_caller]
fn check(name: &str, file: &str, bytes: impl AsRef<[u8]>, counts: [usize; 3]) -> Folder {
    let folder = Folder::new();
    folder.file(file, bytes);
    dedup(name, &folder, file, counts);
    folder
}

/// A feed of one item, and one with a story behind it.
fn rss(item: &str) -> String {
    let [story, ..] = STORIES;
    format!(
        "<rss><channel>\n{item}<item><guid>g</guid><description>{story}</description></item>\n\
         </channel></rss>"
    )
}

#[test]
fn picture_in_a_feed_of_news_items() {
    let item = |kind: &str| {
        let [story, ..] = STORIES;
        format!(r#"{{"uri":"{kind}","type":"{kind}","versioncreated":"x","body_text":"{story}"}}"#)
    };
    let items = format!("[{},\n{}]", item("text"), item("picture"));
    check(
        "picture in a feed of news items",
        "items.json",
        items,
        [1, 0, 1],
    );
}

#[test]
fn item_whose_text_is_elsewhere() {
    let item = "<newsItem><contentSet><remoteContent href='a.xml'/></contentSet></newsItem>";
    check("item whose text is elsewhere", "item.xml", item, [0, 0, 1]);
}

#[test]
fn xml_that_is_no_feed() {
    check(
        "XML that is no feed",
        "feed.xml",
        "<opml><body/></opml>",
        [0, 0, 1],
    );
}

#[test]
fn xml_of_another_format_than_named() {
    let folder = Folder::new();
    folder.file("feed.xml", rss(""));
    let args = "feed.xml --format atom";
    dedup("XML of another format than named", &folder, args, [0, 0, 1]);
}

#[test]
fn tags_that_do_not_match() {
    let feed = rss("<item><title>a</b></item>");
    check("tags that do not match", "feed.rss", feed, [1, 0, 1]);
}

#[test]
fn xml_cut_off() {
    let feed = rss("");
    let item = "\n<item><title>a";
    let feed = format!(
        "{}{item}",
        feed.replace('\n', "").replace("</channel></rss>", "")
    );
    check("XML cut off", "feed.rss", feed, [1, 0, 1]);
}

#[test]
fn entities_of_its_own() {
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>";
    let feed = format!("{bomb}{}", rss("<item><title>&b;</title></item>"));
    check("entities of its own", "feed.rss", feed, [1, 0, 1]);
}

#[test]
fn elements_in_each_other_without_end() {
    let deep = format!(
        "<item>{}{}</item>",
        "<b>".repeat(50_000),
        "</b>".repeat(50_000)
    );
    let name = "elements in each other without end";
    check(name, "feed.rss", rss(&deep), [1, 0, 1]);
}

#[test]
fn unknown_encoding() {
    let feed = format!("<?xml version='1.0' encoding='martian'?>{}", rss(""));
    check("unknown encoding", "feed.rss", feed, [0, 0, 1]);
}

#[test]
fn item_not_in_the_declared_encoding() {
    let mut feed = b"<?xml version='1.0' encoding='utf-8'?>".to_vec();
    feed.extend(rss("<item><title>caf_ au lait</title></item>").bytes());
    for byte in &mut feed {
        if *byte == b'_' {
            *byte = 0xe9;
        }
    }
    let name = "item not in the declared encoding";
    let folder = check(name, "feed.rss", feed, [1, 0, 1]);
    let replaced = folder.ok("dedup feed.rss --invalid-utf8 replace");
    let replaced = replaced.says("1 broken UTF-8 sequence replaced");
    assert!(replaced.text().contains("caf\u{fffd} au lait"));
}

#[test]
fn json_array_cut_off() {
    let feed = small_feed().trim().replace('\n', ",\n");
    let feed = format!("[{}", &feed[..feed.len() - 9]);
    check("JSON array cut off", "feed.json", feed, [3, 0, 1]);
}

#[test]
fn row_with_too_few_cells() {
    check(
        "row with too few cells",
        "feed.csv",
        "id,text\n1,a\n2\n3,c\n",
        [2, 0, 1],
    );
}

#[test]
fn quotation_mark_never_closed() {
    let table = "id,text\n1,a\n2,\"b\n3,c\n";
    check("quotation mark never closed", "feed.csv", table, [1, 0, 1]);
}

#[test]
fn table_without_a_text_column() {
    let folder = check(
        "table without a text column",
        "feed.csv",
        "id,copy\n1,a\n",
        [0, 0, 1],
    );
    folder.ok("dedup feed.csv --text-field copy");
    assert!(
        folder
            .cmd("relate feed.csv")
            .run()
            .err
            .contains(": no field `text`")
    );
    case("table without a text column").check_message(&folder.cmd("dedup feed.csv").run().err);
}

/// A member of a tar archive.
fn member(name: &str, content: &str) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block.extend_from_slice(content.as_bytes());
    block.resize(block.len().next_multiple_of(512), 0);
    block
}

#[test]
fn broken_member_of_an_archive() {
    let archive = [
        member("a.rss", "<rss>"),
        member("b.jsonl", &small_feed()),
        vec![0; 1024],
    ];
    let archive = archive.concat();
    check(
        "broken member of an archive",
        "wire.tar",
        archive,
        [3, 1, 1],
    );
}

#[test]
fn archive_that_is_none() {
    check(
        "archive that is none",
        "wire.tar",
        "x".repeat(1000),
        [0, 0, 1],
    );
}

/// An archive as zip: one member of a story that is not packed, and one of a small feed.
fn zip_of(name: &str, content: &str) -> Vec<u8> {
    let stored = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [(name, content), ("b.jsonl", &small_feed())] {
        archive.start_file(name, stored).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn story() -> String {
    record("z", STORIES[1])
}

/// The archive with a byte set in the first member's header, and one in its entry of the directory.
fn altered(local: (usize, u8), central: (usize, u8)) -> Vec<u8> {
    let mut archive = zip_of("a.jsonl", &story());
    let mut signs = archive.windows(4);
    let directory = signs.position(|bytes| bytes == b"PK\x01\x02").unwrap();
    archive[local.0] = local.1;
    archive[directory + central.0] = central.1;
    archive
}

#[test]
fn zip_archive_that_is_none() {
    let text = "x".repeat(1000);
    check("zip archive that is none", "wire.zip", text, [0, 0, 1]);
}

#[test]
fn zip_archive_cut_off() {
    let archive = zip_of("a.jsonl", &story());
    let cut = &archive[..archive.len() / 2];
    check("zip archive cut off", "wire.zip", cut, [0, 0, 1]);
}

#[test]
fn encrypted_member_of_a_zip_archive() {
    let archive = altered((6, 1), (8, 1));
    let name = "encrypted member of a zip archive";
    check(name, "wire.zip", archive, [3, 1, 1]);
}

#[test]
fn member_packed_by_an_unknown_method() {
    let archive = altered((8, 9), (10, 9));
    let name = "member packed by an unknown method";
    check(name, "wire.zip", archive, [3, 1, 1]);
}

#[test]
fn member_whose_checksum_is_wrong() {
    let archive = altered((14, 0), (16, 0));
    let name = "member whose checksum is wrong";
    check(name, "wire.zip", archive, [3, 2, 1]);
}

#[test]
fn member_without_its_header() {
    let archive = altered((0, 0), (0, b'P'));
    check("member without its header", "wire.zip", archive, [3, 1, 1]);
}

#[test]
fn archive_within_an_archive() {
    let archive = zip_of("a.tar", "");
    check("archive within an archive", "wire.zip", archive, [3, 1, 1]);
}

#[test]
fn link_in_an_archive() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::DEFAULT;
    archive
        .add_symlink("a.jsonl", "/etc/hostname", options)
        .unwrap();
    archive.start_file("b.jsonl", options).unwrap();
    archive.write_all(small_feed().as_bytes()).unwrap();
    let archive = archive.finish().unwrap().into_inner();
    check("link in an archive", "wire.zip", archive, [3, 1, 1]);
}

#[test]
fn member_whose_name_leads_out_of_the_archive() {
    let archive = zip_of("../../a.jsonl", &story());
    let name = "member whose name leads out of the archive";
    let folder = Folder::new();
    folder.file("in/deep/wire.zip", archive);
    dedup(name, &folder, "in/deep/wire.zip", [3, 2, 0]);
    assert!(!folder.names().contains("a.jsonl"));
}

#[test]
fn archive_without_documents() {
    let archive = ZipWriter::new(Cursor::new(Vec::new())).finish().unwrap();
    let archive = archive.into_inner();
    check("archive without documents", "wire.zip", archive, [0, 0, 1]);
}

/// A record of a length, so often that a feed of it has 80 MiB.
fn swollen() -> String {
    let line = record("z", &"z".repeat(1 << 20));
    line.repeat(80)
}

#[test]
fn zip_archive_that_grows_without_measure() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::DEFAULT;
    archive.start_file("a.jsonl", options).unwrap();
    archive.write_all(swollen().as_bytes()).unwrap();
    let archive = archive.finish().unwrap().into_inner();
    let folder = Folder::new();
    folder.file("wire.zip", archive);
    let name = "zip archive that grows without measure";
    dedup(name, &folder, "wire.zip --max-record 2M", [1, 62, 1]);
}

#[test]
fn compressed_file_that_grows_without_measure() {
    let folder = Folder::new();
    folder.file("feed.jsonl.zst", zst(swollen().as_bytes()));
    let name = "compressed file that grows without measure";
    dedup(name, &folder, "feed.jsonl.zst --max-record 2M", [1, 62, 1]);
}

/// A record of a web archive with the answer to a request for a page.
fn response(answer: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x:1>\r\n\
         Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
        answer.len()
    )
    .into_bytes();
    bytes.extend_from_slice(answer);
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes
}

/// An answer of a page, with more headers.
fn answer(headers: &str, page: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n");
    [head.as_bytes(), page].concat()
}

/// A record of a story.
fn page() -> Vec<u8> {
    let page = format!("<html><p>{}</html>", STORIES[0]);
    response(&answer("", page.as_bytes()))
}

/// Runs the case over an archive of something broken and a page behind it.
#[track_caller]
fn check_web(name: &str, broken: impl AsRef<[u8]>, counts: [usize; 3]) {
    let archive = [broken.as_ref(), &page()].concat();
    check(name, "crawl.warc", archive, counts);
}

#[test]
fn web_archive_cut_off() {
    let archive = [page(), page()].concat();
    let cut = &archive[..archive.len() - 50];
    check("web archive cut off", "crawl.warc", cut, [1, 0, 1]);
}

#[test]
fn web_archive_that_is_none() {
    check_web("web archive that is none", "<html>\n", [1, 0, 1]);
}

#[test]
fn record_without_its_length() {
    let page = String::from_utf8(page()).unwrap();
    let broken = page.replace("Content-Length", "Length");
    check_web("record without its length", broken, [1, 0, 1]);
}

#[test]
fn record_of_a_wrong_length() {
    let page = String::from_utf8(page()).unwrap();
    let len = page.split("Length: ").nth(1).unwrap();
    let len: usize = len.split('\r').next().unwrap().parse().unwrap();
    let broken = page.replace(&format!("Length: {len}"), &format!("Length: {}", len - 30));
    check_web("record of a wrong length", broken, [1, 1, 1]);
}

#[test]
fn header_of_a_record_without_end() {
    let broken = format!("WARC/1.0\r\n{}", "X: y\r\n".repeat(2000));
    check_web("header of a record without end", broken, [1, 0, 1]);
}

#[test]
fn response_that_is_none_of_http() {
    let broken = response(b"<html>");
    check_web("response that is none of HTTP", broken, [1, 0, 1]);
}

#[test]
fn page_without_a_text() {
    let broken = response(&answer("", b"<html><nav>Home</nav></html>"));
    check_web("page without a text", broken, [1, 0, 1]);
}

#[test]
fn page_in_a_torn_coding() {
    let packed = gz(STORIES[1].as_bytes());
    let broken = response(&answer("Content-Encoding: gzip\r\n", &packed[..50]));
    check_web("page in a torn coding", broken, [1, 0, 1]);
}
