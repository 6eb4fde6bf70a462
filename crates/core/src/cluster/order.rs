//! The family order, and classes of equal texts.

use std::collections::BTreeMap;

use super::keep::{Candidate, Keep, Policies};
use crate::candidate::LEFT_OUT;
use crate::imprint::Standings;
use crate::sketch::Sketches;
use crate::tokenize::Hasher;

/// Stories in family order, each class of equal texts standing as one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    /// The story of each rank: the first member of each class, in family order.
    pub(crate) story: Vec<u32>,
    /// The rank of each story that stands for its class; [`LEFT_OUT`] for all others and for
    /// stories without words.
    pub(crate) rank: Vec<u32>,
    /// The story that stands for each story's class; itself for stories without words.
    pub(crate) class: Vec<u32>,
}

impl Order {
    /// Orders the stories of `sketches`; `id` gives a story's id.
    ///
    /// Standing comes before any policy: a story that may not be published leads none that may. Equal
    /// texts are one class if the `window`, in seconds, holds each of them and the one that stands for
    /// them.
    pub(crate) fn new<'a>(
        sketches: &Sketches,
        keep: &[Keep],
        hasher: &Hasher,
        standings: &Standings,
        window: Option<u64>,
        id: impl Fn(u32) -> &'a str,
    ) -> Self {
        let count = sketches.len() as u32;
        let content = &sketches.content;
        let words = &sketches.words;
        let policies = Policies::new(hasher, keep);
        let compare = |x: u32, y: u32| {
            let seen = |number: u32| Candidate {
                number: number.into(),
                words: words[number as usize],
                imprint: sketches.imprints.of(number),
            };
            let standing = standings.of(x).cmp(&standings.of(y));
            standing.then_with(|| policies.compare(&seen(x), &seen(y)))
        };
        let mut by_content: Vec<u32> = (0..count)
            .filter(|&story| words[story as usize] > 0)
            .collect();
        by_content.sort_unstable_by(|&x, &y| {
            let equal = content[x as usize].cmp(&content[y as usize]);
            equal
                .then_with(|| compare(x, y))
                .then_with(|| id(x).cmp(id(y)))
        });
        let mut class: Vec<u32> = (0..count).collect();
        let mut story = Vec::new();
        for equal in by_content.chunk_by(|&x, &y| content[x as usize] == content[y as usize]) {
            let mut classes = Classes::new(window);
            for &member in equal {
                let published = sketches.imprints.of(member).published;
                class[member as usize] = classes.place(member, published);
            }
            story.extend(
                equal
                    .iter()
                    .filter(|&&member| class[member as usize] == member),
            );
        }
        // The sort is stable: where nothing else decides, the content hash does.
        story.sort_by(|&x, &y| compare(x, y));
        let mut rank = vec![LEFT_OUT; count as usize];
        for (place, &story) in story.iter().enumerate() {
            rank[story as usize] = place as u32;
        }
        Self { story, rank, class }
    }
}

/// Classes among stories of one text that come in family order.
pub(crate) struct Classes {
    window: Option<u64>,
    /// The first story, if its time is unknown: it stands for all that follow.
    timeless: Option<u32>,
    /// The stories that stand for a class by their times, each with its place in the order. No two of
    /// them are within the window, so few are near any time.
    standing: BTreeMap<i64, (usize, u32)>,
}

impl Classes {
    /// None yet; `window` is in seconds.
    pub(crate) fn new(window: Option<u64>) -> Self {
        Self {
            window,
            timeless: None,
            standing: BTreeMap::new(),
        }
    }

    /// The story that stands for `member`: the first that is near it, or itself.
    pub(crate) fn place(&mut self, member: u32, published: Option<i64>) -> u32 {
        // Without a window all are near.
        let time = published.filter(|_| self.window.is_some());
        let place = self.standing.len();
        match (time, self.timeless) {
            (None, None) => {
                let first = self.standing.values().min();
                let stands = first.map_or(member, |&(_, story)| story);
                if stands == member {
                    self.timeless = Some(member);
                }
                stands
            }
            (_, Some(timeless)) => timeless,
            (Some(time), None) => {
                let window = i64::try_from(self.window.unwrap_or_default()).unwrap_or(i64::MAX);
                let near = time.saturating_sub(window)..=time.saturating_add(window);
                let first = self.standing.range(near).map(|(_, &stands)| stands).min();
                if let Some((_, stands)) = first {
                    return stands;
                }
                self.standing.insert(time, (place, member));
                member
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_class_within_the_window() {
        let placed = |window, times: &[Option<i64>]| {
            let mut classes = Classes::new(window);
            let numbered = (0..).zip(times);
            let placed = numbered.map(|(story, &time)| classes.place(story, time));
            placed.collect::<Vec<u32>>()
        };
        let times = [
            Some(0),
            Some(10),
            Some(30),
            Some(-11),
            Some(21),
            None,
            Some(20),
        ];
        // What is near two goes to the first of them.
        assert_eq!(placed(Some(10), &times), [0, 0, 2, 3, 2, 0, 2]);
        assert_eq!(placed(None, &times), [0; 7]);
        // Who stands for a class may be near others that do not meet.
        assert_eq!(placed(Some(10), &[None, Some(0), Some(90)]), [0; 3]);
    }
}
