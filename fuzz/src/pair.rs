//! What is said of two stories.

use arbitrary::Arbitrary;
use wirefold::normalize::Matcher;
use wirefold::relation::{Relation, Row, Similarity};
use wirefold::tokenize::{Hasher, Shingles, Words};
use wirefold::{Settings, Story, compare};

use crate::stories::{Feed, Made};

/// Two stories made of sentences, so that they share some.
pub fn made(two: (Made, Made)) {
    let feed = Feed::new(vec![two.0, two.1]);
    let stories = feed.stories();
    two_stories(stories[0].1, stories[1].1);
}

/// Two texts.
#[derive(Arbitrary, Debug)]
pub struct Texts<'a> {
    title: Option<&'a str>,
    a: &'a str,
    b: &'a str,
}

/// Any two texts.
pub fn texts(two: Texts<'_>) {
    let a = Story {
        title: two.title.filter(|title| !title.is_empty()),
        text: two.a,
        ..Story::default()
    };
    two_stories(
        a,
        Story {
            text: two.b,
            ..Story::default()
        },
    );
}

fn two_stories(a: Story<'_>, b: Story<'_>) {
    let row = row_of(a, b);
    let turned = row_of(b, a).map(|row| row.mirrored());
    let turned = turned.map(|row| Row { a: 0, b: 1, ..row });
    match (&row, &turned) {
        (Some(row), Some(turned)) => {
            assert_eq!(row.relation, turned.relation, "{row:?}\n{turned:?}");
            let figures = |row: &Row| {
                [row.score, row.jaccard, row.aligned_a, row.aligned_b].map(f64::to_bits)
            };
            assert_eq!(figures(row), figures(turned), "{row:?}\n{turned:?}");
        }
        (None, None) => {}
        other => panic!("related from one side alone: {other:?}"),
    }
    let Some(row) = row else { return };
    check_shares(&row, a, b);
    check_spans(&row, a, b);
}

fn row_of(a: Story<'_>, b: Story<'_>) -> Option<Row> {
    let stories = [("a".to_owned(), a), ("b".to_owned(), b)];
    compare(
        &stories[..],
        (0, 1),
        &Matcher::default(),
        &Settings::default(),
    )
    .unwrap()
}

/// Shares are shares, and those of shingles are exact.
fn check_shares(row: &Row, a: Story<'_>, b: Story<'_>) {
    let shares = [
        row.score,
        row.jaccard,
        row.containment_a,
        row.containment_b,
        row.aligned_a,
        row.aligned_b,
    ];
    assert!(
        shares.iter().all(|share| (0.0..=1.0).contains(share)),
        "{row:?}"
    );
    let [of_a, of_b] = [a, b].map(shingles);
    let exact = Similarity::of(&of_a, &of_b);
    assert_eq!(row.jaccard.to_bits(), exact.jaccard().to_bits(), "{row:?}");
    assert_eq!(row.containment_a.to_bits(), exact.containment_a().to_bits());
    if row.relation == Relation::Identical {
        assert_eq!(of_a, of_b);
    }
}

/// The set of shingles of a story, by the words of its match text.
pub fn shingles(story: Story<'_>) -> Vec<u64> {
    let (matcher, hasher) = (Matcher::default(), Hasher::new(0));
    let title = story
        .title
        .map(|title| matcher.normalize(title).into_owned());
    let mut all = title
        .filter(|title| !title.is_empty())
        .map_or(String::new(), |title| title + " ");
    all += &matcher.normalize(story.text);
    let mut words = Words::default();
    words.hash(&hasher, &all);
    let mut set: Vec<u64> = Shingles::new(&hasher, &words.hashes, 5).collect();
    set.sort_unstable();
    set.dedup();
    set
}

/// Spans are pieces of the texts.
fn check_spans(row: &Row, a: Story<'_>, b: Story<'_>) {
    let piece = |(start, end): (u64, u64), story: Story<'_>| {
        let piece = story.text.get(start as usize..end as usize);
        assert!(
            piece.is_some_and(|piece| !piece.is_empty()),
            "{start}..{end} of {:?}",
            story.text
        );
    };
    for passage in &row.passages {
        piece(passage.a, a);
        piece(passage.b, b);
        assert!((0.0..=1.0).contains(&passage.score), "{passage:?}");
    }
    for (novel, story) in row.novel.iter().flatten().zip([a, b]) {
        assert!((0.0..=1.0).contains(&novel.share), "{row:?}");
        for &span in &novel.spans {
            piece(span, story);
        }
    }
}
