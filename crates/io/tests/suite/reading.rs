//! Sources of every kind give the same records, whole or in pieces, once or twice.

use crate::support::{Folder, all, bz2, feed, good, gz, pass, sample, texts, xz, zst};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use wirefold_io::{Feed, FeedOptions, Format, Inputs, IoError, RecordOptions, Span, parse_chunk};

#[test]
fn json_lines_with_any_line_end() {
    let folder = Folder::new();
    let lines = b"\xef\xbb\xbf{\"id\":\"a\",\"text\":\"one\"}\r\n\r\n  \t\n{\"id\":7,\"text\":\"two\"}\n{\"guid\":\"\",\"text\":\"three\"}";
    let path = folder.file("feed.jsonl", lines);
    let records = good(&all(&[&path]));
    assert_eq!(records.len(), 3);
    assert_eq!(records[0].id.as_deref(), Some("a"));
    assert_eq!(records[1].id.as_deref(), Some("7"));
    assert_eq!(records[2].id, None);
    assert_eq!(
        records.iter().map(|r| r.line).collect::<Vec<_>>(),
        [1, 4, 5]
    );
    for record in &records {
        let span = &lines[record.span.offset as usize..record.span.end() as usize];
        assert!(span.starts_with(b"{") && span.ends_with(b"}"), "{span:?}");
    }
}

#[test]
fn fields_are_found_by_preference_or_by_name() {
    let folder = Folder::new();
    let line = r#"{"headline":"H","story":"S","body":"B","text":null,"url":"u","_id":{"o":1},"n":3,"deck":"D"}"#;
    let path = folder.file("feed.jsonl", line);
    let records = good(&all(&[&path]));
    assert_eq!(
        (
            records[0].text.as_str(),
            records[0].id.as_deref(),
            records[0].title.as_deref()
        ),
        ("B", Some("u"), Some("H"))
    );

    let options = RecordOptions {
        text_field: Some("headline".into()),
        id_field: Some("n".into()),
        title_field: Some("deck".into()),
        ..RecordOptions::default()
    };
    let records = good(&pass(&feed(&[&path], FeedOptions::default()), &options).unwrap());
    assert_eq!(
        (
            records[0].text.as_str(),
            records[0].id.as_deref(),
            records[0].title.as_deref()
        ),
        ("H", Some("3"), Some("D"))
    );
}

#[test]
fn a_record_says_what_its_fields_say() {
    let parse = |line: &str, options: &RecordOptions| {
        let record = wirefold_io::parse_record(line.as_bytes(), Format::JsonLines, "", options);
        let record = record.unwrap();
        let text = |text: Option<std::borrow::Cow<'_, str>>| text.map(std::borrow::Cow::into_owned);
        (
            (text(record.language), text(record.byline)),
            text(record.dateline),
            (record.published, record.updated, record.urgency),
        )
    };
    let own = |text: &str| Some(text.to_owned());
    let named = RecordOptions {
        language_field: own("meta.lang"),
        updated_field: own("meta.changed"),
        byline_field: own("by"),
        dateline_field: own("meta.place.line"),
        urgency_field: own("prio"),
        ..RecordOptions::default()
    };
    let none = RecordOptions::default();
    let wanted = |published| {
        let times = (published, Some(1_931_508_000), Some(4));
        (
            (own("sv"), own("Ida Brok")),
            own("Sarnwick, March 17"),
            times,
        )
    };
    let line = r#"{"text":"t","language":"sv","author":"Ida Brok","dateline":"Sarnwick, March 17",
        "modified":"2031-03-17T10:00:00Z","urgency":"4"}"#;
    // What was never said to be published was published when it was changed.
    assert_eq!(parse(line, &none), wanted(Some(1_931_508_000)));
    let line = r#"{"text":"t","by":"Ida Brok","meta":{"place":{"line":"Sarnwick, March 17"},"lang":"sv",
        "changed":1931508000},"language":"de","published":"1970-01-01T00:01:00Z","prio":4}"#;
    assert_eq!(parse(line, &named), wanted(Some(60)));
    // What is of no use is as if it were absent.
    let line = r#"{"text":"t","language":["sv"],"author":{"name":"I"},"dateline":"","updated":"soon","urgency":"high"}"#;
    assert_eq!(parse(line, &none), ((None, None), None, (None, None, None)));
}

