//! The pictures of the book that show the command: what it says in a terminal, and its page in a browser.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a step that fails ends the test or the command that asked for it"
)]

use std::path::Path;
use std::process::Command;

use crate::browser::in_browser;
use crate::terminal::{Step, svg};

/// Pixels of a window.
const WIDTH: u32 = 1000;

/// What the recording shows, for those who do not see it.
const WORDS: &str = "A terminal: wirefold folds the sample feed of 107 stories and keeps 82, explains why the story s023 \
                     is removed, and compares two stories, of which what both have is colored";

/// What is typed, and what a terminal adds by itself.
const TYPED: [(&str, &str); 3] = [
    (
        "wirefold dedup feed.jsonl -o kept.jsonl --clusters why.csv",
        "",
    ),
    (
        "wirefold dedup feed.jsonl -o kept.jsonl --quiet --explain s023",
        "",
    ),
    (
        "wirefold compare feed.jsonl#s066 feed.jsonl#s069",
        " --color always",
    ),
];

/// The recording of a terminal in which a program folds the sample feed.
pub fn recording(wirefold: &Path, sample: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(sample, folder.path().join("feed.jsonl")).unwrap();
    let steps = TYPED.map(|(command, added)| {
        let output = Command::new(wirefold)
            .current_dir(folder.path())
            .args(format!("{command}{added}").split(' ').skip(1))
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}");
        let output = [output.stdout, output.stderr].concat();
        Step {
            command: command.to_owned(),
            output: String::from_utf8(output).unwrap(),
        }
    });
    svg(WORDS, &steps, 100)
}

/// Pictures of the page for the sample feed, by name; none where there is no browser, which is told.
pub fn pages(wirefold: &Path, sample: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let status = Command::new(wirefold)
        .current_dir(folder.path())
        .args(["dedup", "-q", "-o", "kept.jsonl", "--report", "page.html"])
        .arg(sample)
        .status()
        .unwrap();
    assert!(status.success());
    let mut pictures = Vec::new();
    in_browser(WIDTH, false, async |browser| {
        browser.open(&page).await;
        pictures.push(("page.png", browser.picture(WIDTH, 1150).await));
        // A story and its copies: cut at the end, cut early, and one sentence of it.
        let dam = "[...document.querySelectorAll('#rows a')].find((a) => a.textContent.includes('Arvel')).click()";
        browser.js(dam).await;
        browser
            .until("return document.querySelectorAll('.pair').length > 0")
            .await;
        pictures.push(("family.png", browser.picture(WIDTH, 1150).await));
    });
    pictures
}
