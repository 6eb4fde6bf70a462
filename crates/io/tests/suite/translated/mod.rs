//! Sources of other formats: what becomes of each item.

mod any;
mod archives;
mod broken;
mod conformance;
mod feeds;
mod news;
mod tables;
mod web;

use crate::support::{Folder, feed, pass};
use wirefold_io::{FeedOptions, Format, RecordOptions};

/// Each item of a source as the line of JSON that it became, or as its number and the reason why it
/// was refused.
pub(crate) type Items = Vec<Result<String, String>>;

/// Reads a source, twice, for a second pass must give the same.
pub(crate) fn read_with(name: &str, bytes: impl AsRef<[u8]>, options: FeedOptions) -> Items {
    let folder = Folder::new();
    let path = folder.file(name, bytes);
    let feed = feed(&[&path], options);
    let mut passes = (0..2).map(|_| {
        let outcomes = pass(&feed, &RecordOptions::default()).unwrap();
        let items = outcomes.into_iter().map(|outcome| match outcome {
            Ok(told) => {
                let mut line = Vec::new();
                feed.read_at(told.source, told.span.offset, told.span.len, &mut line)
                    .unwrap();
                Ok(String::from_utf8(line).unwrap())
            }
            Err(refused) => Err(format!("{}: {}", refused.line, refused.reason)),
        });
        items.collect::<Items>()
    });
    let (first, second) = (passes.next().unwrap(), passes.next().unwrap());
    assert_eq!(first, second, "{name}");
    first
}

pub(crate) fn read(name: &str, bytes: impl AsRef<[u8]>) -> Items {
    read_with(name, bytes, FeedOptions::default())
}

pub(crate) fn read_as(format: Format, bytes: impl AsRef<[u8]>) -> Items {
    let options = FeedOptions {
        format: Some(format),
        ..FeedOptions::default()
    };
    read_with("source", bytes, options)
}

/// Claims what the items of a source become.
#[track_caller]
pub(crate) fn becomes(name: &str, bytes: impl AsRef<[u8]>, expected: &[Result<&str, &str>]) {
    let items = read(name, bytes);
    let items: Vec<Result<&str, &str>> = items
        .iter()
        .map(|item| item.as_deref().map_err(String::as_str))
        .collect();
    assert_eq!(items, expected);
}
