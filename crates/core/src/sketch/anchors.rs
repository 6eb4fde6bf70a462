//! Winnowing: a sparse choice of shingles that two texts make alike wherever they agree.
//!
//! Schleimer, Wilkerson, Aiken: "Winnowing: Local Algorithms for Document Fingerprinting",
//! SIGMOD 2003. From every window of `w` consecutive shingles the least hash is kept (the
//! rightmost of equals), so every run of `w + length − 1` words that two texts share gives them a
//! common anchor. About 2 in `w + 1` shingles are kept.
//!
//! A shingle is the least of some window exactly if the greatest of the minima of all windows that
//! it is in is itself. Minima and maxima of windows take a few passes of plain loops over a tile,
//! each doubling the width, and no branch depends on a hash. Equal hashes within a window, which
//! repeated phrases have, do not say which is the rightmost: such texts are walked window by window.

use crate::simd::{self, Simd, Work};

/// A chosen shingle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The shingle's hash.
    pub hash: u64,
    /// Its position: the number of its first word.
    pub word: u32,
}

/// Calls `each` with the position in `shingles` of every anchor, in order, for windows of
/// `window` shingles. A text with fewer shingles than `window` is one window.
fn winnow(shingles: &[u64], window: usize, mut each: impl FnMut(usize)) {
    let window = window.clamp(1, shingles.len().max(1));
    if shingles.len() < window {
        return;
    }
    let rightmost_least = |from: usize, to: usize| {
        let mut best = from;
        for at in from + 1..to {
            if shingles[at] <= shingles[best] {
                best = at;
            }
        }
        best
    };
    let mut best = rightmost_least(0, window);
    each(best);
    for last in window..shingles.len() {
        let first = last + 1 - window;
        if best < first {
            best = rightmost_least(first, last + 1);
            each(best);
        } else if shingles[last] <= shingles[best] {
            best = last;
            each(best);
        }
    }
}

/// Replaces `chosen` with the anchors of a text given by its shingle hashes in order.
///
/// A text of up to `dense` shingles keeps all of them: short texts have too few windows to rely
/// on, and are cheap to keep whole. That is a superset of what winnowing keeps, so agreement with
/// long texts is not lost.
pub fn anchors(shingles: &[u64], window: usize, dense: usize, chosen: &mut Vec<Anchor>) {
    chosen.clear();
    let anchor = |at: usize| Anchor {
        hash: shingles[at],
        word: at as u32,
    };
    if shingles.len() <= dense {
        chosen.extend((0..shingles.len()).map(anchor));
    } else if !winnow_tiles(shingles, window, chosen) {
        chosen.clear();
        winnow(shingles, window, |at| chosen.push(anchor(at)));
    }
}

/// The widest window of the passes over tiles.
const WIDEST: usize = 32;

/// Shingles of a tile.
const TILE: usize = 256;

/// Appends the anchors, if no two that are equal are so near that a window may have both. Tells
/// whether that is so; if not, what is appended is not to be used.
fn winnow_tiles(shingles: &[u64], window: usize, chosen: &mut Vec<Anchor>) -> bool {
    (1..=WIDEST).contains(&window)
        && window <= shingles.len()
        && simd::run(Tiles {
            shingles,
            window,
            chosen,
        })
}

struct Tiles<'a> {
    shingles: &'a [u64],
    window: usize,
    chosen: &'a mut Vec<Anchor>,
}

/// The shingles of all windows that have one of a tile.
type Room = [u64; TILE + 2 * WIDEST];

/// Replaces each of the first `used` values with what `best` makes of the `window` values from it on;
/// the last `window` - 1 are of no use then. `other` is room for every second pass. Gives the room with
/// the values and the other one.
#[inline(always)]
fn slide<'a>(
    mut values: &'a mut Room,
    mut other: &'a mut Room,
    used: usize,
    window: usize,
    best: impl Fn(u64, u64) -> u64,
) -> (&'a mut Room, &'a mut Room) {
    let mut width = 1;
    while width < window {
        let shift = width.min(window - width);
        let near = &values[..used - shift];
        let far = &values[shift..used];
        let to = &mut other[..near.len()];
        for i in 0..near.len() {
            to[i] = best(near[i], far[i]);
        }
        std::mem::swap(&mut values, &mut other);
        width += shift;
    }
    (values, other)
}

