//! Bad outputs and flags: each case of that part of the table.

use std::fs;
use std::io::{Read, Write};
use std::process::Stdio;

use crate::bad_table::case;
use crate::support::{Folder, ids, sample, small_feed};

fn folder() -> Folder {
    let folder = Folder::new();
    folder
        .file("feed.jsonl", small_feed())
        .file("kept.jsonl", "what stood there before\n");
    folder
}

#[test]
fn unknown_ending_of_an_output() {
    let folder = folder();
    let unknown = case("unknown ending of an output");
    unknown.fails(&folder, "dedup feed.jsonl -o kept.xml");
    unknown.fails(&folder, "dedup feed.jsonl -o new.jsonl --clusters kept.xml");
    unknown.fails(&folder, "dedup feed.jsonl -o new.jsonl --rejects kept.xml");
    unknown.fails(&folder, "relate feed.jsonl -o kept.xml");
}

#[test]
fn output_equals_input() {
    let folder = folder();
    let equal = case("output equals input");
    equal.fails(&folder, "dedup feed.jsonl -o feed.jsonl");
    equal.fails(
        &folder,
        "dedup ./feed.jsonl -o new.jsonl --clusters feed.jsonl",
    );
    equal.fails(&folder, "relate feed.jsonl -o feed.jsonl");
    equal.fails(&folder, "normalize feed.jsonl -o feed.jsonl");
    assert_eq!(folder.read("feed.jsonl"), small_feed());
}

#[cfg(unix)]
#[test]
fn output_equals_input_by_a_link() {
    let linked = case("output equals input by a link");
    let folder = folder();
    std::os::unix::fs::symlink("feed.jsonl", folder.path("link.jsonl")).unwrap();
    linked.fails(&folder, "dedup feed.jsonl -o link.jsonl");
    fs::remove_file(folder.path("link.jsonl")).unwrap();
    fs::hard_link(folder.path("feed.jsonl"), folder.path("link.jsonl")).unwrap();
    linked.fails(&folder, "normalize feed.jsonl -o link.jsonl");
    assert_eq!(folder.read("feed.jsonl"), small_feed());
}

