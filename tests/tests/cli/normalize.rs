//! The filter.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use proptest::prelude::*;
use wirefold::normalize::{Cleaner, Matcher};

use crate::support::{Folder, gunzip, gz, rows, sample};

#[test]
fn plain_text_comes_out_as_plain_text() {
    let folder = Folder::new();
    let ran = folder
        .cmd("normalize --quiet --quotes straight --dashes straight --ellipsis straight")
        .stdin("\u{feff}“Well…”  he said —\r\nno\u{ad}thing\u{a0}more.\r\n")
        .run()
        .code(0);
    assert_eq!(ran.text(), "\"Well...\" he said -\nnothing more.\n");
    assert_eq!(ran.err, "");
}

#[test]
fn furniture_is_marked() {
    let folder = Folder::new();
    let ran = folder
        .cmd("normalize --quiet --mark-furniture")
        .stdin(
            "By Ana Quill\r\n\r\nKELM,  March 3 (Northwire) - The pier is shut.\r\n\
             SEE ALSO: Storm NearsThe ferry to Orlemond waits for the tide.\r\n",
        )
        .run()
        .code(0);
    assert_eq!(
        ran.text(),
        "⟦byline: By Ana Quill⟧\n\n⟦dateline: KELM, March 3 (Northwire) -⟧ The pier is shut.\n\
         ⟦pointer: SEE ALSO: Storm Nears⟧The ferry to Orlemond waits for the tide.\n"
    );
    let ran = folder
        .cmd("normalize --mark-furniture --face match")
        .stdin("By Ana Quill")
        .run()
        .code(2);
    assert!(
        ran.err.contains("--mark-furniture is a step"),
        "{}",
        ran.err
    );
}

#[test]
fn furniture_is_stripped_from_the_text_of_records() {
    let folder = Folder::new();
    let ran = folder
        .cmd("normalize --quiet --strip-furniture")
        .stdin(
            "{\"id\":\"By Ana Quill\",\"text\":\"By Ana Quill\\n\\nThe pier is shut.\\n\\nREAD MORE: \
             Storm Nears\\n\\nThe ferry waits.\\n(Reporting by Tam Ells)\"}\n\
             {\"text\":\"“All rights reserved,” she said.\"}\n",
        )
        .run()
        .code(0);
    assert_eq!(
        ran.text(),
        "{\"id\":\"By Ana Quill\",\"text\":\"The pier is shut.\\n\\nThe ferry waits.\"}\n\
         {\"text\":\"“All rights reserved,” she said.\"}\n"
    );
}

#[test]
fn the_match_face_is_the_form_of_comparing() {
    let folder = Folder::new();
    let ran = folder
        .cmd("normalize --face match --strip-diacritics")
        .stdin("“ÉTÉ” — Straße")
        .run()
        .code(0);
    assert_eq!(ran.text(), "\"ete\" - strasse\n");
    let ran = folder
        .cmd("normalize --face match --without case,dashes")
        .stdin("“ÉTÉ” — Straße")
        .run()
        .code(0);
    assert_eq!(ran.text(), "\"ÉTÉ\" — Straße\n");
    let ran = folder
        .cmd("normalize --face match --fold-confusables")
        .stdin("Тhe hаrbоr")
        .run()
        .code(0);
    assert_eq!(ran.text(), "the harbor\n");
}

#[test]
fn every_other_byte_of_a_record_stays() {
    let folder = Folder::new();
    let ran = folder
        .cmd("normalize --mojibake --html")
        .stdin(
            "{ \"n\":1.50 ,\"text\" : \"a &amp; b\\u0020 c\",\"headline\":\"x  y\",\"l\":[1,  2], \"u\":\"\\u00e9  \"}\r\n\
             \n{\"text\":\"plain \\u00e9\",\"title\":7}\n{\"text\":\"donâ€™t\"}",
        )
        .run()
        .code(0);
    assert_eq!(
        ran.text(),
        "{ \"n\":1.50 ,\"text\" : \"a & b c\",\"headline\":\"x y\",\"l\":[1,  2], \"u\":\"\\u00e9  \"}\n\
         {\"text\":\"plain \\u00e9\",\"title\":7}\n{\"text\":\"don’t\"}\n"
    );
    assert!(ran.err.starts_with("wirefold: 3 records,"), "{}", ran.err);
    assert!(ran.err.contains("2 changed"), "{}", ran.err);
}

