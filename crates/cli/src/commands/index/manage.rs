//! What makes an index, takes of it, and looks at it.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};

use wirefold_index::{IndexSettings, Snapshot, Writer};

use super::summary::{compacted, info_lines};
use crate::args::TitleUse;
use crate::args::index::{Check, Compact, Create, Delete, Expire, Info, Learn};
use crate::commands::run::{pool, threads};
use crate::feed;
use crate::outcome::{Ending, Failure, say};
use crate::summary::{grouped, learned, megabytes, plural};

/// `wirefold index create`.
pub(super) fn create(args: &Create) -> Result<Ending, Failure> {
    let matching = &args.matching;
    let settings = IndexSettings {
        threshold: matching.threshold,
        containment: matching.containment,
        overlap: matching.overlap,
        shingle_words: matching.shingle_words,
        seed: matching.seed,
        fold_confusables: matching.fold_confusables,
        titles: matching.title == TitleUse::First,
        ..IndexSettings::default()
    };
    // The table is read as for any run, so that what is wrong with it is said in the same words.
    feed::furniture(&matching.furniture)?;
    let furniture = match &matching.furniture.table {
        Some(path) => String::from_utf8(wirefold_io::read_whole(path)?).ok(),
        None => None,
    };
    let profile = feed::profile(matching.profile.as_deref())?;
    Writer::create(
        &args.dir,
        settings,
        profile.as_deref(),
        furniture.as_deref(),
    )?;
    Ok(Ending::Done)
}

/// `wirefold index learn`.
pub(super) fn learn(args: &Learn) -> Result<Ending, Failure> {
    // What is learned is of a state that nobody changes meanwhile.
    let mut writer = if args.trial.dry_run {
        None
    } else {
        Some(Writer::open(&args.dir)?)
    };
    let snapshot = Snapshot::open(&args.dir)?;
    let profile = if let Some(profile) = feed::profile(args.profile.as_deref())? {
        profile
    } else {
        let threads = threads(&args.running);
        let pool = pool(threads)?;
        pool.install(|| snapshot.learn(args.undated))?.into()
    };
    match &mut writer {
        Some(writer) => writer.set_profile(&profile)?,
        None => say(&format!(
            "dry run: would keep {}; nothing is changed",
            learned(&profile)
        )),
    }
    Ok(Ending::Done)
}

/// `wirefold index delete`.
pub(super) fn delete(args: &Delete) -> Result<Ending, Failure> {
    let mut ids = args.id.clone();
    if let Some(path) = &args.ids {
        let bytes = if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            std::io::stdin()
                .lock()
                .read_to_end(&mut bytes)
                .map_err(|error| Failure::Usage(format!("-: cannot read: {error}")))?;
            bytes
        } else {
            wirefold_io::read_whole(path)?
        };
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::Usage(format!("{}: not UTF-8; convert it", path.display())))?;
        ids.extend(
            text.lines()
                .filter(|line| !line.is_empty())
                .map(str::to_owned),
        );
    }
    let known = |snapshot: &Snapshot| {
        let mut numbers = BTreeSet::new();
        let mut unknown = 0;
        for id in &ids {
            if let Some(number) = snapshot.find(id) {
                numbers.insert(number);
            } else {
                unknown += 1;
                say(&format!("no story with the id {id:?} is stored"));
            }
        }
        (numbers, unknown)
    };
    let unknown = if args.trial.dry_run {
        let (numbers, unknown) = known(&Snapshot::open(&args.dir)?);
        tell_dry(numbers.len() as u64);
        unknown
    } else {
        let mut writer = Writer::open(&args.dir)?;
        let (numbers, unknown) = known(writer.snapshot());
        let deleted = writer.delete(numbers)?;
        tell_deleted(deleted, args.quiet.quiet);
        unknown
    };
    if unknown > 0 {
        return Ok(Ending::TooManyRefused);
    }
    Ok(Ending::Done)
}

/// `wirefold index expire`.
pub(super) fn expire(args: &Expire) -> Result<Ending, Failure> {
    let before = match args.older_than {
        None => None,
        Some(seconds) => {
            let now = args.now.or_else(wirefold_io::present).unwrap_or_default();
            Some(now.saturating_sub(i64::try_from(seconds).unwrap_or(i64::MAX)))
        }
    };
    let source = args.source.as_deref();
    if args.trial.dry_run {
        let snapshot = Snapshot::open(&args.dir)?;
        tell_dry(snapshot.expired(before, source).count() as u64);
    } else {
        let mut writer = Writer::open(&args.dir)?;
        tell_deleted(writer.expire(before, source)?, args.quiet.quiet);
    }
    Ok(Ending::Done)
}

fn tell_deleted(count: u64, quiet: bool) {
    if quiet {
        return;
    }
    say(&format!(
        "deleted {} {}; `index compact` frees the room",
        grouped(count),
        plural(count, "story", "stories")
    ));
}

fn tell_dry(count: u64) {
    say(&format!(
        "dry run: would delete {} {}; nothing is changed",
        grouped(count),
        plural(count, "story", "stories")
    ));
}

/// `wirefold index compact`.
pub(super) fn compact(args: &Compact) -> Result<Ending, Failure> {
    if args.trial.dry_run {
        let info = Snapshot::open(&args.dir)?.info();
        say(&format!(
            "dry run: would merge {} {} of {} and leave out {} deleted {}; nothing is changed",
            grouped(info.segments.len() as u64),
            plural(info.segments.len() as u64, "segment", "segments"),
            megabytes(info.bytes),
            grouped(info.deleted),
            plural(info.deleted, "story", "stories"),
        ));
        return Ok(Ending::Done);
    }
    let mut writer = Writer::open(&args.dir)?;
    let before = writer.snapshot().info();
    writer.compact()?;
    if !args.quiet.quiet {
        say(&compacted(&before, &writer.snapshot().info()));
    }
    Ok(Ending::Done)
}

/// `wirefold index info`.
pub(super) fn info(args: &Info) -> Result<Ending, Failure> {
    let info = Snapshot::open(&args.dir)?.info();
    let lines = if args.json {
        // Numbers and names always serialize.
        vec![serde_json::to_string(&info).unwrap_or_default()]
    } else {
        info_lines(&info)
    };
    // Whoever closed the pipe has what it wanted.
    let _ = writeln!(std::io::stdout().lock(), "{}", lines.join("\n"));
    Ok(Ending::Done)
}

/// `wirefold index check`.
pub(super) fn check(args: &Check) -> Result<Ending, Failure> {
    let checked = Snapshot::open(&args.dir)?.check()?;
    say(&format!(
        "as it was written: {} files, {} stories, {} keys",
        grouped(checked.files),
        grouped(checked.stories),
        grouped(checked.keys)
    ));
    Ok(Ending::Done)
}
