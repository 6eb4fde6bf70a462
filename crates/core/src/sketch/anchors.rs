//! Winnowing: a sparse choice of shingles that two texts make alike wherever they agree.
//!
//! Schleimer, Wilkerson, Aiken: "Winnowing: Local Algorithms for Document Fingerprinting",
//! SIGMOD 2003. From every window of `w` consecutive shingles the least hash is kept (the
//! rightmost of equals), so every run of `w + length − 1` words that two texts share gives them a
//! common anchor. About 2 in `w + 1` shingles are kept.

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
    let mut keep = |at: usize| {
        chosen.push(Anchor {
            hash: shingles[at],
            word: at as u32,
        });
    };
    if shingles.len() <= dense {
        (0..shingles.len()).for_each(&mut keep);
    } else {
        winnow(shingles, window, keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
