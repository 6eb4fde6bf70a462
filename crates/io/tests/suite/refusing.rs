//! What is wrong is told with its place, and the rest goes on.

use crate::support::{Folder, all, bz2, feed, good, gz, pass, sample, texts, xz, zst};
use wirefold_io::{
    FeedOptions, Inputs, InvalidUtf8, IoError, Reason, RecordOptions, Refused, RefusedRow, Span,
};

fn refused(outcomes: &[crate::support::Outcome]) -> Vec<Refused> {
    outcomes
        .iter()
        .filter_map(|outcome| outcome.clone().err())
        .collect()
}

fn codes(outcomes: &[crate::support::Outcome]) -> Vec<(u64, &'static str)> {
    refused(outcomes)
        .iter()
        .map(|refused| (refused.line, refused.reason.code()))
        .collect()
}

#[test]
fn each_bad_line_is_told_and_the_good_ones_go_on() {
    let folder = Folder::new();
    let lines: &[&[u8]] = &[
        br#"{"text":"good"}"#,
        br#"{"headline":"H","date":1}"#,
        br#"{"text":["a","b"]}"#,
        br#"{"text":"a" "b"}"#,
        br#"["text"]"#,
        b"{\"text\":\"caf\xe9\"}",
        b"plain words",
        br#"{"text":"a"} trailing"#,
        br#"{"text":"half"#,
        b"{}",
        br#"{"text":"last"}"#,
    ];
    let path = folder.file("feed.jsonl", lines.join(&b'\n'));
    let outcomes = all(&[&path]);
    assert_eq!(texts(&outcomes), ["good", "last"]);
    assert_eq!(
        codes(&outcomes),
        [
            (2, "missing_field"),
            (3, "wrong_type"),
            (4, "broken_json"),
            (5, "not_an_object"),
            (6, "invalid_utf8"),
            (7, "broken_json"),
            (8, "broken_json"),
            (9, "broken_json"),
            (10, "missing_field"),
        ]
    );
    let told: Vec<String> = refused(&outcomes)
        .iter()
        .map(|r| r.reason.to_string())
        .collect();
    assert_eq!(told[0], "no field `text`; found: headline, date");
    assert_eq!(told[1], "field `text` holds a list, expected a string");
    assert!(
        told[2].starts_with("broken JSON at column 13: "),
        "{}",
        told[2]
    );
    assert!(!told[2].contains("line 1"), "{}", told[2]);
    assert!(told[3].starts_with("expected a JSON object on each line, found a list"));
    assert!(told[4].starts_with("invalid UTF-8 at byte 12 of the record"));
    assert_eq!(told[8], "no field `text`; found: nothing");
    let first = &refused(&outcomes)[0];
    assert_eq!(
        first.to_string(),
        format!("{}:2: {}", path.display(), told[0])
    );
    assert_eq!(
        first.span,
        Span {
            offset: 16,
            len: 25
        }
    );
    assert_eq!(RefusedRow::from(first).code, "missing_field");
}

#[test]
fn named_fields_are_asked_for_strictly() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", r#"{"text":"t","guid":1.5,"headline":["x"]}"#);
    let with =
        |options: &RecordOptions| pass(&feed(&[&path], FeedOptions::default()), options).unwrap();
    let record = &good(&with(&RecordOptions::default()))[0];
    assert_eq!((&record.id, &record.title), (&None, &None));
    let named = |field: &str| Some(field.to_owned());
    for (options, message) in [
        (
            RecordOptions {
                text_field: named("body"),
                ..RecordOptions::default()
            },
            "no field `body`; found: text, guid, headline",
        ),
        (
            RecordOptions {
                id_field: named("guid"),
                ..RecordOptions::default()
            },
            "field `guid` holds a number that is no 64-bit integer, expected a string or an integer",
        ),
        (
            RecordOptions {
                title_field: named("headline"),
                ..RecordOptions::default()
            },
            "field `headline` holds a list, expected a string",
        ),
    ] {
        assert_eq!(refused(&with(&options))[0].reason.to_string(), message);
    }
    let absent = RecordOptions {
        id_field: named("slug"),
        ..RecordOptions::default()
    };
    assert_eq!(good(&with(&absent))[0].id, None);
}

