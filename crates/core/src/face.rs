//! Text through one of the two faces, with its wire furniture shown as asked for.

use std::borrow::Cow;
use std::sync::Arc;

use crate::furniture::{self, Furniture, Kind, Table};
use crate::normalize::{Cleaner, Matcher};
use crate::profile::Profile;

/// One of the two faces of a text, with its steps.
#[derive(Debug)]
pub enum Normalizer {
    /// Text for people, and what becomes of wire furniture in it.
    Clean(Box<Cleaner>, Shown, Known),
    /// The form in which copies are compared.
    Match(Box<Matcher>),
}

/// What becomes of wire furniture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// It stays as it is.
    #[default]
    AsItIs,
    /// It is marked; see [`furniture::mark`].
    Marked,
    /// It is taken out; see [`furniture::strip`].
    Stripped,
}

/// What wire furniture is.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its forms.
    pub table: Arc<Table>,
    /// What its sources repeat.
    pub profile: Option<Arc<Profile>>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            table: Table::shared(),
            profile: None,
        }
    }
}

impl Normalizer {
    /// The text, normalized; borrowed where nothing changes. `source` is who published it, whose
    /// repeated lines a profile knows.
    ///
    /// ```
    /// use wirefold::normalize::Cleaner;
    /// use wirefold::{Known, Normalizer, Shown};
    ///
    /// let face = Normalizer::Clean(Box::default(), Shown::Stripped, Known::default());
    /// let text = "The dam at Kelm held.\n\nSEE ALSO: Storm Nears Kelm\n";
    /// assert_eq!(face.normalize(None, text), "The dam at Kelm held.");
    /// ```
    pub fn normalize<'t>(&self, source: Option<&str>, text: &'t str) -> Cow<'t, str> {
        match self {
            Self::Clean(cleaner, shown, known) => shown.show(cleaner.clean(text), &|cleaned| {
                known.spans(source, text, cleaned, cleaner)
            }),
            Self::Match(matcher) => matcher.normalize(text),
        }
    }
}

impl Known {
    /// The furniture of a text that was `original` before `cleaner` cleaned it: lines that its source
    /// repeats, as they came, and what the table has beside them.
    fn spans(
        &self,
        source: Option<&str>,
        original: &str,
        text: &str,
        cleaner: &Cleaner,
    ) -> Vec<Furniture> {
        let mut found = self.table.spans(text);
        if let Some(profile) = &self.profile {
            let repeated = profile.spans(source.unwrap_or_default(), original);
            let repeated: Vec<Cow<'_, str>> = (repeated.iter())
                .map(|line| cleaner.clean(&original[line.span.clone()]))
                .collect();
            let mut lines: Vec<Furniture> = Vec::new();
            let mut at = 0;
            for line in &repeated {
                // They come in order; a line that was joined to others is no line any more.
                let begins = |&start: &usize| {
                    let end = start + line.len();
                    (start == 0 || text[..start].ends_with('\n'))
                        && (end == text.len() || text[end..].starts_with('\n'))
                };
                let found = text[at..]
                    .match_indices(line.as_ref())
                    .map(|(offset, _)| at + offset);
                if let Some(start) = found.into_iter().find(begins) {
                    at = start + line.len();
                    lines.push(Furniture {
                        kind: Kind::Learned,
                        span: start..at,
                    });
                }
            }
            found.retain(|piece| {
                let apart = |line: &Furniture| {
                    line.span.end <= piece.span.start || piece.span.end <= line.span.start
                };
                lines.iter().all(apart)
            });
            found.extend(lines);
            found.sort_by_key(|piece| piece.span.start);
        }
        found
    }
}

impl Shown {
    fn show<'t>(self, text: Cow<'t, str>, known: &dyn Fn(&str) -> Vec<Furniture>) -> Cow<'t, str> {
        let shown = match self {
            Self::AsItIs => return text,
            Self::Marked => furniture::mark(&text, &known(&text)),
            Self::Stripped => furniture::strip(&text, &known(&text)),
        };
        match shown {
            Cow::Owned(shown) => Cow::Owned(shown),
            Cow::Borrowed(_) => text,
        }
    }
}
