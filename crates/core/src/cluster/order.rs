//! The family order, and classes of equal texts.

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
    /// Standing comes before any policy: a story that may not be published leads none that may.
    pub(crate) fn new<'a>(
        sketches: &Sketches,
        keep: &[Keep],
        hasher: &Hasher,
        standings: &Standings,
        id: impl Fn(u32) -> &'a str,
    ) -> Self {
        let count = sketches.len() as u32;
        let content = &sketches.content;
        let words = &sketches.words;
        let policies = Policies::new(hasher, keep);
        let compare = |x: u32, y: u32| {
            let seen = |number: u32| Candidate {
                number,
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
            story.push(equal[0]);
            for &member in equal {
                class[member as usize] = equal[0];
            }
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
