//! The engine against brute force: all pairs, exact.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it measured"
)]

use std::collections::HashMap;

use proptest::prelude::*;
use wirefold::relation::{Passage, PassageKind, Relation, Similarity};
use wirefold::{Keep, Outcome, Settings, Wanted};
use wirefold_tests::data::{Document, documents, shared};
use wirefold_tests::oracle::{new_words, run, shingles, similarities};

const BOTH: Wanted = Wanted {
    families: true,
    relations: true,
};

/// What a run over `documents` found, beside the exact similarities of all pairs.
struct Checked<'d> {
    documents: &'d [Document],
    settings: Settings,
    outcome: Outcome,
    exact: HashMap<(u32, u32), Similarity>,
}

impl<'d> Checked<'d> {
    fn new(documents: &'d [Document], settings: Settings) -> Self {
        let outcome = run(documents, &settings, BOTH).unwrap();
        let exact = similarities(&shingles(documents, &settings));
        Self {
            documents,
            settings,
            outcome,
            exact,
        }
    }

    /// The story that stands for the class of equal texts of `story`.
    fn class(&self, story: u32) -> u32 {
        match self.outcome.decisions[story as usize].link {
            Some(link) if link.relation == Relation::Identical => link.to,
            _ => story,
        }
    }

    fn exact(&self, a: u32, b: u32) -> Similarity {
        let none = Similarity {
            a: 0,
            b: 0,
            shared: 0,
        };
        let known = |a, b| self.exact.get(&(a, b)).copied();
        known(a, b)
            .or_else(|| known(b, a).map(Similarity::reversed))
            .unwrap_or(none)
    }

    /// Pairs that brute force relates, and how many of them the engine relates, by relation.
    fn recall(&self) -> HashMap<Relation, (usize, usize)> {
        let found: HashMap<(u32, u32), Relation> = self
            .outcome
            .relations
            .iter()
            .map(|row| ((row.a.min(row.b), row.a.max(row.b)), row.relation))
            .collect();
        let mut counts: HashMap<Relation, (usize, usize)> = HashMap::new();
        for (&(a, b), similarity) in &self.exact {
            let Some(relation) = similarity.relation(&self.settings.rules) else {
                continue;
            };
            let (x, y) = (self.class(a), self.class(b));
            let hit = x == y || found.contains_key(&(x.min(y), x.max(y)));
            let (all, hits) = counts.entry(relation).or_default();
            *all += 1;
            *hits += usize::from(hit);
        }
        counts
    }

    /// Every row says what brute force says: precision 1.0.
    fn check_rows(&self) {
        for row in &self.outcome.relations {
            let exact = self.exact(row.a, row.b);
            if row.relation == Relation::Identical {
                assert_eq!(
                    exact.a, exact.shared,
                    "identical texts have the same shingles"
                );
                assert_eq!(exact.b, exact.shared);
            } else if let Some(relation) = exact.relation(&self.settings.rules) {
                let others = [Relation::SameTemplate, Relation::NewVersion];
                let told = row.relation == relation || others.contains(&row.relation);
                assert!(told, "{relation:?}: {row:?}");
            } else {
                self.check_aligned(row);
            }
            assert!((row.jaccard - exact.jaccard()).abs() < 1e-12);
            assert!((row.containment_a - exact.containment_a()).abs() < 1e-12);
            assert!((row.containment_b - exact.containment_b()).abs() < 1e-12);
            assert!(self.documents[row.a as usize].id < self.documents[row.b as usize].id);
        }
        let ids = |row: &wirefold::relation::Row| {
            (
                &self.documents[row.a as usize].id,
                &self.documents[row.b as usize].id,
            )
        };
        assert!(
            self.outcome
                .relations
                .windows(2)
                .all(|w| ids(&w[0]) < ids(&w[1]))
        );
    }

    /// A relation that shingles do not give rests on aligned words or on a long run of equal ones.
    fn check_aligned(&self, row: &wirefold::relation::Row) {
        let least = row.aligned_a.min(row.aligned_b);
        let most = row.aligned_a.max(row.aligned_b);
        let rules = &self.settings.rules;
        assert!(
            match row.relation {
                Relation::NearDuplicate => least >= rules.containment,
                Relation::Contained => most >= rules.containment,
                Relation::Overlapping | Relation::NewVersion => most >= rules.overlap,
                Relation::SameTemplate => 3.0 * most >= 1.0,
                Relation::Rewritten => {
                    let rewritten = |p: &&Passage| p.kind == PassageKind::Rewritten;
                    row.passages.iter().filter(rewritten).count() >= 3
                }
                Relation::SharedPassages => !row.passages.is_empty(),
                _ => false,
            },
            "{row:?}"
        );
        assert!(most <= 1.0, "{row:?}");
    }

