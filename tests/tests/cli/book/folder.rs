//! The folder in which a page's commands run: a newsroom's feeds, under the names that pages give them.

use std::path::Path;
use std::sync::Arc;
use std::{env, fs};

use arrow_array::{ArrayRef, RecordBatch, StringArray, StructArray};
use arrow_schema::{DataType, Field};
use serde_json::{Value, json};

use super::page::root;
use crate::columns::parquet;
use crate::support::{Folder, built, gz, sample, wirefold, zst};

/// A folder of the programs that a page may call beside those of the system; why there is none.
pub(super) fn programs() -> Result<Folder, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    for wanted in ["bash", "jq", "time"] {
        if !env::split_paths(&path).any(|folder| folder.join(wanted).is_file()) {
            return Err(format!("no {wanted}"));
        }
    }
    let folder = Folder::new();
    link(wirefold(), &folder.path("wirefold"));
    // Built with the command, as a rule.
    let corpus = wirefold().with_file_name("wirefold-corpus");
    let corpus = if corpus.exists() {
        corpus
    } else {
        built("wirefold-corpus")
    };
    link(&corpus, &folder.path("wirefold-corpus"));
    Ok(folder)
}

#[cfg(unix)]
fn link(program: &Path, name: &Path) {
    std::os::unix::fs::symlink(program, name).unwrap();
}

#[cfg(not(unix))]
fn link(program: &Path, name: &Path) {
    fs::copy(program, name).unwrap();
}

/// Writes everything that a page may name: the sample as in the repository, and feeds made of its stories.
pub(super) fn fill(folder: &Folder) {
    let formats = sample().with_file_name("formats");
    let bytes = |name: &str| fs::read(formats.join(name)).unwrap();
    for name in ["feed.jsonl", "labels.tsv", "expected.tsv"] {
        let file = fs::read(sample().with_file_name(name)).unwrap();
        folder.file(&format!("corpus/sample/{name}"), file);
    }
    for entry in fs::read_dir(&formats).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        folder.file(&format!("corpus/sample/formats/{name}"), bytes(&name));
    }
    // Fields of other names beside the usual ones, for recipes that ask for them.
    let records: Vec<Value> = fs::read_to_string(sample())
        .unwrap()
        .lines()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            (record["guid"], record["body"]) = (record["id"].clone(), record["text"].clone());
            record
        })
        .collect();
    let lines = |records: &[Value]| {
        records
            .iter()
            .map(|record| format!("{record}\n"))
            .collect::<String>()
    };
    let feed = lines(&records);
    let (archive, rest) = records.split_at(40);
    let (yesterday, today) = rest.split_at(40);
    let words = |at: usize| records[at]["text"].as_str().unwrap().to_owned();

    folder
        .file("feed.jsonl", &feed)
        .file("feed.jsonl.gz", gz(feed.as_bytes()))
        .file("feed.jsonl.zst", zst(feed.as_bytes()))
        .file("feeds/2026-03/01/wire.jsonl.gz", gz(feed.as_bytes()))
        .file("archive/old.jsonl.gz", gz(lines(archive).as_bytes()))
        .file("archive/note.txt", words(0))
        .file("yesterday.jsonl.gz", gz(lines(yesterday).as_bytes()))
        .file("today.jsonl", lines(today))
        .file("week.jsonl", &feed)
        .file("judged.csv", judged())
        .file("tuesday/wire.jsonl", lines(today))
        .file("monday.jsonl.gz", gz(lines(yesterday).as_bytes()))
        .file("tuesday.jsonl.gz", gz(lines(today).as_bytes()))
        .file("monday.txt", words(14))
        .file("tuesday.txt", words(18))
        .file("story.txt", words(14))
        .file("items/one.json", item(&records[0]))
        .file("items/two.json", item(&records[14]))
        .file("agency.rss.gz", gz(&bytes("feed.rss")))
        .file("export.csv", bytes("feed.csv"))
        .file("export.parquet", export(&records));
    // What only whoever has the repository or a release can run.
    fs::create_dir_all(folder.path(".ci")).unwrap();
    link(Path::new("/bin/true"), &folder.path(".ci/run"));
    fs::create_dir_all(folder.path("target/release")).unwrap();
    link(wirefold(), &folder.path("target/release/wirefold"));
    fs::create_dir_all(folder.path("crates")).unwrap();
    link(&root().join("crates/python"), &folder.path("crates/python"));
}

/// The sample's labels as a judge would write them: copies, and pairs that only look like copies.
fn judged() -> String {
    let labels = fs::read_to_string(sample().with_file_name("labels.tsv")).unwrap();
    let rows = labels.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let copy = match cells[2] {
            "identical" | "near_duplicate" | "contained" => 1,
            "same_template" => 0,
            _ => return None,
        };
        Some(format!("{},{},{copy}\n", cells[0], cells[1]))
    });
    rows.fold("a,b,label\n".to_owned(), |all, row| all + &row)
}

/// A story as one item of ninjs.
fn item(record: &Value) -> String {
    let (id, text) = (&record["id"], &record["text"]);
    json!({ "uri": format!("urn:desk:{id}"), "type": "text", "headline": record["title"], "body_text": text }).to_string()
}

/// A table whose texts lie in a column of structs.
fn export(records: &[Value]) -> Vec<u8> {
    let column = |name: &str| -> ArrayRef {
        let cells = records.iter().map(|record| record[name].as_str());
        Arc::new(cells.collect::<StringArray>())
    };
    let body = Arc::new(Field::new("body", DataType::Utf8, true));
    let story = StructArray::from(vec![(body, column("text"))]);
    let columns: [(&str, ArrayRef); 3] = [
        ("id", column("id")),
        ("story", Arc::new(story)),
        ("sent", column("published")),
    ];
    parquet(&RecordBatch::try_from_iter(columns).unwrap())
}
