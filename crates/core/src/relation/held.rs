//! Prepared stories held for the next pair, within a bound.

use std::sync::Arc;

use super::prepared::Prepared;
use crate::tokenize::FoldedMap;

/// Stories of two generations. One that is asked for is young; when the young take half the bound,
/// they are old, and what was old and not asked for since goes. So what is in use stays, a story of
/// any size too, and no order of use is kept.
#[derive(Debug, Default)]
pub(crate) struct Held {
    young: FoldedMap<u32, Arc<Prepared>>,
    old: FoldedMap<u32, Arc<Prepared>>,
    young_bytes: usize,
    bound_bytes: usize,
}

impl Held {
    /// Holds stories of about `bound_bytes` bytes from now on, or two if they take more.
    pub(super) fn bound(self, bound_bytes: usize) -> Self {
        Self {
            bound_bytes,
            ..self
        }
    }

    /// The story with this number, if it is held.
    pub(super) fn get(&mut self, number: u32) -> Option<Arc<Prepared>> {
        if let Some(story) = self.young.get(&number) {
            return Some(Arc::clone(story));
        }
        let story = self.old.remove(&number)?;
        self.add(number, Arc::clone(&story));
        Some(story)
    }

    /// Holds one more story.
    pub(super) fn add(&mut self, number: u32, story: Arc<Prepared>) {
        let bytes = story.bytes();
        if self.young_bytes + bytes > self.bound_bytes / 2 {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
            self.young_bytes = 0;
        }
        self.young_bytes += bytes;
        self.young.insert(number, story);
    }

    /// Holds the story with this number no more.
    pub(super) fn remove(&mut self, number: u32) {
        if let Some(story) = self.young.remove(&number) {
            self.young_bytes -= story.bytes();
        }
        self.old.remove(&number);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::prepared::testing::titled;

    #[test]
    fn what_is_in_use_stays_and_the_rest_goes() {
        let story = Arc::new(titled(0, None, "The ferry will not sail before noon."));
        let mut held = Held::default().bound(10 * story.bytes());
        held.add(0, Arc::clone(&story));
        for number in 1..1000 {
            held.add(number, Arc::clone(&story));
            assert!(held.get(0).is_some(), "{number}");
            assert!(held.get(number - 1).is_some(), "{number}");
            assert!(held.len() <= 10, "{}", held.len());
        }
        assert!(held.get(1).is_none());
    }
}
