//! What an index takes.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::segment::{
    BANDS, BODIES, BODY_ENDS, CONTENTS, EDITIONS, ENTRIES, ENTRY_ENDS, IDS, ITEMS, POSTINGS,
};
use crate::settings::IndexSettings;
use crate::snapshot::Snapshot;

/// What an index holds, and the bytes that it takes.
#[derive(Clone, Debug, Serialize)]
pub struct Info {
    /// Stories that are stored.
    pub stories: u64,
    /// Stories that are deleted, and still take room.
    pub deleted: u64,
    /// Distinct texts among all of them.
    pub texts: u64,
    /// Bytes on disk, the manifest apart.
    pub bytes: u64,
    /// Bytes by what they are for.
    pub columns: BTreeMap<&'static str, u64>,
    /// Each segment, in the order of stories.
    pub segments: Vec<SegmentInfo>,
    /// What the index was created with.
    pub settings: IndexSettings,
    /// Whether it has a profile.
    pub profile: bool,
}

/// One segment.
#[derive(Clone, Debug, Serialize)]
pub struct SegmentInfo {
    /// The name of its file.
    pub file: String,
    /// Stories that are stored in it.
    pub stories: u64,
    /// Stories of it that are deleted.
    pub deleted: u64,
    /// Bytes of its file.
    pub bytes: u64,
}

impl Snapshot {
    /// What the index holds and takes.
    pub fn info(&self) -> Info {
        let mut columns: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut segments = Vec::new();
        let mut texts = 0;
        for (named, part) in self.manifest.segments.iter().zip(&self.segments) {
            let file = part.segment.file();
            let mut sections = 0;
            for (name, range) in file.sections() {
                let column = match *name {
                    BODIES | BODY_ENDS => "stories, compressed",
                    ENTRIES | ENTRY_ENDS => "records",
                    POSTINGS => "anchors, facts and quotations",
                    CONTENTS | IDS | ITEMS | EDITIONS => "contents, ids and items",
                    band if band >= BANDS => "bands",
                    _ => "numbers",
                };
                *columns.entry(column).or_default() += range.len() as u64;
                sections += range.len() as u64;
            }
            *columns.entry("checksums").or_default() += file.len() - sections;
            texts += part.segment.texts() as u64;
            let name = file.path().file_name().unwrap_or_default();
            segments.push(SegmentInfo {
                file: name.to_string_lossy().into_owned(),
                stories: u64::from(named.stories - named.deleted_stories),
                deleted: named.deleted_stories.into(),
                bytes: file.len(),
            });
        }
        let files = self.manifest.files();
        Info {
            stories: self.len(),
            deleted: segments.iter().map(|segment| segment.deleted).sum(),
            texts,
            bytes: files.iter().map(|(_, file)| file.bytes).sum(),
            columns,
            segments,
            settings: self.manifest.settings.clone(),
            profile: self.manifest.profile.is_some(),
        }
    }
}
