//! Outputs appear whole or not at all; kept records pass through untouched.

use crate::support::{Folder, all, feed, good, gz, pass, sample, texts, zst};
use serde::Serialize;
use std::fs;
use std::io::Read;
use std::path::Path;
use wirefold_io::{
    FeedOptions, Inputs, InvalidUtf8, IoError, Outputs, Place, RecordOptions, Table, TableFormat,
    write_kept,
};

fn none() -> Inputs {
    Inputs::default()
}

#[test]
fn an_output_appears_when_it_is_finished() {
    let folder = Folder::new();
    let path = folder.file("out.jsonl", "old");
    let inputs = none();
    let mut output = Outputs::new(&inputs).create(&path).unwrap();
    output.put(b"new\n").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(folder.names().len(), 2);
    output.finish().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new\n");
    assert_eq!(folder.names(), ["out.jsonl"]);

    let mut dropped = Outputs::new(&inputs).create(&path).unwrap();
    dropped.put(b"never").unwrap();
    drop(dropped);
    assert_eq!(fs::read(&path).unwrap(), b"new\n");
    assert_eq!(folder.names(), ["out.jsonl"]);
}

#[test]
fn endings_compress() {
    let folder = Folder::new();
    let inputs = none();
    let mut outputs = Outputs::new(&inputs);
    let bytes = sample(500);
    for name in ["a.jsonl.gz", "a.jsonl.zst", "a.zstd"] {
        let mut output = outputs.create(folder.path(name)).unwrap();
        output.put(&bytes).unwrap();
        assert_eq!(output.bytes(), bytes.len() as u64);
        output.finish().unwrap();
        let packed = fs::read(folder.path(name)).unwrap();
        assert!(packed.len() < bytes.len() / 2);
        let mut unpacked = Vec::new();
        if name.ends_with("gz") {
            flate2::read::GzDecoder::new(&packed[..])
                .read_to_end(&mut unpacked)
                .unwrap();
        } else {
            unpacked = zstd::decode_all(&packed[..]).unwrap();
        }
        assert_eq!(unpacked, bytes);
    }
}

#[test]
fn outputs_that_cannot_be_are_refused() {
    let folder = Folder::new();
    let input = folder.file("in.jsonl", sample(1));
    let inputs = Inputs::collect([&input]).unwrap();
    let mut outputs = Outputs::new(&inputs);
    let error = outputs.create(&input).unwrap_err();
    assert!(matches!(error, IoError::OutputIsInput { .. }), "{error}");
    fs::create_dir(folder.path("d")).unwrap();
    let roundabout = folder.path("d/../in.jsonl");
    assert!(matches!(
        outputs.create(roundabout),
        Err(IoError::OutputIsInput { .. })
    ));
    assert!(matches!(
        outputs.create(folder.path("d")),
        Err(IoError::OutputIsFolder { .. })
    ));
    let nowhere = folder.path("none/out.jsonl");
    assert!(matches!(
        outputs.create(nowhere),
        Err(IoError::Create { .. })
    ));

    let first = outputs.create(folder.path("out.jsonl")).unwrap();
    let again = outputs.create(folder.path("d/../out.jsonl"));
    assert!(matches!(again, Err(IoError::SameOutput { .. })));
    drop(first);
    assert_eq!(fs::read(&input).unwrap(), sample(1));
}

#[cfg(unix)]
#[test]
fn links_do_not_hide_an_input() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    let input = folder.file("in.jsonl", sample(1));
    symlink(&input, folder.path("soft.jsonl")).unwrap();
    fs::hard_link(&input, folder.path("hard.jsonl")).unwrap();
    let inputs = Inputs::collect([&input]).unwrap();
    for name in ["soft.jsonl", "hard.jsonl"] {
        let result = Outputs::new(&inputs).create(folder.path(name));
        assert!(
            matches!(result, Err(IoError::OutputIsInput { .. })),
            "{name}"
        );
    }
    // An output that is a link is written where it leads.
    let real = folder.file("real.jsonl", "old");
    symlink(&real, folder.path("link.jsonl")).unwrap();
    let mut output = Outputs::new(&inputs)
        .create(folder.path("link.jsonl"))
        .unwrap();
    output.put(b"new").unwrap();
    output.finish().unwrap();
    assert!(folder.path("link.jsonl").is_symlink());
    assert_eq!(fs::read(real).unwrap(), b"new");
}

