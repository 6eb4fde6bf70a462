//! Lines that a source repeats.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::tokenize::fold;

/// The longest line that can be furniture, in bytes.
const LONGEST: usize = 400;

/// What a repeated line must show: so many different neighborhoods, on so many days.
const LEAST_PLACES: usize = 5;
const LEAST_DAYS: usize = 3;

/// Where or when a line stood: a hash of the lines near it, or a day above [`DAY`].
pub(super) type Tag = u64;

/// Marks a tag that is a day.
const DAY: Tag = 1 << 63;

/// One time that a line stood in a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    /// The line and its source.
    pub(super) key: u64,
    /// A hash of the lines round it.
    pub(super) place: u32,
    pub(super) day: i32,
}

impl Seen {
    fn tags(self) -> [(u64, Tag); 2] {
        let day = DAY | u64::from(self.day.cast_unsigned());
        [(self.key, u64::from(self.place)), (self.key, day)]
    }
}

/// The lines of a text that are not blank, without white space at their ends, each with the byte
/// where it begins.
pub(super) fn of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let rest = &text[at..];
            let whole = match memchr::memchr(b'\n', rest.as_bytes()) {
                Some(feed) => &rest[..=feed],
                None => rest,
            };
            at += whole.len();
            let line = whole.trim_start();
            let start = at - line.len();
            let line = line.trim_end();
            if !line.is_empty() {
                return Some((start, line));
            }
        }
        None
    })
}

/// What a line of a source is known by. Nothing for what is never furniture: lines that are too long,
/// without a letter or digit, or with a quotation mark, for speech that is repeated is news.
pub(super) fn key(source: u64, line: &str, seed: u64) -> Option<u64> {
    let fit = line.len() <= LONGEST && has_word(line) && !has_quotation_mark(line);
    fit.then(|| fold(xxh3_64_with_seed(line.as_bytes(), seed) | 1, source | 1))
}

/// Whether a line has a letter or digit; nearly every one has at its beginning.
fn has_word(line: &str) -> bool {
    let first = line.as_bytes().first();
    first.is_some_and(u8::is_ascii_alphanumeric) || line.chars().any(char::is_alphanumeric)
}

/// Whether a line can hold direct speech.
fn has_quotation_mark(line: &str) -> bool {
    let bytes = line.as_bytes();
    let mut wide = false;
    for &byte in bytes {
        wide |= byte >= 0x80;
    }
    if !wide {
        return memchr::memchr(b'"', bytes).is_some();
    }
    let mark = |at: usize| match bytes[at..] {
        [b'"', ..] => true,
        // “ ” „ ‟ ‹ ›
        [0xe2, 0x80, last, ..] => matches!(last, 0x9c..=0x9f | 0xb9 | 0xba),
        // « »
        [0xc2, last, ..] => matches!(last, 0xab | 0xbb),
        // 「 」 『 』
        [0xe3, 0x80, last, ..] => matches!(last, 0x8c..=0x8f),
        _ => false,
    };
    memchr::memchr3_iter(b'"', 0xe2, 0xc2, bytes).any(mark)
        || memchr::memchr_iter(0xe3, bytes).any(mark)
}

/// Sorts, and keeps of each line what decides: the least places and days, as many as are asked for.
/// The least of a union are among the least of its parts, so nothing is lost in merging.
pub(super) fn settle(tags: &mut Vec<(u64, Tag)>) {
    tags.sort_unstable();
    tags.dedup();
    let mut last = None;
    let (mut places, mut days) = (0, 0);
    tags.retain(|&(key, tag)| {
        if last != Some(key) {
            (last, places, days) = (Some(key), 0, 0);
        }
        if tag & DAY == 0 {
            places += 1;
            places <= LEAST_PLACES
        } else {
            days += 1;
            days <= LEAST_DAYS
        }
    });
}

/// The tags of lines as they were seen; without those that were not repeated enough if only
/// `repeated` ones are wanted.
pub(super) fn tags(mut seen: Vec<Seen>, repeated: bool) -> Vec<(u64, Tag)> {
    use rayon::slice::ParallelSliceMut as _;
    seen.par_sort_unstable();
    seen.dedup();
    let least = if repeated { LEAST_PLACES } else { 1 };
    let runs = seen.chunk_by(|x, y| x.key == y.key);
    let mut tags: Vec<(u64, Tag)> = runs
        .filter(|run| run.len() >= least)
        .flat_map(|run| run.iter().flat_map(|seen| seen.tags()))
        .collect();
    settle(&mut tags);
    tags
}