#[test]
fn a_field_given_twice_counts_as_its_last() {
    let folder = Folder::new();
    let path = folder.file(
        "a.jsonl",
        r#"{"text":"first","id":1,"text":"last","id":"two"}"#,
    );
    let records = good(&all(&[&path]));
    assert_eq!(
        (records[0].text.as_str(), records[0].id.as_deref()),
        ("last", Some("two"))
    );
}

#[test]
fn escapes_are_decoded_and_plain_strings_borrowed() {
    let options = RecordOptions::default();
    let line = r#"{"text":"a \"b\" \u00e9\n\ud83d\ude00","title":"plain é"}"#;
    let record =
        wirefold_io::parse_record(line.as_bytes(), Format::JsonLines, "", &options).unwrap();
    assert_eq!(record.text, "a \"b\" é\n😀");
    assert!(matches!(
        record.title,
        Some(std::borrow::Cow::Borrowed("plain é"))
    ));
}

#[test]
fn plain_text_is_one_document_a_file() {
    let folder = Folder::new();
    let story = folder.file("story.txt", "\u{feff}{ not JSON }\nSecond line.\n");
    let empty = folder.file("empty.txt", "");
    let notes = folder.file("notes", "No ending.\n");
    let records = good(&all(&[&story, &empty, &notes]));
    assert_eq!(texts(&all(&[&story])), ["{ not JSON }\nSecond line.\n"]);
    assert_eq!(records.len(), 3);
    assert_eq!(records[0].id.as_deref(), story.to_str());
    assert_eq!(records[0].span, Span { offset: 3, len: 26 });
    assert_eq!(records[1].text, "");
    assert_eq!(records[2].text, "No ending.\n");
}

#[test]
fn content_tells_the_format_where_the_ending_does_not_and_an_override_wins() {
    let folder = Folder::new();
    let path = folder.file("dump", "\n  {\"text\":\"x\"}\n");
    assert_eq!(texts(&all(&[&path])), ["x"]);
    let nothing = folder.file("nothing", "");
    assert!(all(&[&nothing]).is_empty());
    let options = FeedOptions {
        format: Some(Format::PlainText),
        ..FeedOptions::default()
    };
    let outcomes = pass(&feed(&[&path], options), &RecordOptions::default()).unwrap();
    assert_eq!(texts(&outcomes), ["\n  {\"text\":\"x\"}\n"]);
}

#[test]
fn folders_are_walked_in_byte_order_of_paths() {
    let folder = Folder::new();
    for name in [
        "d/b/z.txt",
        "d/b.txt",
        "d/a.jsonl.gz",
        "d/B.text",
        "d/skip.pdf",
        "d/.hid/x.txt",
    ] {
        folder.file(name, "");
    }
    let inputs = Inputs::collect([folder.path("d")]).unwrap();
    let root = folder.path("d");
    let names: Vec<String> = inputs
        .paths()
        .map(|path| {
            path.strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/")
        })
        .collect();
    assert_eq!(names, ["B.text", "a.jsonl.gz", "b.txt", "b/z.txt"]);
}

#[test]
fn compressed_sources_read_like_plain_ones_whatever_their_name() {
    let folder = Folder::new();
    let bytes = sample(400);
    let half = bytes.len() / 2;
    let members: Vec<u8> = [gz(&bytes[..half]), gz(&bytes[half..])].concat();
    let frames: Vec<u8> = [zst(&bytes[..half]), zst(&bytes[half..])].concat();
    let plain = folder.file("plain.jsonl", &bytes);
    let expected: Vec<_> = all(&[&plain]);
    for (name, packed) in [
        ("a.jsonl.gz", &members),
        ("b.jsonl.zst", &frames),
        ("c.jsonl", &members),
        ("d", &frames),
        ("e.jsonl.zst", &gz(&bytes)),
    ] {
        let path = folder.file(name, packed);
        for chunk_bytes in [700, 1 << 20] {
            let options = FeedOptions {
                chunk_bytes,
                ..FeedOptions::default()
            };
            let feed = feed(&[&path], options);
            assert_eq!(
                pass(&feed, &RecordOptions::default()).unwrap(),
                expected,
                "{name}"
            );
            // The second pass comes from the temporary copy.
            assert_eq!(
                pass(&feed, &RecordOptions::default()).unwrap(),
                expected,
                "{name}"
            );
            assert_places(&feed, 0, &bytes);
        }
    }
}

