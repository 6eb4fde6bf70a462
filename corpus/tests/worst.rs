//! Feeds that are hard: what they promise, and that they are the same every time.

#![allow(clippy::unwrap_used, reason = "a test may stop where it fails")]

use std::collections::HashSet;
use wirefold_corpus::Worst;

fn texts(worst: Worst, stories: u32, giant_bytes: u64) -> Vec<String> {
    let (mut feed, mut again) = (Vec::new(), Vec::new());
    let totals = worst.write(stories, giant_bytes, 1, &mut feed).unwrap();
    worst.write(stories, giant_bytes, 1, &mut again).unwrap();
    assert!(feed == again, "another feed from the same seed");
    assert_eq!(totals.bytes, feed.len() as u64);
    assert_eq!(totals.stories, u64::from(stories));
    let feed = String::from_utf8(feed).unwrap();
    let mut ids = HashSet::new();
    let text = |line: &str| {
        let story: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(ids.insert(story["id"].as_str().unwrap().to_owned()));
        story["text"].as_str().unwrap().to_owned()
    };
    feed.lines().map(text).collect()
}

fn distinct(texts: &[String]) -> usize {
    texts.iter().collect::<HashSet<_>>().len()
}

#[test]
fn identical_stories_are_one_text() {
    let texts = texts(Worst::Identical, 50, 0);
    assert_eq!((texts.len(), distinct(&texts)), (50, 1));
    assert_eq!(texts[0].split_whitespace().count(), 180);
}

#[test]
fn one_paragraph_is_all_that_stories_share() {
    let texts = texts(Worst::Paragraph, 50, 0);
    let paragraphs: Vec<Vec<&str>> = texts.iter().map(|text| text.lines().collect()).collect();
    let mut own = HashSet::new();
    for story in &paragraphs {
        assert_eq!(story[1], paragraphs[0][1]);
        assert_eq!(story[1].split(' ').count(), 60);
        assert!(own.insert(story[0]) && own.insert(story[2]));
    }
}

#[test]
fn a_giant_is_as_large_as_asked_and_its_excerpts_stand_in_it() {
    let texts = texts(Worst::Giant, 3, 1_000_000);
    assert_eq!(texts[0].len(), 1_000_000);
    assert_eq!((texts[1].len(), texts[2].len()), (100_000, 10_000));
    assert!(texts[0].contains(&texts[1]) && texts[1].contains(&texts[2]));
}

#[test]
fn briefs_have_three_words_and_many_or_few_differ() {
    let many = texts(Worst::Briefs, 20_000, 0);
    let few = texts(Worst::FewBriefs, 20_000, 0);
    for text in many.iter().chain(&few) {
        assert_eq!(text.split(' ').count(), 3, "{text}");
    }
    assert!(distinct(&many) > 19_000, "{}", distinct(&many));
    assert!(
        (7_000..=8_000).contains(&distinct(&few)),
        "{}",
        distinct(&few)
    );
}
