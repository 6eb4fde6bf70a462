//! Bad records: each case of that part of the table, between good ones that go on.

use crate::bad_table::dedup;
use crate::support::{Folder, STORIES, record, small_feed};

/// The feed of four with one line put in as the second.
fn with_line(line: impl AsRef<[u8]>) -> Folder {
    let feed = small_feed();
    let (first, rest) = feed.split_once('\n').unwrap();
    let bytes = [
        first.as_bytes(),
        b"\n",
        line.as_ref(),
        b"\n",
        rest.as_bytes(),
    ]
    .concat();
    let folder = Folder::new();
    folder.file("feed.jsonl", bytes);
    folder
}

/// One line refused between good ones, which fold as ever.
#[track_caller]
fn refused(name: &str, line: impl AsRef<[u8]>, code: &str) {
    let stood = String::from_utf8_lossy(line.as_ref()).into_owned();
    let folder = with_line(line);
    dedup(name, &folder, "feed.jsonl", [3, 1, 1]);
    let reject = &folder.rows("rejects.jsonl")[0];
    assert_eq!(reject["code"], code);
    // The record itself is there, to be mended and sent again; none that was too long to hold.
    let record = reject["record"]
        .as_str()
        .map(|record| record.trim_end_matches('\r'));
    assert_eq!(
        record,
        (code != "too_long").then_some(stood.trim_end_matches('\r'))
    );
    assert_eq!(
        (&reject["file"], &reject["line"]),
        (&"feed.jsonl".into(), &2.into())
    );
    // The other commands refuse the same line and go on as well.
    for command in ["relate feed.jsonl", "normalize feed.jsonl"] {
        let ran = folder
            .cmd(command)
            .run()
            .code(1)
            .says("refused: feed.jsonl:2: ");
        assert!(!ran.out.is_empty());
        folder
            .cmd(&format!("{command} --max-refused 1"))
            .run()
            .code(0);
    }
}

/// Two records with the same text, which are both kept.
#[track_caller]
fn kept_twice(name: &str, text: &str) {
    let folder = Folder::new();
    folder.file(
        "feed.jsonl",
        [small_feed(), record("x", text), record("y", text)].concat(),
    );
    dedup(name, &folder, "feed.jsonl", [5, 1, 0]);
    for row in &folder.rows("clusters.jsonl")[4..] {
        assert_eq!(row["cluster"], row["id"], "{row}");
        assert_eq!(row["relation"], serde_json::Value::Null);
    }
}

#[test]
fn missing_field() {
    refused(
        "missing field",
        r#"{"id":"x","headline":"Pier closed"}"#,
        "missing_field",
    );
}

#[test]
fn named_field_missing() {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    dedup(
        "named field missing",
        &folder,
        "feed.jsonl --text-field copy",
        [0, 0, 4],
    );
}

