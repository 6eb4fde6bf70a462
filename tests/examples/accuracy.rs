//! How right the defaults are on labeled feeds.
//!
//! Usage: `cargo run --release -p wirefold-tests --example accuracy -- DATA_FOLDER`, where each folder
//! in it holds `docs.jsonl` (`id`, `text`, perhaps `title`) and one or both of
//! - `truth.tsv` (id, cluster): families against clusters, pair by pair;
//! - `pairs.tsv`: (a, b, label): relations by label, and how well `score` tells labels apart; or
//!   (a, b, Jaccard, containment): how many of these pairs are related.
//!
//! Equal texts stand for each other, as they do in the tables that the tool writes.

#![allow(
    clippy::print_stdout,
    reason = "tables on standard output are what this is for"
)]

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::{Path, PathBuf};

use wirefold::relation::{Relation, Row};
use wirefold::{Outcome, Settings, Wanted};
use wirefold_tests::data::{Document, documents};
use wirefold_tests::oracle::run;

/// A labeled feed and what was found in it.
struct Folded {
    documents: Vec<Document>,
    numbers: HashMap<String, u32>,
    outcome: Outcome,
    rows: HashMap<(u32, u32), Row>,
}

impl Folded {
    fn of(path: &Path, settings: &Settings) -> Result<Self, Box<dyn Error>> {
        let documents = documents(path, true);
        let wanted = Wanted {
            families: true,
            relations: true,
        };
        let outcome = run(&documents, settings, wanted)?;
        let ids = documents.iter().map(|document| document.id.clone());
        let key = |row: &Row| (row.a.min(row.b), row.a.max(row.b));
        Ok(Self {
            numbers: ids.zip(0u32..).collect(),
            rows: outcome
                .relations
                .iter()
                .map(|row| (key(row), row.clone()))
                .collect(),
            documents,
            outcome,
        })
    }

    /// The story that stands for the equal texts of `id`.
    fn class(&self, id: &str) -> Option<u32> {
        let &story = self.numbers.get(id)?;
        let link = self.outcome.decisions[story as usize].link;
        Some(match link {
            Some(link) if link.relation == Relation::Identical => link.to,
            _ => story,
        })
    }

    /// The relation and score of a pair: nothing if unrelated.
    fn related(&self, a: &str, b: &str) -> Option<(Relation, f64)> {
        let (a, b) = (self.class(a)?, self.class(b)?);
        if a == b {
            return Some((Relation::Identical, 1.0));
        }
        let row = self.rows.get(&(a.min(b), a.max(b)))?;
        Some((row.relation, row.score))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(folder) = std::env::args().nth(1) else {
        return Err("usage: accuracy DATA_FOLDER".into());
    };
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.join("docs.jsonl").is_file())
        .collect();
    folders.sort();
    for path in folders {
        let read = |name: &str| std::fs::read_to_string(path.join(name)).ok();
        let (truth, pairs) = (read("truth.tsv"), read("pairs.tsv"));
        if truth.is_none() && pairs.is_none() {
            continue;
        }
        let folded = Folded::of(&path.join("docs.jsonl"), &Settings::default())?;
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        println!(
            "## {}, {} documents",
            name.unwrap_or_default(),
            folded.documents.len()
        );
        if let Some(truth) = truth {
            clusters(&folded, &rows_of(&truth));
        }
        if let Some(pairs) = pairs {
            let rows = rows_of(&pairs);
            if rows.first().is_some_and(|row| row.len() > 3) {
                recall(&folded, &rows);
            } else {
                labels(&folded, &rows);
            }
        }
        println!();
    }
    Ok(())
}

/// The rows of a table below its header.
fn rows_of(table: &str) -> Vec<Vec<&str>> {
    let lines = table.lines().skip(1).filter(|line| !line.is_empty());
    lines.map(|line| line.split('\t').collect()).collect()
}

