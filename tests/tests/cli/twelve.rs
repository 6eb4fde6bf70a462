//! A feed that comes in twelve formats at once is one feed.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{Folder, csv, gz};
use crate::translated::{
    atom, each, escaped_field, field, first_stories, marked_up, news_message, ninjs, nitf, rss,
    table,
};

/// A story as a page in a record of a web archive.
fn warc(story: &Value) -> Vec<u8> {
    let page = format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><title>Site</title>\
         <meta property=\"og:title\" content=\"{}\"><meta charset=utf-8>\
         <meta property=\"article:published_time\" content=\"{}\"></head><body>\
         <nav>Home News Sport</nav>{}<footer>Imprint</footer></body></html>",
        field(story, "language"),
        escaped_field(story, "title").replace('"', "&quot;"),
        field(story, "published"),
        marked_up(story),
    );
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}");
    let record = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <{}>\r\n\
         WARC-Target-URI: http://site.invalid/\r\nWARC-Date: 2032-01-01T00:00:00Z\r\n\
         Content-Type: application/http\r\nContent-Length: {}\r\n\r\n{answer}\r\n\r\n",
        field(story, "id"),
        answer.len()
    );
    gz(record.as_bytes())
}

fn lines(stories: &[Value]) -> Vec<u8> {
    each(stories, |story| format!("{story}\n")).into_bytes()
}

/// An archive of two files of other formats.
fn zip(stories: &[Value]) -> Vec<u8> {
    let (one, two) = stories.split_at(stories.len() / 2);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("a/feed.jsonl.gz", gz(&lines(one))),
        ("b/feed.rss", rss(two).into_bytes()),
    ] {
        archive
            .start_file(name, SimpleFileOptions::DEFAULT)
            .unwrap();
        archive.write_all(&bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Each story's row of the table of families, by its id: a text file's is its name.
fn rows(table: &[u8]) -> BTreeMap<String, BTreeMap<String, String>> {
    let rows = csv(table).into_iter().map(|mut row| {
        for column in ["id", "cluster", "to"] {
            let id = row[column].trim_end_matches(".txt").to_owned();
            row.insert(column.to_owned(), id);
        }
        (row["id"].clone(), row)
    });
    rows.collect()
}

#[test]
fn a_feed_in_twelve_formats_is_one_feed() {
    const FORMATS: usize = 12;
    // A title alone is an item in some of the formats, and none in others.
    let mut stories = first_stories(107);
    stories.retain(|story| !field(story, "text").is_empty());
    assert!(stories.len() > 100);
    let folder = Folder::new();
    folder.file("whole.jsonl", lines(&stories));
    folder.ok("dedup whole.jsonl -o kept.jsonl --clusters whole.csv");
    let expected = rows(&folder.bytes("whole.csv"));
    assert!(
        expected
            .values()
            .filter(|row| row["kept"] == "false")
            .count()
            > 20
    );

    // Story by story to the next format, so that families are spread over them.
    let parts: Vec<Vec<Value>> = (0..FORMATS)
        .map(|at| stories.iter().skip(at).step_by(FORMATS).cloned().collect())
        .collect();
    let [a, b, c, d, e, f, g, h, i, j, k, l] = &parts[..] else {
        unreachable!("twelve parts");
    };
    let mut inputs: Vec<String> = Vec::new();
    for (name, bytes) in [
        ("a.jsonl", lines(a)),
        ("b.json", serde_json::to_vec_pretty(b).unwrap()),
        ("c.csv", table(c, b',')),
        ("d.tsv", table(d, b'\t')),
        (
            "e.ninjs",
            each(e, |story| format!("{}\n", ninjs(story, 2))).into_bytes(),
        ),
        ("f.xml", news_message(f).into_bytes()),
        ("g.nitf", each(g, nitf).into_bytes()),
        ("h.rss", rss(h).into_bytes()),
        ("i.atom", atom(i).into_bytes()),
        ("j.warc.gz", j.iter().flat_map(warc).collect()),
        ("l.zip", zip(l)),
    ] {
        folder.file(name, bytes);
        inputs.push(name.to_owned());
    }
    for story in k {
        let name = format!("{}.txt", field(story, "id"));
        let text = format!("{}\n\n{}", field(story, "title"), field(story, "text"));
        folder.file(&name, text);
        inputs.push(name);
    }
    let args = format!(
        "dedup {} -o kept.jsonl --clusters parts.csv",
        inputs.join(" ")
    );
    folder.ok(&args);
    assert_eq!(rows(&folder.bytes("parts.csv")), expected);
}
