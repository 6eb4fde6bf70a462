//! The way back: from ranges of normalized text to ranges of the original.

use std::ops::Range;

/// What a face reports while it writes. The implementation that keeps nothing compiles to
/// nothing, so that a map costs only those who ask for one.
pub(super) trait Recorder {
    /// Whether what is reported is kept.
    const RECORDS: bool = true;
    /// `len` bytes of output from `out` on stand for `len` bytes of source from `source` on, byte
    /// for byte.
    fn copied(&mut self, out: usize, source: usize, len: usize);
    /// `len` bytes of output from `out` on stand, as a whole, for `source`.
    fn replaced(&mut self, out: usize, len: usize, source: Range<usize>);
}

/// Records nothing.
pub(super) struct Unrecorded;

impl Recorder for Unrecorded {
    const RECORDS: bool = false;

    #[inline]
    fn copied(&mut self, _: usize, _: usize, _: usize) {}
    #[inline]
    fn replaced(&mut self, _: usize, _: usize, _: Range<usize>) {}
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    out: usize,
    source: usize,
    source_end: usize,
    /// Byte for byte, or only as a whole.
    linear: bool,
}

impl Run {
    /// Where in the source the run's output begins at byte `at` of the output.
    fn start(self, at: usize) -> usize {
        if self.linear {
            self.source + (at - self.out)
        } else {
            self.source
        }
    }

    /// Where it ends before byte `at`.
    fn end(self, at: usize) -> usize {
        if self.linear {
            self.source + (at - self.out)
        } else {
            self.source_end
        }
    }
}

/// Leads byte ranges of a normalized text back to the original.
///
/// The map is a list of runs: stretches that correspond byte for byte, and pieces that were
/// replaced as a whole. Source text that was dropped belongs to no run. Plain text needs a few
/// runs a line at most.
///
/// # Examples
///
/// ```
/// use wirefold::normalize::{Matcher, OffsetMap};
///
/// let original = "The  Harbour\u{2014}closed";
/// let (mut text, mut map) = (String::new(), OffsetMap::default());
/// Matcher::default().normalize_mapped(original, &mut text, &mut map);
/// assert_eq!(text, "the harbour - closed");
/// let found = text.find("closed").map(|at| map.original(at..at + 6));
/// assert_eq!(found.map(|range| &original[range]), Some("closed"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    runs: Vec<Run>,
    len: usize,
}

impl OffsetMap {
    /// A map of a text of `len` bytes that was not changed.
    pub fn identity(len: usize) -> Self {
        let mut map = Self::default();
        map.copied(0, 0, len);
        map
    }

    /// Forgets all runs and keeps the memory.
    pub fn clear(&mut self) {
        self.runs.clear();
        self.len = 0;
    }

    /// Length in bytes of the normalized text.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the normalized text is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The smallest byte range of the original that produced `range` of the normalized text.
    ///
    /// A range that touches a piece replaced as a whole takes that whole piece; source text that
    /// was dropped is included only between two kept pieces, never at the ends. If `range` lies
    /// on character boundaries of the normalized text, so does the answer in the original.
    ///
    /// Ends beyond the text are clamped to its length, an end before the start to the start. An
    /// empty range gives an empty range: at the start of the piece that it stands in or before,
    /// or behind the last kept piece at the end of the text.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let start = range.start.min(self.len);
        let end = range.end.clamp(start, self.len);
        if start == end {
            let at = self.position(start);
            return at..at;
        }
        let (Some(first), Some(last)) = (self.run_at(start), self.run_at(end - 1)) else {
            return 0..0;
        };
        first.start(start)..last.end(end)
    }

    /// What [`OffsetMap::original`] gives for each of many ranges within the text, none of them
    /// empty and none before the end of the last, in one walk along the map.
    pub(crate) fn originals<'m>(
        &'m self,
        ranges: &'m [(u32, u32)],
    ) -> impl Iterator<Item = Range<usize>> {
        let mut rest = self.runs.as_slice();
        ranges.iter().map(move |&(start, end)| {
            let (start, end) = (start as usize, end as usize);
            let mut run_at = |at: usize| {
                while let [_, next, ..] = rest
                    && next.out <= at
                {
                    rest = &rest[1..];
                }
                rest.first().copied()
            };
            match (run_at(start), run_at(end.saturating_sub(1))) {
                (Some(first), Some(last)) => first.start(start)..last.end(end),
                _ => 0..0,
            }
        })
    }

    /// Composition: `self` leads from B back to A, `next` from C back to B; the answer leads from
    /// C back to A.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let mut map = Self::default();
        for (index, run) in next.runs.iter().enumerate() {
            let out_end = next
                .runs
                .get(index + 1)
                .map_or(next.len, |following| following.out);
            if !run.linear {
                let source = self.original(run.source..run.source_end);
                map.replaced(run.out, out_end - run.out, source);
                continue;
            }
            let mut at = run.source;
            let end = run.source + (out_end - run.out);
            while at < end {
                let piece = self.runs.partition_point(|r| r.out <= at);
                let piece_end = self
                    .runs
                    .get(piece)
                    .map_or(self.len, |following| following.out);
                let stop = piece_end.min(end);
                // A map that does not belong to this text ends before it: what is left has no
                // source.
                let Some(first) = piece
                    .checked_sub(1)
                    .map(|i| self.runs[i])
                    .filter(|_| stop > at)
                else {
                    let place = self.position(at);
                    map.replaced(run.out + (at - run.source), end - at, place..place);
                    break;
                };
                let out = run.out + (at - run.source);
                if first.linear {
                    map.copied(out, first.source + (at - first.out), stop - at);
                } else {
                    map.replaced(out, stop - at, first.source..first.source_end);
                }
                at = stop;
            }
        }
        map
    }

    fn run_at(&self, at: usize) -> Option<Run> {
        let index = self
            .runs
            .partition_point(|run| run.out <= at)
            .checked_sub(1)?;
        self.runs.get(index).copied()
    }

    fn position(&self, at: usize) -> usize {
        if at >= self.len {
            return self.runs.last().map_or(0, |run| run.source_end);
        }
        self.run_at(at).map_or(0, |run| run.start(at))
    }
}

