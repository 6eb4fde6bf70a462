//! Pairs right at the threshold, for people to judge.

use super::sample::Pair;
use crate::Error;
use crate::compare::compare;
use crate::normalize::Matcher;
use crate::relation::{Passage, Relation, without_overlaps};
use crate::settings::Settings;
use crate::story::{StoryBuffer, TextSource};

/// A pair near the threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Border {
    /// The pair.
    pub pair: Pair,
    /// Its relation by the settings: not by the similarity alone.
    pub relation: Option<Relation>,
    /// Of the text of each the longest stretch that is in no passage which the two share; empty where
    /// there is none.
    pub own: [String; 2],
}

/// Of `pairs` the `count` nearest to the threshold of the settings, those at or above it and those below,
/// nearest first. No story is in two of them, or one family would show nothing but itself.
///
/// # Errors
/// As [`compare`].
pub fn at_border<S: TextSource + ?Sized>(
    source: &S,
    matcher: &Matcher,
    settings: &Settings,
    pairs: &[Pair],
    count: usize,
) -> Result<[Vec<Border>; 2], Error> {
    let threshold = settings.rules.threshold;
    let distance = |pair: &Pair| (pair.similarity.jaccard() - threshold).abs();
    let mut nearest: Vec<&Pair> = pairs.iter().collect();
    nearest.sort_by(|x, y| {
        distance(x)
            .total_cmp(&distance(y))
            .then_with(|| (x.a, x.b).cmp(&(y.a, y.b)))
    });
    let mut shown: Vec<u32> = Vec::new();
    let mut of = |above: bool| {
        let mut borders = Vec::new();
        for &pair in &nearest {
            let is_above = pair.similarity.jaccard() >= threshold;
            if borders.len() == count
                || is_above != above
                || shown.contains(&pair.a)
                || shown.contains(&pair.b)
            {
                continue;
            }
            shown.extend([pair.a, pair.b]);
            borders.push(border(source, matcher, settings, *pair)?);
        }
        Ok(borders)
    };
    Ok([of(true)?, of(false)?])
}

fn border<S: TextSource + ?Sized>(
    source: &S,
    matcher: &Matcher,
    settings: &Settings,
    pair: Pair,
) -> Result<Border, Error> {
    let row = compare(source, (pair.a, pair.b), matcher, settings)?;
    let passages = row.as_ref().map_or(&[][..], |row| &row.passages);
    let mut buffer = StoryBuffer::default();
    let mut own = |story, side| {
        source.read(story, &mut buffer)?;
        Ok::<_, Error>(alone(&buffer.text, passages, side).to_owned())
    };
    Ok(Border {
        pair,
        relation: row.as_ref().map(|row| row.relation),
        own: [own(pair.a, |p| p.a)?, own(pair.b, |p| p.b)?],
    })
}

/// The longest stretch of a text that is in no passage.
fn alone<'t>(text: &'t str, passages: &[Passage], side: fn(&Passage) -> (u64, u64)) -> &'t str {
    let ranges = without_overlaps(passages, side);
    let starts = std::iter::once(0).chain(ranges.iter().map(|(_, range)| range.end));
    let ends = ranges.iter().map(|(_, range)| range.start);
    let gaps = starts.zip(ends.chain([text.len()]));
    let gaps = gaps.filter_map(|(start, end)| text.get(start..end));
    let gaps = gaps.map(|gap| gap.trim_matches(|c: char| !c.is_alphanumeric()));
    gaps.max_by_key(|gap| gap.len()).unwrap_or_default()
}