#[test]
fn broken_utf8_is_replaced_and_counted_on_request() {
    let folder = Folder::new();
    let path = folder.file(
        "a.jsonl",
        b"{\"id\":\"\xff\",\"text\":\"caf\xe9 \xe2\x80 x\"}\n",
    );
    let plain = folder.file("b.txt", b"caf\xe9");
    let options = RecordOptions {
        invalid_utf8: InvalidUtf8::Replace,
        ..RecordOptions::default()
    };
    let feed = feed(&[&path, &plain], FeedOptions::default());
    let records = good(&pass(&feed, &options).unwrap());
    assert_eq!(records[0].text, "caf\u{fffd} \u{fffd} x");
    assert_eq!((records[0].replaced, records[0].span.len), (3, 29));
    assert_eq!(
        (records[1].text.as_str(), records[1].replaced),
        ("caf\u{fffd}", 1)
    );
    assert_eq!(records[1].span, Span { offset: 0, len: 4 });
}

#[test]
fn half_a_surrogate_pair_is_refused_or_replaced() {
    let folder = Folder::new();
    let lines = concat!(
        r#"{"id":1,"text":"a \ud83d b \ud83d\ude00 \udE00\\ud83d \uac00"}"#,
        "\n",
        r#"{"id":2,"text":"x","desk":"\ud83d"}"#,
    );
    let path = folder.file("a.jsonl", lines);
    let outcomes = all(&[&path]);
    assert_eq!(codes(&outcomes), [(1, "broken_json")]);
    assert_eq!(texts(&outcomes), ["x"]);
    let options = RecordOptions {
        invalid_utf8: InvalidUtf8::Replace,
        ..RecordOptions::default()
    };
    let records = good(&pass(&feed(&[&path], FeedOptions::default()), &options).unwrap());
    assert_eq!(records[0].text, "a \u{fffd} b 😀 \u{fffd}\\ud83d 가");
    assert_eq!((records[0].replaced, records[1].replaced), (2, 0));
}

#[test]
fn an_over_long_line_is_skipped_with_its_number() {
    let folder = Folder::new();
    let long = format!("{{\"text\":\"{}\"}}", "x".repeat(5000));
    let lines = format!("{{\"text\":\"a\"}}\n{long}\r\n{{\"text\":\"b\"}}\n{long}");
    let path = folder.file("a.jsonl", &lines);
    for chunk_bytes in [16, 1000, 1 << 20] {
        let options = FeedOptions {
            max_record_bytes: 1000,
            chunk_bytes,
            ..FeedOptions::default()
        };
        let outcomes = pass(&feed(&[&path], options), &RecordOptions::default()).unwrap();
        assert_eq!(texts(&outcomes), ["a", "b"]);
        assert_eq!(codes(&outcomes), [(2, "too_long"), (4, "too_long")]);
        let len = long.len() as u64;
        assert_eq!(refused(&outcomes)[0].span, Span { offset: 13, len });
        assert_eq!(
            refused(&outcomes)[0].reason,
            Reason::TooLong { len, limit: 1000 }
        );
    }
    let text = folder.file("b.txt", "y".repeat(5000));
    let options = FeedOptions {
        max_record_bytes: 1000,
        chunk_bytes: 64,
        ..FeedOptions::default()
    };
    let outcomes = pass(&feed(&[&text], options), &RecordOptions::default()).unwrap();
    assert_eq!(codes(&outcomes), [(1, "too_long")]);
    assert_eq!(
        refused(&outcomes)[0].span,
        Span {
            offset: 0,
            len: 5000
        }
    );
}

