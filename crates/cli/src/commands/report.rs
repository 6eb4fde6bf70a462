//! The page of a run.

use std::path::Path;

use wirefold::{Outcome, Settings, TextSource};
use wirefold_index::Snapshot;
use wirefold_io::{IoError, Output, Outputs, Sealed, present};
use wirefold_report::{Gathered, Limits, Run, gathered_page, page};

use crate::commands::run::{pool, unless_closed};
use crate::outcome::Failure;

/// Opens the output of a page, if one is wanted.
pub(crate) fn open(
    outputs: &mut Outputs<'_>,
    path: Option<&Path>,
) -> Result<Option<Output>, IoError> {
    path.map(|path| outputs.create(path)).transpose()
}

/// Writes the page of an outcome that has families. Work runs on the current rayon pool.
pub(crate) fn write_report<S: TextSource + ?Sized>(
    stories: &S,
    outcome: &Outcome,
    settings: &Settings,
    run: &Run<'_>,
    output: &mut Output,
) -> Result<(), Failure> {
    let (matcher, limits) = (settings.matcher(), Limits::default());
    let page = page(stories, outcome, &matcher, settings, run, &limits)?;
    Ok(output.put(page.as_bytes())?)
}

/// Writes the page of stories that were gathered beside those of an index, and seals it. `read` is what was
/// read: bytes, and records that were refused.
pub(crate) fn write_gathered(
    command: &str,
    (gathered, mut output): (Gathered, Output),
    index: &Snapshot,
    (input_bytes, refused): (u64, u64),
    threads: usize,
) -> Result<Option<Sealed>, Failure> {
    let run = Run {
        command,
        input_bytes,
        refused,
        stages: &[],
        written: present().unwrap_or_default(),
    };
    let settings = index.settings();
    let (matcher, limits) = (settings.matcher(), Limits::default());
    let page =
        pool(threads)?.install(|| gathered_page(&gathered, &matcher, settings, &run, &limits))?;
    output.put(page.as_bytes())?;
    Ok(unless_closed(output.seal())?)
}
