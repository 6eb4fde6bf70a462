//! The file of settings: where it is found, what it may say, and what wins.

use crate::support::{Folder, STORIES, record, rows};

/// Two stories that are near-duplicates unless settings say otherwise.
fn pair() -> Folder {
    let folder = Folder::new();
    let a = STORIES[0];
    let b = a.replace("on Monday", "late on Tuesday");
    folder.file("feed.jsonl", [record("a", a), record("b", &b)].concat());
    folder
}

const STRICT: &str = "threshold = 0.95\ncontainment = 1\n";

fn relation(folder: &Folder, args: &str) -> String {
    let ran = folder.ok(&format!("relate feed.jsonl {args}"));
    rows(&ran.out)[0]["relation"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_in_the_folder_is_read_and_told_unless_it_is_refused() {
    let folder = pair();
    assert_eq!(relation(&folder, ""), "near_duplicate");
    folder.file("wirefold.toml", STRICT);
    assert_eq!(relation(&folder, ""), "overlapping");
    assert_eq!(relation(&folder, "--no-config"), "near_duplicate");
    let ran = folder.ok("relate feed.jsonl");
    assert!(
        ran.err
            .contains("wirefold.toml sets threshold, containment (--no-config"),
        "{}",
        ran.err
    );
    let quiet = folder.ok("relate feed.jsonl --quiet");
    assert_eq!(quiet.err, "");
    // Only the current folder: one further up is somebody else's.
    folder.file("below/feed.jsonl", folder.bytes("feed.jsonl"));
    let mut command = folder.cmd("relate feed.jsonl").raw();
    let ran = command.current_dir(folder.path("below")).output().unwrap();
    assert_eq!(rows(&ran.stdout)[0]["relation"], "near_duplicate");
}

#[test]
fn a_named_file_is_read_instead_and_flags_win() {
    let folder = pair();
    folder.file("wirefold.toml", "threshold = 'not read'");
    folder.file("conf/strict.toml", STRICT);
    let named = "--config conf/strict.toml";
    assert_eq!(relation(&folder, named), "overlapping");
    assert_eq!(
        relation(&folder, &format!("{named} --threshold 0.5")),
        "near_duplicate"
    );
    // Before the command too, and nothing is said of what was asked for.
    let ran = folder.ok(&format!("{named} relate feed.jsonl"));
    assert_eq!(rows(&ran.out)[0]["relation"], "overlapping");
    assert!(!ran.err.contains("sets"), "{}", ran.err);
    folder
        .cmd("relate feed.jsonl --config nowhere.toml")
        .run()
        .code(2)
        .says("nowhere.toml");
}

#[test]
fn the_table_of_a_command_is_for_it_alone_and_comes_first() {
    let folder = pair();
    folder.file(
        "wirefold.toml",
        format!("{STRICT}[relate]\nthreshold = 0.5\n[dedup]\nmin-novel = 0.0\n[index.create]\noverlap = 0.3\n"),
    );
    assert_eq!(relation(&folder, ""), "near_duplicate");
    assert_eq!(folder.ok("dedup feed.jsonl").text().lines().count(), 2);
    folder.ok("index create desk.index");
    let info = folder.ok("index info desk.index --json");
    let info: serde_json::Value = serde_json::from_slice(&info.out).unwrap();
    assert_eq!(info["settings"]["threshold"], 0.95, "{info}");
    assert_eq!(info["settings"]["overlap"], 0.3, "{info}");
}

#[test]
fn what_is_wrong_is_said_with_file_line_and_remedy() {
    let folder = pair();
    for (text, said) in [
        (
            "\ntreshold = 1",
            "wirefold.toml:2: no setting `treshold`; did you mean `threshold`?",
        ),
        ("shingle_words = 3", "did you mean `shingle-words`?"),
        (
            "xyzzy = 3",
            "wirefold.toml:1: no setting `xyzzy`; `wirefold COMMAND --print-config`",
        ),
        (
            "[dedupe]\nkeep = 'first'",
            "wirefold.toml:1: no command `dedupe`; did you mean `dedup`?",
        ),
        // Of another command, but wrong all the same.
        (
            "[dedup]\nkeep = 'frist'",
            "wirefold.toml:2: invalid value 'frist' for '--keep",
        ),
        (
            "[index.query]\nthreshold = 0.5",
            "wirefold.toml:2: no setting `threshold`",
        ),
        (
            "threshold = 'half'",
            "wirefold.toml:1: invalid value 'half' for '--threshold <SHARE>'",
        ),
        ("title = 'last'", "[possible values: first, ignore]"),
        ("threads = 4000", "expected 0 (all cores) to 1024"),
        ("quiet = 1", "wirefold.toml:1: `quiet` is true or false"),
        (
            "threshold = [0.5]",
            "`threshold` takes one value, not a list",
        ),
        ("[dedup]\nremove = []", "`remove` is an empty list"),
        (
            "output = 'kept.jsonl'",
            "`output` is no setting: say it on the command line, as --output",
        ),
        ("config = 'more.toml'", "`config` is no setting"),
        ("threshold 0.5", "wirefold.toml:1: "),
        ("seed = 1\nseed = 2", "wirefold.toml:2: duplicate key"),
        ("threshold = 7", "wirefold.toml:1: --threshold is 7"),
    ] {
        folder.file("wirefold.toml", text);
        let ran = folder.cmd("relate feed.jsonl -o out.jsonl").run().code(2);
        assert!(ran.err.contains(said), "{text}: no `{said}` in {}", ran.err);
        assert!(!folder.path("out.jsonl").exists());
    }
    folder.file("wirefold.toml", b"threshold = \xff");
    folder
        .cmd("relate feed.jsonl")
        .run()
        .code(2)
        .says("not UTF-8");
}

#[test]
fn what_is_in_force_is_shown_with_where_it_is_from_and_can_be_read_again() {
    let folder = pair();
    folder.file(
        "wirefold.toml",
        "threshold = 0.75\nkeep = 'latest'\n[dedup]\nremove = ['identical', 'contained']\nfield = ['text=a b', \"id='\\\"\"]\n",
    );
    let shown = |args: &str| {
        folder
            .ok(&format!("dedup --print-config {args}"))
            .text()
            .to_owned()
    };
    let first = shown("--keep first --window 3d");
    for (setting, from) in [
        ("threshold = 0.75", "wirefold.toml:1"),
        ("keep = \"first\"", "flag"),
        ("window = \"3d\"", "flag"),
        ("remove = [\"identical\", \"contained\"]", "wirefold.toml:4"),
        ("containment = 0.8", "default"),
        ("quiet = false", "default"),
        ("# text-field", "not set"),
    ] {
        let line = first.lines().find(|line| line.starts_with(setting));
        let line = line.unwrap_or_else(|| panic!("no `{setting}` in\n{first}"));
        assert!(line.ends_with(&format!("  # {from}")), "{line}");
    }
    assert!(
        !first.contains("output") && !first.contains("config ="),
        "{first}"
    );
    // The page is a file of settings that sets the same.
    folder.file("again.toml", &first);
    let again = shown("--config again.toml");
    let settings = |page: &str| {
        let lines = page.lines().filter(|line| !line.starts_with('#'));
        let setting = |line: &str| line.rsplit_once("  # ").unwrap().0.trim().to_owned();
        lines.map(setting).collect::<Vec<_>>()
    };
    assert_eq!(settings(&first), settings(&again));
    assert!(!again.contains("# default"), "{again}");
}

#[test]
fn switches_are_turned_on_by_the_file_and_off_by_a_flag() {
    let folder = pair();
    folder.file(
        "wirefold.toml",
        "quiet = true\n[normalize]\nstrip-furniture = true\n",
    );
    assert_eq!(folder.ok("relate feed.jsonl").err, "");
    folder
        .ok("relate feed.jsonl --quiet=false")
        .says("2 stories");
    // What excludes a setting of the file is said on the command line, so it wins.
    folder.ok("normalize feed.jsonl --mark-furniture");
    // Help shows switches as they are.
    let help = folder.ok("relate --help");
    assert!(help.text().contains("--quiet\n"), "{}", help.text());
}

#[test]
fn paths_are_from_the_folder_of_the_file() {
    let folder = pair();
    folder.file("conf/wirefold.toml", "profile = 'feed.profile'\n");
    folder.ok("learn feed.jsonl -o conf/feed.profile");
    folder.ok("relate feed.jsonl --config conf/wirefold.toml");
    folder.file("wirefold.toml", "profile = 'feed.profile'\n");
    folder
        .cmd("relate feed.jsonl")
        .run()
        .code(2)
        .says("feed.profile");
}

#[test]
fn a_dry_run_says_and_writes_nothing() {
    let folder = pair();
    let before = folder.names();
    let ran = folder.ok(
        "dedup feed.jsonl -o kept.jsonl --clusters c.csv --relations r.csv --report r.html --dry-run --explain a",
    );
    assert!(
        ran.err
            .contains("dry run: nothing is written to kept.jsonl, c.csv, r.csv, r.html")
    );
    assert!(
        ran.err.contains("removed") && ran.err.contains("its family of 2"),
        "{}",
        ran.err
    );
    let ran = folder.ok("relate feed.jsonl --dry-run");
    assert!(ran.out.is_empty() && ran.err.contains("dry run"));
    assert_eq!(folder.names(), before);

    folder.ok("index create desk.index");
    folder.ok("index add desk.index feed.jsonl");
    folder
        .ok("index delete desk.index a a --dry-run")
        .says("would delete 1 story");
    folder
        .ok("index expire desk.index --older-than 1d --dry-run")
        .says("would delete 0 stories");
    folder
        .ok("index delete desk.index b")
        .says("deleted 1 story");
    folder
        .ok("index delete desk.index a")
        .says("deleted 1 story");
}
