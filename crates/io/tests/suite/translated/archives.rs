//! Archives.

use super::{becomes, read, read_as, read_with};
use crate::support::{gz, xz};
use std::io::{Cursor, Write};
use wirefold_io::{FeedOptions, Format};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A member of an archive: its header, its content, and zeros to the next block.
fn member(name: &str, content: &[u8], kind: u8) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    block[156] = kind;
    block[257..263].copy_from_slice(b"ustar\0");
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block.extend_from_slice(content);
    block.resize(block.len().next_multiple_of(512), 0);
    block
}

fn archive() -> Vec<u8> {
    let long = format!("{}/{}.json", "a".repeat(90), "b".repeat(90));
    let rss = b"<rss><channel><item><title>Ice</title></item><item/></channel></rss>";
    [
        member("wire/", b"", b'5'),
        member("wire/.hidden.txt", b"No", b'0'),
        member("wire/notes.csv", b"a,b\n", b'0'),
        member(
            "wire/a.jsonl",
            b"\xef\xbb\xbf{\"text\":\"a\"}\r\n\n{\"text\":1}",
            b'0',
        ),
        member("wire/b.txt.gz", &gz("Ice is “thick”.".as_bytes()), b'0'),
        member("wire/photo.jpg", &[0xff; 700], b'0'),
        member("wire/c.rss", rss, b'0'),
        member("././@LongLink", long.as_bytes(), b'L'),
        member(&long[..100], b"[{\"text\":\"b\"}]", b'0'),
        member("pax", b"21 path=wire/d.nitf\n\n", b'x'),
        member("short", b"<nitf>", b'0'),
        vec![0; 1024],
    ]
    .concat()
}

#[test]
fn members_are_read_as_files_are() {
    let expected = [
        Ok("{\"text\":\"a\"}"),
        Err("2: field `text` holds a number, expected a string"),
        Ok("{\"id\":\"wire/b.txt.gz\",\"text\":\"Ice is “thick”.\"}"),
        Ok("{\"title\":\"Ice\",\"text\":\"\"}"),
        Err("5: in wire/c.rss: an item without title and text, not a text story"),
        Ok("{\"text\":\"b\"}"),
        Err("7: in wire/d.nitf: broken XML at line 1: the file ends before `</nitf>`: it is cut"),
    ];
    becomes("a.tar", archive(), &expected);
    becomes("a.tar.gz", gz(&archive()), &expected);
    becomes("a.txz", xz(&archive()), &expected);
    let items = read_as(Format::Tar, archive());
    assert_eq!(items.len(), expected.len());
}

#[test]
fn broken_archives() {
    let whole = archive();
    let cut = read("a.tar", &whole[..whole.len() - 3000]);
    assert_eq!(cut[..3], read("a.tar", &whole)[..3]);
    assert!(cut.last().unwrap().is_err(), "{cut:?}");
    let none = "1: broken archive: it holds no documents; expected files of the endings that are read \
                in a folder";
    becomes("a.tar", "", &[Err(none)]);
    becomes("a.tar", member("a.jpg", b"x", b'0'), &[Err(none)]);
    let head = "1: broken archive: a header that is none of tar";
    becomes("a.tar", vec![b'x'; 2000], &[Err(head)]);
    let cut = "1: broken archive: the archive ends within a member: it is cut";
    becomes("a.tar", "short", &[Err(cut)]);
    // A member that is damaged does not end the archive.
    let mut packed = gz(b"Ice is thick and the ferry will not sail before noon.");
    packed.truncate(packed.len() / 2);
    let both = [
        member("a.txt.gz", &packed, b'0'),
        member("b.jsonl", b"{\"text\":\"b\"}\n", b'0'),
    ];
    let items = read("a.tar", both.concat());
    let told = items[0].as_ref().unwrap_err();
    assert!(told.starts_with("1: in a.txt.gz: "), "{told}");
    assert_eq!(items[1].as_deref(), Ok("{\"text\":\"b\"}"));
}

