//! Runs over several stories: with bounded memory and without, on one thread and on three, in any order, and
//! against every pair compared on its own.

use std::sync::{Arc, OnceLock};

use arbitrary::Arbitrary;
use rayon::{ThreadPool, ThreadPoolBuilder};
use wirefold::normalize::Matcher;
use wirefold::relation::Similarity;
use wirefold::sketch::{SketchChunk, Sketcher, Sketches};
use wirefold::store::{Memory, MemoryStore};
use wirefold::{Keep, Outcome, Settings, Story, Wanted, compare, fold};

use crate::pair::shingles;
use crate::stories::{Feed, Made};

type Stories<'s> = [(String, Story<'s>)];

fn pool(threads: usize) -> &'static ThreadPool {
    static POOLS: [OnceLock<ThreadPool>; 2] = [OnceLock::new(), OnceLock::new()];
    POOLS[threads / 2].get_or_init(|| {
        ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
    })
}

/// A feed and how it is folded.
#[derive(Arbitrary, Debug)]
pub struct Asked {
    stories: Vec<Made>,
    keep: u8,
    window: Option<u8>,
    turn: u8,
    seed: bool,
}

fn settings(asked: &Asked) -> Settings {
    let keep = [
        Keep::Longest,
        Keep::Earliest,
        Keep::Latest,
        Keep::LatestVersion,
    ];
    Settings {
        keep: vec![keep[usize::from(asked.keep) % keep.len()].clone()],
        window: asked.window.map(|hours| u64::from(hours) * 3_600),
        seed: if asked.seed { 77 } else { 0 },
        ..Settings::default()
    }
}

/// The claims.
pub fn folded(asked: Asked) {
    let settings = settings(&asked);
    let feed = Feed::new(asked.stories);
    let stories = feed.stories();
    let outcome = run(&stories, &settings, 1, None);
    let bounded = run(&stories, &settings, 3, Some(64 << 20));
    assert_eq!(
        told(&bounded, &stories),
        told(&outcome, &stories),
        "threads, memory"
    );
    let mut turned = stories.clone();
    if !turned.is_empty() {
        let by = usize::from(asked.turn) % turned.len();
        turned.rotate_left(by);
        turned[by..].reverse();
    }
    let other = run(&turned, &settings, 1, None);
    assert_eq!(told(&other, &turned), told(&outcome, &stories), "order");
    check_decisions(&outcome);
    if settings.window.is_none() && settings.seed == 0 {
        check_pairs(&outcome, &stories, &settings);
    }
}

fn run(stories: &Stories<'_>, settings: &Settings, threads: usize, bytes: Option<u64>) -> Outcome {
    let matcher = Matcher::default();
    let sketch = settings.sketch();
    let mut sketches = match bytes {
        Some(bytes) => Sketches::within(Memory::within(
            bytes,
            threads,
            Arc::new(MemoryStore::default()),
        )),
        None => Sketches::new(),
    };
    let mut sketcher = Sketcher::new(&sketch, &matcher);
    for some in stories.chunks(3) {
        let mut chunk = SketchChunk::default();
        for (_, story) in some {
            sketcher.sketch(*story, &mut chunk);
        }
        chunk.seal();
        sketches.push(chunk).unwrap();
    }
    let wanted = Wanted {
        families: true,
        relations: true,
    };
    pool(threads)
        .install(|| fold(sketches, stories, &matcher, settings, wanted, &|_, _, _| ()).unwrap())
}

/// Everything that is said, by id.
fn told(outcome: &Outcome, stories: &Stories<'_>) -> Vec<String> {
    let id = |number: u32| &stories[number as usize].0;
    let mut told = Vec::new();
    for (number, decision) in (0..).zip(&outcome.decisions) {
        let link = decision
            .link
            .map(|link| format!("{} {:?} {}", id(link.to), link.relation, link.novel));
        told.push(format!(
            "{} in {}, kept {}, {link:?}",
            id(number),
            id(decision.cluster),
            decision.kept
        ));
    }
    for row in &outcome.relations {
        let numbered = wirefold::relation::Row {
            a: 0,
            b: 0,
            ..row.clone()
        };
        told.push(format!("{} {} {numbered:?}", id(row.a), id(row.b)));
    }
    told.sort();
    told
}

/// Whatever goes has a kept story to tell it; whoever leads a family is in it.
fn check_decisions(outcome: &Outcome) {
    for decision in &outcome.decisions {
        let lead = &outcome.decisions[decision.cluster as usize];
        assert_eq!(lead.cluster, decision.cluster);
        assert!(decision.kept || decision.link.is_some());
    }
}

/// Rows are those of the pair alone, and what shares most of its shingles has one.
fn check_pairs(outcome: &Outcome, stories: &Stories<'_>, settings: &Settings) {
    let matcher = Matcher::default();
    let sets: Vec<Vec<u64>> = stories.iter().map(|(_, story)| shingles(*story)).collect();
    for row in &outcome.relations {
        let alone = compare(stories, (row.a, row.b), &matcher, settings).unwrap();
        assert_eq!(alone.as_ref(), Some(row));
    }
    let stand = |number: u32| match outcome.decisions[number as usize].link {
        Some(link) if link.relation == wirefold::relation::Relation::Identical => link.to,
        _ => number,
    };
    for a in 0..stories.len() as u32 {
        for b in 0..a {
            let similarity = Similarity::of(&sets[a as usize], &sets[b as usize]);
            let (x, y) = (stand(a), stand(b));
            if similarity.jaccard() < 0.85 || similarity.shared < 20 || x == y {
                continue;
            }
            let found = outcome
                .relations
                .iter()
                .any(|row| (row.a, row.b) == (x, y) || (row.a, row.b) == (y, x));
            let related = compare(stories, (x, y), &matcher, settings).unwrap();
            assert!(
                found || related.is_none(),
                "{a} and {b} are not found: {similarity:?}"
            );
        }
    }
}
