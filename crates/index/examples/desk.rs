//! A day's feed against an index of thirty days, on generated data.
//!
//! `cargo run --release -p wirefold-index --example desk [STORIES [ASKED [DIR]]]` makes a feed of so many stories
//! (default 31,000), adds the first thirty of thirty-one parts to an index, day by day, and asks of each story of
//! the last part, or of the first so many of them, what of it was there before, on one thread. It prints what was
//! found and how long each step took. The index is in a temporary folder, or made in `DIR`, where it stays.

#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration, Instant};

use wirefold::Story;
use wirefold::normalize::Matcher;
use wirefold::query::Asker;
use wirefold::sketch::Sketch;
use wirefold_corpus::{Feed as Generated, Settings};
use wirefold_index::{AddOptions, IndexSettings, Snapshot, Writer};
use wirefold_io::{Feed, FeedOptions, Inputs};

const DAYS: usize = 30;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let wanted: u32 = args.next().map_or(Ok(31_000), |count| count.parse())?;
    let asked: usize = args.next().map_or(Ok(usize::MAX), |count| count.parse())?;
    let stories = wanted as usize;
    let generated = Generated::new(Settings {
        stories: wanted,
        ..Settings::default()
    });
    let dir = tempfile::tempdir()?;
    let home = args.next().map_or(dir.path().join("index"), Into::into);
    let path = dir.path().join("day.jsonl");
    let mut writer = Writer::create(&home, IndexSettings::default(), None, None)?;
    let options = AddOptions {
        threads: std::thread::available_parallelism()?.get(),
        ..AddOptions::default()
    };
    let (mut bytes, mut took) = (0, Duration::ZERO);
    let day = stories.div_ceil(DAYS + 1);
    for first in (0..DAYS).map(|number| number * day) {
        let lines =
            (first..stories.min(first + day)).map(|at| generated.story(at).to_json() + "\n");
        std::fs::write(&path, lines.collect::<String>())?;
        bytes += std::fs::metadata(&path)?.len();
        let feed = Feed::open(Inputs::collect([&path])?, FeedOptions::default())?;
        let started = Instant::now();
        writer.add(&feed, &options, |_, _| Ok(()))?;
        took += started.elapsed();
    }
    let started = Instant::now();
    writer.end_merge()?;
    took += started.elapsed();
    drop(writer);
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    println!(
        "added {DAYS} days, {:.1} MB, in {:.2} s, {:.1} MB/s on {} threads",
        megabytes(bytes),
        took.as_secs_f64(),
        megabytes(bytes) / took.as_secs_f64(),
        options.threads
    );

    let started = Instant::now();
    let snapshot = Snapshot::open(&home)?;
    let info = snapshot.info();
    println!(
        "opened in {:.1} ms: {} stories, {:.1} MB on disk, {} segments",
        started.elapsed().as_secs_f64() * 1e3,
        info.stories,
        megabytes(info.bytes),
        info.segments.len()
    );

    let matcher = Matcher::default();
    let mut asker = Asker::new(&snapshot, &matcher, snapshot.settings())?;
    let mut sketch = Sketch::default();
    let today: Vec<_> = (DAYS * day..stories)
        .take(asked)
        .map(|at| generated.story(at))
        .collect();
    // Once for warmth: what is asked often is in the system's cache.
    for round in ["cold", "warm"] {
        let mut times = Vec::new();
        let mut found: BTreeMap<&str, usize> = BTreeMap::new();
        for story in &today {
            let started = Instant::now();
            let asked = Story {
                title: Some(&story.title),
                text: &story.text,
                ..Story::default()
            };
            let rows = asker.relations(&story.id, asked, &mut sketch)?;
            times.push(started.elapsed());
            for row in &rows {
                *found.entry(row.relation.name()).or_default() += 1;
            }
        }
        times.sort_unstable();
        let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e6;
        println!(
            "{round}: {} stories, {:.0} µs in the middle, 99 of 100 within {:.0} µs",
            times.len(),
            at(50),
            at(99)
        );
        if round == "warm" {
            println!("found: {found:?}");
        }
        asker.forget();
    }
    Ok(())
}