#[test]
fn wrong_type() {
    refused("wrong type", r#"{"id":"x","text":["a","b"]}"#, "wrong_type");
}

#[test]
fn broken_json() {
    refused("broken JSON", r#"{"id":"x","text":"a",}"#, "broken_json");
}

#[test]
fn truncated_last_line() {
    let folder = Folder::new();
    folder.file(
        "feed.jsonl",
        format!("{}{{\"id\":\"x\",\"text\":\"The har", small_feed()),
    );
    dedup("truncated last line", &folder, "feed.jsonl", [3, 1, 1]);
}

#[test]
fn not_an_object() {
    refused("not an object", "42", "not_an_object");
}

#[test]
fn json_array_in_a_file() {
    let folder = Folder::new();
    let members: Vec<String> = small_feed().lines().map(str::to_owned).collect();
    folder.file("feed.json", format!("[{}]\n", members.join(",")));
    dedup("JSON array in a file", &folder, "feed.json", [3, 1, 0]);
    // Named lines, it is none.
    let told = "feed.json:1: expected a JSON object on each line, found a list";
    let ran = folder.cmd("dedup feed.json --format jsonl").run();
    ran.code(1).says(told);
}

#[test]
fn broken_utf_8() {
    refused(
        "broken UTF-8",
        b"{\"text\":\"caf\xe9 closed\"}",
        "invalid_utf8",
    );
}

#[test]
fn broken_utf_8_replaced() {
    let folder = with_line(b"{\"text\":\"caf\xe9 closed\"}");
    let args = "feed.jsonl --invalid-utf8 replace";
    dedup("broken UTF-8 replaced", &folder, args, [4, 1, 0]);
    assert!(folder.read("kept.jsonl").contains("caf\u{fffd} closed"));
}

#[test]
fn half_a_surrogate_pair() {
    refused(
        "half a surrogate pair",
        r#"{"text":"fire \ud83d out"}"#,
        "broken_json",
    );
}

#[test]
fn half_a_surrogate_pair_replaced() {
    let folder = with_line(r#"{"text":"fire \ud83d out"}"#);
    let args = "feed.jsonl --invalid-utf8 replace";
    dedup("half a surrogate pair replaced", &folder, args, [4, 1, 0]);
    let ran = folder.ok("normalize feed.jsonl --invalid-utf8 replace");
    assert!(ran.text().contains("fire "), "{}", ran.text());
    crate::support::rows(&ran.out);
}

#[test]
fn nul_byte_in_a_string() {
    refused(
        "NUL byte in a string",
        b"{\"text\":\"a\0b\"}",
        "broken_json",
    );
    let folder = with_line(r#"{"text":"nothing \u0000 there"}"#);
    folder.ok("dedup feed.jsonl");
}

#[test]
fn nul_bytes_in_plain_text() {
    let folder = Folder::new();
    folder
        .file("a.txt", format!("\0{}\0", STORIES[0]))
        .file("b.txt", STORIES[1]);
    dedup("NUL bytes in plain text", &folder, "a.txt b.txt", [2, 0, 0]);
    assert!(folder.read("kept.jsonl").contains("\\u0000The harbor"));
}

#[test]
fn duplicate_ids() {
    let folder = Folder::new();
    let feed = [
        record("a", STORIES[0]),
        record("a", STORIES[1]),
        record("b", STORIES[2]),
    ];
    folder.file("feed.jsonl", feed.concat());
    dedup("duplicate ids", &folder, "feed.jsonl", [3, 0, 0]);
    assert_eq!(folder.read("kept.jsonl"), feed.concat());
    assert_eq!(folder.rows("clusters.jsonl")[1]["id"], "a#2");
}

#[test]
fn missing_id() {
    let folder = with_line(r#"{"text":"Fog again.","id":null}"#);
    dedup("missing id", &folder, "feed.jsonl", [4, 1, 0]);
    assert_eq!(folder.rows("clusters.jsonl")[1]["id"], "feed.jsonl:2");
}

#[test]
fn field_given_twice() {
    let line = format!(r#"{{"text":"{}","text":"Fog again."}}"#, STORIES[0]);
    let folder = with_line(&line);
    dedup("field given twice", &folder, "feed.jsonl", [4, 1, 0]);
    assert!(folder.read("kept.jsonl").contains(&line));
    let ran = folder.ok("normalize feed.jsonl --face match");
    assert!(ran.text().contains("pier until engineers"));
    assert!(ran.text().contains(r#""text":"fog again.""#));
}

#[test]
fn empty_text() {
    kept_twice("empty text", "");
}

#[test]
fn only_white_space() {
    kept_twice("only white space", " \n\t\u{a0} \u{200b}");
}

#[test]
fn only_furniture() {
    kept_twice("only furniture", "SEE ALSO: Storm closes the pier");
}

#[test]
fn text_without_words() {
    kept_twice("text without words", "*** — … !!! ***");
}

#[test]
fn line_of_100_mb() {
    let folder = Folder::new();
    let huge = "rain over the harbor of Brackwater ".repeat(3_000_000);
    assert!(huge.len() > 100_000_000);
    folder.file(
        "feed.jsonl",
        [small_feed(), record("huge", &huge), small_feed()].concat(),
    );
    dedup("line of 100 MB", &folder, "feed.jsonl --quiet", [4, 5, 0]);
    assert!(folder.bytes("kept.jsonl").len() > 100_000_000);
}

#[test]
fn line_over_the_limit() {
    let long = record("x", &"rain ".repeat(40_000));
    let folder = with_line(long.trim_end());
    dedup(
        "line over the limit",
        &folder,
        "feed.jsonl --max-record 64KiB",
        [3, 1, 1],
    );
    // Whole chunks of it are passed over.
    let longer = record("x", &"rain ".repeat(1_000_000));
    let folder = with_line(longer.trim_end());
    dedup(
        "line over the limit",
        &folder,
        "feed.jsonl --max-record 64K",
        [3, 1, 1],
    );
}

#[test]
fn deep_nesting() {
    let depth = 100_000;
    let deep = format!(
        r#"{{"x":{}{},"text":"Fog again."}}"#,
        "[".repeat(depth),
        "]".repeat(depth)
    );
    let folder = with_line(&deep);
    dedup("deep nesting", &folder, "feed.jsonl", [4, 1, 0]);
    assert!(folder.read("kept.jsonl").contains(&deep));
    folder.ok("dedup feed.jsonl -o kept.csv");
    folder.ok("normalize feed.jsonl");
}

#[test]
fn very_long_id() {
    let id = "x".repeat(1_000_000);
    let folder = with_line(record(&id, "Fog again.").trim_end());
    dedup("very long id", &folder, "feed.jsonl", [4, 1, 0]);
    assert_eq!(folder.rows("clusters.jsonl")[1]["id"], id.as_str());
}

#[test]
fn hostile_characters_in_a_record() {
    let folder = Folder::new();
    let line = "{\"\\u001b[2J\\nwirefold: \\u202ex\":1}\n";
    folder.file("feed.jsonl", format!("{line}{}", small_feed()));
    dedup(
        "hostile characters in a record",
        &folder,
        "feed.jsonl",
        [3, 1, 1],
    );
    let long = format!("{{\"{}\":1}}\n", "long ".repeat(100_000));
    folder.file("feed.jsonl", format!("{long}{}", small_feed()));
    let ran = folder.cmd("dedup feed.jsonl").run().code(1);
    assert!(ran.err.len() < 2_000, "{}", ran.err.len());
}

#[test]
fn blank_lines() {
    let folder = with_line("\n  \t\n\r");
    dedup("blank lines", &folder, "feed.jsonl", [3, 1, 0]);
    folder.file("feed.jsonl", "\n\n{\"text\":1}\n");
    folder
        .cmd("dedup feed.jsonl")
        .run()
        .code(1)
        .says("feed.jsonl:3: ");
}

#[test]
fn byte_order_mark() {
    let folder = Folder::new();
    folder.file("feed.jsonl", format!("\u{feff}{}", small_feed()));
    dedup("byte order mark", &folder, "feed.jsonl", [3, 1, 0]);
    assert!(folder.read("kept.jsonl").starts_with('{'));
}

#[test]
fn crlf_line_ends() {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed().replace('\n', "\r\n"));
    dedup("CRLF line ends", &folder, "feed.jsonl", [3, 1, 0]);
    assert!(!folder.read("kept.jsonl").contains('\r'));
}