    /// Whether the engine says that two stories share their wording alone.
    fn template(&self, a: u32, b: u32) -> bool {
        let ids = |n: u32| &self.documents[n as usize].id;
        let key = if ids(a) < ids(b) { (a, b) } else { (b, a) };
        let rows = &self.outcome.relations;
        let at =
            rows.binary_search_by(|row| (ids(row.a), ids(row.b)).cmp(&(ids(key.0), ids(key.1))));
        at.is_ok_and(|at| rows[at].relation == Relation::SameTemplate)
    }

    /// Families and removals as they are defined, whatever the order of ties.
    fn check_families(&self) {
        let decisions = &self.outcome.decisions;
        for (story, decision) in (0u32..).zip(decisions) {
            let lead = &decisions[decision.cluster as usize];
            assert_eq!(
                lead.cluster, decision.cluster,
                "a representative leads itself"
            );
            let Some(link) = decision.link else {
                assert_eq!(decision.cluster, story, "only a representative has no link");
                assert!(decision.kept, "nothing goes without a reason");
                continue;
            };
            if link.relation == Relation::Identical {
                continue;
            }
            let exact = self.exact(story, link.to);
            let by_shingles = exact.relation(&self.settings.rules);
            let newer = link.relation == Relation::NewVersion;
            assert!(newer || by_shingles.is_none_or(|relation| relation == link.relation));
            let (new, all) = new_words(
                &self.documents[story as usize],
                &self.documents[link.to as usize],
                &self.settings,
            );
            let novel = new as f64 / all as f64;
            // What is aligned is not new either.
            assert!(
                link.novel.to_bits() == novel.to_bits()
                    || by_shingles.is_none() && link.novel < novel,
                "{} against {novel}",
                link.novel
            );
            if decision.kept {
                assert_eq!(
                    link.to, decision.cluster,
                    "a kept story is tied to its representative"
                );
                // It adds enough, or is the larger of the two, or what it repeats was removed.
                let adds = link.novel >= self.settings.min_novel;
                let larger = link.relation == Relation::Contained && exact.a >= exact.b;
                let keeps = [Relation::Overlapping, Relation::NewVersion].contains(&link.relation);
                assert!(
                    adds || larger
                        || keeps
                        || by_shingles.is_none()
                        || !decisions[link.to as usize].kept
                );
            } else {
                assert!(
                    link.novel < self.settings.min_novel,
                    "removed with too much of its own"
                );
                assert!(
                    decisions[link.to as usize].kept,
                    "whoever removes a story is kept"
                );
                assert_eq!(decisions[link.to as usize].cluster, decision.cluster);
            }
        }
    }

    /// Pairs of representatives that are related: families that were torn apart.
    fn torn(&self) -> usize {
        let leads = |story: u32| self.outcome.decisions[story as usize].cluster == story;
        self.exact
            .iter()
            .filter(|((a, b), similarity)| {
                leads(*a)
                    && leads(*b)
                    && similarity.relation(&self.settings.rules).is_some()
                    && !self.template(*a, *b)
            })
            .count()
    }
}

fn share((all, hits): (usize, usize)) -> f64 {
    hits as f64 / all.max(1) as f64
}

/// Recall against exact pairs, and against pairs that others computed with plain words.
fn real_feed(name: &str) {
    let Some(path) = shared(&format!("data/{name}/docs.jsonl")) else {
        return;
    };
    let documents = documents(&path, false);
    let checked = Checked::new(&documents, Settings::default());
    checked.check_rows();
    checked.check_families();
    for (relation, counts) in checked.recall() {
        println!("{name}: {relation:?} {} of {}", counts.1, counts.0);
        assert!(share(counts) >= 0.99, "{relation:?}: {counts:?}");
    }
    assert_eq!(checked.torn(), 0);

    let numbers: HashMap<&str, u32> = documents
        .iter()
        .zip(0u32..)
        .map(|(document, n)| (document.id.as_str(), n))
        .collect();
    let related: HashMap<(u32, u32), Relation> = checked
        .outcome
        .relations
        .iter()
        .map(|row| ((row.a.min(row.b), row.a.max(row.b)), row.relation))
        .collect();
    let table = std::fs::read_to_string(path.with_file_name("pairs.tsv")).unwrap();
    let mut counts = (0, 0);
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (jaccard, containment): (f64, f64) =
            (cells[2].parse().unwrap(), cells[3].parse().unwrap());
        if jaccard >= 0.55 || containment >= 0.85 {
            let (a, b) = (
                checked.class(numbers[cells[0]]),
                checked.class(numbers[cells[1]]),
            );
            counts.0 += 1;
            counts.1 += usize::from(a == b || related.contains_key(&(a.min(b), a.max(b))));
        }
    }
    println!("{name}: {} of {} pairs by plain words", counts.1, counts.0);
    assert!(counts.0 > 100 && share(counts) >= 0.99, "{counts:?}");
}

