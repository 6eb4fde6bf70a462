//! The documentation: every command of a page is run, what a page shows is compared with what comes out,
//! and every link leads somewhere.

mod folder;
mod page;
mod shell;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Command;
use std::{fs, thread};

use serde_json::Value;

use crate::store::Store;
use crate::support::{Folder, gz, sample, wirefold};
use page::{Page, pages, root};
use wirefold_tests::pictures::recording;

/// Where a page of the book leads to when it speaks of a file that is not of the book.
const REPOSITORY: &str = "https://github.com/wirefold/wirefold/blob/main/";

#[test]
#[cfg_attr(not(unix), ignore = "pages speak to a shell")]
fn every_command_is_run_and_shows_what_the_page_says() {
    let programs = match folder::programs() {
        Ok(programs) => programs,
        Err(why) => return println!("skipped: {why}"),
    };
    let store = Store::start();
    let env = store.as_ref().map(Store::environment).unwrap_or_default();
    if let Some(store) = &store {
        store.put("2026-03/wire.jsonl.gz", gz(&fs::read(sample()).unwrap()));
    }
    let members = members();
    let faults: Vec<String> = thread::scope(|scope| {
        let running: Vec<_> = pages()
            .into_iter()
            .filter(|page| store.is_some() || !page.text.contains("s3://"))
            .map(|page| {
                let (programs, env, members) = (programs.path(""), &env, &members);
                scope.spawn(move || {
                    let folder = Folder::new();
                    folder::fill(&folder);
                    let mut faults = shell::run(&page, &folder, &programs, env);
                    let asked = fs::read_to_string(folder.path(".cargo-asked")).unwrap_or_default();
                    let wrong = asked.lines().filter_map(|line| not_there(line, members));
                    faults.extend(wrong.map(|why| format!("{}: {why}", page.name)));
                    faults
                })
            })
            .collect();
        running
            .into_iter()
            .flat_map(|page| page.join().unwrap())
            .collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// What the commands say of themselves, as a page: their examples.
fn examples() -> Page {
    let folder = Folder::new();
    let commands = [
        "dedup",
        "relate",
        "learn",
        "compare",
        "normalize",
        "completions",
        "index query",
        "index dedup",
        "index expire",
    ];
    let mut text = String::new();
    for command in commands {
        let help = folder.ok(&format!("help {command}"));
        let (_, examples) = help.text().split_once("Examples:\n").expect(command);
        let lines = examples.lines().map_while(|line| line.strip_prefix("  "));
        let lines: Vec<&str> = lines.collect();
        assert!(!lines.is_empty(), "{command}");
        let _ = writeln!(text, "```sh\n{}\n```", lines.join("\n"));
    }
    Page {
        name: "help".to_owned(),
        text,
    }
}

#[test]
#[cfg_attr(not(unix), ignore = "examples speak to a shell")]
fn every_example_of_the_help_is_run() {
    let programs = match folder::programs() {
        Ok(programs) => programs,
        Err(why) => return println!("skipped: {why}"),
    };
    let folder = Folder::new();
    folder::fill(&folder);
    for index in ["archive.index", "desk.index"] {
        folder.ok(&format!("index create {index}"));
        folder.ok(&format!("index add {index} archive"));
    }
    // Where shells look for completions.
    for place in [
        ".local/share/bash-completion/completions",
        ".zfunc",
        ".config/fish/completions",
    ] {
        fs::create_dir_all(folder.path(place)).unwrap();
    }
    let faults = shell::run(&examples(), &folder, &programs.path(""), &[]);
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// What cargo says of the workspace.
fn members() -> Value {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The package or target that a command asks cargo for and that the workspace has not.
fn not_there(command: &str, metadata: &Value) -> Option<String> {
    let own = command.split(" -- ").next().unwrap_or_default();
    let words: Vec<&str> = own.split_whitespace().collect();
    let after = |flags: &[&str]| {
        let at = words.iter().position(|word| flags.contains(word))?;
        words.get(at + 1).copied()
    };
    let packages = metadata["packages"].as_array().unwrap();
    let name = after(&["-p", "--package"]);
    let of: Vec<&Value> = packages
        .iter()
        .filter(|package| name.is_none_or(|name| package["name"] == name))
        .collect();
    if of.is_empty() {
        return Some(format!(
            "`cargo {command}`: no package `{}`",
            name.unwrap_or_default()
        ));
    }
    for (flag, kind) in [
        ("--bin", "bin"),
        ("--example", "example"),
        ("--bench", "bench"),
        ("--test", "test"),
    ] {
        let Some(wanted) = after(&[flag]) else {
            continue;
        };
        let targets = of
            .iter()
            .flat_map(|package| package["targets"].as_array().unwrap());
        let mut found =
            targets.filter(|target| target["name"] == wanted && target["kind"][0] == kind);
        if found.next().is_none() {
            return Some(format!("`cargo {command}`: no {kind} `{wanted}`"));
        }
    }
    let path = after(&["--path", "--manifest-path"])?;
    (!root().join(path).exists()).then(|| format!("`cargo {command}`: no {path}"))
}

#[test]
fn commands_for_cargo_name_what_is_there() {
    let members = members();
    assert_eq!(
        not_there("run --release -p wirefold-index --example desk", &members),
        None
    );
    assert_eq!(not_there("install --path crates/cli", &members), None);
    for wrong in [
        "run -p wirefold-clo",
        "run -p wirefold-index --example disk",
        "install --path crates/clo",
    ] {
        assert!(not_there(wrong, &members).is_some(), "{wrong}");
    }
}

/// A path without `.` and `..`.
fn resolved(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Why a link of a page leads nowhere.
fn dead(page: &Page, target: &str, all: &[Page]) -> Option<String> {
    let (of, anchor) = target.split_once('#').unwrap_or((target, ""));
    let folder = page.name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let to = match target.strip_prefix(REPOSITORY) {
        Some(_) => of.strip_prefix(REPOSITORY)?.to_owned(),
        None if target.starts_with("https://") => return None,
        None if of.is_empty() => page.name.clone(),
        None => resolved(&format!("{folder}/{of}")),
    };
    let within = |name: &str| name.starts_with("docs/");
    if within(&page.name) && !within(&to) && !target.starts_with(REPOSITORY) {
        return Some(format!("leaves the book; write {REPOSITORY}{to}"));
    }
    if !root().join(&to).exists() {
        return Some("is not there".to_owned());
    }
    let found = all.iter().find(|other| other.name == to);
    let has = found
        .is_none_or(|found| anchor.is_empty() || found.anchors().iter().any(|name| name == anchor));
    (!has).then(|| "has no such heading".to_owned())
}

#[test]
fn every_link_leads_somewhere_and_every_picture_has_words() {
    let all = pages();
    let mut faults = Vec::new();
    for page in &all {
        for (words, target) in page.links() {
            if let Some(why) = dead(page, &target, &all) {
                faults.push(format!("{}: {target} {why}", page.name));
            }
            if words.starts_with('!') && words.len() < 40 {
                faults.push(format!(
                    "{}: {target} is a picture without words",
                    page.name
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_contents_list_every_page_of_the_book_once() {
    let all = pages();
    let contents = all
        .iter()
        .find(|page| page.name == "docs/SUMMARY.md")
        .unwrap();
    let listed: Vec<String> = contents
        .links()
        .into_iter()
        .map(|(_, to)| format!("docs/{to}"))
        .collect();
    let once: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    assert_eq!(once.len(), listed.len(), "{listed:?}");
    let book = all.iter().map(|page| page.name.as_str());
    let book: BTreeSet<&str> = book
        .filter(|name| name.starts_with("docs/") && *name != "docs/SUMMARY.md")
        .collect();
    assert_eq!(once, book);
}

/// A picture without what differs from run to run: the figures of lines that tell times.
fn timeless(picture: &str) -> String {
    let times = |line: &str| line.contains(" s on ") || line.contains(">  reading ");
    let blank = |line: &str| {
        if times(line) {
            line.replace("threads", "thread")
                .replace(|c: char| c.is_ascii_digit() || c == '.', "")
        } else {
            line.to_owned()
        }
    };
    picture.lines().map(blank).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_recording_shows_what_the_command_says_today() {
    let kept = fs::read_to_string(root().join("docs/images/fold.svg")).unwrap();
    let made = recording(wirefold(), &sample());
    assert!(kept.contains(" s on "), "the summary has times");
    assert_eq!(
        timeless(&kept),
        timeless(&made),
        "make the pictures again: see CONTRIBUTING.md"
    );
}

#[test]
fn pictures_stay_small() {
    let folder = fs::read_dir(root().join("docs/images")).unwrap();
    let bytes: u64 = folder
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum();
    assert!(bytes > 0 && bytes < 300_000, "{bytes} bytes");
}

#[test]
fn archives_have_the_names_that_the_release_gives_them() {
    let page = fs::read_to_string(root().join("docs/install.md")).unwrap();
    let release = fs::read_to_string(root().join(".github/workflows/release.yml")).unwrap();
    let command = release.split("  wheels:").next().unwrap();
    let built: BTreeSet<&str> = command
        .split("target: ")
        .skip(1)
        .filter_map(|rest| rest.split_once(", os:"))
        .map(|(target, _)| target)
        .collect();
    let named = page
        .lines()
        .filter_map(|line| line.split_once("| `wirefold-")?.1.split_once(".tar.gz`"));
    assert!(!built.is_empty());
    assert_eq!(
        named.map(|(target, _)| target).collect::<BTreeSet<_>>(),
        built
    );
}

#[test]
fn figures_beside_other_tools_are_those_that_were_measured() {
    let of = |name: &str| fs::read_to_string(root().join(name)).unwrap();
    let (page, results) = (of("docs/peers.md"), of("benches/peers/RESULTS.md"));
    let measured: BTreeSet<&str> = results.lines().collect();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 20);
    for row in rows {
        assert!(measured.contains(row), "not in RESULTS.md: {row}");
    }
}
