//! Completions, the manual, and `--explain`.

use crate::support::{Folder, sample};

#[test]
fn each_shell_completes_the_flags() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = folder.ok(&format!("completions {shell}"));
        for word in ["dedup", "expire", "min-novel"] {
            assert!(script.text().contains(word), "{shell}: {word}");
        }
    }
    folder.cmd("completions tcsh").run().code(2).says("bash");
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("man1")).unwrap();
    folder.ok("man man1");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.unwrap().file_name().into_string().unwrap()
    };
    let mut names: Vec<String> = folder.path("man1").read_dir().unwrap().map(name).collect();
    names.sort_unstable();
    for page in ["wirefold.1", "wirefold-dedup.1", "wirefold-index-expire.1"] {
        assert!(names.iter().any(|name| name == page), "{page}: {names:?}");
    }
    let page = folder.read("man1/wirefold-dedup.1");
    assert!(page.starts_with(".ie ") && page.contains("min\\-novel") && page.contains("Examples"));
    folder.cmd("man nowhere/man1").run().code(2).says("nowhere");
}

#[test]
fn decisions_are_explained() {
    let folder = Folder::new();
    let feed = sample();
    let run = folder.ok(&format!(
        "dedup {} -o kept.jsonl -q --explain s019 --explain s015 --explain s025 --explain missing",
        feed.display()
    ));
    for line in [
        "s019 is removed",
        "near_duplicate: s015, which is kept, tells nearly all of it",
        "Jaccard similarity 0.82; 0 % of its words are new",
        "s015 is kept",
        "its family of 4 stories is led by s015; 1 kept",
        "s031 shares text with it and does not remove it",
        "no story has the id `missing`",
    ] {
        assert!(run.err.contains(line), "{line}\n{}", run.err);
    }
}
