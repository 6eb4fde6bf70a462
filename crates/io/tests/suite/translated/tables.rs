//! CSV and its like.

use super::{becomes, read, read_as, read_with};
use crate::support::gz;
use encoding_rs::WINDOWS_1252;
use wirefold_io::{FeedOptions, Format};

#[test]
fn rows_become_records_of_all_columns() {
    let table = "id,Source,text,\n1,NW,\"Ice, \"\"thick\"\"\nand fog\",\n\n2,,plain,\n";
    let expected = [
        Ok(r#"{"id":"1","Source":"NW","text":"Ice, \"thick\"\nand fog"}"#),
        Ok(r#"{"id":"2","Source":"","text":"plain"}"#),
    ];
    becomes("a.csv", table, &expected);
    becomes("a.csv.gz", gz(table.as_bytes()), &expected);
    becomes("a.csv", format!("\u{feff}{table}"), &expected);
    becomes(
        "a.csv",
        table.replace('\n', "\r\n").replace("\r\nand", "\nand"),
        &expected,
    );
    becomes("a.csv", "", &[]);
    becomes("a.csv", "id,text\n", &[]);
}

#[test]
fn marks_between_cells_are_found() {
    for (name, mark) in [
        ("a.csv", ';'),
        ("a.csv", '\t'),
        ("a.csv", '|'),
        ("a.tsv", '\t'),
    ] {
        let table = format!("id{mark}\"te,,,xt\"{mark}text\n1{mark}a,b{mark}c\n");
        becomes(
            name,
            table,
            &[Ok(r#"{"id":"1","te,,,xt":"a,b","text":"c"}"#)],
        );
    }
    let as_given = read_as(Format::Tsv, "id,x\ttext\n1\tc\n");
    assert_eq!(as_given, [Ok(r#"{"id,x":"1","text":"c"}"#.to_owned())]);
}

#[test]
fn encodings_of_spreadsheets() {
    let table = "id\ttext\n1\tLe café ferme à l’été, dit Élise Lévêque\n";
    let expected = r#"{"id":"1","text":"Le café ferme à l’été, dit Élise Lévêque"}"#;
    let wide: Vec<u8> = format!("\u{feff}{table}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let narrow = WINDOWS_1252.encode(table).0.into_owned();
    for bytes in [wide, narrow] {
        assert_eq!(read("a.csv", bytes), [Ok(expected.to_owned())]);
    }
}

/// Found by the fuzz target `convert`.
#[test]
fn columns_that_only_spaces_tell_apart_keep_them() {
    let expected = [Ok(r#"{"id":"1","id ":"2","text":"a"}"#)];
    becomes("a.csv", "id,id , text \n1,2,a\n", &expected);
}

/// Each name is looked for once: with as many comparisons as there are pairs, this would take hours.
#[test]
fn a_table_of_very_many_columns_is_read() {
    let columns = 1_000_000;
    let names: Vec<String> = (0..columns).map(|at| format!("c{at}")).collect();
    let table = format!("text,{}\na{}\n", names.join(","), ",".repeat(columns));
    let items = read("a.csv", table);
    assert_eq!(items.len(), 1);
    assert!(
        items[0]
            .as_ref()
            .is_ok_and(|line| line.ends_with(r#""c999999":""}"#))
    );
}

/// A file is read in place, and the same compressed as a stream: whatever is in it, in chunks of any size.
#[test]
fn files_are_read_in_place_as_they_are_as_a_stream() {
    let tables: [&[u8]; 8] = [
        b"id,text\r\n1,a\r\n\r\n2,\"b\r\nc\"\r\n3,\"d \"\"e\"\"\"\r\n",
        b"id,text\n1,5\" nails, 6\" nails\n2,\"a\"b\n3,\"\n\n4,c\n",
        b"id,text\n1,a\n2\n3,b,c\n4,d,\n\n5,\"e\n6,f\n",
        b"id,text\n1,caf\xc3\xa9\n2,caf\xe9\n3,\xe2\x80\x9cIce\xe2\x80\x9d\n4",
        b"\xef\xbb\xbfid;text;other\n1;a;\n2;\"b;\nc\";d",
        b"id,copy\n1,a\n2,b\n",
        b"\n\nid,text\n1,a\n",
        b"id,text\n1,a\n\"2\",\"b",
    ];
    for table in tables {
        for chunk_bytes in [1, 7, 1 << 20] {
            let options = || FeedOptions {
                chunk_bytes,
                ..FeedOptions::default()
            };
            let place = read_with("a.csv", table, options());
            let stream = read_with("a.csv.gz", gz(table), options());
            assert_eq!(place, stream, "{}", String::from_utf8_lossy(table));
        }
    }
}

/// ASCII first, so that the encoding shows behind a block that does not tell it.
#[test]
fn encodings_that_show_late() {
    let mut table = b"id,text\n".to_vec();
    let rows = 20_000;
    for row in 0..rows {
        table.extend(format!("{row},Ice.\n").bytes());
    }
    for (end, expected) in [
        (&b"x,\xe9t\xe9\n"[..], "été"),
        ("x,été\n".as_bytes(), "été"),
    ] {
        let bytes = [&table, end].concat();
        let items = read("a.csv", &bytes);
        assert_eq!(items.len(), rows + 1);
        let last = format!(r#"{{"id":"x","text":"{expected}"}}"#);
        assert_eq!(items.last(), Some(&Ok(last)));
    }
}
