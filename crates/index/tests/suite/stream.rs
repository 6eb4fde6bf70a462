//! Streams: what is new passes and is stored.

use wirefold_index::{IndexError, IndexSettings, StreamOptions, Writer};
use wirefold_io::{Feed, FeedOptions, Inputs};

use crate::support::{Made, SENTENCES, feed};

fn story(id: &str, text: String) -> Made {
    Made {
        id: id.to_owned(),
        text,
        source: "Northwire",
        published: None,
        item: None,
    }
}

/// The ids that pass, and those that do not with those that tell them.
fn stream(
    writer: &mut Writer,
    dir: &std::path::Path,
    stories: &[Made],
) -> (Vec<String>, Vec<[String; 3]>) {
    let feed = feed(dir, stories);
    let (mut passed, mut told) = (String::new(), Vec::new());
    writer
        .dedup(&feed, &StreamOptions::default(), |_, streamed| {
            passed += std::str::from_utf8(&streamed.passed).unwrap();
            let row = |told: wirefold_index::Told| {
                [told.id, told.link.relation.name().to_owned(), told.to]
            };
            told.extend(streamed.told.into_iter().map(row));
            Ok(())
        })
        .unwrap();
    let ids = passed.lines().map(|line| {
        let made = stories.iter().find(|made| made.json().trim_end() == line);
        made.expect("a record as it came").id.clone()
    });
    (ids.collect(), told)
}

#[test]
fn what_is_new_passes_once() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    let mut writer = Writer::create(&home, IndexSettings::default(), None, None).unwrap();
    let whole = SENTENCES[..6].join(" ");
    let first = [
        story("a", whole.clone()),
        story("b", whole.to_uppercase()),
        story("c", SENTENCES[6..9].join(" ")),
        story("d", SENTENCES[..2].join(" ")),
    ];
    let (passed, told) = stream(&mut writer, dir.path(), &first);
    assert_eq!(passed, ["a", "c"]);
    assert_eq!(told, [["b", "identical", "a"], ["d", "contained", "a"]]);
    // What passed is stored, also for the next process.
    drop(writer);
    let mut writer = Writer::open(&home).unwrap();
    let second = [
        story("e", SENTENCES[6..9].join("  ")),
        story("f", SENTENCES[10].to_owned()),
        story("g", SENTENCES[10].to_owned()),
    ];
    let (passed, told) = stream(&mut writer, dir.path(), &second);
    assert_eq!(passed, ["f"]);
    assert_eq!(told, [["e", "identical", "c"], ["g", "identical", "f"]]);
    assert_eq!(writer.snapshot().len(), 3);
}

#[test]
fn a_notice_passes_each_time() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    let mut writer = Writer::create(&home, IndexSettings::default(), None, None).unwrap();
    let text = SENTENCES[..3].join(" ");
    let notice = |id: &str| Made {
        item: Some(("ferry", 2, true)),
        ..story(id, text.clone())
    };
    let (passed, _) = stream(
        &mut writer,
        dir.path(),
        &[story("a", text.clone()), notice("b")],
    );
    assert_eq!(passed, ["a", "b"]);
    let (passed, _) = stream(&mut writer, dir.path(), &[notice("b")]);
    assert_eq!(passed, ["b"]);
    assert_eq!(writer.snapshot().len(), 2);
}

#[test]
fn what_came_before_an_error_has_passed() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    let mut writer = Writer::create(&home, IndexSettings::default(), None, None).unwrap();
    let [good, plain] = ["good.jsonl", "plain.txt"].map(|name| dir.path().join(name));
    let stories = [0, 3, 6].map(|at| story(&format!("s{at}"), SENTENCES[at..at + 3].join(" ")));
    std::fs::write(&good, stories.iter().map(Made::json).collect::<String>()).unwrap();
    std::fs::write(&plain, "No records here.").unwrap();
    // Both are read before anything is decided, or not: it makes no difference.
    let feed = Feed::open(
        Inputs::collect([&good, &plain]).unwrap(),
        FeedOptions::default(),
    )
    .unwrap();
    let mut passed = 0;
    let streamed = writer.dedup(&feed, &StreamOptions::default(), |_, streamed| {
        passed += streamed.new;
        Ok(())
    });
    assert!(matches!(streamed, Err(IndexError::NoRecords { path }) if path == plain));
    assert_eq!((passed, writer.snapshot().len()), (3, 3));
}
