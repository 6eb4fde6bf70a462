//! A live filter over a long feed, in a bounded pipe: how late what passes comes out, and what memory that takes, stretch by
//! stretch.
//!
//! Usage: `cargo run --release -p wirefold-tests --example soak -- WIREFOLD INDEX [STORIES [EVERY]]`, where WIREFOLD is the command,
//! INDEX a folder for the index, which must not be there yet, STORIES how many generated stories go in (default 5,000,000), and
//! EVERY how many are a stretch (default 1,000,000). It can be stopped at any moment: what was printed stands.

#![allow(
    clippy::print_stdout,
    reason = "a table on standard output, a stretch a row"
)]

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use wirefold_corpus::{Feed, Settings};
use wirefold_tests::soak::soak;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(wirefold), Some(index)) = (arguments.next(), arguments.next()) else {
        return Err("usage: soak WIREFOLD INDEX [STORIES [EVERY]]".into());
    };
    let mut count = |default: u32| {
        let given = arguments.next();
        given.map_or(Ok(default), |given| given.to_string_lossy().parse())
    };
    let (stories, every) = (count(5_000_000)?, count(1_000_000)?);
    let made = Command::new(&wirefold)
        .args(["index", "create"])
        .arg(&index)
        .status()?;
    if !made.success() {
        return Err("the index could not be made".into());
    }
    let feed = Feed::new(Settings {
        stories,
        ..Settings::default()
    });
    println!(
        "{:>9} {:>9} {:>9} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9}",
        "stories",
        "passed",
        "stories/s",
        "50 %",
        "99 %",
        "99.9 %",
        "latest",
        "own MB",
        "with pages"
    );
    let (mut read, mut started) = (0, Instant::now());
    let lines = feed.stories().map(|story| story.to_json() + "\n");
    soak(&wirefold, &index, lines, every.into(), |stretch| {
        read += stretch.read;
        let took = started.elapsed().as_secs_f64();
        let late = |of: usize| format!("{:.1} ms", stretch.late(of).as_secs_f64() * 1e3);
        let (own, all) = stretch.memory.unwrap_or_default();
        println!(
            "{read:>9} {:>9} {:>9.0} {:>8} {:>8} {:>8} {:>8} {:>9.0} {:>9.0}",
            stretch.passed,
            stretch.read as f64 / took,
            late(500),
            late(990),
            late(999),
            late(1000),
            own as f64 / 1e6,
            all as f64 / 1e6,
        );
        started = Instant::now();
    })?;
    Ok(())
}