#[cfg(unix)]
#[test]
fn new_files_have_the_usual_permissions_and_old_ones_keep_theirs() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let inputs = none();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let usual = mode(&folder.file("usual", ""));
    Outputs::new(&inputs)
        .create(folder.path("new"))
        .unwrap()
        .finish()
        .unwrap();
    assert_eq!(mode(&folder.path("new")), usual);
    fs::set_permissions(folder.path("new"), PermissionsExt::from_mode(0o640)).unwrap();
    Outputs::new(&inputs)
        .create(folder.path("new"))
        .unwrap()
        .finish()
        .unwrap();
    assert_eq!(mode(&folder.path("new")), 0o640);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_told_and_may_be_named_twice() {
    use std::os::unix::fs::FileTypeExt;
    // Where the device is missing, a file of its name would be made instead.
    if !fs::metadata("/dev/full").is_ok_and(|facts| facts.file_type().is_char_device()) {
        println!("skipped: no /dev/full");
        return;
    }
    let inputs = none();
    let mut outputs = Outputs::new(&inputs);
    for _ in 0..2 {
        let mut full = outputs.create("/dev/full").unwrap();
        let result = full.put(&vec![0; 1 << 20]).and_then(|()| full.finish());
        assert!(matches!(result, Err(IoError::NoSpace { .. })));
    }
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_told_apart() {
    let folder = Folder::new();
    let path = folder.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: no mkfifo");
        return;
    }
    let reader = {
        let path = path.clone();
        std::thread::spawn(move || {
            fs::File::open(path).unwrap().read_exact(&mut [0]).unwrap();
        })
    };
    let inputs = none();
    let mut output = Outputs::new(&inputs).create(&path).unwrap();
    output.put(b"x").unwrap();
    output.flush().unwrap();
    reader.join().unwrap();
    let error = output.put(&vec![0; 1 << 20]).unwrap_err();
    assert!(error.is_broken_pipe(), "{error}");
}

/// Writes the kept places of a feed and gives the bytes back.
fn kept(folder: &Folder, paths: &[&Path], name: &str, choose: impl Fn(usize) -> bool) -> String {
    let feed = feed(
        paths,
        FeedOptions {
            chunk_bytes: 333,
            ..FeedOptions::default()
        },
    );
    let options = RecordOptions {
        invalid_utf8: InvalidUtf8::Replace,
        ..RecordOptions::default()
    };
    let places: Vec<Place> = good(&pass(&feed, &options).unwrap())
        .iter()
        .enumerate()
        .filter(|(at, _)| choose(*at))
        .map(|(_, told)| told.place())
        .collect();
    let inputs = none();
    let mut output = Outputs::new(&inputs).create(folder.path(name)).unwrap();
    let format = TableFormat::of_path(output.path()).unwrap();
    let written = write_kept(
        &feed,
        places.iter().copied(),
        format,
        InvalidUtf8::Replace,
        &mut output,
    )
    .unwrap();
    assert_eq!(written.records, places.len() as u64);
    output.finish().unwrap();
    let bytes = fs::read_to_string(folder.path(name)).unwrap();
    assert_eq!(written.bytes, bytes.len() as u64);
    bytes
}

#[test]
fn kept_records_are_copied_byte_for_byte() {
    let folder = Folder::new();
    let bytes = sample(300);
    let unix = folder.file("unix.jsonl", &bytes);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let blanks = folder.file("dos.jsonl", text.replace('\n', "\r\n\r\n").trim_end());
    let packed = folder.file("packed", gz(&bytes));
    let frames = folder.file("frames", zst(&bytes));
    for path in [&unix, &blanks, &packed, &frames] {
        assert_eq!(kept(&folder, &[path], "all.jsonl", |_| true), text);
        let third = |at: usize| at % 3 != 1;
        let expected: String = text
            .split_inclusive('\n')
            .enumerate()
            .filter(|(at, _)| third(*at))
            .map(|(_, line)| line)
            .collect();
        assert_eq!(kept(&folder, &[path], "some.jsonl", third), expected);
        assert_eq!(kept(&folder, &[path], "none.jsonl", |_| false), "");
    }
}

#[test]
fn kept_plain_text_becomes_records() {
    let folder = Folder::new();
    let text = "\u{feff}The \"pier\"\nis closed.";
    let path = folder.file("story.txt", text);
    let feed_path = folder.file("feed.jsonl", "{\"text\":\"x\",\"n\":1.50}");
    let written = kept(&folder, &[&path, &feed_path], "out.jsonl", |_| true);
    let lines: Vec<&str> = written.lines().collect();
    let record: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(record["id"], path.to_str().unwrap());
    assert_eq!(record["text"], "The \"pier\"\nis closed.");
    assert_eq!(lines[1], "{\"text\":\"x\",\"n\":1.50}");

    let csv = kept(&folder, &[&path, &feed_path], "out.csv", |_| true);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["id", "text", "n"]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(
        rows[0],
        vec![path.to_str().unwrap(), "The \"pier\"\nis closed.", ""]
    );
    assert_eq!(rows[1], vec!["", "x", "1.50"]);
}

