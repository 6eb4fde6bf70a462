//! Archives.

use super::{becomes, read, read_as};
use crate::support::{gz, xz};
use wirefold_io::Format;

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