/// Of lines as they were seen, those that decide: of each line one with each of its least places and days, so that
/// a line that stands everywhere is no more than another.
pub(super) fn deciding(seen: &[Seen]) -> Vec<Seen> {
    let mut tagged: Vec<(u64, Tag, Seen)> = seen
        .iter()
        .flat_map(|&seen| seen.tags().map(|(key, tag)| (key, tag, seen)))
        .collect();
    tagged.sort_unstable();
    tagged.dedup_by_key(|&mut (key, tag, _)| (key, tag));
    let mut left = Vec::new();
    for of_line in tagged.chunk_by(|x, y| x.0 == y.0) {
        let (places, days) =
            of_line.split_at(of_line.partition_point(|&(_, tag, _)| tag & DAY == 0));
        let least = places
            .iter()
            .take(LEAST_PLACES)
            .chain(days.iter().take(LEAST_DAYS));
        left.extend(least.map(|&(.., seen)| seen));
    }
    left.sort_unstable();
    left.dedup();
    left
}

/// The lines that were repeated enough.
pub(super) fn learned(tags: &[(u64, Tag)]) -> impl Iterator<Item = u64> {
    tags.chunk_by(|x, y| x.0 == y.0)
        .filter(|run| run.len() == LEAST_PLACES + LEAST_DAYS)
        .map(|run| run[0].0)
}

/// A hash of the lines near each of `keys`, up to three on either side: the boilerplate at the end of
/// a story has boilerplate beside it.
pub(super) fn places(keys: &[u64]) -> impl Iterator<Item = u32> {
    const NEAR: usize = 3;
    (0..keys.len()).map(|at| {
        let near = |range: std::ops::Range<usize>| {
            let hash = |hash: u64, key: &u64| fold(hash ^ key, 0x9e37_79b9_7f4a_7c15);
            keys[range].iter().fold(0x5851_f42d_4c95_7f2d, hash)
        };
        let before = near(at.saturating_sub(NEAR)..at);
        let after = near(at + 1..keys.len().min(at + 1 + NEAR));
        (fold(before | 1, after.rotate_left(32) | 1) >> 32) as u32
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_never_furniture_has_no_key() {
        let key = |line| key(7, line, 0);
        assert!(key("Sign up").is_some() && key("Sign up") != key("Sign in"));
        let long = "x".repeat(401);
        for never in [
            "",
            "* * *",
            "“It is too thick”",
            "\"No\"",
            "«Non»",
            "„Nein“",
            "「はい」",
            &long,
        ] {
            assert_eq!(key(never), None, "{never}");
        }
        assert!(key("Côté © 2031 – Réseau").is_some());
    }

    proptest! {
        #[test]
        fn what_decides_is_little_and_enough(
            seen in prop::collection::vec((0..4u64, 0..9u32, -3..6i32), 0..120), cut in 0..120usize,
        ) {
            let seen: Vec<Seen> = seen.into_iter().map(|(key, place, day)| Seen { key, place, day }).collect();
            let (first, second) = seen.split_at(cut.min(seen.len()));
            let decide = [deciding(first), deciding(second)];
            for part in &decide {
                prop_assert!(part.len() <= 4 * (LEAST_PLACES + LEAST_DAYS));
            }
            let furniture = |seen: Vec<Seen>| {
                let tags = tags(seen, true);
                let learned: Vec<u64> = learned(&tags).collect();
                tags.into_iter().filter(|(key, _)| learned.contains(key)).collect::<Vec<_>>()
            };
            prop_assert_eq!(furniture(decide.concat()), furniture(seen));
        }

        #[test]
        fn quotation_marks_are_seen(line in "[a「」『』“”„‟‹›«»\"‘’ä©…　、ã]{0,6}") {
            let marks = ['"', '“', '”', '„', '‟', '‹', '›', '«', '»', '「', '」', '『', '』'];
            prop_assert_eq!(has_quotation_mark(&line), line.contains(marks));
        }
    }

    #[test]
    fn lines_and_their_places() {
        let text = " a b \n\n\tc\r\nd";
        let found: Vec<_> = of(text).collect();
        assert_eq!(found, [(1, "a b"), (8, "c"), (11, "d")]);
    }
}
