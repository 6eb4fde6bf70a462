//! Wire furniture: what agencies and outlets put round a story and into it, and is not its news.
//!
//! Enters: a text, or a story. Leaves: the spans of its furniture, each with its kind; whether a
//! line is furniture; whether a story is nothing else. A story that is furniture alone is related
//! to nothing and always kept: that two items both say "This is a developing story" is no evidence
//! of a copy.
//!
//! What furniture looks like is data: a `table` of forms, a file a language, which users can
//! extend. A `form` is text with slots for `names`, places, dates (`date`); `find` tries the forms
//! where they may stand, `seam` finds where a headline ends that was glued to a sentence, and `link`
//! knows lines that are nothing but links. Most lines have no furniture, and an `index` of the table
//! tells by their bytes: by the first ones of forms (`key`), by what a line ends with (`ending`), by
//! capitals within it (`pairs`). Lines that came before are `known`.
//! Direct speech is never furniture. Each step is linear in the length of the text.

mod date;
mod ending;
mod find;
mod form;
mod index;
mod key;
mod known;
mod link;
mod names;
mod pairs;
mod seam;
mod show;
mod table;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub(crate) use known::KnownLines;
pub use show::{mark, strip};
pub use table::{Kind, Table, TableError};

use crate::story::Story;

/// A piece of furniture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Furniture {
    /// What it is.
    pub kind: Kind,
    /// The bytes of the text that it takes, without white space at either end.
    pub span: Range<usize>,
}

/// Stories of more words than this are never furniture alone, which spares long texts the check.
const MOST_WORDS: usize = 60;

/// The furniture of a text by the built-in table, in order and without overlap.
///
/// ```
/// use wirefold::furniture::{Kind, spans};
///
/// let text = "KELM, March 3 (Northwire) - The pier is shut.\nSEE ALSO: Storm NearsThe ferry waits for noon.";
/// let found = spans(text);
/// assert_eq!(found[0].kind, Kind::Dateline);
/// assert_eq!(&text[found[0].span.clone()], "KELM, March 3 (Northwire) -");
/// assert_eq!(found[1].kind, Kind::Pointer);
/// assert_eq!(&text[found[1].span.clone()], "SEE ALSO: Storm Nears");
/// ```
pub fn spans(text: &str) -> Vec<Furniture> {
    Table::built_in().spans(text)
}

/// Whether one line (or title) is wire furniture by its form: a byline, an agency credit or tail,
/// a pointer to another story, a photo credit, an advisory, a notice of copyright.
pub fn is_furniture(line: &str) -> bool {
    Table::built_in().is_furniture(line)
}

impl Table {
    /// Whether one line (or title) is furniture by this table; see [`is_furniture`].
    pub fn is_furniture(&self, line: &str) -> bool {
        if !self.begins(line.trim()) {
            return false;
        }
        let mut end = 0;
        let mut some = false;
        for found in self.spans(line) {
            if line[end..found.span.start].contains(char::is_alphanumeric) {
                return false;
            }
            end = found.span.end;
            some = true;
        }
        some && !line[end..].contains(char::is_alphanumeric)
    }

    /// Whether every line of a story of `words` words that has any word at all is furniture.
    pub(crate) fn is_alone(&self, story: Story<'_>, words: usize) -> bool {
        words > 0
            && words <= MOST_WORDS
            && story
                .title
                .into_iter()
                .chain(story.text.lines())
                .filter(|line| line.chars().any(char::is_alphanumeric))
                .all(|line| self.is_furniture(line))
    }
}
