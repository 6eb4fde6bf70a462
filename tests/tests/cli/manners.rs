//! Help, version, quiet, the summary, and what goes to which stream.

use std::fs;

use crate::support::{Folder, small_feed, wirefold};

fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    folder
}

#[test]
fn help_is_an_answer_and_shows_examples_as_they_are() {
    let folder = Folder::new();
    for (args, example) in [
        (
            "dedup --help",
            "\n  wirefold dedup feed.jsonl -o kept.jsonl\n",
        ),
        ("dedup -h", "\n  wirefold dedup feed.jsonl -o kept.jsonl\n"),
        (
            "relate --help",
            "\n  wirefold relate feed.jsonl -o relations.jsonl\n",
        ),
        (
            "normalize --help",
            "\n  wirefold normalize --quotes straight < story.txt\n",
        ),
        ("--help", "Commands:"),
    ] {
        let ran = folder.ok(args);
        assert!(ran.text().contains(example), "{}", ran.text());
        assert_eq!(ran.err, "");
    }
    let long = folder.ok("dedup --help");
    assert!(long.text().contains("a#2"));
    assert!(long.text().contains("Exit codes: 0 done"));
    assert!(folder.ok("dedup -h").text().len() < long.text().len());
}

#[test]
fn version_is_an_answer() {
    let ran = Folder::new().ok("--version");
    assert!(ran.text().starts_with("wirefold "), "{}", ran.text());
}

#[test]
fn no_command_is_a_usage_error() {
    let ran = Folder::new().cmd("").run().code(2).says("Usage:");
    assert!(ran.out.is_empty());
    Folder::new()
        .cmd("fold")
        .run()
        .code(2)
        .says("wirefold: error: ");
}

#[test]
fn the_summary_counts_everything() {
    let folder = folder();
    let ran = folder
        .ok("dedup feed.jsonl")
        .says("wirefold: 4 stories, ")
        .says("kept 3, removed 1")
        .says("removed as 1 identical")
        .says("1 family of more than one story")
        .says("MB/s");
    assert_eq!(ran.text().lines().count(), 3);
    folder.ok("relate feed.jsonl").says("1 related pair\n");
}

#[test]
fn quiet_leaves_refusals_and_errors() {
    let folder = folder();
    let ran = folder.ok("dedup feed.jsonl --quiet");
    assert_eq!(ran.err, "");
    folder.file("bad.jsonl", "{}\n");
    let ran = folder.cmd("dedup bad.jsonl -q").run().code(1);
    assert_eq!(ran.err.lines().count(), 1);
    assert!(
        ran.err.starts_with("wirefold: refused: bad.jsonl:1: "),
        "{}",
        ran.err
    );
    folder
        .cmd("dedup nowhere -q")
        .run()
        .code(2)
        .says("wirefold: error: nowhere: ");
}

#[test]
fn refusals_beyond_twenty_are_counted() {
    let folder = Folder::new();
    folder.file("feed.jsonl", "{}\n".repeat(1000));
    let ran = folder.cmd("dedup feed.jsonl").run().code(1);
    assert_eq!(ran.err.matches("no field `text`").count(), 20);
    let ran = ran.says("refused: 980 more records; --rejects FILE writes all of them");
    let ran = ran.says("1,000 records refused");
    assert!(ran.out.is_empty());
    folder
        .cmd("dedup feed.jsonl --max-refused 999")
        .run()
        .code(1);
    folder
        .cmd("dedup feed.jsonl --max-refused 1000 --rejects r.csv")
        .run()
        .code(0);
    assert_eq!(folder.read("r.csv").lines().count(), 1001);
}

#[test]
fn no_progress_where_there_is_no_terminal() {
    let ran = folder().ok("dedup feed.jsonl");
    assert!(
        !ran.err.contains('\r') && !ran.err.contains('\u{1b}'),
        "{}",
        ran.err
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_sees_progress_and_no_colors_that_it_did_not_ask_for() {
    let folder = folder();
    let output = std::process::Command::new("script")
        .args(["--quiet", "--return", "--command"])
        .arg(format!(
            "'{}' dedup '{}' -o '{}'",
            wirefold().display(),
            folder.path("feed.jsonl").display(),
            folder.path("kept.jsonl").display()
        ))
        .arg(folder.path("typescript"))
        .env("NO_COLOR", "1")
        .stdin(std::process::Stdio::null())
        .output();
    let Ok(output) = output else {
        println!("skipped: no `script` command, hence no terminal");
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("kept 3, removed 1"), "{told}");
    assert!(!told.contains("\u{1b}[3"), "{told:?}");
}

#[test]
fn hostile_file_names_cannot_steer_a_terminal() {
    let folder = Folder::new();
    let ran = folder.cmd("dedup").arg("\u{1b}[31mno\nwhere").run().code(2);
    assert_eq!(
        ran.err,
        "wirefold: error: \\u{1b}[31mno\\nwhere: no such file or folder; check the path\n"
    );
    let ran = folder.cmd("dedup").arg("--\u{1b}[31m").run().code(2);
    assert!(!ran.err.contains('\u{1b}'), "{:?}", ran.err);
}

#[test]
fn a_backtrace_is_not_how_errors_are_told() {
    let ran = folder()
        .cmd("dedup nowhere")
        .env("RUST_BACKTRACE", "1")
        .run()
        .code(2);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn inputs_stay_as_they_are_and_outputs_are_whole() {
    let folder = folder();
    folder.file("kept.jsonl", "old\n");
    let stamp = || {
        fs::metadata(folder.path("feed.jsonl"))
            .unwrap()
            .modified()
            .unwrap()
    };
    let before = stamp();
    folder.ok("dedup feed.jsonl -o kept.jsonl --clusters clusters.csv");
    assert_eq!(stamp(), before);
    assert_eq!(folder.read("feed.jsonl"), small_feed());
    assert_eq!(folder.read("kept.jsonl").lines().count(), 3);
    let names: Vec<String> = folder.names().into_iter().collect();
    assert_eq!(names, ["clusters.csv", "feed.jsonl", "kept.jsonl"]);
}