#[test]
fn reuters() {
    real_feed("reuters");
}

#[test]
fn webnews() {
    real_feed("webnews");
}

#[test]
fn crossposts_are_all_found() {
    let Some(path) = shared("data/crossposts/docs.jsonl") else {
        return;
    };
    let documents = documents(&path, false);
    let outcome = run(&documents, &Settings::default(), BOTH).unwrap();
    let numbers: HashMap<&str, u32> = documents
        .iter()
        .zip(0u32..)
        .map(|(document, n)| (document.id.as_str(), n))
        .collect();
    let truth = std::fs::read_to_string(path.with_file_name("truth.tsv")).unwrap();
    let mut posts: HashMap<&str, Vec<u32>> = HashMap::new();
    for line in truth.lines().skip(1) {
        let (id, cluster) = line.split_once('\t').unwrap();
        posts.entry(cluster).or_default().push(numbers[id]);
    }
    let class = |story: u32| match outcome.decisions[story as usize].link {
        Some(link) if link.relation == Relation::Identical => link.to,
        _ => story,
    };
    let sent: Vec<&Vec<u32>> = posts.values().filter(|posts| posts.len() > 1).collect();
    assert!(sent.len() > 100);
    for posts in sent {
        assert!(
            posts.iter().all(|&post| class(post) == class(posts[0])),
            "{posts:?}"
        );
    }
}

fn generated(stories: u32, seed: u64) -> Vec<Document> {
    let feed = wirefold_corpus::Feed::new(wirefold_corpus::Settings {
        stories,
        seed,
        ..wirefold_corpus::Settings::default()
    });
    feed.stories()
        .map(|story| Document {
            id: story.id,
            title: Some(story.title),
            text: story.text,
        })
        .collect()
}

#[test]
fn generated_feeds() {
    for (stories, seed, keep) in [(3000, 1, Keep::Longest), (3000, 2, Keep::First)] {
        let documents = generated(stories, seed);
        let checked = Checked::new(
            &documents,
            Settings {
                keep: vec![keep],
                ..Settings::default()
            },
        );
        checked.check_rows();
        checked.check_families();
        let uncut = checked.outcome.cut_groups == 0;
        for (relation, counts) in checked.recall() {
            println!(
                "seed {seed}, {relation:?}: {} of {}, uncut {uncut}",
                counts.1, counts.0
            );
            // Large families are compared with their leaders only.
            assert!(
                share(counts) >= if uncut { 0.99 } else { 0.95 },
                "{relation:?}: {counts:?}"
            );
        }
        assert_eq!(checked.torn(), 0);
    }
}

#[test]
fn results_do_not_depend_on_order_or_threads() {
    let documents = generated(1500, 3);
    let settings = Settings::default();
    let by_id = |documents: &[Document], outcome: &Outcome| {
        let id = |n: u32| documents[n as usize].id.clone();
        let mut decisions: Vec<_> = (0u32..)
            .zip(&outcome.decisions)
            .map(|(story, d)| {
                let link = d.link.map(|l| (l.relation, id(l.to), l.novel.to_bits()));
                (id(story), id(d.cluster), d.kept, link)
            })
            .collect();
        decisions.sort();
        let rows: Vec<_> = outcome
            .relations
            .iter()
            .map(|r| {
                (
                    id(r.a),
                    id(r.b),
                    r.relation,
                    r.score.to_bits(),
                    format!("{:?}", r.passages),
                )
            })
            .collect();
        (decisions, rows)
    };
    let want = by_id(&documents, &run(&documents, &settings, BOTH).unwrap());
    assert!(want.1.len() > 200);
    let mut shuffled = documents.clone();
    shuffled.reverse();
    shuffled.rotate_left(417);
    for threads in [1, 2, 3, 8] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let outcome = pool.install(|| run(&shuffled, &settings, BOTH)).unwrap();
        assert!(by_id(&shuffled, &outcome) == want, "{threads} threads");
        let families = Wanted {
            families: true,
            relations: false,
        };
        let alone = pool
            .install(|| run(&shuffled, &settings, families))
            .unwrap();
        assert_eq!(alone.decisions, outcome.decisions);
    }
}