impl Work for Tiles<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> bool {
        let Self {
            shingles,
            window,
            chosen,
        } = self;
        let beyond = window - 1;
        let mut kept = [0u32; TILE];
        // What the first anchor is near to: nothing.
        let (mut last_place, mut last_hash) = (0, None);
        let mut unclear = false;
        for first in (0..shingles.len()).step_by(TILE) {
            let length = TILE.min(shingles.len() - first);
            // Zeros around the text make the least of windows that reach beyond it zero, which is
            // no maximum.
            let (mut room, mut other) = ([0; TILE + 2 * WIDEST], [0; TILE + 2 * WIDEST]);
            let from = first.saturating_sub(beyond);
            let to = (first + length + beyond).min(shingles.len());
            let start = from + beyond - first;
            room[start..start + (to - from)].copy_from_slice(&shingles[from..to]);
            let used = length + 2 * beyond;
            let (least, other) = slide(&mut room, &mut other, used, window, u64::min);
            let (greatest, _) = slide(least, other, used, window, u64::max);

            let own = &shingles[first..first + length];
            let greatest = &greatest[..length];
            let mut count = 0;
            for i in 0..length {
                kept[count % TILE] = (first + i) as u32;
                count += usize::from(own[i] == greatest[i]);
            }
            let kept = &kept[..count];
            chosen.reserve(count);
            for &word in kept {
                let hash = shingles[word as usize];
                unclear |= word - last_place < window as u32 && Some(hash) == last_hash;
                (last_place, last_hash) = (word, Some(hash));
                chosen.push(Anchor { hash, word });
            }
        }
        !unclear
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::at_each_level;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_window_has_its_rightmost_least(
            shingles in prop::collection::vec(0u64..20, 0..80), window in 1usize..12,
        ) {
            let mut want: Vec<usize> = Vec::new();
            let size = window.min(shingles.len());
            if size > 0 {
                for (first, run) in shingles.windows(size).enumerate() {
                    let least = *run.iter().min().unwrap();
                    let at = first + run.iter().rposition(|&v| v == least).unwrap();
                    want.push(at);
                }
                want.dedup();
            }
            let mut got = Vec::new();
            winnow(&shingles, window, |at| got.push(at));
            prop_assert_eq!(got, want);
        }

        /// Long enough for tiles, few values and many.
        #[test]
        fn tiles_choose_what_the_walk_chooses(
            shingles in prop_oneof![
                prop::collection::vec(any::<u64>(), 0..600),
                prop::collection::vec(0u64..1000, 0..600),
                prop::collection::vec(0u64..20, 0..60),
            ],
            window in 1usize..40,
        ) {
            let mut want = Vec::new();
            let size = window.min(shingles.len());
            winnow(&shingles, size, |at| want.push(Anchor { hash: shingles[at], word: at as u32 }));
            let mut all = Vec::new();
            at_each_level(|_| {
                let mut chosen = Vec::new();
                anchors(&shingles, window, 0, &mut chosen);
                all.push(chosen);
            });
            for chosen in all {
                prop_assert_eq!(&chosen, &want);
            }
        }

        #[test]
        fn texts_without_near_repeats_go_by_tiles(shingles in prop::collection::hash_set(any::<u64>(), 8..300)) {
            let shingles: Vec<u64> = shingles.into_iter().collect();
            prop_assert!(winnow_tiles(&shingles, 8, &mut Vec::new()));
        }

        #[test]
        fn a_shared_run_shares_an_anchor(
            run in prop::collection::vec(any::<u64>(), 8..20),
            a in prop::collection::vec(any::<u64>(), 0..30),
            b in prop::collection::vec(any::<u64>(), 0..30),
        ) {
            let around = |own: &[u64]| {
                let half = own.len() / 2;
                [&own[..half], &run, &own[half..]].concat()
            };
            let (mut x, mut y) = (Vec::new(), Vec::new());
            anchors(&around(&a), 8, 24, &mut x);
            anchors(&around(&b), 8, 24, &mut y);
            prop_assert!(x.iter().any(|p| y.iter().any(|q| p.hash == q.hash)));
        }
    }
}