/// An archive as zip of members, each with its name, content and what is done about it.
fn zip(members: &[(&str, &[u8], SimpleFileOptions)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content, options) in members {
        archive.start_file(*name, *options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored)
}

fn packed() -> SimpleFileOptions {
    SimpleFileOptions::DEFAULT
}

fn zipped() -> Vec<u8> {
    let rss = b"<rss><channel><item><title>Ice</title></item><item/></channel></rss>";
    zip(&[
        ("wire/.hidden.txt", b"No", stored()),
        ("wire/notes.csv", b"a,b\n", packed()),
        (
            "wire/a.jsonl",
            b"\xef\xbb\xbf{\"text\":\"a\"}\r\n\n{\"text\":1}",
            packed(),
        ),
        ("wire/b.txt.gz", &gz("Ice is “thick”.".as_bytes()), stored()),
        ("wire/photo.jpg", &[0xff; 700], packed()),
        ("../../wire/c.rss", rss, packed()),
        ("/etc/d.txt", b"Rooted.", stored()),
        ("wire/e.tar", b"", stored()),
        ("wire/\u{e9}.nitf", b"<nitf>", packed()),
    ])
}

#[test]
fn members_of_zip_are_read_as_files_are() {
    let expected = [
        Ok("{\"text\":\"a\"}"),
        Err("2: field `text` holds a number, expected a string"),
        Ok("{\"id\":\"wire/b.txt.gz\",\"text\":\"Ice is “thick”.\"}"),
        Ok("{\"title\":\"Ice\",\"text\":\"\"}"),
        Err("5: in ../../wire/c.rss: an item without title and text, not a text story"),
        Ok("{\"id\":\"/etc/d.txt\",\"text\":\"Rooted.\"}"),
        Err("7: in wire/e.tar: an archive within an archive; unpack the outer one"),
        Err("8: in wire/é.nitf: broken XML at line 1: the file ends before `</nitf>`: it is cut"),
    ];
    becomes("a.zip", zipped(), &expected);
    // As a stream, and told by its first bytes.
    becomes("a.zip.gz", gz(&zipped()), &expected);
    becomes("archive", zipped(), &expected);
    // Behind a program that unpacks it.
    let mut behind = b"#!/bin/sh\n".to_vec();
    behind.extend(zipped());
    becomes("a.zip", behind, &expected);
    assert_eq!(read_as(Format::Zip, zipped()).len(), expected.len());
}

/// The place of the first `sign` in the bytes.
fn find(bytes: &[u8], sign: &[u8]) -> usize {
    let mut windows = bytes.windows(sign.len());
    windows.position(|window| window == sign).unwrap()
}

#[test]
fn broken_archives_as_zip() {
    let none =
        "1: broken archive: no directory of zip stands at its end: it is cut, or no such archive";
    becomes("a.zip", "", &[Err(none)]);
    becomes("a.zip", vec![b'x'; 2000], &[Err(none)]);
    let whole = zipped();
    becomes("a.zip", &whole[..whole.len() - 30], &[Err(none)]);
    let empty = "1: broken archive: it holds no documents; expected files of the endings that are read \
                 in a folder";
    becomes("a.zip", zip(&[]), &[Err(empty)]);
    becomes("a.zip", zip(&[("a.jpg", b"x", stored())]), &[Err(empty)]);

    let good = ("b.jsonl", &b"{\"text\":\"b\"}\n"[..], stored());
    let text = b"{\"text\":\"Ice is thick.\"}\n".repeat(30);
    let two = |options| zip(&[("a.jsonl", &text, options), good]);
    let last = Ok("{\"text\":\"b\"}".to_owned());
    let told = |bytes: Vec<u8>| {
        let items = read("a.zip", bytes);
        assert_eq!(items.last(), Some(&last));
        items[items.len() - 2].clone().unwrap_err()
    };
    // A byte that is not what was packed.
    let mut bytes = two(stored());
    let at = find(&bytes, b"Ice");
    bytes[at] = b'i';
    let sum = "31: in a.jsonl: compressed data end early or are damaged after 750 decompressed bytes: \
               length or checksum is not what the directory says";
    assert_eq!(told(bytes), sum);
    // Torn within.
    let mut bytes = two(packed());
    bytes[45..60].fill(0xff);
    assert!(told(bytes).contains("in a.jsonl: compressed data end early or are damaged"));
    // Where a member should begin, none does.
    let mut bytes = two(packed());
    bytes[0] = b'Q';
    let head = "1: in a.jsonl: broken archive: its header is damaged";
    assert_eq!(told(bytes), head);
    // The bits of the flags in both headers say that a password is needed.
    let mut bytes = two(packed());
    let directory = find(&bytes, b"PK\x01\x02");
    bytes[6] |= 1;
    bytes[directory + 8] |= 1;
    let locked = "1: in a.jsonl: encrypted; unpack it with its password, and give what comes out";
    assert_eq!(told(bytes), locked);
    // A method that no one here knows.
    let mut bytes = two(packed());
    bytes[8] = 9;
    bytes[directory + 10] = 9;
    let method = "1: in a.jsonl: packed by Deflate64, which is not read; pack it with deflate";
    assert_eq!(told(bytes), method);
}

#[test]
fn links_in_archives_are_told() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .add_symlink("a.txt", "/etc/hostname", stored())
        .unwrap();
    archive.start_file("b.txt", stored()).unwrap();
    archive.write_all(b"Ice.").unwrap();
    let archive = archive.finish().unwrap().into_inner();
    let expected = [
        Err("1: in a.txt: a link, which is not followed; pack the file itself"),
        Ok("{\"id\":\"b.txt\",\"text\":\"Ice.\"}"),
    ];
    becomes("a.zip", archive, &expected);
    let tar = [
        member("a.txt", b"", b'2'),
        member("b.txt", b"Ice.", b'0'),
        vec![0; 1024],
    ];
    becomes("a.tar", tar.concat(), &expected);
}

