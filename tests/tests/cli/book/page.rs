//! A page of Markdown: its fenced blocks and its links.

use std::fs;
use std::path::{Path, PathBuf};

/// A page, by its path from the root of the repository.
pub(super) struct Page {
    pub(super) name: String,
    pub(super) text: String,
}

/// A fenced block.
pub(super) struct Block<'p> {
    /// The line of its fence, counted from 1.
    pub(super) line: usize,
    /// What its fence says it is.
    pub(super) kind: &'p str,
    pub(super) lines: Vec<&'p str>,
}

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All pages for people: those at the root, those of the book, and those beside what they describe.
pub(super) fn pages() -> Vec<Page> {
    let mut files = Vec::new();
    let mut folders = vec![
        PathBuf::new(),
        "corpus".into(),
        "benches/peers".into(),
        "fuzz".into(),
    ];
    let crates = fs::read_dir(root().join("crates")).unwrap();
    folders.extend(crates.map(|folder| Path::new("crates").join(folder.unwrap().file_name())));
    for folder in folders {
        files.extend(markdown(&folder));
    }
    let mut open = vec![PathBuf::from("docs")];
    while let Some(folder) = open.pop() {
        files.extend(markdown(&folder));
        let entries = fs::read_dir(root().join(&folder))
            .unwrap()
            .map(Result::unwrap);
        let inner = entries.filter(|entry| entry.path().is_dir());
        open.extend(inner.map(|entry| folder.join(entry.file_name())));
    }
    files.sort();
    let page = |file: PathBuf| Page {
        text: fs::read_to_string(root().join(&file)).unwrap(),
        name: file.to_str().unwrap().replace('\\', "/"),
    };
    files.into_iter().map(page).collect()
}

/// The pages of one folder; none if it is not there.
fn markdown(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root().join(folder)) else {
        return Vec::new();
    };
    let names = entries.map(|entry| folder.join(entry.unwrap().file_name()));
    names
        .filter(|name| name.extension().is_some_and(|ending| ending == "md"))
        .collect()
}

impl Page {
    pub(super) fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        let mut open: Option<Block<'_>> = None;
        for (at, line) in self.text.lines().enumerate() {
            let fence = line.strip_prefix("```");
            match (&mut open, fence) {
                (None, Some(kind)) => {
                    open = Some(Block {
                        line: at + 1,
                        kind,
                        lines: Vec::new(),
                    });
                }
                (Some(_), Some("")) => blocks.extend(open.take()),
                (Some(block), _) => block.lines.push(line),
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a block is not closed", self.name);
        blocks
    }

    /// What stands outside of blocks, line by line, code within lines taken out.
    fn prose(&self) -> Vec<String> {
        let mut within = false;
        let lines = self.text.lines().filter(|line| {
            let fence = line.starts_with("```");
            within ^= fence;
            !within && !fence
        });
        let plain = |line: &str| line.split('`').step_by(2).collect::<Vec<_>>().join("code");
        lines.map(plain).collect()
    }

    /// The words and the target of each link and picture; `!` begins the words of a picture.
    pub(super) fn links(&self) -> Vec<(String, String)> {
        let mut links = Vec::new();
        for line in self.prose() {
            let mut rest = line.as_str();
            while let Some((before, after)) = rest.split_once("](") {
                let (target, next) = after.split_once(')').unwrap_or((after, ""));
                let words = before.rfind('[').map_or(before, |at| {
                    let at = if before[..at].ends_with('!') {
                        at - 1
                    } else {
                        at
                    };
                    &before[at..]
                });
                links.push((words.to_owned(), target.to_owned()));
                rest = next;
            }
        }
        links
    }

    /// The names by which headings are linked to.
    pub(super) fn anchors(&self) -> Vec<String> {
        let headings = self.text.lines().filter_map(|line| {
            line.trim_start_matches('#')
                .strip_prefix(' ')
                .filter(|_| line.starts_with('#'))
        });
        let anchor = |heading: &str| {
            let kept = heading
                .chars()
                .filter(|&c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.collect::<String>().to_lowercase().replace(' ', "-")
        };
        headings.map(anchor).collect()
    }
}