#[test]
fn a_cut_archive_gives_what_came_before_and_says_where_it_ends() {
    let folder = Folder::new();
    // Numbers that do not repeat, and many blocks of them: a decompressor gives whole blocks.
    let mut bytes = Vec::new();
    let mut state = 1_u64;
    for _ in 0..30_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        bytes.extend_from_slice(format!("{{\"text\":\"{state}\"}}\n").as_bytes());
    }
    let whole = texts(&all(&[&folder.file("whole.jsonl", &bytes)]));
    for (name, packed) in [
        ("a.jsonl.gz", gz(&bytes)),
        ("a.jsonl.zst", zst(&bytes)),
        ("a.jsonl.bz2", bz2(&bytes)),
        ("a.jsonl.xz", xz(&bytes)),
    ] {
        for part in [1, 2, 3] {
            let path = folder.file(name, &packed[..packed.len() * part / 4]);
            let feed = feed(&[&path], FeedOptions::default());
            let outcomes = pass(&feed, &RecordOptions::default()).unwrap();
            let (last, before) = outcomes.split_last().unwrap();
            let last = last.clone().unwrap_err();
            let Reason::Cut { offset, .. } = last.reason else {
                panic!("{last}")
            };
            let kept = texts(before);
            assert_eq!(kept[..], whole[..kept.len()], "{name}");
            assert_eq!(kept.len(), before.len());
            // Every record that the decompressed part holds whole is given.
            let lines = bytes[..offset as usize]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            assert_eq!(kept.len(), lines);
            assert_eq!(last.span.end(), offset);
            assert_eq!(last.line, lines as u64 + 1);
            assert_eq!(outcomes, pass(&feed, &RecordOptions::default()).unwrap());
            if part == 3 {
                assert!(lines > 1000, "{name}: {lines}");
            }
        }
    }
    for (name, bytes) in [
        ("empty.jsonl.gz", Vec::new()),
        (
            "tail.jsonl.gz",
            [gz(b"{\"text\":\"a\"}\n"), b"tail".to_vec()].concat(),
        ),
        (
            "tail.jsonl.zst",
            [zst(b"{\"text\":\"a\"}\n"), b"tail".to_vec()].concat(),
        ),
    ] {
        let outcomes = all(&[&folder.file(name, &bytes)]);
        assert_eq!(
            outcomes.last().unwrap().clone().unwrap_err().reason.code(),
            "cut",
            "{name}"
        );
        assert_eq!(outcomes.len(), 1 + usize::from(!bytes.is_empty()), "{name}");
    }
}

#[test]
fn inputs_that_are_not_there_are_told_with_a_remedy() {
    let folder = Folder::new();
    let missing = folder.path("none.jsonl");
    let error = Inputs::collect([&missing]).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: no such file or folder; check the path",
            missing.display()
        )
    );
    folder.file("d/picture.png", "");
    let error = Inputs::collect([folder.path("d")]).unwrap_err();
    assert!(matches!(error, IoError::EmptyFolder { .. }));
    assert!(error.to_string().contains("holds no documents"), "{error}");
    assert!(matches!(
        Inputs::collect(["-", "-"]).unwrap_err(),
        IoError::StdinTwice
    ));
    assert_eq!(
        Inputs::collect([""; 0])
            .unwrap()
            .paths()
            .collect::<Vec<_>>(),
        ["-"]
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_links_back_is_told() {
    let folder = Folder::new();
    folder.file("d/a.txt", "a");
    std::os::unix::fs::symlink(folder.path("d"), folder.path("d/loop")).unwrap();
    let error = Inputs::collect([folder.path("d")]).unwrap_err();
    assert!(matches!(error, IoError::FolderLoop { .. }), "{error}");
    assert!(error.to_string().contains("links back to"), "{error}");
}

#[cfg(unix)]
#[test]
fn unreadable_files_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.file("d/a.txt", "a");
    folder.file("d/b.txt", "b");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o000)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    assert!(matches!(
        Inputs::collect([&path]).unwrap_err(),
        IoError::Unreadable { .. }
    ));
    // In a folder, the others go on.
    let outcomes = all(&[&folder.path("d")]);
    assert_eq!(codes(&outcomes), [(0, "unreadable")]);
    assert_eq!(texts(&outcomes), ["b"]);
}

#[test]
fn a_file_that_goes_away_from_a_folder_is_refused() {
    let folder = Folder::new();
    let path = folder.file("d/a.txt", "a");
    folder.file("d/b.jsonl", sample(2));
    let feed = feed(&[&folder.path("d")], FeedOptions::default());
    std::fs::remove_file(path).unwrap();
    let outcomes = pass(&feed, &RecordOptions::default()).unwrap();
    assert_eq!(codes(&outcomes), [(0, "unreadable")]);
    assert_eq!(good(&outcomes).len(), 2);
}

#[test]
fn a_folder_for_temporary_files_that_cannot_be_used_is_named() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl.gz", gz(&sample(2)));
    let temp_dir = Some(folder.path("none"));
    let feed = feed(
        &[&path],
        FeedOptions {
            temp_dir,
            ..FeedOptions::default()
        },
    );
    let error = pass(&feed, &RecordOptions::default()).unwrap_err();
    assert!(matches!(error, IoError::Spool { .. }), "{error}");
    assert!(
        error
            .to_string()
            .starts_with(&folder.path("none").display().to_string())
    );
}
