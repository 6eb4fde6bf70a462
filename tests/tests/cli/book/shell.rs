//! The blocks of a page, run by a shell: `sh` blocks as they stand, `console` blocks command by command,
//! with what each shows.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::page::{Block, Page};
use crate::support::Folder;

/// What a block does before its first line. Programs that other tests run, or that fetch from elsewhere,
/// are functions here: `cargo` runs what is built already, on fewer stories, and notes what else it was
/// asked for; a command that would go on for ever ends.
const PRELUDE: &str = include_str!("prelude.sh");

/// Stands between what two commands show, before the code of the first.
const BETWEEN: char = '\u{1e}';

/// Runs the blocks of a page in its folder, in their order; what went wrong.
pub(super) fn run(
    page: &Page,
    folder: &Folder,
    programs: &Path,
    env: &[(&str, String)],
) -> Vec<String> {
    let mut faults = Vec::new();
    for block in page.blocks() {
        let fault = match block.kind {
            "sh" => whole(&block, folder, programs, env),
            "console" => shown(&block, folder, programs, env),
            "rust" => elsewhere(
                page,
                DOCTESTS,
                &format!("include_str!(\"../../{}\")", page.name),
            ),
            // The outline of an adapter for the suite of peers is none that runs.
            "python" if page.name == "benches/peers/README.md" => Ok(()),
            "python" => elsewhere(
                page,
                PYTHON,
                if page.name.starts_with("docs/") {
                    "\"docs\""
                } else {
                    "\"README.md\""
                },
            ),
            // Not to be run.
            "json" | "jsonl" | "csv" | "tsv" | "text" | "toml" | "xml" | "yaml" => Ok(()),
            other => Err(format!("a block of an unknown kind, `{other}`")),
        };
        if let Err(why) = fault {
            faults.push(format!("{}:{}: {why}", page.name, block.line));
        }
    }
    faults
}

/// What runs blocks of Rust, and of Python.
const DOCTESTS: &str = include_str!("../../../src/lib.rs");
const PYTHON: &str = include_str!("../../../../crates/python/tests/conftest.py");

/// Whether the test that runs such blocks knows of the page.
fn elsewhere(page: &Page, test: &str, name: &str) -> Result<(), String> {
    let known = test.contains(name);
    known
        .then_some(())
        .ok_or_else(|| format!("no test runs the blocks of {}", page.name))
}

/// A shell with what its commands need, which reads `script`.
fn shell(
    script: &str,
    folder: &Folder,
    programs: &Path,
    env: &[(&str, String)],
) -> (Option<i32>, String) {
    let path = std::env::var("PATH").unwrap_or_default();
    // One stream for both outputs: what is shown stands in the order in which it came.
    let out = folder.path(".shown");
    let file = fs::File::create(&out).unwrap();
    let status = Command::new("bash")
        .current_dir(folder.path(""))
        .args([
            "--noprofile",
            "--norc",
            "-c",
            &format!("{PRELUDE}\n{script}"),
        ])
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("TMPDIR", folder.path(""))
        .env("HOME", folder.path(""))
        // Sorting is by bytes, wherever the test runs.
        .env("LC_ALL", "C.UTF-8")
        .env_remove("RUST_BACKTRACE")
        .envs(env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(file.try_clone().unwrap())
        .stderr(file)
        .status()
        .unwrap();
    let shown = fs::read(&out).unwrap();
    fs::remove_file(out).unwrap();
    (status.code(), String::from_utf8_lossy(&shown).into_owned())
}

/// A block that shows nothing: all of it must succeed.
fn whole(
    block: &Block<'_>,
    folder: &Folder,
    programs: &Path,
    env: &[(&str, String)],
) -> Result<(), String> {
    let script = format!("set -euo pipefail\n{}\n", block.lines.join("\n"));
    match shell(&script, folder, programs, env) {
        (Some(0), _) => Ok(()),
        (code, told) => Err(format!("code {code:?}\n{told}")),
    }
}

/// A command of a block and what the page says that it shows.
struct Step<'p> {
    command: String,
    shows: Vec<&'p str>,
}

