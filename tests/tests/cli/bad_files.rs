//! Bad inputs as files and streams: each case of that part of the table.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::bad_table::{case, dedup};
use crate::support::{Folder, Ran, STORIES, gz, small_feed, wirefold, zst};

fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    folder
}

#[test]
fn missing_file() {
    let folder = folder();
    for command in ["dedup", "relate", "normalize"] {
        let args = format!("{command} feed.jsonl nowhere.jsonl");
        case("missing file").fails(&folder, &args);
    }
}

#[test]
fn folder_without_documents() {
    let folder = folder();
    folder.file("wire/notes.md", "not read");
    case("folder without documents").fails(&folder, "dedup feed.jsonl wire -o kept.jsonl");
}

#[test]
fn empty_folder() {
    let folder = folder();
    fs::create_dir(folder.path("wire")).unwrap();
    case("empty folder").fails(&folder, "dedup wire -o kept.jsonl");
}

#[cfg(unix)]
#[test]
fn folder_that_links_to_itself() {
    let folder = folder();
    folder.file("wire/a.txt", STORIES[0]);
    std::os::unix::fs::symlink("../wire", folder.path("wire/again")).unwrap();
    case("folder that links to itself").fails(&folder, "dedup wire -o kept.jsonl");
}

/// Runs a command as somebody who may not read a locked file; nothing if that cannot be had.
#[cfg(unix)]
fn without_rights(folder: &Folder, locked: &str, args: &str) -> Option<Ran> {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    let mode = |name: &str, mode| {
        fs::set_permissions(folder.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(locked, 0o000);
    mode(".", 0o777);
    let mut command = folder.cmd(args).raw();
    if fs::read(folder.path(locked)).is_ok() {
        // The superuser may read everything.
        const NOBODY: u32 = 65534;
        command.uid(NOBODY).gid(NOBODY);
    }
    let Ok(output) = command.stdin(Stdio::null()).output() else {
        println!(
            "skipped: {} cannot be run as another user",
            wirefold().display()
        );
        return None;
    };
    mode(locked, 0o600);
    Some(Ran {
        code: output.status.code(),
        out: output.stdout,
        err: String::from_utf8(output.stderr).unwrap(),
    })
}

#[cfg(unix)]
#[test]
fn unreadable_file() {
    let folder = folder();
    if let Some(ran) = without_rights(&folder, "feed.jsonl", "dedup feed.jsonl") {
        case("unreadable file").check(&ran);
    }
}

#[cfg(unix)]
#[test]
fn unreadable_file_in_a_folder() {
    let folder = Folder::new();
    folder
        .file("wire/locked.txt", STORIES[0])
        .file("wire/open.txt", STORIES[1]);
    if let Some(ran) = without_rights(&folder, "wire/locked.txt", "dedup wire") {
        case("unreadable file in a folder").check(&ran);
        assert_eq!(crate::support::ids(&ran.out), ["wire/open.txt"]);
    }
}

/// Many records, compressed, so that some come before the damage.
fn long_feed() -> String {
    let mut feed = small_feed();
    let mut state = 1_u64;
    for at in 0..5000 {
        let mut text = String::new();
        for _ in 0..40 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            text.push_str(&(state >> 40).to_string());
            text.push(' ');
        }
        feed.push_str(&crate::support::record(&format!("n{at}"), &text));
    }
    feed
}

/// A damaged archive: what came before is read and nothing is refused but the damage.
fn cut(name: &str, file: &str, bytes: &[u8]) -> usize {
    let folder = Folder::new();
    folder.file(file, bytes);
    let ran = folder
        .cmd(&format!(
            "dedup {file} -o kept.jsonl --clusters clusters.jsonl --rejects rejects.jsonl"
        ))
        .run();
    case(name).check(&ran);
    assert_eq!(folder.rows("rejects.jsonl").len(), 1);
    assert_eq!(folder.rows("rejects.jsonl")[0]["code"], "cut");
    assert_eq!(
        folder.rows("kept.jsonl").len() + 1,
        folder.rows("clusters.jsonl").len()
    );
    folder.rows("clusters.jsonl").len()
}

#[test]
fn truncated_gzip() {
    let whole = gz(long_feed().as_bytes());
    let read = cut("truncated gzip", "feed.jsonl.gz", &whole[..whole.len() / 2]);
    assert!((1000..5004).contains(&read), "{read}");
}

#[test]
fn truncated_zstd() {
    let whole = zst(long_feed().as_bytes());
    let read = cut(
        "truncated zstd",
        "feed.jsonl.zst",
        &whole[..whole.len() / 2],
    );
    assert!((500..5004).contains(&read), "{read}");
}

#[test]
fn garbage_after_gzip() {
    let mut bytes = gz(small_feed().as_bytes());
    bytes.extend_from_slice(b"garbage after the end of the stream");
    assert_eq!(cut("garbage after gzip", "feed.jsonl.gz", &bytes), 4);
}

#[test]
fn empty_gzip_file() {
    let folder = Folder::new();
    folder.file("feed.jsonl.gz", "");
    dedup("empty gzip file", &folder, "feed.jsonl.gz", [0, 0, 1]);
}

#[test]
fn zero_records() {
    let folder = Folder::new();
    folder.file("feed.jsonl", "");
    dedup("zero records", &folder, "feed.jsonl", [0, 0, 0]);
    folder.ok("dedup feed.jsonl -o kept.csv --clusters clusters.csv --relations relations.csv");
    assert_eq!(folder.read("kept.csv"), "");
    assert!(folder.read("clusters.csv").starts_with("id,cluster,"));
    assert!(folder.read("relations.csv").starts_with("a,b,"));
    let ran = folder.ok("normalize feed.jsonl");
    assert_eq!(ran.text(), "");
}

#[test]
fn empty_standard_input() {
    let folder = Folder::new();
    dedup("empty standard input", &folder, "-", [0, 0, 0]);
    assert_eq!(folder.ok("normalize").text(), "");
}

#[cfg(target_os = "linux")]
#[test]
fn no_input_at_a_terminal() {
    let folder = Folder::new();
    for command in ["dedup", "relate", "normalize"] {
        // `script` gives its command a terminal of its own.
        let output = Command::new("script")
            .args(["--quiet", "--return", "--command"])
            .arg(format!("'{}' {command}", wirefold().display()))
            .arg(folder.path("typescript"))
            .stdin(Stdio::null())
            .output();
        let Ok(output) = output else {
            println!("skipped: no `script` command, hence no terminal");
            return;
        };
        let told = String::from_utf8_lossy(&output.stdout);
        case("no input at a terminal").check_message(&told);
        assert_eq!(output.status.code(), Some(2), "{told}");
    }
}

#[test]
fn standard_input_named_twice() {
    case("standard input named twice").fails(&folder(), "dedup - feed.jsonl -");
}

#[test]
fn same_file_twice() {
    let folder = folder();
    dedup(
        "same file twice",
        &folder,
        "feed.jsonl ./feed.jsonl",
        [3, 5, 0],
    );
}

#[cfg(unix)]
#[test]
fn input_that_changes_meanwhile() {
    let folder = folder();
    folder.file("kept.jsonl", "what stood there before\n");
    // A near-duplicate, so that the file is read again to verify it.
    let late = STORIES[1].replace("their union", "the union");
    folder.file(
        "feed.jsonl",
        small_feed() + &crate::support::record("late", &late),
    );
    let pipe = folder.path("pipe.jsonl");
    let made = Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: no `mkfifo` command");
        return;
    }
    let before = folder.names();
    let child = folder
        .cmd("dedup feed.jsonl pipe.jsonl -o kept.jsonl --clusters clusters.csv")
        .raw()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The pipe opens when the run has come to it, hence through the file before it.
    let mut writer = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    folder.file("feed.jsonl", format!("{}{}", small_feed(), small_feed()));
    writer.write_all(small_feed().as_bytes()).unwrap();
    drop(writer);
    let output = child.wait_with_output().unwrap();
    case("input that changes meanwhile").check_message(&String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(folder.names(), before);
    assert_eq!(folder.read("kept.jsonl"), "what stood there before\n");
}

#[test]
fn plain_text_and_json_lines_in_one_filter() {
    let folder = folder();
    folder
        .file("wire.txt", STORIES[0])
        .file("wire", STORIES[1])
        .file("empty", "\n\n");
    let mixed = case("plain text and JSON Lines in one filter");
    mixed.fails(&folder, "normalize feed.jsonl wire.txt -o out");
    // Without an ending, the format shows only when the file is read.
    let ran = folder.cmd("normalize feed.jsonl wire -o out").run().code(2);
    assert!(
        ran.err
            .contains("wire: not of the same format as feed.jsonl"),
        "{}",
        ran.err
    );
    assert!(!folder.path("out").exists());
    folder.ok("normalize wire empty wire.txt");
    folder.ok("normalize feed.jsonl wire.txt --format text");
    folder.ok("dedup feed.jsonl wire.txt");
}

#[test]
fn temporary_folder_missing() {
    let folder = folder();
    case("temporary folder missing").fails(&folder, "dedup - --temp-dir nowhere");
}

#[test]
fn pattern_that_matches_nothing() {
    let folder = Folder::new();
    folder.file("feeds/a.jsonl", small_feed());
    case("pattern that matches nothing").fails(&folder, "dedup feeds/2026-*.jsonl");
    case("pattern that matches nothing").fails(&folder, "dedup feeds/2026-*/*.jsonl");
}

#[test]
fn pattern_that_means_nothing() {
    let folder = Folder::new();
    folder.file("feeds/a.jsonl", small_feed());
    case("pattern that means nothing").fails(&folder, "dedup feeds/**a.jsonl");
}
