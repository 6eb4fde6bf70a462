//! How a page names what it shows: families of a feed, stories that were held back, or answers.

use serde::Serialize;

/// The words of one kind of page, as the template and the script read them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct View {
    /// What the page is of, for its title and its list.
    #[serde(skip)]
    pub(crate) title: &'static str,
    #[serde(skip)]
    pub(crate) list: &'static str,
    /// A row of the list, and several.
    pub(crate) one: &'static str,
    pub(crate) many: &'static str,
    /// The two sides of a pair.
    pub(crate) to: &'static str,
    pub(crate) copy: &'static str,
    /// The copy, in a sentence.
    #[serde(skip)]
    pub(crate) the_copy: &'static str,
    /// What is said of the story that leads, of the others that stay, and of those that go.
    pub(crate) leads: &'static str,
    pub(crate) kept: &'static str,
    pub(crate) removed: &'static str,
    /// What becomes of the story that leads, if it is not what becomes of the others.
    pub(crate) first: Option<&'static str>,
    /// How alike a family is: by its least alike pair or its most alike one.
    pub(crate) alike: &'static str,
    /// What rows without a relation are, if they are listed.
    pub(crate) alone: Option<&'static str>,
    /// Whether the list says how many stories are kept.
    pub(crate) keeps: bool,
    /// Whether it says how much text is removed.
    pub(crate) removes: bool,
    /// Whether the story that leads is the copy: what is said of a pair is said of it.
    pub(crate) lead_is_copy: bool,
    /// What is counted: stories that came, by themselves, with others, pairs.
    #[serde(skip)]
    pub(crate) counted: [&'static str; 4],
    /// What is left out: pairs, and stories by themselves.
    #[serde(skip)]
    pub(crate) left_out: [&'static str; 2],
}

impl View {
    /// Families of a run over a whole feed.
    pub(crate) const FAMILIES: Self = Self {
        title: "what was folded",
        list: "Families",
        one: "family",
        many: "families",
        to: "Story",
        copy: "Copy",
        the_copy: "the copy",
        leads: "leads the family",
        kept: "kept",
        first: None,
        removed: "removed",
        alike: "least alike",
        alone: None,
        keeps: true,
        removes: true,
        lead_is_copy: false,
        counted: [""; 4],
        left_out: [""; 2],
    };

    /// Stories of a stream beside those that tell them.
    pub(crate) const HELD_BACK: Self = Self {
        title: "what passed and what was held back",
        list: "Stories, and what was held back for them",
        one: "story",
        many: "stories",
        to: "First story",
        copy: "Held back",
        the_copy: "the story held back",
        leads: "came first",
        kept: "stays",
        first: None,
        removed: "held back",
        alike: "least alike",
        alone: Some("passed, nothing held back"),
        keeps: false,
        removes: true,
        lead_is_copy: false,
        counted: ["stories that came", "passed as new", "held back", ""],
        left_out: [
            "more stories were held back; the table of --told names them.",
            "more stories passed and are not listed.",
        ],
    };

    /// Stories that were asked for beside the stored ones.
    pub(crate) const ANSWERS: Self = Self {
        title: "what the index had",
        list: "Stories that were asked for",
        one: "story",
        many: "stories",
        to: "Stored",
        copy: "Asked for",
        the_copy: "the story asked for",
        leads: "asked for",
        kept: "stored",
        first: Some(""),
        removed: "",
        alike: "most alike",
        alone: Some("not in the index"),
        keeps: false,
        removes: false,
        lead_is_copy: true,
        counted: [
            "stories asked for",
            "of which nothing is stored",
            "related to stored ones",
            "related pairs",
        ],
        left_out: [
            "more related pairs are not shown; the rows of the answer have them.",
            "more stories of which nothing is stored are not listed.",
        ],
    };
}
