//! A temporary folder a test, and records gathered from a feed.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use wirefold_io::{
    Feed, FeedOptions, Inputs, IoError, Place, RecordOptions, Refused, Span, parse_chunk,
};

/// A temporary folder.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// A record that no longer borrows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) source: u32,
    pub(crate) id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) text: String,
    pub(crate) span: Span,
    pub(crate) line: u64,
    pub(crate) replaced: u64,
}

impl Told {
    pub(crate) fn place(&self) -> Place {
        Place {
            source: self.source,
            span: self.span,
        }
    }
}

pub(crate) type Outcome = Result<Told, Refused>;

pub(crate) fn feed(paths: &[&Path], options: FeedOptions) -> Feed {
    Feed::open(Inputs::collect(paths).unwrap(), options).unwrap()
}

pub(crate) fn pass(feed: &Feed, options: &RecordOptions) -> Result<Vec<Outcome>, IoError> {
    let mut all = Vec::new();
    for chunk in feed.chunks()? {
        let chunk = chunk?;
        parse_chunk(&chunk, options, &mut |record| {
            all.push(record.map(|record| Told {
                source: chunk.source,
                id: record.id.map(Into::into),
                title: record.title.map(Into::into),
                text: record.text.into(),
                span: record.span,
                line: record.line,
                replaced: record.replaced,
            }));
        });
    }
    Ok(all)
}

pub(crate) fn all(paths: &[&Path]) -> Vec<Outcome> {
    pass(
        &feed(paths, FeedOptions::default()),
        &RecordOptions::default(),
    )
    .unwrap()
}

pub(crate) fn good(outcomes: &[Outcome]) -> Vec<Told> {
    outcomes
        .iter()
        .filter_map(|outcome| outcome.clone().ok())
        .collect()
}

pub(crate) fn texts(outcomes: &[Outcome]) -> Vec<String> {
    good(outcomes).into_iter().map(|told| told.text).collect()
}

pub(crate) fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Lines of a small feed; the texts differ in length, escapes and script.
pub(crate) fn sample(count: usize) -> Vec<u8> {
    let tails = [
        "",
        "\\nThe pier is closed.",
        " “Never again,” she said.",
        " Хлеб подорожал.",
    ];
    let mut bytes = Vec::new();
    for at in 0..count {
        let tail = tails[at % tails.len()].repeat(at % 5);
        writeln!(
            bytes,
            "{{\"id\":{at},\"headline\":\"Tide {at}\",\"text\":\"High water at Brackwater.{tail}\"}}"
        )
        .unwrap();
    }
    bytes
}

pub(crate) fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
