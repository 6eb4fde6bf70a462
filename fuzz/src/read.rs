//! Readers: any bytes, read as any format, end and are accounted for.

use std::path::Path;

use wirefold_io::{
    Chunk, Feed, FeedOptions, Format, Inputs, InvalidUtf8, RecordOptions, parse_chunk,
};

use crate::{file, folder};

/// JSON Lines and plain text.
pub fn lines(data: &[u8]) {
    one_of(&[Format::JsonLines, Format::PlainText], data);
}

/// JSON and ninjs.
pub fn json(data: &[u8]) {
    one_of(&[Format::Json, Format::Ninjs], data);
}

/// The formats of XML.
pub fn xml(data: &[u8]) {
    one_of(
        &[Format::NewsMlG2, Format::Nitf, Format::Rss, Format::Atom],
        data,
    );
}

/// Tables of text.
pub fn table(data: &[u8]) {
    one_of(&[Format::Csv, Format::Tsv], data);
}

/// Archives.
pub fn archive(data: &[u8]) {
    one_of(&[Format::Tar, Format::Zip], data);
}

/// Web archives.
pub fn web(data: &[u8]) {
    one_of(&[Format::Warc], data);
}

/// Columns.
pub fn columns(data: &[u8]) {
    caught_panics_are_no_findings();
    one_of(&[Format::Parquet, Format::Arrow], data);
}

/// Whatever the bytes show: compression and format are told from them.
pub fn any(data: &[u8]) {
    caught_panics_are_no_findings();
    same(None, data);
}

/// The readers of Arrow and Parquet may panic on damaged files; ours catches that and tells it as damage. A panic
/// that nobody catches still ends the target.
pub(crate) fn caught_panics_are_no_findings() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            if panic
                .location()
                .is_some_and(|place| place.file().contains("wirefold"))
            {
                let _ =
                    std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{panic}\n"));
            }
        }));
    });
}

/// The first byte chooses the format, so that one corpus serves what is alike.
fn one_of(formats: &[Format], data: &[u8]) {
    if let Some((&first, rest)) = data.split_first() {
        same(Some(formats[usize::from(first) % formats.len()]), rest);
    }
}

/// A second pass, reading at a place, and small chunks give the same.
fn same(format: Option<Format>, data: &[u8]) {
    let path = file("source", data);
    let options = FeedOptions {
        format,
        temp_dir: Some(folder().clone()),
        max_record_bytes: 1 << 16,
        ..FeedOptions::default()
    };
    for invalid_utf8 in [InvalidUtf8::Refuse, InvalidUtf8::Replace] {
        let records = RecordOptions {
            invalid_utf8,
            ..RecordOptions::default()
        };
        let whole = items(&path, options.clone(), &records);
        let pieces = FeedOptions {
            chunk_bytes: 1,
            ..options.clone()
        };
        assert_eq!(
            items(&path, pieces, &records),
            whole,
            "chunks change records"
        );
    }
}

/// A record as it lies in the source or its translation, with what was made of it; or the reason why there is
/// none.
type Item = Result<(Vec<u8>, String), String>;

fn items(path: &Path, options: FeedOptions, records: &RecordOptions) -> Vec<Item> {
    let inputs = Inputs::collect([path]).unwrap();
    let feed = Feed::open(inputs, options).unwrap();
    let (first, second) = (pass(&feed, records), pass(&feed, records));
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut all = Vec::new();
    loop {
        match (first.next(), second.next()) {
            (None, None) => return all,
            (Some(a), Some(b)) => {
                assert_eq!(a, b, "a second pass");
                all.push(a);
            }
            (a, b) => panic!("a second pass has more or fewer records: {a:?}, {b:?}"),
        }
    }
}

fn pass(feed: &Feed, records: &RecordOptions) -> Vec<Item> {
    let mut all = Vec::new();
    for chunk in feed.chunks().unwrap() {
        match chunk {
            Ok(chunk) => each(feed, &chunk, records, &mut all),
            Err(error) => {
                all.push(Err(error.to_string()));
                break;
            }
        }
    }
    all
}

fn each(feed: &Feed, chunk: &Chunk, records: &RecordOptions, all: &mut Vec<Item>) {
    parse_chunk(chunk, records, &mut |record| {
        all.push(match record {
            Ok(record) => {
                let mut bytes = Vec::new();
                feed.read_at(
                    chunk.source,
                    record.span.offset,
                    record.span.len,
                    &mut bytes,
                )
                .unwrap();
                let told = format!(
                    "{} {:?} {:?} {:?} {:?} {}",
                    record.line,
                    record.id,
                    record.title,
                    record.text,
                    record.published,
                    record.replaced
                );
                Ok((bytes, told))
            }
            Err(refused) => Err(format!("{}: {}", refused.line, refused.reason)),
        });
    });
}