/// Every record, read at its place, is the bytes of the source there.
fn assert_places(feed: &Feed, source: u32, bytes: &[u8]) {
    let mut buf = Vec::new();
    let options = RecordOptions::default();
    let records = good(&pass(feed, &options).unwrap());
    assert!(!records.is_empty());
    for told in records.iter().rev().filter(|told| told.source == source) {
        feed.read_at(source, told.span.offset, told.span.len, &mut buf)
            .unwrap();
        assert_eq!(
            buf,
            &bytes[told.span.offset as usize..told.span.end() as usize]
        );
        let record = feed
            .record_at(source, told.span, told.line, &options, &mut buf)
            .unwrap()
            .unwrap();
        assert_eq!(record.text, told.text);
        assert_eq!((record.span, record.line), (told.span, told.line));
        assert_eq!(record.id.as_deref(), told.id.as_deref());
    }
}

#[test]
fn places_are_read_from_many_threads_with_few_open_files() {
    let folder = Folder::new();
    let bytes = sample(50);
    let paths: Vec<_> = (0..12)
        .map(|at| {
            let packed = if at % 3 == 0 {
                gz(&bytes)
            } else {
                bytes.clone()
            };
            folder.file(&format!("d/{at:02}.jsonl"), packed)
        })
        .collect();
    let paths: Vec<&Path> = paths.iter().map(AsRef::as_ref).collect();
    let feed = feed(
        &paths,
        FeedOptions {
            open_files: 2,
            ..FeedOptions::default()
        },
    );
    let records = good(&pass(&feed, &RecordOptions::default()).unwrap());
    assert_eq!(records.len(), 600);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (records, feed, bytes) = (&records, &feed, &bytes);
            scope.spawn(move || {
                let mut buf = Vec::new();
                for told in records.iter().skip(thread).step_by(3) {
                    feed.read_at(told.source, told.span.offset, told.span.len, &mut buf)
                        .unwrap();
                    assert_eq!(
                        buf,
                        &bytes[told.span.offset as usize..told.span.end() as usize]
                    );
                }
            });
        }
    });
}

#[test]
fn without_a_copy_a_compressed_source_is_read_once() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl.gz", gz(&sample(3)));
    let feed = feed(
        &[&path],
        FeedOptions {
            spool: false,
            ..FeedOptions::default()
        },
    );
    let options = RecordOptions::default();
    let records = good(&pass(&feed, &options).unwrap());
    assert_eq!(records.len(), 3);
    let error = feed.read_at(0, 0, 1, &mut Vec::new()).unwrap_err();
    assert!(matches!(error, IoError::NotKept { .. }), "{error}");
    assert!(matches!(
        pass(&feed, &options).unwrap_err(),
        IoError::PartlyRead { .. }
    ));
}

#[test]
fn a_place_beyond_the_source_is_refused() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", sample(3));
    let packed = folder.file("b.jsonl.gz", gz(&sample(3)));
    let feed = feed(&[&path, &packed], FeedOptions::default());
    let mut buf = Vec::new();
    assert!(matches!(
        feed.read_at(0, 0, 1, &mut buf),
        Err(IoError::NotKept { .. })
    ));
    pass(&feed, &RecordOptions::default()).unwrap();
    for source in 0..2 {
        feed.read_at(source, 0, 1, &mut buf).unwrap();
        for (offset, len) in [(0, 1 << 40), (1 << 40, 1), (u64::MAX, 2)] {
            let result = feed.read_at(source, offset, len, &mut buf);
            assert!(matches!(result, Err(IoError::NotKept { .. })));
        }
    }
}

#[test]
fn a_file_that_changed_is_told() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", sample(3));
    let feed = feed(&[&path], FeedOptions::default());
    let options = RecordOptions::default();
    let records = good(&pass(&feed, &options).unwrap());
    feed.check_unchanged().unwrap();
    let mut buf = Vec::new();
    feed.read_at(0, 0, 1, &mut buf).unwrap();
    let grown = [sample(3), sample(1)].concat();
    fs::write(&path, grown).unwrap();
    let changed = |result: Result<(), IoError>| {
        let error = result.unwrap_err();
        assert!(
            matches!(&error, IoError::Changed { path: told } if *told == path),
            "{error}"
        );
    };
    // The file is still open from the read before; that does not hide the change.
    changed(feed.read_at(0, records[1].span.offset, records[1].span.len, &mut buf));
    changed(feed.check_unchanged());
    changed(pass(&feed, &options).map(drop));
}