/// Short stories over few words: every relation and many a tie occurs.
fn feeds() -> impl Strategy<Value = Vec<Document>> {
    let word = prop::sample::select(vec!["ferry", "port", "storm", "mayor", "crew", "rope"]);
    let story = prop::collection::vec(word, 0..26).prop_map(|words| words.join(" "));
    let piece = (
        story,
        prop::collection::vec((0usize..8, 0usize..20, 0usize..26), 0..8),
    );
    piece.prop_map(|(first, cuts)| {
        let mut texts = vec![first];
        for (from, start, end) in cuts {
            let source: Vec<&str> = texts[from % texts.len()].split(' ').collect();
            let (start, end) = (start.min(source.len()), end.min(source.len()));
            let mut text = source[start.min(end)..end].join(" ");
            if start % 3 == 0 {
                text.push_str(" harbor light gone again");
            }
            texts.push(text.trim().to_owned());
        }
        texts
            .into_iter()
            .enumerate()
            .map(|(n, text)| Document {
                id: format!("d{n}"),
                title: None,
                text,
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn short_stories_are_exact(documents in feeds(), first in any::<bool>()) {
        let keep = vec![if first { Keep::First } else { Keep::Longest }];
        let checked = Checked::new(&documents, Settings { keep, ..Settings::default() });
        checked.check_rows();
        checked.check_families();
        for (relation, (all, hits)) in checked.recall() {
            prop_assert_eq!(all, hits, "{:?}", relation);
        }
        prop_assert_eq!(checked.torn(), 0);
    }
}

/// Exactly the share that `min_novel` names is enough to stay.
#[test]
fn a_fifth_is_a_fifth() {
    let words = |from: usize, to: usize| -> String {
        let words: Vec<String> = (from..to).map(|n| format!("word{n} ")).collect();
        words.concat()
    };
    for (shared, own, min_novel) in [(20, 5, 0.2), (40, 10, 0.2), (18, 2, 0.1), (15, 5, 0.25)] {
        let document = |id: &str, text: String| Document {
            id: id.to_owned(),
            title: None,
            text,
        };
        let documents = [
            document("a", words(0, shared) + &words(200, 200 + own + 1)),
            document("b", words(0, shared) + &words(300, 300 + own)),
        ];
        let settings = Settings {
            min_novel,
            ..Settings::default()
        };
        let outcome = run(&documents, &settings, BOTH).unwrap();
        assert_eq!(outcome.decisions[1].cluster, 0, "one family");
        assert!(
            outcome.decisions[1].kept,
            "{own} of {} words are new",
            shared + own
        );
    }
}

/// A story that says one sentence over and over has few distinct anchors; what it shares of them
/// counts, not its length.
#[test]
fn a_repeated_sentence_is_found() {
    let sentence: String = (0..30)
        .map(|n| format!("word{n} "))
        .collect::<Vec<_>>()
        .concat();
    let other: Vec<String> = (0..900).map(|n| format!("other{n} ")).collect();
    let document = |id: &str, text: String| Document {
        id: id.to_owned(),
        title: None,
        text,
    };
    let documents = [
        document("refrain", sentence.repeat(20)),
        document(
            "larger",
            format!("{}{}", sentence.repeat(3), other.concat()),
        ),
    ];
    let outcome = run(&documents, &Settings::default(), BOTH).unwrap();
    assert_eq!(outcome.relations.len(), 1);
    assert_eq!(outcome.relations[0].relation, Relation::Contained);
}

#[test]
fn sketches_of_other_settings_are_refused() {
    let documents = [Document {
        id: "a".into(),
        title: None,
        text: "a few words of text".into(),
    }];
    let feed = wirefold_tests::oracle::Feed(&documents);
    let matcher = wirefold::normalize::Matcher::default();
    let settings = Settings {
        seed: 1,
        ..Settings::default()
    };
    let mut sketches = wirefold::sketch_stories(&feed, &matcher, &settings).unwrap();
    let other = Settings::default();
    let mut chunk = wirefold::sketch::SketchChunk::default();
    let mut sketcher = wirefold::sketch::Sketcher::new(&other.sketch(), &matcher);
    sketcher.sketch(feed.story(0), &mut chunk);
    let refused = sketches.push(chunk).unwrap_err();
    assert!(
        matches!(refused, wirefold::Error::MixedSketches),
        "{refused}"
    );
    let refused =
        wirefold::fold(sketches, &feed, &matcher, &other, BOTH, &|_, _, _| ()).unwrap_err();
    assert!(
        matches!(refused, wirefold::Error::MixedSketches),
        "{refused}"
    );
}
