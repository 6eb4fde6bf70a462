//! The spans of shared passages lead to equal words in the original texts.

use std::collections::HashMap;

use serde_json::Value;
use wirefold::normalize::Matcher;

use crate::support::{Folder, csv, rows, sample};

/// The words of a span, without what stands between them.
fn words(text: &str, span: &Value) -> String {
    let at = |index: usize| span[index].as_u64().unwrap() as usize;
    let slice = text
        .get(at(0)..at(1))
        .unwrap_or_else(|| panic!("{span} is no range of the text"));
    Matcher::default()
        .normalize(slice)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

#[test]
fn spans_are_ranges_of_the_original_text_with_equal_words() {
    let folder = Folder::new();
    let ran = folder
        .cmd("relate --title ignore")
        .arg(sample())
        .run()
        .code(0);
    let feed = rows(&std::fs::read(sample()).unwrap());
    let texts: HashMap<&str, &str> = feed
        .iter()
        .map(|row| (row["id"].as_str().unwrap(), row["text"].as_str().unwrap()))
        .collect();
    let (mut passages, mut verbatim) = (0, 0);
    for row in rows(&ran.out) {
        let text = |side: &str| texts[row[side].as_str().unwrap()];
        for passage in row["passages"].as_array().unwrap() {
            passages += 1;
            let (a, b) = (
                words(text("a"), &passage["a"]),
                words(text("b"), &passage["b"]),
            );
            assert!(!a.is_empty());
            if passage["kind"] == "verbatim" {
                verbatim += 1;
                assert_eq!(a, b, "{row}");
                assert_eq!(passage["score"], 1.0);
            }
        }
    }
    assert!(
        verbatim > 30 && passages > verbatim,
        "{verbatim} of {passages}"
    );
}

#[test]
fn lists_are_json_in_csv() {
    let folder = Folder::new();
    folder
        .cmd("relate -o relations.csv")
        .arg(sample())
        .run()
        .code(0);
    folder
        .cmd("relate -o relations.jsonl")
        .arg(sample())
        .run()
        .code(0);
    let table = csv(&folder.bytes("relations.csv"));
    let lines = folder.rows("relations.jsonl");
    assert_eq!(table.len(), lines.len());
    for (cells, row) in table.iter().zip(&lines) {
        let list: Value = serde_json::from_str(&cells["passages"]).unwrap();
        assert_eq!(list, row["passages"]);
        assert_eq!(cells["a"], row["a"].as_str().unwrap());
        assert_eq!(
            cells["jaccard"].parse::<f64>().ok(),
            row["jaccard"].as_f64()
        );
    }
}
