//! Labeled feeds that lie beside the repository, where they are present.

use std::path::PathBuf;

use serde_json::Value;

/// One document of a labeled feed.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its id.
    pub id: String,
    /// Its title, if the feed has any.
    pub title: Option<String>,
    /// Its body.
    pub text: String,
}

/// A path under `../shared`, or `None` with a printed line where it is absent.
#[expect(clippy::print_stdout, reason = "a test says so when it is skipped")]
pub fn shared(path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")).join(path);
    if full.exists() {
        Some(full)
    } else {
        println!("skipped: no ../shared/{path}");
        None
    }
}

/// The documents of a JSON Lines file; `titles` says whether to take titles along.
///
/// # Panics
/// If the file is not what a labeled feed should be: then the test cannot go on.
#[expect(
    clippy::expect_used,
    reason = "test data that cannot be read must fail the test"
)]
pub fn documents(path: &std::path::Path, titles: bool) -> Vec<Document> {
    let lines = std::fs::read_to_string(path).expect("a readable feed");
    lines
        .lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).expect("a JSON record");
            let field = |name: &str| record[name].as_str().map(str::to_owned);
            Document {
                id: field("id").expect("an id"),
                title: field("title").filter(|_| titles),
                text: field("text").unwrap_or_default(),
            }
        })
        .collect()
}
