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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::Story;
    use proptest::prelude::*;

    /// Few words, so that there are many ways to align two stories; the first line is furniture.
    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(0..9usize, 24..120).prop_map(|words| {
            let words = words.iter().map(|&at| {
                [
                    "ferry", "frost", "the", "port", "of", "Kelm", "sails", "noon", "17",
                ][at]
            });
            let words: Vec<&str> = words.collect();
            format!("By Ilse Vantour\n{}.", words.join(" "))
        })
    }

    proptest! {
        // Words of furniture are replaced with some that depend on the number of the story, and the order in which two
        // stories are aligned once did too.
        #[test]
        fn numbers_of_stories_change_nothing(a in text(), b in text(), from in 0..60usize, to in 0..60usize) {
            let words: Vec<&str> = a.split(' ').collect();
            let shared = words[from.min(to).min(words.len())..to.max(from).min(words.len())].join(" ");
            let b = format!("{b} {shared}");
            let story = |text| Story { text, ..Story::default() };
            let (x, y) = (("a".to_owned(), story(a.as_str())), ("b".to_owned(), story(b.as_str())));
            let row = |stories: [(String, Story<'_>); 2], of| {
                compare(&stories[..], of, &Matcher::default(), &Settings::default()).unwrap()
            };
            let found = row([x.clone(), y.clone()], (0, 1));
            let turned = row([y, x], (1, 0)).map(|row| Row { a: 0, b: 1, ..row });
            prop_assert_eq!(found, turned);
        }
    }
}
