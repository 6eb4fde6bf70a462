//! The table of forms: what furniture looks like, as data that users can extend.

use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use super::form::Form;
use super::index::Index;

/// What a piece of furniture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// Who wrote it: "By Ana Quill".
    Byline,
    /// Where and when it was filed: "KELM, March 3 (Northwire) -".
    Dateline,
    /// Which agency or reporter helped: "Northwire contributed to this report."
    Credit,
    /// A link to another story: "SEE ALSO: Harbor reopens".
    Pointer,
    /// The credit of a picture.
    Photo,
    /// A word to editors or readers about this version: "(Adds details)", "UPDATE 1-".
    Advisory,
    /// A notice of copyright.
    Copyright,
    /// The outlet about itself: "Subscribe to our newsletter".
    Promo,
    /// What one source repeats across its stories; of a [`Profile`](crate::profile::Profile), not of a
    /// table.
    Learned,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Byline,
        Self::Dateline,
        Self::Credit,
        Self::Pointer,
        Self::Photo,
        Self::Advisory,
        Self::Copyright,
        Self::Promo,
        Self::Learned,
    ];

    /// The name in tables and outputs, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Byline => "byline",
            Self::Dateline => "dateline",
            Self::Credit => "credit",
            Self::Pointer => "pointer",
            Self::Photo => "photo",
            Self::Advisory => "advisory",
            Self::Copyright => "copyright",
            Self::Promo => "promo",
            Self::Learned => "learned",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// Where a form may stand, and how much of the line it makes furniture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The line begins with the form; the whole line is furniture.
    LineStart,
    /// The line, or its last sentence or bracket, is the form.
    LineEnd,
    /// The line is the form.
    WholeLine,
    /// A paragraph begins with the form, and only the form is furniture.
    ParagraphStart,
}

const PLACES: [(&str, Place); 4] = [
    ("line-start", Place::LineStart),
    ("line-end", Place::LineEnd),
    ("whole-line", Place::WholeLine),
    ("paragraph-start", Place::ParagraphStart),
];

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) kind: Kind,
    pub(super) place: Place,
    pub(super) form: Form,
}

impl Row {
    /// Whether the form ends a line, or takes one from a slot that it begins with.
    pub(super) fn is_tail(&self) -> bool {
        let open = self.form.first_text().is_none();
        self.place == Place::LineEnd || open && self.place != Place::ParagraphStart
    }

    /// Whether the form can stand within a line, glued to a sentence.
    pub(super) fn is_insert(&self) -> bool {
        self.kind == Kind::Pointer
            && self.place == Place::LineStart
            && self.form.first_text().is_some()
    }
}

/// What is wrong with a table. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// A row has not three columns.
    #[error("line {line}: {found} columns, but a row has 3: kind, where, form, parted by tabs")]
    Columns {
        /// The line.
        line: usize,
        /// How many columns it has.
        found: usize,
    },
    /// The first column is no kind.
    #[error(
        "line {line}: no kind `{found}`; kinds are byline, dateline, credit, pointer, photo, \
         advisory, copyright and promo"
    )]
    Kind {
        /// The line.
        line: usize,
        /// What it says.
        found: String,
    },
    /// The second column is no place.
    #[error(
        "line {line}: no place `{found}`; places are line-start, line-end, whole-line and \
         paragraph-start"
    )]
    Where {
        /// The line.
        line: usize,
        /// What it says.
        found: String,
    },
    /// The third column is no form.
    #[error("line {line}: form `{found}`: {reason}")]
    Form {
        /// The line.
        line: usize,
        /// What it says.
        found: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// The forms of furniture. [`Table::default`] is the built-in one; `Table::new` is empty.
///
/// A table is text, a row a line: kind, where and form, parted by tabs. Empty lines and lines that
/// begin with `#` say nothing. `where` is one of
/// - `line-start`: a line that begins so is furniture to its end; the headline of a `pointer` ends
///   where a glued sentence begins,
/// - `line-end`: so ends a line, from the beginning of a sentence or a bracket,
/// - `whole-line`: so reads a whole line,
/// - `paragraph-start`: so begins a paragraph, and only that is furniture.
///
/// A form is text in which a capital letter stands for itself and a small letter for either case,
/// with these slots: `<name>` a name, `<person>` a name of two words or more, `<names>` and
/// `<persons>` several of them, `<place>` a place, `<PLACE>` one in capitals, `<date>` a day and a
/// month, `<number>` digits, `<dash>` a dash, `<any>` any text.
///
/// ```
/// use wirefold::furniture::{Kind, Table};
///
/// let mut table = Table::default();
/// table.extend(Table::parse("credit\tline-end\tfrom the desk of <names>")?);
/// let text = "The pier is shut. From the desk of Ana Quill";
/// let found = table.spans(text);
/// assert_eq!(found[0].kind, Kind::Credit);
/// assert_eq!(&text[found[0].span.clone()], "From the desk of Ana Quill");
/// # Ok::<(), wirefold::furniture::TableError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Table {
    rows: Vec<Row>,
    /// Which rows can stand where, made when first needed.
    index: OnceLock<Index>,
}

