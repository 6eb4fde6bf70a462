//! What the workspace stands on: docs/dependencies.md says it all, and no build script reaches out.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a failed step fails the test, a skipped one is told"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What cargo says of the workspace, or why it cannot.
fn metadata(flags: &[&str]) -> Result<Value, String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--locked", "--offline", "--format-version=1"])
        .args(flags)
        .output()
        .unwrap();
    if output.status.success() {
        return Ok(serde_json::from_slice(&output.stdout).unwrap());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The names in backquotes, and all cells, of each row of the tables below a heading.
fn rows(heading: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let page = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let below = page.split(heading).nth(1).unwrap();
    let section = below.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let cells = |row: &str| {
        row.split('|')
            .map(|cell| cell.trim().to_owned())
            .filter(|cell| !cell.is_empty())
            .collect::<Vec<_>>()
    };
    rows.skip(1)
        .map(|row| {
            (
                row.split('`')
                    .skip(1)
                    .step_by(2)
                    .map(str::to_owned)
                    .collect(),
                cells(row),
            )
        })
        .collect()
}

#[test]
fn each_direct_dependency_has_its_line() {
    let metadata = metadata(&["--no-deps"]).unwrap();
    let mut used: BTreeMap<&str, BTreeMap<&str, bool>> = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let user = if name == "wirefold" {
            "core"
        } else {
            name.trim_start_matches("wirefold-")
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            if dependency["path"].is_null() {
                let users = used
                    .entry(dependency["name"].as_str().unwrap())
                    .or_default();
                *users.entry(user).or_default() |= dependency["kind"].is_null();
            }
        }
    }
    let users = |users: &BTreeMap<&str, bool>| {
        let names = users.iter().map(|(&user, &own)| {
            if own {
                user.to_owned()
            } else {
                format!("{user} (tests)")
            }
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let wanted: Vec<(String, String)> = used
        .iter()
        .map(|(name, of)| ((*name).to_owned(), users(of)))
        .collect();
    let told = rows("## Direct dependencies");
    let found: Vec<(String, String)> = told
        .iter()
        .map(|(names, cells)| (names[0].clone(), cells[1].clone()))
        .collect();
    assert_eq!(found, wanted, "docs/dependencies.md and Cargo.toml differ");
    for (_, cells) in told {
        assert_eq!(
            cells.len(),
            5,
            "{cells:?}: name, users, why, last release, instead"
        );
    }
}

/// Words of a script that fetches, and crates that can.
const REACHING: [&str; 9] = [
    "TcpStream",
    "UdpSocket",
    "ToSocketAddrs",
    "reqwest",
    "ureq",
    "attohttpc",
    "\"curl\"",
    "\"wget\"",
    "\"git\"",
];
const FETCHERS: [&str; 8] = [
    "reqwest",
    "ureq",
    "attohttpc",
    "curl",
    "hyper",
    "git2",
    "gix",
    "isahc",
];

#[test]
fn no_build_script_reaches_out() {
    let host = Command::new("rustc").arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let metadata = match metadata(&["--filter-platform", host]) {
        Ok(metadata) => metadata,
        // Something that this machine never builds was not fetched.
        Err(why) => return println!("skipped: {why}"),
    };
    let listed: BTreeSet<String> = rows("## Build scripts")
        .into_iter()
        .flat_map(|(names, _)| names)
        .collect();
    let mut faults = Vec::new();
    let mut scripts = 0;
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let mut targets = package["targets"].as_array().unwrap().iter();
        let Some(script) = targets.find(|target| target["kind"][0] == "custom-build") else {
            continue;
        };
        scripts += 1;
        if !listed.contains(name) {
            faults.push(format!(
                "{name} has a build script that docs/dependencies.md does not judge"
            ));
        }
        let text = fs::read_to_string(script["src_path"].as_str().unwrap()).unwrap();
        for word in REACHING.iter().filter(|word| text.contains(**word)) {
            faults.push(format!("the build script of {name} says {word}"));
        }
        for dependency in package["dependencies"].as_array().unwrap() {
            let of = dependency["name"].as_str().unwrap();
            if dependency["kind"] == "build"
                && dependency["optional"] == false
                && FETCHERS.contains(&of)
            {
                faults.push(format!("the build script of {name} uses {of}"));
            }
        }
    }
    assert!(scripts > 10, "{scripts}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
