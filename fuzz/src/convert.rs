//! Writers: what is written as a table is read again as it was.

use std::path::Path;

use wirefold::normalize::Matcher;
use wirefold::sketch::SketchSettings;
use wirefold_io::{
    Feed, FeedOptions, Format, Inputs, InvalidUtf8, Note, Outputs, Place, RecordOptions, Stories,
    StoryOptions, TableFormat, parse_chunk, write_kept, write_stories,
};

use crate::{file, folder};

/// Id, title and text.
type Told = (String, Option<String>, String);

/// Bytes as JSON Lines, written in every format and read again; and annotated.
pub fn records(data: &[u8]) {
    let path = file("feed.jsonl", data);
    let (feed, told, places) = read(&path, Format::JsonLines);
    if told.is_empty() {
        return;
    }
    for (name, format, read_as) in [
        ("out.jsonl", TableFormat::JsonLines, Format::JsonLines),
        ("out.csv", TableFormat::Csv, Format::Csv),
        ("out.tsv", TableFormat::Tsv, Format::Tsv),
        ("out.parquet", TableFormat::Parquet, Format::Parquet),
        ("out.arrow", TableFormat::Arrow, Format::Arrow),
    ] {
        let inputs = Inputs::default();
        let out = folder().join(name);
        let mut output = Outputs::new(&inputs).create(&out).unwrap();
        let written = write_kept(
            &feed,
            places.iter().copied(),
            format,
            InvalidUtf8::Refuse,
            &mut output,
        );
        // A field of the name of another in other letters and the like may be refused; half a file may not be there.
        let Ok(written) = written else { continue };
        output.finish().unwrap();
        assert_eq!(written.records, told.len() as u64);
        let (_, again, _) = read(&out, read_as);
        if format == TableFormat::JsonLines {
            assert_eq!(again, told, "{name}");
        } else {
            // A table has no cell that is not there, so records are as many, and have their texts.
            let texts = |told: &[Told]| told.iter().map(|told| told.2.clone()).collect::<Vec<_>>();
            assert_eq!(texts(&again), texts(&told), "{name}");
        }
    }
    annotate(feed);
}

fn annotate(feed: Feed) {
    let (sketch, matcher) = (SketchSettings::default(), Matcher::default());
    let read = Stories::read(feed, StoryOptions::default(), &sketch, &matcher, |_, _| {
        Ok(())
    });
    let (stories, _) = read.unwrap();
    let inputs = Inputs::default();
    let out = folder().join("noted.jsonl");
    let mut output = Outputs::new(&inputs).create(&out).unwrap();
    let note = Note {
        cluster: "=1+1,\"\n",
        kept: true,
        relation: None,
        to: Some("x"),
    };
    let noted = (0..stories.len() as u32).map(|story| (story, Some(note)));
    if write_stories(&stories, noted, TableFormat::JsonLines, &mut output).is_err() {
        return;
    }
    output.finish().unwrap();
    let lines = std::fs::read_to_string(&out).unwrap();
    assert_eq!(lines.lines().count(), stories.len());
    for line in lines.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["cluster"], "=1+1,\"\n");
        assert_eq!(value["kept"], true);
    }
}

fn read(path: &Path, format: Format) -> (Feed, Vec<Told>, Vec<Place>) {
    let options = FeedOptions {
        format: Some(format),
        temp_dir: Some(folder().clone()),
        ..FeedOptions::default()
    };
    let feed = Feed::open(Inputs::collect([path]).unwrap(), options).unwrap();
    let (mut told, mut places) = (Vec::new(), Vec::new());
    for chunk in feed.chunks().unwrap() {
        let chunk = chunk.unwrap();
        parse_chunk(&chunk, &RecordOptions::default(), &mut |record| {
            if let Ok(record) = record {
                let id = record.id.as_deref().unwrap_or_default().to_owned();
                told.push((id, record.title.map(Into::into), record.text.into()));
                places.push(Place {
                    source: chunk.source,
                    span: record.span,
                });
            }
        });
    }
    (feed, told, places)
}