#[cfg(unix)]
#[test]
fn output_equals_redirected_input() {
    let folder = folder();
    let output = folder
        .cmd("dedup -o feed.jsonl")
        .raw()
        .stdin(fs::File::open(folder.path("feed.jsonl")).unwrap())
        .output()
        .unwrap();
    case("output equals redirected input").check_message(&String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(folder.read("feed.jsonl"), small_feed());
}

#[test]
fn two_outputs_to_one_path() {
    let folder = folder();
    let two = case("two outputs to one path");
    two.fails(
        &folder,
        "dedup feed.jsonl -o same.jsonl --clusters ./same.jsonl",
    );
    two.fails(
        &folder,
        "dedup feed.jsonl -o same.jsonl --rejects same.jsonl",
    );
    folder.cmd("dedup feed.jsonl --clusters -").run().code(2);
}

#[test]
fn output_folder_missing() {
    case("output folder missing").fails(&folder(), "dedup feed.jsonl -o nowhere/kept.jsonl");
}

#[test]
fn output_is_a_folder() {
    let folder = folder();
    folder.file("out/x", "");
    case("output is a folder").fails(&folder, "dedup feed.jsonl -o out");
}

#[cfg(target_os = "linux")]
#[test]
fn no_space_left() {
    let folder = folder();
    let full = case("no space left");
    full.fails(
        &folder,
        "dedup feed.jsonl -o /dev/full --clusters clusters.csv",
    );
    full.fails(
        &folder,
        "dedup feed.jsonl -o new.jsonl --clusters /dev/full",
    );
    full.fails(&folder, "relate feed.jsonl -o /dev/full");
    full.fails(&folder, "normalize feed.jsonl -o /dev/full");
}

#[cfg(target_os = "linux")]
#[test]
fn no_space_left_behind_standard_output() {
    let folder = folder();
    let before = folder.names();
    for command in [
        "dedup feed.jsonl --clusters clusters.csv",
        "normalize feed.jsonl",
    ] {
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = folder.cmd(command).raw().stdout(full).output().unwrap();
        case("no space left behind standard output")
            .check_message(&String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(folder.names(), before);
    }
}

#[test]
fn closed_pipe() {
    let folder = Folder::new();
    let feed = fs::read(sample()).unwrap();
    // More than a pipe holds, so that writing meets the closed end.
    folder.file("big.jsonl", feed.repeat(8));
    for command in [
        "dedup big.jsonl --min-novel 0 --clusters clusters.jsonl",
        "relate big.jsonl",
        "normalize big.jsonl",
    ] {
        let mut child = folder
            .cmd(command)
            .raw()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut some = [0; 10];
        stdout.read_exact(&mut some).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        case("closed pipe").check_message(&String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{command}");
    }
    assert_eq!(ids(&folder.bytes("clusters.jsonl")).len(), 107 * 8);
}

#[cfg(unix)]
#[test]
fn stopped_by_a_signal() {
    use std::os::unix::process::ExitStatusExt;

    for (signal, number) in [("TERM", 15), ("INT", 2)] {
        let folder = folder();
        let before = folder.names();
        let mut child = folder
            .cmd("dedup -o kept.jsonl --clusters clusters.csv --rejects rejects.csv")
            .raw()
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(small_feed().as_bytes()).unwrap();
        // Its three outputs are open once their hidden files are there.
        while folder.names().len() < before.len() + 3 {
            std::thread::sleep(std::time::Duration::from_millis(5));
            assert!(
                child.try_wait().unwrap().is_none(),
                "it waits for more input"
            );
        }
        let kill = std::process::Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());
        let output = child.wait_with_output().unwrap();
        drop(stdin);
        assert_eq!(output.status.signal(), Some(number));
        case("stopped by a signal").check_message(&String::from_utf8_lossy(&output.stderr));
        assert_eq!(folder.names(), before);
        assert_eq!(folder.read("kept.jsonl"), "what stood there before\n");
    }
}

#[test]
fn bad_flag_values() {
    let folder = folder();
    let bad = case("bad flag values");
    for (flag, message) in [
        (
            "--threshold 0",
            "--threshold is 0, but must be over 0 and up to 1",
        ),
        ("--threshold 1.5", "--threshold is 1.5, but must be"),
        ("--threshold -0.5", "--threshold is -0.5, but must be"),
        ("--threshold NaN", "--threshold is NaN, but must be"),
        (
            "--threshold high",
            "invalid value 'high' for '--threshold <SHARE>'",
        ),
        (
            "--containment 0",
            "--containment is 0, but must be over 0 and up to 1",
        ),
        (
            "--min-novel 1.01",
            "--min-novel is 1.01, but must be 0 to 1",
        ),
        (
            "--shingle-words 0",
            "--shingle-words is 0, but must be 1 to 64",
        ),
        (
            "--shingle-words 65",
            "--shingle-words is 65, but must be 1 to 64",
        ),
        ("--threads 100000", "expected 0 (all cores) to 1024"),
        ("--threads -1", "--threads"),
        ("--max-record 0", "expected 1 to 4294967295 bytes"),
        ("--max-record 4G", "expected 1 to 4294967295 bytes"),
        ("--max-record big", "expected 1 to 4294967295 bytes"),
        ("--max-refused -1", "--max-refused"),
        ("--seed x", "invalid value 'x' for '--seed <NUMBER>'"),
        (
            "--keep shortest",
            "keep is \"shortest\", but must be longest, first",
        ),
        (
            "--format xml",
            "[possible values: jsonl, text, json, ninjs, newsml-g2, nitf, rss, atom, csv, tsv, ",
        ),
        ("--invalid-utf8 maybe", "[possible values: refuse, replace]"),
        ("--no-such-flag", "unexpected argument '--no-such-flag'"),
    ] {
        bad.fails(&folder, &format!("dedup feed.jsonl {flag} -o new.jsonl"));
        let ran = folder.cmd(&format!("dedup feed.jsonl {flag}")).run();
        let ran = ran.code(2).says(message);
        assert!(ran.err.starts_with("wirefold: error: "), "{}", ran.err);
    }
}

#[test]
fn bad_table_of_furniture() {
    let folder = fed();
    folder.file(
        "forms.tsv",
        "credit\twhole-line\tfrom our desk\nadverb\tline-end\tsoon\n",
    );
    let ran = folder.cmd("relate feed.jsonl --furniture forms.tsv").run();
    case("bad table of furniture").check(&ran);
}

#[test]
fn not_a_profile() {
    let ran = fed().cmd("relate feed.jsonl --profile feed.jsonl").run();
    case("not a profile").check(&ran);
}

#[test]
fn damaged_profile() {
    let folder = fed();
    folder.ok("learn feed.jsonl -o feed.profile");
    let mut bytes = folder.bytes("feed.profile");
    bytes.pop();
    folder.file("feed.profile", bytes);
    let ran = folder.cmd("relate feed.jsonl --profile feed.profile").run();
    case("damaged profile").check(&ran);
}

#[test]
fn profile_of_another_seed() {
    let folder = fed();
    folder.ok("learn feed.jsonl -o feed.profile");
    let ran = folder
        .cmd("relate feed.jsonl --profile feed.profile --seed 7")
        .run();
    case("profile of another seed").check(&ran);
}

/// A folder with the small feed.
fn fed() -> Folder {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    folder
}