impl Recorder for OffsetMap {
    fn copied(&mut self, out: usize, source: usize, len: usize) {
        if len == 0 {
            return;
        }
        self.len = out + len;
        if let Some(last) = self.runs.last_mut()
            && last.linear
            && last.source_end == source
        {
            last.source_end += len;
            return;
        }
        self.runs.push(Run {
            out,
            source,
            source_end: source + len,
            linear: true,
        });
    }

    fn replaced(&mut self, out: usize, len: usize, source: Range<usize>) {
        if len == 0 {
            return;
        }
        self.len = out + len;
        if let Some(last) = self.runs.last()
            && !last.linear
            && (last.source..last.source_end) == source
        {
            return;
        }
        self.runs.push(Run {
            out,
            source: source.start,
            source_end: source.end,
            linear: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// "a--b" with `--` replaced by `-` and a dropped last byte.
    fn sample() -> OffsetMap {
        let mut map = OffsetMap::default();
        map.copied(0, 0, 1);
        map.replaced(1, 1, 1..3);
        map.copied(2, 3, 1);
        map
    }

    #[test]
    fn ranges_lead_back_and_are_clamped() {
        let map = sample();
        assert_eq!(map.original(0..1), 0..1);
        assert_eq!(map.original(1..2), 1..3);
        assert_eq!(map.original(0..3), 0..4);
        assert_eq!(map.original(2..99), 3..4);
        assert_eq!(map.original(1..1), 1..1);
        assert_eq!(map.original(3..3), 4..4);
        assert_eq!(OffsetMap::default().original(0..7), 0..0);
        #[expect(
            clippy::reversed_empty_ranges,
            reason = "a caller's slip must not panic"
        )]
        let reversed = map.original(2..1);
        assert_eq!(reversed, 3..3);
    }

    #[test]
    fn neighbors_merge_into_one_run() {
        let mut map = OffsetMap::default();
        map.copied(0, 5, 2);
        map.copied(2, 7, 3);
        map.replaced(5, 1, 10..12);
        map.replaced(6, 1, 10..12);
        assert_eq!(map.runs.len(), 2);
        assert_eq!(map.original(6..7), 10..12);
    }

    /// A map of random pieces: (kept or replaced, length out, length in, dropped before).
    fn any_map(source_len: usize) -> impl Strategy<Value = OffsetMap> {
        prop::collection::vec((any::<bool>(), 1usize..5, 1usize..5, 0usize..3), 0..12).prop_map(
            move |pieces| {
                let mut map = OffsetMap::default();
                let mut source = 0;
                for (linear, len, source_len_of, dropped) in pieces {
                    source += dropped;
                    let taken = if linear { len } else { source_len_of };
                    if source + taken > source_len {
                        break;
                    }
                    if linear {
                        map.copied(map.len, source, len);
                    } else {
                        map.replaced(map.len, len, source..source + taken);
                    }
                    source += taken;
                }
                map
            },
        )
    }

    proptest! {
        #[test]
        fn composition_is_one_way_after_the_other(
            (first, second) in any_map(30).prop_flat_map(|first| {
                let len = first.len();
                (Just(first), any_map(len))
            })
        ) {
            let both = first.then(&second);
            prop_assert_eq!(both.len(), second.len());
            for start in 0..second.len() {
                for end in start + 1..=second.len() {
                    let middle = second.original(start..end);
                    prop_assert_eq!(both.original(start..end), first.original(middle));
                }
            }
        }

        #[test]
        fn identity_changes_nothing(map in any_map(30)) {
            prop_assert_eq!(&OffsetMap::identity(30).then(&map), &map);
            prop_assert_eq!(&map.then(&OffsetMap::identity(map.len())), &map);
        }

        #[test]
        fn a_walk_gives_what_single_questions_give(
            map in any_map(30),
            steps in prop::collection::vec((0u32..3, 1u32..5), 0..12),
        ) {
            let mut ranges = Vec::new();
            let mut at = 0;
            for (skip, length) in steps {
                let range = (at + skip, at + skip + length);
                at = range.1;
                if at as usize <= map.len() {
                    ranges.push(range);
                }
            }
            let single = ranges.iter().map(|&(s, e)| map.original(s as usize..e as usize));
            prop_assert_eq!(map.originals(&ranges).collect::<Vec<_>>(), single.collect::<Vec<_>>());
        }

        #[test]
        fn answers_are_monotone(map in any_map(30)) {
            for at in 1..map.len() {
                prop_assert!(map.original(at - 1..at).start <= map.original(at..at + 1).start);
                prop_assert!(map.original(at - 1..at).end <= map.original(at..at + 1).end);
            }
        }
    }
}
