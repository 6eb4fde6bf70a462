//! Feeds as their readers see them: bytes, truth, proportions, language.

#![allow(clippy::unwrap_used, reason = "a test may stop where it fails")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use unicode_normalization::UnicodeNormalization;
use wirefold_corpus::{Edit, Feed, Relation, SHARES, Script, Settings, Story, Truth};
use xxhash_rust::xxh3::xxh3_64;

fn settings(stories: u32) -> Settings {
    Settings {
        stories,
        ..Settings::default()
    }
}

fn written(settings: Settings, threads: usize) -> (Vec<u8>, Vec<u8>) {
    let (mut lines, mut truth) = (Vec::new(), Vec::new());
    let totals = Feed::new(settings)
        .write(threads, &mut lines, Some(&mut truth))
        .unwrap();
    assert_eq!(totals.bytes, lines.len() as u64);
    (lines, truth)
}

fn read(settings: Settings) -> (Vec<serde_json::Value>, Vec<Vec<String>>) {
    let (lines, truth) = written(settings, 2);
    let lines = String::from_utf8(lines).unwrap();
    let truth = String::from_utf8(truth).unwrap();
    (
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
        truth
            .lines()
            .skip(1)
            .map(|row| row.split('\t').map(str::to_owned).collect())
            .collect(),
    )
}

fn all(stories: u32) -> (Vec<Story>, Vec<Truth>) {
    let feed = Feed::new(settings(stories));
    (
        feed.stories().collect(),
        (0..feed.len())
            .map(|position| feed.truth(position))
            .collect(),
    )
}

