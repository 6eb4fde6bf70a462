//! The closing lines of what is done with an index.

use std::time::Duration;

use wirefold_index::{Added, Info};
use wirefold_io::UnreadDates;

use crate::summary::{closing, grouped, megabytes, plural, unread};

/// What was added, in words; `stored` is the number of stories that are stored then, and the bytes read.
pub(super) fn added_summary(
    added: &Added,
    (stored, input_bytes): (u64, u64),
    took: Duration,
    threads: usize,
) -> Vec<String> {
    let mut lines = vec![format!(
        "added {} {}, {}; {} stored",
        grouped(added.added),
        plural(added.added, "story", "stories"),
        megabytes(input_bytes),
        grouped(stored),
    )];
    if added.already > 0 {
        lines.push(format!(
            "{} {} stored already, by id and text",
            grouped(added.already),
            plural(added.already, "was", "were")
        ));
    }
    if added.suffixed > 0 {
        lines.push(format!(
            "{} {} another text's and got a suffix such as #2",
            grouped(added.suffixed),
            plural(added.suffixed, "id was", "ids were")
        ));
    }
    lines.extend(unread(&added.unread_dates));
    lines.extend(closing(
        input_bytes,
        added.refused,
        added.replaced,
        took,
        threads,
    ));
    lines
}

/// What became of a stream, in words.
pub(super) fn streamed_summary(
    (new, told, refused): (u64, u64, u64),
    dates: &UnreadDates,
    (stored, input_bytes): (u64, u64),
    took: Duration,
    threads: usize,
) -> Vec<String> {
    let mut lines = vec![format!(
        "passed {} new {}, {}; {} stored",
        grouped(new),
        plural(new, "story", "stories"),
        megabytes(input_bytes),
        grouped(stored),
    )];
    lines.push(format!(
        "{} {} told already; of two the first stays",
        grouped(told),
        plural(told, "was", "were")
    ));
    lines.extend(unread(dates));
    lines.extend(closing(input_bytes, refused, 0, took, threads));
    lines
}

/// What the merging of all segments came to, in words: `before` and `after` are what the index held.
pub(super) fn compacted(before: &Info, after: &Info) -> String {
    let segments = before.segments.len() as u64;
    format!(
        "{} {}, {}; now {}, {}",
        grouped(segments),
        plural(segments, "segment", "segments"),
        megabytes(before.bytes),
        grouped(after.segments.len() as u64),
        megabytes(after.bytes),
    )
}

/// What an index holds, in words.
pub(super) fn info_lines(info: &Info) -> Vec<String> {
    let per_story = |bytes: u64| bytes as f64 / (info.stories + info.deleted).max(1) as f64;
    let mut lines = vec![format!(
        "{} {}, {} distinct {}, {} deleted",
        grouped(info.stories),
        plural(info.stories, "story", "stories"),
        grouped(info.texts),
        plural(info.texts, "text", "texts"),
        grouped(info.deleted),
    )];
    lines.push(format!(
        "{} in {} {}, {:.0} bytes a story",
        megabytes(info.bytes),
        info.segments.len(),
        plural(info.segments.len() as u64, "segment", "segments"),
        per_story(info.bytes),
    ));
    for (column, &bytes) in &info.columns {
        lines.push(format!(
            "  {:>6.0} bytes a story  {column}, {}",
            per_story(bytes),
            megabytes(bytes)
        ));
    }
    let settings = &info.settings;
    lines.push(format!(
        "threshold {}, containment {}, overlap {}, {} words a shingle, {}{}",
        settings.threshold,
        settings.containment,
        settings.overlap,
        settings.shingle_words,
        if info.profile {
            "with a profile"
        } else {
            "without a profile"
        },
        if settings.fold_confusables {
            ", letters that look alike as one"
        } else {
            ""
        }
    ));
    lines
}
