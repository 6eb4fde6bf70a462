//! The family order, and classes of equal texts.

use crate::candidate::LEFT_OUT;
use crate::sketch::Sketches;

/// Which story of a family is its representative, and comes first when copies are removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The one with the most words; ties by content hash, equal texts by id.
    #[default]
    Longest,
    /// The one that comes first in the input.
    First,
}

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
    pub(crate) fn new<'a>(sketches: &Sketches, keep: Keep, id: impl Fn(u32) -> &'a str) -> Self {
        let count = sketches.len() as u32;
        let content = &sketches.content;
        let words = &sketches.words;
        let mut by_content: Vec<u32> = (0..count)
            .filter(|&story| words[story as usize] > 0)
            .collect();
        by_content.sort_unstable_by(|&x, &y| {
            content[x as usize]
                .cmp(&content[y as usize])
                .then_with(|| match keep {
                    Keep::Longest => id(x).cmp(id(y)),
                    Keep::First => x.cmp(&y),
                })
        });
        let mut class: Vec<u32> = (0..count).collect();
        let mut story = Vec::new();
        for equal in by_content.chunk_by(|&x, &y| content[x as usize] == content[y as usize]) {
            story.push(equal[0]);
            for &member in equal {
                class[member as usize] = equal[0];
            }
        }
        // The sort is stable: among equally long stories the content hash decides.
        match keep {
            Keep::Longest => story.sort_by_key(|&s| std::cmp::Reverse(words[s as usize])),
            Keep::First => story.sort_unstable(),
        }
        let mut rank = vec![LEFT_OUT; count as usize];
        for (place, &story) in story.iter().enumerate() {
            rank[story as usize] = place as u32;
        }
        Self { story, rank, class }
    }
}