fn steps<'p>(block: &Block<'p>) -> Vec<Step<'p>> {
    let mut steps: Vec<Step<'p>> = Vec::new();
    let mut goes_on = false;
    for &line in &block.lines {
        if goes_on {
            let step = steps.last_mut().unwrap();
            step.command.push('\n');
            step.command
                .push_str(line.strip_prefix("> ").unwrap_or(line));
            goes_on = line.ends_with('\\');
        } else if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                command: command.to_owned(),
                shows: Vec::new(),
            });
            goes_on = command.ends_with('\\');
        } else if let Some(step) = steps.last_mut() {
            step.shows.push(line);
        }
    }
    steps
}

/// A block with what it shows: each command must succeed, unless the next one asks for its code.
fn shown(
    block: &Block<'_>,
    folder: &Folder,
    programs: &Path,
    env: &[(&str, String)],
) -> Result<(), String> {
    let steps = steps(block);
    if steps.is_empty() || !block.lines[0].starts_with("$ ") {
        return Err("a `console` block begins with `$ ` and a command".to_owned());
    }
    let mut script = "set -o pipefail\n".to_owned();
    for step in &steps {
        // The code stays what it was, for a command that asks for it.
        let _ = writeln!(
            script,
            "{}\ncode=$?; printf '{BETWEEN}%d\\n' $code; (exit $code)",
            step.command
        );
    }
    script += "true\n";
    let (_, told) = shell(&script, folder, programs, env);
    let mut rest = told.as_str();
    for (at, step) in steps.iter().enumerate() {
        let Some((came, after)) = rest.split_once(BETWEEN) else {
            return Err(format!("`{}` ended the shell:\n{rest}", step.command));
        };
        let (code, next) = after.split_once('\n').unwrap_or((after, ""));
        rest = next;
        let asked = steps
            .get(at + 1)
            .is_some_and(|next| next.command == "echo $?");
        if code != "0" && !asked {
            return Err(format!("`{}`: code {code}\n{came}", step.command));
        }
        let came: Vec<&str> = came.lines().collect();
        if !alike(&step.shows, &came) {
            let (page, run) = (step.shows.join("\n"), came.join("\n"));
            return Err(format!(
                "`{}` shows, by the page\n{page}\nand in truth\n{run}",
                step.command
            ));
        }
    }
    Ok(())
}

/// Whether lines are those that a page shows, where a line `…` stands for any number of lines and `…`
/// within a line for any characters.
fn alike(page: &[&str], run: &[&str]) -> bool {
    match page.split_first() {
        None => run.is_empty(),
        Some((&"…", rest)) => (0..=run.len()).any(|skip| alike(rest, &run[skip..])),
        Some((line, rest)) => run
            .split_first()
            .is_some_and(|(first, others)| line_alike(line, first) && alike(rest, others)),
    }
}

fn line_alike(page: &str, run: &str) -> bool {
    let Some((head, rest)) = page.split_once('…') else {
        return page.trim_end() == run.trim_end();
    };
    let Some(mut run) = run.strip_prefix(head) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('…').collect();
    let tail = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = run.find(piece) else {
            return false;
        };
        run = &run[at + piece.len()..];
    }
    run.trim_end().ends_with(tail.trim_end())
}

#[test]
fn what_is_shown_is_compared_line_by_line() {
    assert!(alike(&["a", "…", "d"], &["a", "b", "c", "d"]));
    assert!(alike(&["…"], &[]));
    assert!(!alike(&["a"], &["a", "b"]));
    assert!(!alike(&["a", "…", "d"], &["a", "b"]));
    assert!(line_alike("kept … of … stories", "kept 82 of 107 stories"));
    assert!(!line_alike("kept … of … stories", "kept 82 of 107 items"));
    assert!(!line_alike("kept 82", "kept 825"));
}
