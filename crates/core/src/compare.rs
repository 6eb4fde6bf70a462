//! One pair of stories, without a feed round it.

use std::sync::Arc;

use crate::Error;
use crate::normalize::Matcher;
use crate::relation::{Row, Verifier};
use crate::settings::Settings;
use crate::story::{StoryBuffer, StoryReader, TextSource};
use crate::tokenize::Hasher;

/// How stories `a` and `b` of `source` are related, with the evidence; `None` if they are not. The
/// pair is verified whether or not its sketches would propose it.
///
/// # Errors
/// [`Error::Setting`]; [`Error::Source`] if a story cannot be read.
///
/// # Examples
/// ```
/// use wirefold::normalize::Matcher;
/// use wirefold::relation::Relation;
/// use wirefold::{Settings, Story, compare};
///
/// let ferry = "The ferry to Orlemond will not sail before noon, said Ilse Vantour, who runs the port.";
/// let longer = format!("{ferry} The harbor ice is too thick, and the breaker is still in dock for repairs.");
/// let stories = [ferry, &longer].map(|text| (text.len().to_string(), Story { text, ..Story::default() }));
/// let row = compare(&stories[..], (0, 1), &Matcher::default(), &Settings::default())?;
/// assert_eq!(row.map(|row| row.relation), Some(Relation::Contained));
/// # Ok::<(), wirefold::Error>(())
/// ```
pub fn compare<S: TextSource + ?Sized>(
    source: &S,
    (a, b): (u32, u32),
    matcher: &Matcher,
    settings: &Settings,
) -> Result<Option<Row>, Error> {
    settings.check()?;
    let hasher = Hasher::new(settings.seed);
    let (mut reader, mut buffer) = (
        StoryReader::new(matcher, Arc::clone(&settings.furniture)),
        StoryBuffer::default(),
    );
    let mut content = |story| {
        source.read(story, &mut buffer)?;
        let (text, words) = reader.read(&hasher, buffer.story());
        Ok::<_, Error>((!words.hashes.is_empty()).then(|| hasher.text(text)))
    };
    let of_a = content(a)?;
    let equal = of_a.is_some() && of_a == content(b)?;
    Verifier::new(source, settings.grounds(matcher, &hasher)).row(a, b, equal)
}
