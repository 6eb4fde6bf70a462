//! How far apart in time stories may be that are compared.

use super::MAX_GROUP;

/// A bound on the time between two stories that are compared, and the time of each.
///
/// A story of unknown time is compared with those of any time.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Seconds between two stories at most; nothing if there is no bound.
    seconds: Option<u64>,
    /// Seconds since the beginning of 1970, by rank; [`UNKNOWN`] where nothing is known.
    times: Vec<i64>,
}

/// No date that a record can have.
pub(super) const UNKNOWN: i64 = i64::MIN;

impl Window {
    /// No bound.
    pub fn unbounded() -> Self {
        Self::default()
    }

    /// At most `seconds` between two stories, whose times come by rank.
    pub fn within(seconds: u64, times: impl IntoIterator<Item = Option<i64>>) -> Self {
        Self {
            seconds: Some(seconds),
            times: times
                .into_iter()
                .map(|time| time.unwrap_or(UNKNOWN))
                .collect(),
        }
    }

    /// Whether the stories of two ranks are compared.
    pub(super) fn is_near(&self, a: u32, b: u32) -> bool {
        let Some(seconds) = self.seconds else {
            return true;
        };
        let [a, b] = [a, b].map(|rank| self.times[rank as usize]);
        a == UNKNOWN || b == UNKNOWN || a.abs_diff(b) <= seconds
    }

    /// Gives `each` parts of a group of ascending ranks: such that two stories of known times that are
    /// near each other share one, and that all are in the first if not all times are known. A group
    /// that proposes all its pairs, or without a bound, is one part.
    ///
    /// The members of a larger group meet its leaders alone, and those of an endless feed may all lie
    /// outside the window. So stretches of twice the window, one begun with each window, have leaders of
    /// their own.
    pub(super) fn parts<E>(
        &self,
        members: &[u32],
        mut each: impl FnMut(&[u32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(seconds) = self.seconds.filter(|_| members.len() > MAX_GROUP) else {
            return each(members);
        };
        let time = |rank: u32| self.times[rank as usize];
        if members.iter().any(|&rank| time(rank) == UNKNOWN) {
            each(members)?;
        }
        let width = i64::try_from(seconds).unwrap_or(i64::MAX).max(1);
        let mut placed: Vec<(i64, u32)> = Vec::with_capacity(2 * members.len());
        for &rank in members.iter().filter(|&&rank| time(rank) != UNKNOWN) {
            let stretch = time(rank).div_euclid(width);
            placed.extend([(stretch - 1, rank), (stretch, rank)]);
        }
        placed.sort_unstable();
        let mut part = Vec::new();
        let mut before = Vec::new();
        for stretch in placed.chunk_by(|x, y| x.0 == y.0) {
            part.clear();
            part.extend(stretch.iter().map(|&(_, rank)| rank));
            // All of one window are in two stretches; the second adds nothing to the first.
            if part != before {
                each(&part)?;
            }
            std::mem::swap(&mut part, &mut before);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn near_is_within_the_bound() {
        let window = Window::within(10, [Some(0), Some(10), Some(-1), None]);
        assert!(window.is_near(0, 1) && window.is_near(1, 0) && window.is_near(2, 0));
        assert!(!window.is_near(1, 2));
        assert!((0..4).all(|other| window.is_near(3, other)));
        assert!(Window::unbounded().is_near(5, 9));
    }

    proptest! {
        #[test]
        fn who_is_near_shares_a_part(
            times in proptest::collection::vec(proptest::option::weighted(0.9, -500i64..500), 0..200),
            seconds in 0u64..100,
        ) {
            let members: Vec<u32> = (0..times.len() as u32).collect();
            let window = Window::within(seconds, times.iter().copied());
            let mut parts: Vec<Vec<u32>> = Vec::new();
            window.parts(&members, |part| {
                parts.push(part.to_vec());
                Ok::<(), ()>(())
            }).unwrap();
            let words: usize = parts.iter().map(Vec::len).sum();
            prop_assert!(words <= 3 * members.len());
            for part in &parts {
                prop_assert!(part.is_sorted());
            }
            let known = |rank: u32| times[rank as usize].is_some();
            for &a in &members {
                for &b in members.iter().filter(|&&b| b > a) {
                    let share = parts.iter().any(|part| part.contains(&a) && part.contains(&b));
                    if window.is_near(a, b) || !known(a) || !known(b) {
                        prop_assert!(share, "{a} and {b}");
                    }
                }
            }
            if times.iter().any(Option::is_none) && !members.is_empty() {
                prop_assert_eq!(&parts[0], &members);
            }
        }
    }
}