#[test]
fn one_pass_at_a_time() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", sample(3));
    let feed = feed(&[&path], FeedOptions::default());
    let first = feed.chunks().unwrap();
    assert!(matches!(feed.chunks(), Err(IoError::PassOpen)));
    drop(first);
    assert_eq!(feed.chunks().unwrap().count(), 1);
    assert_eq!(feed.bytes_read(), feed.total_bytes().unwrap());
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_like_a_file() {
    let folder = Folder::new();
    let path = folder.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: no mkfifo");
        return;
    }
    let bytes = sample(300);
    let writer = {
        let (path, bytes) = (path.clone(), bytes.clone());
        std::thread::spawn(move || fs::write(path, bytes).unwrap())
    };
    let feed = feed(&[&path], FeedOptions::default());
    assert_eq!(feed.total_bytes(), None);
    assert_eq!(
        good(&pass(&feed, &RecordOptions::default()).unwrap()).len(),
        300
    );
    writer.join().unwrap();
    assert_places(&feed, 0, &bytes);
}

#[cfg(unix)]
#[test]
fn records_come_out_of_a_pipe_as_they_go_in() {
    use std::io::Write;
    use std::time::Duration;
    let folder = Folder::new();
    let path = folder.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: no mkfifo");
        return;
    }
    let (told, seen) = std::sync::mpsc::channel();
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || {
            let mut pipe = fs::File::create(path).unwrap();
            for at in 0..5 {
                writeln!(pipe, "{{\"text\":\"Tide {at}\"}}").unwrap();
                // The next is written only when this one has been read.
                let text: String = seen.recv_timeout(Duration::from_secs(60)).unwrap();
                assert_eq!(text, format!("Tide {at}"));
            }
        })
    };
    let feed = feed(&[&path], FeedOptions::default());
    for chunk in feed.chunks().unwrap() {
        parse_chunk(&chunk.unwrap(), &RecordOptions::default(), &mut |record| {
            told.send(record.unwrap().text.into_owned()).unwrap();
        });
    }
    writer.join().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunk_size_gives_the_same_records(
        lines in prop::collection::vec(
            prop_oneof![
                4 => "[a-zé “]{0,40}".prop_map(|text| format!("{{\"text\":\"{text}\"}}").into_bytes()),
                1 => Just(Vec::new()),
                1 => Just(b"{\"text\":1}".to_vec()),
                1 => prop::collection::vec(any::<u8>(), 0..30),
            ],
            0..40,
        ),
        crlf in any::<bool>(),
        last_end in any::<bool>(),
        chunk_bytes in 1_usize..300,
        packing in 0..5,
        limit in 20_u64..80,
    ) {
        let folder = Folder::new();
        let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
        let mut bytes = lines.join(end);
        if last_end {
            bytes.extend_from_slice(end);
        }
        let packed = match packing {
            0 => bytes.clone(),
            1 => gz(&bytes),
            3 => bz2(&bytes),
            4 => xz(&bytes),
            _ => zst(&bytes),
        };
        let path = folder.file("feed.jsonl", packed);
        let options = RecordOptions::default();
        let read = |chunk_bytes| {
            let whole = feed(
                &[&path],
                FeedOptions { chunk_bytes, max_record_bytes: limit, ..FeedOptions::default() },
            );
            let first = pass(&whole, &options).unwrap();
            assert_eq!(first, pass(&whole, &options).unwrap());
            first
        };
        let expected = read(1 << 20);
        prop_assert_eq!(&read(chunk_bytes), &expected);
        // Nothing is lost: every line that is not blank is a record or refused.
        let text_lines = bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')));
        prop_assert_eq!(text_lines.count(), expected.len());
        let mut buf = Vec::new();
        let again = feed(&[&path], FeedOptions::default());
        pass(&again, &options).unwrap();
        for outcome in &expected {
            let span = match outcome {
                Ok(told) => told.span,
                Err(refused) => refused.span,
            };
            again.read_at(0, span.offset, span.len, &mut buf).unwrap();
            prop_assert_eq!(&buf[..], &bytes[span.offset as usize..span.end() as usize]);
            prop_assert!(!buf.contains(&b'\n'));
        }
    }
}
