//! Wire furniture: lines that agencies and outlets put round a story and that are not its news.
//!
//! Enters: a story. Leaves: whether a line is furniture, and whether a story is nothing else. A
//! story that is furniture alone is related to nothing and always kept: that two items both say
//! "This is a developing story" is no evidence of a copy.

mod lines;

pub use lines::is_furniture;

use crate::story::Story;

/// Stories of more words than this are never furniture alone, which spares long texts the check.
const MOST_WORDS: usize = 60;

/// Whether every line of a story of `words` words that has any word at all is furniture.
pub(crate) fn is_alone(story: Story<'_>, words: usize) -> bool {
    words > 0
        && words <= MOST_WORDS
        && story
            .title
            .into_iter()
            .chain(story.text.lines())
            .filter(|line| line.chars().any(char::is_alphanumeric))
            .all(is_furniture)
}
