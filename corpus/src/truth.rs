//! What is known of a story because it was made, not found.

use crate::edits::Edit;
use std::fmt;

/// How a copy stands to its original, by the first of these that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Relation {
    /// Equal after normalization for matching: case, marks, spaces, Unicode forms aside.
    Identical,
    /// Jaccard of word 5-grams at least [`Settings::near`](crate::Settings::near).
    NearDuplicate,
    /// At least .8 of one's word 5-grams are in the other.
    Contained,
    /// At least .4 of one's word 5-grams are in the other.
    Overlapping,
    /// Told again in other words.
    Rewritten,
    /// The same template with other facts: not a copy, and no family.
    SameTemplate,
    /// An original, or a copy with too little in common with it.
    None,
}

impl Relation {
    /// The name in truth files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::NearDuplicate => "near_duplicate",
            Self::Contained => "contained",
            Self::Overlapping => "overlapping",
            Self::Rewritten => "rewritten",
            Self::SameTemplate => "same_template",
            Self::None => "none",
        }
    }
}

/// Exact measures of a story against its parent, per mille, rounded down.
///
/// The sets are runs of five words of title and text; words are runs of letters and digits, lower-cased,
/// of the text before typography and script are put on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measures {
    /// Shared runs among all runs of both.
    pub jaccard: u32,
    /// Share of the story's runs found in its parent.
    pub child_in_parent: u32,
    /// Share of the parent's runs found in the story.
    pub parent_in_child: u32,
}

/// How a story came about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Truth {
    /// The story's id.
    pub id: String,
    /// The same number for an original and all that descends from it.
    pub family: u32,
    /// The id of the story it was made from; the first of its series for templated stories.
    pub parent: Option<String>,
    /// How it was made from its parent.
    pub edit: Edit,
    /// How it stands to the original of its family.
    pub relation: Relation,
    /// How it stands to its parent.
    pub to_parent: Relation,
    /// Measures against the parent.
    pub measures: Option<Measures>,
}

impl Truth {
    /// The names of the columns that `Display` writes.
    pub const HEADER: &str =
        "id\tfamily\tparent\tedit\trelation\tto_parent\tj\tc_child_in_parent\tc_parent_in_child";
}

/// One row of a truth file: columns of [`Truth::HEADER`] between tabs, `-` where there is nothing.
impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parent = self.parent.as_deref().unwrap_or("-");
        let names = (
            self.edit.name(),
            self.relation.name(),
            self.to_parent.name(),
        );
        write!(
            f,
            "{}\t{}\t{parent}\t{}\t{}\t{}",
            self.id, self.family, names.0, names.1, names.2
        )?;
        match self.measures {
            Some(m) => write!(
                f,
                "\t{}\t{}\t{}",
                m.jaccard, m.child_in_parent, m.parent_in_child
            ),
            None => f.write_str("\t-\t-\t-"),
        }
    }
}