#[test]
fn the_sample_is_normalized_record_by_record() {
    let folder = Folder::new();
    let cleaner = Cleaner::default();
    let matcher = Matcher::default();
    let before = rows(&std::fs::read(sample()).unwrap());
    for face in ["clean", "match"] {
        for threads in ["1", "8"] {
            let ran = folder
                .cmd(&format!("normalize --face {face} --threads {threads}"))
                .arg(sample())
                .run()
                .code(0);
            let after = rows(&ran.out);
            assert_eq!(after.len(), before.len());
            for (was, is) in before.iter().zip(&after) {
                let mut expected = was.clone();
                for field in ["text", "title"] {
                    let text = was[field].as_str().unwrap();
                    let value = match face {
                        "clean" => cleaner.clean(text),
                        _ => matcher.normalize(text),
                    };
                    expected[field] = value.into();
                }
                assert_eq!(*is, expected);
            }
        }
    }
}

#[test]
fn inputs_of_one_format_come_out_in_a_row() {
    let folder = Folder::new();
    folder
        .file("1.txt", "one  line")
        .file("2.txt.gz", gz(b"two\n\n"))
        .file("3.txt", "");
    folder.ok("normalize 1.txt 2.txt.gz 3.txt -o out.txt.gz");
    assert_eq!(gunzip(&folder.bytes("out.txt.gz")), b"one line\ntwo\n");
}

#[test]
fn refused_records_are_told_and_left_out() {
    let folder = Folder::new();
    let ran = folder
        .cmd("normalize --rejects rejects.jsonl")
        .stdin("{\"text\":\"a\"}\n{\"txt\":\"b\"}\n{\"text\":\"c\"}\n")
        .run()
        .code(1)
        .says("refused: -:2: no field `text`; found: txt");
    assert_eq!(ran.text(), "{\"text\":\"a\"}\n{\"text\":\"c\"}\n");
    assert_eq!(folder.rows("rejects.jsonl")[0]["line"], 2);
}

#[test]
fn lines_flow_through_a_live_pipe() {
    let folder = Folder::new();
    let mut child = folder
        .cmd("normalize --quiet")
        .raw()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for at in 0..5 {
        writeln!(stdin, "{{\"text\":\"a  {at}\"}}").unwrap();
        // Without a further line this would wait forever if lines were held back.
        assert_eq!(
            lines.next().unwrap().unwrap(),
            format!("{{\"text\":\"a {at}\"}}")
        );
    }
    drop(stdin);
    assert!(lines.next().is_none());
    assert!(child.wait().unwrap().success());
}

#[test]
fn steps_of_the_other_face_are_refused() {
    let folder = Folder::new();
    for (args, message) in [
        (
            "--face match --html",
            "--html is a step of the other face; add --face clean",
        ),
        ("--strip-diacritics", "add --face match"),
        ("--fold-confusables", "add --face match"),
        (
            "--without case",
            "--without case: not a step that --face clean takes by itself",
        ),
        (
            "--face match --without line-ends",
            "not a step that --face match takes by itself",
        ),
        (
            "--unwrap --without spaces",
            "--unwrap needs the steps spaces and line-ends",
        ),
        (
            "-o out.csv",
            "out.csv: normalize writes text, JSON Lines, Parquet or Arrow, not CSV",
        ),
    ] {
        folder
            .cmd(&format!("normalize {args}"))
            .run()
            .code(2)
            .says(message);
    }
    assert!(folder.names().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_is_rewritten_to_its_clean_form(
        texts in prop::collection::vec(any::<String>(), 1..20),
        title in any::<String>(),
    ) {
        let cleaner = Cleaner::default();
        let line = |text: &str, title: &str| {
            format!("{}\n", serde_json::json!({"x": text, "text": text, "title": title}))
        };
        let feed: String = texts.iter().map(|text| line(text, &title)).collect();
        let expected: Vec<_> = texts
            .iter()
            .map(|text| serde_json::json!({
                "x": text, "text": cleaner.clean(text), "title": cleaner.clean(&title)
            }))
            .collect();
        let ran = Folder::new().cmd("normalize").stdin(feed).run().code(0);
        prop_assert_eq!(rows(&ran.out), expected);
    }
}
