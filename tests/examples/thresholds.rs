//! What each shingle length and threshold would find in labeled feeds: exact similarities of all
//! pairs, no sketches. The argument for the defaults in `docs/design.md` is made from its table.
//!
//! Usage: `cargo run --release -p wirefold-tests --example thresholds -- DATA_FOLDER`, where each
//! folder in it holds `docs.jsonl` and `truth.tsv` (id, cluster).

use std::collections::HashMap;
use std::path::Path;

use wirefold::relation::RelationRules;
use wirefold::{Settings, relation::Similarity};
use wirefold_tests::data::documents;
use wirefold_tests::oracle::{shingles, similarities};

const SETS: [(&str, bool); 4] = [
    ("extraction", false),
    ("ocr", false),
    ("briefs", true),
    ("crossposts", false),
];
const THRESHOLDS: [f64; 7] = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];

fn main() {
    let Some(folder) = std::env::args().nth(1) else {
        println!("usage: thresholds DATA_FOLDER");
        return;
    };
    for (name, titles) in SETS {
        let path = Path::new(&folder).join(name).join("docs.jsonl");
        let Ok(truth) = std::fs::read_to_string(path.with_file_name("truth.tsv")) else {
            println!("{name}: no truth.tsv");
            continue;
        };
        let cluster: HashMap<&str, &str> = truth
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once('\t'))
            .collect();
        let documents = documents(&path, titles);
        let mut sizes: HashMap<&str, u64> = HashMap::new();
        for document in &documents {
            if let Some(cluster) = cluster.get(document.id.as_str()) {
                *sizes.entry(cluster).or_default() += 1;
            }
        }
        let copies: u64 = sizes.values().map(|n| n * (n - 1) / 2).sum();
        println!(
            "\n{name}: {} documents, {copies} pairs of copies",
            documents.len()
        );
        println!("F1 (precision, recall) by Jaccard threshold; then with containment of .8 too");
        print!("words");
        THRESHOLDS.iter().for_each(|t| print!(" | {t:>19}"));
        println!();
        for shingle_words in 1..=6 {
            let settings = Settings {
                shingle_words,
                ..Settings::default()
            };
            let exact = similarities(&shingles(&documents, &settings));
            let same = |a: u32, b: u32| {
                let of = |n: u32| cluster.get(documents[n as usize].id.as_str());
                of(a).is_some() && of(a) == of(b)
            };
            for with_containment in [false, true] {
                print!("{}", if with_containment { "    +" } else { "" });
                if !with_containment {
                    print!("{shingle_words:>5}");
                }
                for threshold in THRESHOLDS {
                    let containment = if with_containment { 0.8 } else { 2.0 };
                    let rules = RelationRules {
                        threshold,
                        containment,
                        ..RelationRules::default()
                    };
                    let found: Vec<bool> = exact
                        .iter()
                        .filter(|(_, similarity)| related(**similarity, &rules))
                        .map(|(&(a, b), _)| same(a, b))
                        .collect();
                    let hits = found.iter().filter(|&&hit| hit).count() as f64;
                    let precision = hits / found.len().max(1) as f64;
                    let recall = hits / copies.max(1) as f64;
                    let f1 = 2.0 * precision * recall / (precision + recall).max(1e-9);
                    print!(" | {f1:.3} ({precision:.3}, {recall:.3})");
                }
                println!();
            }
        }
    }
}

fn related(similarity: Similarity, rules: &RelationRules) -> bool {
    similarity.relation(rules).is_some()
}