/// Lower-cased letters and digits of the compatibility form, nothing else.
fn bare(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn shingles(story: &Story) -> BTreeSet<Vec<String>> {
    words(&format!("{}\n{}", story.title, story.text))
        .windows(5)
        .map(<[String]>::to_vec)
        .collect()
}

fn jaccard(a: &BTreeSet<Vec<String>>, b: &BTreeSet<Vec<String>>) -> f64 {
    let shared = a.intersection(b).count();
    shared as f64 / (a.len() + b.len() - shared).max(1) as f64
}

#[test]
fn a_small_feed_has_these_bytes() {
    let mixed = Settings {
        syndicated: 20,
        seed: 42,
        ..settings(300)
    };
    let (lines, truth) = written(mixed, 1);
    assert_eq!(
        (xxh3_64(&lines), xxh3_64(&truth)),
        (0x7714_857d_abd9_31d9, 0xcddb_993c_9207_0074)
    );
}

#[test]
fn threads_do_not_change_the_bytes() {
    let three_blocks = Settings {
        syndicated: 900,
        ..settings(9000)
    };
    let one = written(three_blocks.clone(), 1);
    assert!(one == written(three_blocks.clone(), 2));
    assert!(one == written(three_blocks, 7));
}

#[test]
fn a_story_made_alone_equals_the_one_in_the_file() {
    let some = Settings {
        syndicated: 50,
        chains: 800,
        ..settings(5000)
    };
    let (lines, truth) = written(some.clone(), 2);
    let (lines, truth) = (
        String::from_utf8(lines).unwrap(),
        String::from_utf8(truth).unwrap(),
    );
    let feed = Feed::new(some);
    for (position, (line, row)) in lines.lines().zip(truth.lines().skip(1)).enumerate() {
        if position % 7 == 0 {
            assert_eq!(feed.story(position).to_json(), line);
            assert_eq!(feed.truth(position).to_string(), row);
        }
    }
    assert_eq!(lines.lines().count(), 5000);
}

#[test]
fn seeds_give_other_feeds() {
    let other = Settings {
        seed: 2,
        ..settings(100)
    };
    assert_ne!(written(settings(100), 1).0, written(other, 1).0);
}

#[test]
fn degenerate_sizes_work() {
    for stories in [0, 1, 2, 3] {
        let everything = Settings {
            families: 1000,
            ..settings(stories)
        };
        assert_eq!(read(everything).0.len(), stories as usize);
        let sent = Settings {
            syndicated: stories + 5,
            ..settings(stories)
        };
        assert_eq!(read(sent).1.len(), stories as usize);
    }
}

#[test]
fn ids_are_distinct_and_parents_come_earlier_in_time() {
    let (stories, rows) = read(Settings {
        syndicated: 300,
        ..settings(6000)
    });
    let published: HashMap<&str, &str> = stories
        .iter()
        .map(|story| {
            (
                story["id"].as_str().unwrap(),
                story["published"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(published.len(), 6000);
    for row in rows.iter().filter(|row| row[2] != "-") {
        assert!(
            published[row[2].as_str()] <= published[row[0].as_str()],
            "{row:?}"
        );
    }
}

#[test]
fn the_truth_agrees_with_the_texts() {
    let (stories, truths) = all(6000);
    let place: HashMap<&str, usize> = stories
        .iter()
        .enumerate()
        .map(|(at, story)| (story.id.as_str(), at))
        .collect();
    let mut checked: BTreeMap<Edit, u32> = BTreeMap::new();
    for (story, truth) in stories.iter().zip(&truths) {
        assert_eq!(story.id, truth.id);
        let Some(parent) = &truth.parent else {
            assert!(matches!(truth.edit, Edit::Original | Edit::Template));
            assert_eq!(truth.relation, Relation::None);
            continue;
        };
        let parent = &stories[place[parent.as_str()]];
        let same_family = truths[place[parent.id.as_str()]].family == truth.family;
        assert_eq!(same_family, truth.edit != Edit::Template);
        let (child, original) = (bare(&story.text), bare(&parent.text));
        if truth.to_parent == Relation::Identical {
            assert_eq!(bare(&story.title), bare(&parent.title));
            assert_eq!(child, original);
        }
        match truth.edit {
            Edit::Exact => assert_eq!((&story.title, &story.text), (&parent.title, &parent.text)),
            Edit::Marks | Edit::Layout => assert_eq!(truth.to_parent, Relation::Identical),
            Edit::Headline => assert!(child == original && story.title != parent.title),
            Edit::Truncated => assert!(original.starts_with(&child)),
            Edit::Lead => assert!(child.ends_with(&original) && child.len() > original.len()),
            Edit::Tail => assert!(child.starts_with(&original) && child.len() > original.len()),
            Edit::Furniture => {
                for sentence in parent.text.split('\n') {
                    assert!(child.contains(&bare(sentence)), "{sentence}");
                }
            }
            Edit::Update => {
                assert!(bare(&story.title).starts_with("update"), "{}", story.title);
                assert!(story.version > parent.version.or(Some(1)));
                assert_eq!((&story.slug, &story.source), (&parent.slug, &parent.source));
            }
            Edit::Paragraphs => assert!(child.len() <= original.len()),
            Edit::Excerpt => {
                let shared = parent.text.split("\n\n").flat_map(|part| part.split('\n'));
                assert!(shared.filter(|part| child.contains(&bare(part))).count() > 0);
            }
            Edit::Rewrite => assert!(truth.to_parent == Relation::Rewritten, "{truth}"),
            Edit::Template => assert_eq!(truth.relation, Relation::SameTemplate),
            _ => {}
        }
        *checked.entry(truth.edit).or_default() += 1;
    }
    assert_eq!(checked.len(), SHARES.len() + 1, "{checked:?}");
}

#[test]
fn measures_are_those_of_the_words() {
    let (stories, truths) = all(3000);
    let place: HashMap<&str, usize> = stories
        .iter()
        .enumerate()
        .map(|(at, story)| (story.id.as_str(), at))
        .collect();
    for (story, truth) in stories.iter().zip(&truths) {
        let (Some(parent), Some(measures)) = (&truth.parent, truth.measures) else {
            continue;
        };
        let (a, b) = (shingles(story), shingles(&stories[place[parent.as_str()]]));
        // Typography that splits words (soft hyphens, combining marks, wide digits) is not in the measures.
        let plain = |story: &Story| {
            let odd = |letter| matches!(letter, '\u{ad}' | '\u{300}'..='\u{36f}' | 'ﬁ' | 'ﬂ' | '０'..='９');
            !story.text.contains(odd)
        };
        if plain(story) && plain(&stories[place[parent.as_str()]]) && a.len() > 1 && b.len() > 1 {
            let shared = a.intersection(&b).count();
            assert_eq!(
                measures.jaccard as usize,
                shared * 1000 / (a.len() + b.len() - shared),
                "{truth}"
            );
            assert_eq!(
                measures.child_in_parent as usize,
                shared * 1000 / a.len(),
                "{truth}"
            );
            assert_eq!(
                measures.parent_in_child as usize,
                shared * 1000 / b.len(),
                "{truth}"
            );
        }
    }
}

#[test]
fn shares_are_as_stated() {
    let (_, rows) = read(settings(20_000));
    let mut edits: BTreeMap<&str, usize> = BTreeMap::new();
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *edits.entry(&row[3]).or_default() += 1;
        *families.entry(&row[1]).or_default() += 1;
    }
    let copies: usize = SHARES.iter().map(|(edit, _)| edits[edit.name()]).sum();
    for (edit, share) in SHARES {
        let found = edits[edit.name()] * 1000 / copies;
        assert!(
            found.abs_diff(share as usize) <= 20,
            "{edit:?}: {found} for {share}"
        );
    }
    let in_families: usize = families.values().filter(|&&size| size > 1).sum();
    assert!((7800..8400).contains(&in_families), "{in_families}");
    assert!(
        (1000..1300).contains(&edits["template"]),
        "{}",
        edits["template"]
    );
    assert!(families.values().max() >= Some(&100), "no heavy tail");
}

#[test]
fn one_story_goes_to_all_outlets() {
    let (_, rows) = read(Settings {
        syndicated: 2000,
        ..settings(8000)
    });
    let mut families: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, row) in rows.iter().enumerate() {
        families.entry(&row[1]).or_default().push(position);
    }
    let largest = families
        .values()
        .max_by_key(|members| members.len())
        .unwrap();
    assert_eq!(largest.len(), 2000);
    assert!(
        largest.windows(2).all(|pair| pair[1] - pair[0] == 4),
        "spread evenly"
    );
}

#[test]
fn words_follow_zipf_and_lengths_a_log_normal() {
    let (stories, truths) = all(20_000);
    let mut counts: HashMap<String, u32> = HashMap::new();
    let mut lengths = Vec::new();
    for (story, truth) in stories.iter().zip(&truths) {
        let words = words(&story.text);
        if truth.edit == Edit::Original {
            lengths.push(words.len());
        }
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut ranked: Vec<(u32, String)> = counts
        .into_iter()
        .map(|(word, count)| (count, word))
        .collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    assert!(ranked.len() >= 30_000, "{}", ranked.len());
    assert_eq!(ranked[0].1, "the");
    let total: u64 = ranked.iter().map(|&(count, _)| u64::from(count)).sum();
    let share = |rank: usize| f64::from(ranked[rank - 1].0) / total as f64;
    assert!((0.04..0.09).contains(&share(1)), "{}", share(1));
    // Rank times frequency stays within a small factor over three orders of magnitude.
    for rank in [10, 100, 1000, 10_000] {
        assert!(
            (0.03..0.25).contains(&(share(rank) * rank as f64)),
            "rank {rank}: {}",
            share(rank)
        );
    }
    lengths.sort_unstable();
    let quantile = |percent: usize| lengths[lengths.len() * percent / 100];
    assert!((400..500).contains(&quantile(50)), "{}", quantile(50));
    let (low, high, longest) = (quantile(5), quantile(95), lengths[lengths.len() - 1]);
    assert!(
        low < 220 && high > 900 && longest < 3400,
        "{low} {high} {longest}"
    );
}

#[test]
fn unrelated_stories_share_hardly_a_run_of_words() {
    let (stories, truths) = all(1500);
    let sets: Vec<_> = stories.iter().map(shingles).collect();
    let (mut pairs, mut sum, mut most) = (0u32, 0.0, 0.0_f64);
    for a in (0..sets.len()).step_by(5) {
        for b in (0..a).step_by(3) {
            let templated = truths[a].edit == Edit::Template && truths[b].edit == Edit::Template;
            if truths[a].family != truths[b].family && !templated {
                let jaccard = jaccard(&sets[a], &sets[b]);
                (pairs, sum, most) = (pairs + 1, sum + jaccard, most.max(jaccard));
            }
        }
    }
    assert!(
        sum / f64::from(pairs) < 0.001 && most < 0.3,
        "mean {} most {most}",
        sum / f64::from(pairs)
    );
}

#[test]
fn templated_stories_share_wording_but_not_facts() {
    let (stories, truths) = all(6000);
    let place: HashMap<&str, usize> = stories
        .iter()
        .enumerate()
        .map(|(at, story)| (story.id.as_str(), at))
        .collect();
    let (mut shared_words, mut jaccards) = (Vec::new(), Vec::new());
    for (story, truth) in stories
        .iter()
        .zip(&truths)
        .filter(|(_, truth)| truth.edit == Edit::Template)
    {
        let Some(parent) = &truth.parent else {
            continue;
        };
        let first = &stories[place[parent.as_str()]];
        assert_eq!(first.source, story.source);
        assert_ne!(&first.published[..10], &story.published[..10]);
        let set = |story: &Story| words(&story.text).into_iter().collect::<BTreeSet<_>>();
        let (a, b) = (set(story), set(first));
        shared_words.push(a.intersection(&b).count() * 1000 / a.len().min(b.len()));
        jaccards.push(jaccard(&shingles(story), &shingles(first)));
        let figures = |set: &BTreeSet<String>| {
            let long = set
                .iter()
                .filter(|word| word.len() > 3 && word.bytes().all(|b| b.is_ascii_digit()));
            long.cloned().collect::<BTreeSet<_>>()
        };
        assert!(figures(&a).intersection(&figures(&b)).count() <= 1);
    }
    shared_words.sort_unstable();
    jaccards.sort_by(f64::total_cmp);
    assert!(shared_words[shared_words.len() / 2] > 600);
    let median = jaccards[jaccards.len() / 2];
    assert!((0.1..0.5).contains(&median), "{median}");
    assert!(jaccards.last() > Some(&0.4), "no hard ones");
}

#[test]
fn scripts_are_written_in_their_letters() {
    let ranges = [
        (Script::Cyrillic, '\u{400}'..='\u{4ff}'),
        (Script::Arabic, '\u{600}'..='\u{6ff}'),
        (Script::Devanagari, '\u{900}'..='\u{97f}'),
        (Script::Han, '\u{4e00}'..='\u{9fff}'),
        (Script::Kana, '\u{3040}'..='\u{30ff}'),
    ];
    for (script, range) in ranges {
        let feed = Feed::new(Settings {
            script,
            ..settings(50)
        });
        let latin = Feed::new(settings(50));
        for (position, story) in feed.stories().enumerate() {
            let letters = story.text.chars().filter(|letter| letter.is_alphabetic());
            let (inside, total) = letters.fold((0, 0), |(inside, total), letter| {
                (inside + usize::from(range.contains(&letter)), total + 1)
            });
            assert!(inside * 100 >= total * 98, "{script:?}: {}", story.text);
            assert_eq!(feed.truth(position), latin.truth(position));
        }
    }
}