#[test]
fn kept_records_as_csv_have_the_union_of_fields_and_cells_as_written() {
    let folder = Folder::new();
    let path = folder.file(
        "feed.jsonl",
        concat!(
            r#"{"id":1,"text":"a, \"b\"\n","n":12345678901234567890123,"x":null}"#,
            "\n",
            r#"{"text":"=SUM(A1)","tags":["a", {"b":1.0}],"ok":true,"id":"two"}"#,
            "\n",
            r#"{"text":"","é\u0041":"q\r","x":"\ud83d"}"#,
        ),
    );
    let csv = kept(&folder, &[&path], "out.csv", |_| true);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(
        reader.headers().unwrap(),
        vec!["id", "text", "n", "x", "tags", "ok", "éA"]
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(
        rows[0],
        vec!["1", "a, \"b\"\n", "12345678901234567890123", "", "", "", ""]
    );
    assert_eq!(
        rows[1],
        vec![
            "two",
            "=SUM(A1)",
            "",
            "",
            "[\"a\", {\"b\":1.0}]",
            "true",
            ""
        ]
    );
    assert_eq!(rows[2], vec!["", "", "", "\u{fffd}", "", "", "q\r"]);
}

#[test]
fn broken_utf8_does_not_reach_an_output_on_request() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", b"{\"text\":\"a\xff\"}\n{\"text\":\"b\"}\n");
    let written = kept(&folder, &[&path], "out.jsonl", |_| true);
    assert_eq!(written, "{\"text\":\"a\u{fffd}\"}\n{\"text\":\"b\"}\n");
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    score: f64,
    parts: Vec<[u32; 2]>,
    to: Option<&'a str>,
}

const ROWS: [&str; 4] = ["id", "score", "parts", "to"];

#[test]
fn tables_are_json_lines_or_csv_by_ending() {
    let folder = Folder::new();
    let inputs = none();
    let mut outputs = Outputs::new(&inputs);
    for name in ["t.jsonl", "t.csv", "t"] {
        let mut table = Table::new(outputs.create(folder.path(name)).unwrap(), ROWS).unwrap();
        table
            .row(&Row {
                id: "a,b",
                score: 0.1,
                parts: vec![[1, 2], [3, 4]],
                to: None,
            })
            .unwrap();
        table
            .row(&Row {
                id: "c",
                score: 1.0,
                parts: vec![],
                to: Some("a"),
            })
            .unwrap();
        table.finish().unwrap();
    }
    let lines = "{\"id\":\"a,b\",\"score\":0.1,\"parts\":[[1,2],[3,4]],\"to\":null}\n\
                 {\"id\":\"c\",\"score\":1.0,\"parts\":[],\"to\":\"a\"}\n";
    assert_eq!(fs::read_to_string(folder.path("t.jsonl")).unwrap(), lines);
    assert_eq!(fs::read_to_string(folder.path("t")).unwrap(), lines);
    assert_eq!(
        fs::read_to_string(folder.path("t.csv")).unwrap(),
        "id,score,parts,to\n\"a,b\",0.1,\"[[1,2],[3,4]]\",\nc,1.0,[],a\n"
    );
}

#[test]
fn an_empty_table_has_its_header_and_a_strange_row_is_told() {
    let folder = Folder::new();
    let inputs = none();
    let mut outputs = Outputs::new(&inputs);
    let table = Table::new(outputs.create(folder.path("t.csv")).unwrap(), ROWS).unwrap();
    table.finish().unwrap();
    assert_eq!(
        fs::read_to_string(folder.path("t.csv")).unwrap(),
        "id,score,parts,to\n"
    );

    let mut table = Table::new(outputs.create(folder.path("u.csv")).unwrap(), ["id"]).unwrap();
    let row = Row {
        id: "a",
        score: 0.0,
        parts: vec![],
        to: None,
    };
    assert!(matches!(table.row(&row), Err(IoError::Row { .. })));
    assert!(matches!(table.row(&7), Err(IoError::Row { .. })));
    drop(table);
    let odd = outputs.create(folder.path("t.xml")).unwrap();
    assert!(matches!(
        Table::new(odd, ROWS),
        Err(IoError::UnknownEnding { .. })
    ));
    assert_eq!(folder.names(), ["t.csv", "u.csv"].map(String::from)[..1]);
}

#[test]
fn what_is_written_reads_again() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", sample(40));
    kept(&folder, &[&path], "b.jsonl", |_| true);
    assert_eq!(
        texts(&all(&[&path])),
        texts(&all(&[&folder.path("b.jsonl")]))
    );
}

/// Found by the fuzz target `convert`: the mark between cells is told from the first row, where names of fields
/// had others.
#[test]
fn fields_named_with_marks_between_cells_are_read_again() {
    let folder = Folder::new();
    let record = r#"{"id":"a","a;b;c;d;e":"1","text":"Ice, thick; fog|rain"}"#;
    let path = folder.file("feed.jsonl", record);
    let feed = feed(&[&path], FeedOptions::default());
    let kept: Vec<Place> = good(&pass(&feed, &RecordOptions::default()).unwrap())
        .iter()
        .map(crate::support::Told::place)
        .collect();
    for (name, format) in [("a.csv", TableFormat::Csv), ("a.tsv", TableFormat::Tsv)] {
        let inputs = none();
        let mut output = Outputs::new(&inputs).create(folder.path(name)).unwrap();
        let kept = kept.iter().copied();
        write_kept(&feed, kept, format, InvalidUtf8::Refuse, &mut output).unwrap();
        output.finish().unwrap();
        assert_eq!(
            texts(&all(&[&folder.path(name)])),
            ["Ice, thick; fog|rain"],
            "{name}"
        );
    }
}