/// gzip at its best: at its fastest it does not shrink to a five-hundredth.
fn gz_tight(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_grows_without_measure_is_given_up() {
    let options = || FeedOptions {
        max_record_bytes: 1 << 16,
        ..FeedOptions::default()
    };
    let line = format!("{{\"text\":\"{}\"}}\n", "a".repeat(60_000));
    let bomb = line.repeat((80 << 20) / line.len());
    let told = "compressed data that grow more than 500-fold, given up after ";
    let zstd = crate::support::zst(bomb.as_bytes());
    let tar = [member("a.jsonl.zst", &zstd, b'0'), vec![0; 1024]].concat();
    let mut many = vec![("a.jsonl", bomb.as_bytes(), packed())];
    let piece = &bomb.as_bytes()[..30 << 20];
    let names: Vec<String> = (0..4).map(|at| format!("{at}.jsonl.zst")).collect();
    let small = crate::support::zst(piece);
    for (name, bytes) in [
        ("a.jsonl.gz", gz_tight(bomb.as_bytes())),
        ("a.jsonl.zst", zstd),
        ("a.jsonl.bz2", crate::support::bz2(bomb.as_bytes())),
        ("a.jsonl.xz", xz(bomb.as_bytes())),
        ("a.tar", tar),
        ("a.zip", zip(&many)),
        // None of the members grows too much, but all of them do.
        ("b.zip", {
            many = names
                .iter()
                .map(|name| (name.as_str(), &small[..], stored()))
                .collect();
            zip(&many)
        }),
    ] {
        let items = read_with(name, bytes, options());
        let Some(Err(last)) = items.last() else {
            panic!("{name}: read to its end");
        };
        assert!(last.contains(told), "{name}: {last}");
        let good = items.iter().filter(|item| item.is_ok()).count();
        assert!(good * line.len() > 63 << 20, "{name}: {good}");
        assert!(good * line.len() < 70 << 20, "{name}: {good}");
    }
    // What grows as much and is small is read.
    let small = line.repeat((30 << 20) / line.len());
    let items = read_with(
        "a.jsonl.zst",
        crate::support::zst(small.as_bytes()),
        options(),
    );
    assert!(items.iter().all(Result::is_ok));
}
