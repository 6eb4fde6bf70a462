//! `--memory` and `--temp-dir`: a bound changes where data lies, and nothing else.

use std::collections::BTreeMap;
use std::fs;

use wirefold_corpus::{Feed, Settings};

use crate::bad_table::case;
use crate::support::Folder;

/// A folder with a generated feed whose sketches do not fit in the least memory.
fn folder() -> Folder {
    let folder = Folder::new();
    let feed = Feed::new(Settings {
        stories: 4000,
        seed: 5,
        ..Settings::default()
    });
    let lines: Vec<String> = feed.stories().map(|story| story.to_json()).collect();
    folder.file("feed.jsonl", lines.join("\n"));
    fs::create_dir(folder.path("temp")).unwrap();
    folder
}

/// What a run writes, by file.
fn answer(folder: &Folder, command: &str, bound: &str) -> (BTreeMap<String, Vec<u8>>, bool) {
    let outputs: &[&str] = match command {
        "dedup" => &["-o kept.jsonl", "--clusters clusters.csv"],
        _ => &["-o relations.jsonl"],
    };
    let ran = folder.ok(&format!(
        "{command} feed.jsonl {} {bound}",
        outputs.join(" ")
    ));
    let names = outputs.iter().filter_map(|output| output.split(' ').nth(1));
    let files = names.map(|name| (name.to_owned(), folder.bytes(name)));
    (files.collect(), ran.err.contains(" of temporary space "))
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let folder = folder();
    for command in ["dedup", "relate"] {
        let (want, spilled) = answer(&folder, command, "--memory 2GiB");
        assert!(!spilled, "the feed fits in 2 GiB");
        for bound in [
            "--memory 32MiB --threads 1 --temp-dir temp",
            "--memory 40MiB --threads 2 --temp-dir temp",
            "--memory 52.5MB --threads 3",
        ] {
            let (got, spilled) = answer(&folder, command, bound);
            assert!(spilled, "{command} {bound}: the feed is to be too large");
            assert!(got == want, "{command} {bound}: another answer");
        }
    }
    assert_eq!(fs::read_dir(folder.path("temp")).unwrap().count(), 0);
}

#[test]
fn no_memory_size() {
    let folder = Folder::new();
    folder.file("feed.jsonl", "");
    case("no memory size").fails(&folder, "dedup feed.jsonl -o kept.jsonl --memory much");
    for (size, says) in [
        ("1e9", "expected a size such as 2GiB, 500MB or 1.5g"),
        ("1MB", "expected at least 32MiB"),
        ("0", "expected at least 32MiB"),
    ] {
        let command = format!("dedup feed.jsonl -o kept.jsonl --memory {size}");
        folder.cmd(&command).run().code(2).says(says);
    }
    assert_eq!(folder.names().len(), 1);
}

#[test]
fn memory_too_small_for_the_stories() {
    let case = case("memory too small for the stories");
    let args = "feed.jsonl -o kept.jsonl --threads 4 --memory 50MiB";
    case.fails(&folder(), &format!("dedup {args}"));
}

#[test]
fn no_folder_for_what_does_not_fit_in_memory() {
    let folder = Folder::new();
    folder.file("feed.jsonl", "{}\n".repeat(50));
    let case = case("no folder for what does not fit in memory");
    let args = "dedup feed.jsonl -o kept.jsonl --memory 1GiB --temp-dir nowhere";
    case.fails(&folder, args);
    // Nothing was read before it was told.
    let ran = folder.cmd(args).run();
    assert!(!ran.err.contains("refused"), "{}", ran.err);
}

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use crate::support::wirefold;
    use std::process::{Command, Stdio};

    /// Runs a command with files limited to so many blocks of 512 or 1024 bytes: the nearest to a
    /// full disk that needs no rights. SIGXFSZ is ignored, so writing fails instead.
    fn with_short_files(folder: &Folder, blocks: u32, args: &str) -> std::process::Output {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {args}");
        Command::new("sh")
            .arg("-c")
            .arg(script)
            .arg(wirefold())
            .current_dir(folder.path("."))
            .output()
            .unwrap()
    }

    #[test]
    fn no_space_left_for_what_does_not_fit_in_memory() {
        let folder = folder();
        folder.file("kept.jsonl", "old\n");
        let args = "dedup feed.jsonl -o kept.jsonl --clusters new.csv --memory 32MiB --threads 1 --temp-dir temp";
        let output = with_short_files(&folder, 1000, args);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        case("no space left for what does not fit in memory").check_message(&told);
        assert_eq!(folder.read("kept.jsonl"), "old\n");
        let names: Vec<String> = folder.names().into_iter().collect();
        assert_eq!(names, ["feed.jsonl", "kept.jsonl", "temp"]);
        assert_eq!(fs::read_dir(folder.path("temp")).unwrap().count(), 0);
    }

    /// What the process has open in the folder for temporary files, by the links of `/proc`.
    fn open_in(pid: u32, folder: &std::path::Path) -> bool {
        let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else {
            return false;
        };
        open.flatten()
            .filter_map(|entry| fs::read_link(entry.path()).ok())
            .any(|path| path.starts_with(folder))
    }

    #[test]
    fn a_run_that_is_stopped_or_killed_leaves_nothing() {
        let folder = folder();
        let temp = fs::canonicalize(folder.path("temp")).unwrap();
        for signal in ["INT", "TERM", "KILL"] {
            // It waits for more input with its temporary file open.
            let mut run = Command::new(wirefold())
                .args([
                    "dedup",
                    "-",
                    "-q",
                    "--memory",
                    "64MiB",
                    "--temp-dir",
                    "temp",
                ])
                .current_dir(folder.path("."))
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            let mut input = run.stdin.take().unwrap();
            std::io::Write::write_all(&mut input, &folder.bytes("feed.jsonl")).unwrap();
            let pid = run.id();
            let opened = (0..6000).any(|_| {
                std::thread::sleep(std::time::Duration::from_millis(10));
                open_in(pid, &temp)
            });
            assert!(opened, "the run is to have a temporary file");
            let signal = format!("-{signal}");
            let sent = Command::new("kill")
                .args([&signal, &pid.to_string()])
                .status();
            assert!(sent.unwrap().success());
            assert_eq!(run.wait().unwrap().code(), None, "it ends by the signal");
            drop(input);
            assert_eq!(fs::read_dir(&temp).unwrap().count(), 0, "{signal}");
        }
    }
}
