//! CSV and its like.

use super::{becomes, read, read_as};
use crate::support::gz;
use encoding_rs::WINDOWS_1252;
use wirefold_io::Format;

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