/// Pairwise precision, recall and F1, and the adjusted Rand index (Hubert, Arabie 1985), over the
/// documents that have a label.
fn clusters(folded: &Folded, rows: &[Vec<&str>]) {
    let mut truth: HashMap<&str, u64> = HashMap::new();
    let mut found: HashMap<u32, u64> = HashMap::new();
    let mut both: HashMap<(&str, u32), u64> = HashMap::new();
    let mut all = 0;
    for row in rows {
        let Some(&number) = folded.numbers.get(row[0]) else {
            continue;
        };
        let cluster = folded.outcome.decisions[number as usize].cluster;
        *truth.entry(row[1]).or_default() += 1;
        *found.entry(cluster).or_default() += 1;
        *both.entry((row[1], cluster)).or_default() += 1;
        all += 1;
    }
    let pairs = |n: u64| (n * n.saturating_sub(1) / 2) as f64;
    let sum = |sizes: &mut dyn Iterator<Item = &u64>| sizes.map(|&n| pairs(n)).sum::<f64>();
    let (of_truth, of_found) = (sum(&mut truth.values()), sum(&mut found.values()));
    let right = sum(&mut both.values());
    let (precision, recall) = (right / of_found.max(1.0), right / of_truth.max(1.0));
    let f1 = 2.0 * right / (of_truth + of_found).max(1.0);
    let chance = of_truth * of_found / pairs(all).max(1.0);
    let ari = (right - chance) / (f64::midpoint(of_truth, of_found) - chance);
    println!("families: precision {precision:.4}, recall {recall:.4}, F1 {f1:.4}, ARI {ari:.4}");
}

/// Of pairs with a Jaccard similarity and a containment, how many are related.
fn recall(folded: &Folded, rows: &[Vec<&str>]) {
    let rules = Settings::default().rules;
    let share = |cell: &str| cell.parse().unwrap_or(0.0);
    let (mut all, mut hits) = (0, 0);
    for row in rows {
        if share(row[2]) >= rules.threshold || share(row[3]) >= rules.containment {
            all += 1;
            hits += usize::from(folded.related(row[0], row[1]).is_some());
        }
    }
    println!("pairs: {hits} of {all} related");
    let mut relations: BTreeMap<Relation, usize> = BTreeMap::new();
    for row in &folded.outcome.relations {
        *relations.entry(row.relation).or_default() += 1;
    }
    for (relation, count) in relations {
        println!("  {:<16}{count}", relation.name());
    }
}

/// Relations and mean score of each label; how often the score of a pair of one label is above that
/// of a pair of another (the area under the curve), each label against the lowest.
fn labels(folded: &Folded, rows: &[Vec<&str>]) {
    let mut scores: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut relations: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for row in rows {
        let related = folded.related(row[0], row[1]);
        let name = related.map_or("none", |(relation, _)| relation.name());
        *relations
            .entry(row[2])
            .or_default()
            .entry(name)
            .or_default() += 1;
        scores
            .entry(row[2])
            .or_default()
            .push(related.map_or(0.0, |(_, score)| score));
    }
    let mean = |scores: &[f64]| scores.iter().sum::<f64>() / scores.len().max(1) as f64;
    for (label, scores) in &scores {
        println!(
            "{label}: {} pairs, mean score {:.3}, {:?}",
            scores.len(),
            mean(scores),
            relations[label]
        );
    }
    let lowest = scores.iter().min_by(|x, y| mean(x.1).total_cmp(&mean(y.1)));
    let Some((&lowest, negative)) = lowest else {
        return;
    };
    let positive: Vec<f64> = scores
        .iter()
        .filter(|(label, _)| **label != lowest)
        .flat_map(|(_, scores)| scores.clone())
        .collect();
    let above = |p: f64, n: f64| {
        if p > n {
            1.0
        } else if p < n {
            0.0
        } else {
            0.5
        }
    };
    let won: f64 = positive
        .iter()
        .flat_map(|&p| negative.iter().map(move |&n| above(p, n)))
        .sum();
    let games = (positive.len() * negative.len()).max(1) as f64;
    println!("all others against {lowest}: AUC {:.4}", won / games);
}