/// The built-in tables: one a language, and what the languages share.
pub(super) const BUILT_IN: [&str; 7] = [
    include_str!("tables/shared.tsv"),
    include_str!("tables/en.tsv"),
    include_str!("tables/de.tsv"),
    include_str!("tables/fr.tsv"),
    include_str!("tables/es.tsv"),
    include_str!("tables/pt.tsv"),
    include_str!("tables/ru.tsv"),
];

static DEFAULT: LazyLock<Arc<Table>> = LazyLock::new(|| {
    let mut table = Table::new();
    for text in BUILT_IN {
        // A test sees to it that each of them is sound.
        if let Ok(language) = Table::parse(text) {
            table.extend(language);
        }
    }
    Arc::new(table)
});

/// Two tables are equal if they have the same rows in the same order.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.rows == other.rows
    }
}

impl Default for Table {
    fn default() -> Self {
        Self::clone(&DEFAULT)
    }
}

impl Table {
    /// A table without forms.
    pub fn new() -> Self {
        Self {
            rows: Vec::new(),
            index: OnceLock::new(),
        }
    }

    /// The built-in table, parsed once.
    pub(super) fn built_in() -> &'static Self {
        &DEFAULT
    }

    /// The built-in table, shared by all who use it as it is.
    pub fn shared() -> Arc<Self> {
        Arc::clone(&DEFAULT)
    }

    /// Reads a table.
    ///
    /// # Errors
    /// The first row that is none, with its line.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let mut table = Self::new();
        for (index, row) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            if !row.trim().is_empty() && !row.starts_with('#') {
                table.push(parse_row(row, index + 1)?);
            }
        }
        Ok(table)
    }

    /// Adds the forms of another table.
    pub fn extend(&mut self, other: Self) {
        for row in other.rows {
            self.push(row);
        }
    }

    /// How many forms it has.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has no form.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn push(&mut self, row: Row) {
        self.index = OnceLock::new();
        self.rows.push(row);
    }

    /// Which rows can stand where.
    pub(super) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.rows))
    }

    /// The same table, whose forms are tried everywhere: slow, and simple to be sure of.
    #[cfg(test)]
    pub(super) fn exhaustive(&self) -> Self {
        Self {
            rows: self.rows.clone(),
            index: Index::of_all(&self.rows).into(),
        }
    }

    /// The rows of these numbers.
    pub(super) fn rows(&self, numbers: impl Iterator<Item = u32>) -> impl Iterator<Item = &Row> {
        numbers.filter_map(|number| self.rows.get(number as usize))
    }
}

fn parse_row(row: &str, line: usize) -> Result<Row, TableError> {
    let columns: Vec<&str> = row.split('\t').collect();
    let &[kind, place, form] = columns.as_slice() else {
        let found = columns.len();
        return Err(TableError::Columns { line, found });
    };
    let kind = Kind::ALL
        .into_iter()
        .find(|known| known.name() == kind.trim() && *known != Kind::Learned)
        .ok_or_else(|| TableError::Kind {
            line,
            found: kind.to_owned(),
        })?;
    let place = PLACES
        .iter()
        .find(|(name, _)| *name == place.trim())
        .map(|&(_, place)| place)
        .ok_or_else(|| TableError::Where {
            line,
            found: place.to_owned(),
        })?;
    let form = Form::parse(form.trim()).map_err(|reason| TableError::Form {
        line,
        found: form.to_owned(),
        reason,
    })?;
    Ok(Row { kind, place, form })
}
